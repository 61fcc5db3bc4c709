//! Rules, from a file to being in force.

use crate::bin::{Gate, House, example, run};
use std::fs;

fn write(house: &House, name: &str, text: &str) -> String {
    let file = house.folder.path().join(name);
    fs::write(&file, text).unwrap();
    file.display().to_string()
}

fn opened() -> (House, Gate) {
    let house = House::new(&example("gpu-team/tenant-policy.yaml"));
    let gate = house.serve();
    (house, gate)
}

#[test]
fn every_example_is_without_faults() {
    let folder = example("");
    let mut files = Vec::new();
    for team in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(team.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            if file.ends_with("portcullis.yaml") {
                // The operator's own file, which is checked by another command.
                run(&["config", "check", &file.display().to_string()]).ended(0);
            } else if file.extension().is_some_and(|end| end == "yaml") {
                files.push(file.display().to_string());
            }
        }
    }
    assert!(files.len() >= 3);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let found = run(&[&["policy", "lint", "-o", "json"][..], &files].concat()).json(0);
    assert_eq!(found["files"].as_array().unwrap().len(), files.len());
}

#[test]
fn all_faults_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faulty.yaml");
    let text = "- { type: rate_limit, name: r, config: { windows: [{ period: 1x, max: 0 }] } }\n\
                - { type: confidence_floor, name: f, config: { floor: { fix: 2 } } }\n";
    fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let found = run(&["policy", "lint", "-o", "json", &file]).json(3);
    let paths: Vec<_> = found["files"][0]["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["path"])
        .collect();
    for path in [
        "[0].config.windows[0].period",
        "[0].config.windows[0].max",
        "[1].config.floor",
    ] {
        assert!(
            paths.iter().any(|found| **found == path),
            "{path} in {paths:?}"
        );
    }
}

#[test]
fn applying_is_doing_what_the_difference_says_and_nothing_the_second_time() {
    let (house, gate) = opened();
    let admin = house.credential("admin_token");
    let policies = example("gpu-team/policies.yaml");
    let deeds = |args: &[&str], code: i32| -> Vec<String> {
        let value = gate
            .ask(admin, &[args, &["-o", "json"][..]].concat())
            .json(code);
        let steps = value["policies"].as_array().unwrap();
        steps
            .iter()
            .map(|step| step["deed"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(deeds(&["policy", "diff", &policies], 3), ["create"; 8]);
    assert_eq!(deeds(&["policy", "apply", &policies], 0), ["create"; 8]);
    assert_eq!(deeds(&["policy", "diff", &policies], 0), ["keep"; 8]);
    assert_eq!(deeds(&["policy", "apply", &policies], 0), ["keep"; 8]);

    let stricter = fs::read_to_string(&policies)
        .unwrap()
        .replace("min_length: 20", "min_length: 40");
    let stricter = write(&house, "stricter.yaml", &stricter);
    let changed = deeds(&["policy", "apply", &stricter], 0);
    assert_eq!(
        changed.iter().filter(|deed| *deed == "change").count(),
        1,
        "{changed:?}"
    );
    let list = gate.ask(admin, &["policy", "list", "-o", "json"]).json(0);
    assert_eq!(list["policies"].as_array().unwrap().len(), 8);
    let id = list["policies"][0]["id"].as_str().unwrap();
    assert!(
        gate.ask(admin, &["policy", "show", id])
            .ended(0)
            .contains("confidence_floor")
    );
}

#[test]
fn a_change_that_loosens_the_reins_is_marked() {
    let (house, gate) = opened();
    let admin = house.credential("admin_token");
    let present = example("gpu-team/tenant-policy.yaml");
    assert_eq!(
        gate.ask(admin, &["policy", "diff", &present]).ended(0),
        "nothing changes\n"
    );
    let looser = fs::read_to_string(&present)
        .unwrap()
        .replace("daily_usd: 10000", "daily_usd: 20000");
    let looser = write(&house, "looser.yaml", &looser);
    let shown = gate.ask(admin, &["policy", "diff", &looser]).ended(3);
    assert_eq!(shown, "~ budgets.daily_usd: 10000 -> 20000  loosens\n");
    let applied = gate
        .ask(admin, &["policy", "apply", "--tenant-policy", &looser])
        .ended(0);
    assert!(applied.contains("in force as version 2"), "{applied}");
    let wrong = gate.ask(
        admin,
        &[
            "policy",
            "apply",
            "--tenant-policy",
            &example("gpu-team/policies.yaml"),
        ],
    );
    assert!(
        wrong.code == 1 && wrong.err.contains("not a tenant policy"),
        "{}",
        wrong.err
    );
    let viewer = gate.ask(house.credential("agent_key"), &["policy", "apply", &looser]);
    assert!(
        viewer.code == 1 && viewer.err.contains("auth.forbidden"),
        "{}",
        viewer.err
    );
}

#[test]
fn a_policy_is_tried_among_the_others() {
    let (house, gate) = opened();
    let admin = house.credential("admin_token");
    let block =
        "type: action_type_block\nname: no lists\nconfig: { action_types: [workloads.list] }\n";
    let block = write(&house, "block.yaml", block);
    let action = format!(
        r#"{{"agent_id":"{}","action_type":"workloads.list","target_service":"fleet"}}"#,
        house.credential("agent_id")
    );
    let action = write(&house, "action.json", &action);
    let args = ["policy", "test", &block, "--action", &action];
    let told = gate.ask(admin, &args).ended(0);
    assert!(told.contains("with it: BLOCKED  tier C"), "{told}");
    assert!(told.contains("without: CLEARED  tier A"), "{told}");
    let report = gate
        .ask(admin, &[&args[..], &["-o", "json"]].concat())
        .json(0);
    assert_eq!(
        report["policies"][0]["simulation"]["baseline"]["verdict"],
        "CLEARED"
    );
    // Nothing was changed or counted by it.
    let agents = gate.ask(admin, &["agents", "list", "-o", "json"]).json(0);
    assert_eq!(agents["agents"][0]["total_governed"], 0);
    let list = gate.ask(admin, &["policy", "list", "-o", "json"]).json(0);
    assert_eq!(list["policies"].as_array().unwrap().len(), 0);
}

#[test]
fn replaying_with_other_policies_shows_what_would_change() {
    let (house, gate) = opened();
    let (admin, agent) = (
        house.credential("admin_token"),
        house.credential("agent_key"),
    );
    gate.ask(
        agent,
        &["govern", "--action", "workloads.list", "--target", "fleet"],
    )
    .ended(0);
    gate.ask(
        agent,
        &["govern", "--action", "teams.list", "--target", "fleet"],
    )
    .ended(0);
    assert!(
        gate.ask(admin, &["replay"])
            .ended(0)
            .starts_with("2 decisions judged again, 0 come")
    );
    let block =
        "type: action_type_block\nname: no lists\nconfig: { action_types: [workloads.list] }\n";
    let block = write(&house, "block.yaml", block);
    let report = gate
        .ask(admin, &["replay", "--policies", &block, "-o", "json"])
        .json(3);
    assert_eq!(
        (&report["replayed"], &report["changed"]),
        (&2.into(), &1.into())
    );
    assert_eq!(report["summary"]["CLEARED to BLOCKED"], 1);
}

#[test]
fn a_pack_is_put_in_force_once() {
    let (house, gate) = opened();
    let admin = house.credential("admin_token");
    let told = gate
        .ask(admin, &["policy", "packs", "hipaa", "--apply"])
        .ended(0);
    assert!(
        told.contains("3 policies new, 0 restored, 0 as they were"),
        "{told}"
    );
    let told = gate
        .ask(admin, &["policy", "packs", "hipaa", "--apply"])
        .ended(0);
    assert!(
        told.contains("0 policies new, 0 restored, 3 as they were"),
        "{told}"
    );
}
