//! One gate's life through the command line, from its founding to its restored copy.

use crate::bin::{Gate, House, Ran, example, portcullis, run};
use serde_json::Value;
use std::fs;

fn house() -> House {
    House::new(&example("gpu-team/tenant-policy.yaml"))
}

const JOB: [&str; 17] = [
    "govern",
    "--action",
    "workloads.submit",
    "--target",
    "pool_train",
    "--param",
    "gpus=5",
    "--param",
    "gpu_type=H100",
    "--param",
    "hours=2",
    "--param",
    "team=ml-research",
    "--param",
    "job_class=ELASTIC",
    "--reasoning",
    "evaluation of a checkpoint",
];

fn on_call(gate: &Gate, house: &House) -> String {
    let args = [
        "keys",
        "issue",
        "ana",
        "--role",
        "operator",
        "--group",
        "gpu-oncall",
        "-o",
        "json",
    ];
    let key = gate.ask(house.credential("admin_token"), &args).json(0);
    key["token"].as_str().unwrap().to_owned()
}

#[test]
fn from_founding_to_restoring() {
    let house = house();
    let gate = house.serve();
    let (admin, agent) = (
        house.credential("admin_token"),
        house.credential("agent_key"),
    );
    let ana = on_call(&gate, &house);

    // The verdict is the exit code.
    let read = ["govern", "--action", "workloads.list", "--target", "fleet"];
    assert!(gate.ask(agent, &read).ended(0).starts_with("CLEARED"));
    let never = ["govern", "--action", "pools.delete", "--target", "pool_old"];
    assert!(gate.ask(agent, &never).ended(3).starts_with("BLOCKED"));
    let held = gate
        .ask(agent, &[&JOB[..], &["-o", "json"]].concat())
        .json(4);
    let hold = held["hold_id"].as_str().unwrap();

    // People decide, the agent acts, once.
    assert!(gate.ask(&ana, &["holds", "list"]).ended(0).contains(hold));
    assert_eq!(
        gate.ask(agent, &["holds", "release", hold]).code,
        1,
        "agents do not decide"
    );
    let released = gate
        .ask(&ana, &["holds", "release", hold, "--reason", "agreed"])
        .ended(0);
    assert!(released.contains("is released"), "{released}");
    let permit = gate.ask(agent, &["permits", "claim", hold]).ended(0);
    let permit = permit.trim();
    assert!(
        gate.ask(agent, &["permits", "verify", permit])
            .ended(0)
            .contains("yes")
    );
    gate.ask(agent, &["permits", "redeem", permit]).ended(0);
    let again = gate.ask(agent, &["permits", "redeem", permit]);
    assert!(
        again.code == 1 && again.err.contains("a permit is spent once"),
        "{again:?}"
    );

    // Everything is on record, here and offline.
    let verified = gate.ask(admin, &["audit", "verify", "-o", "json"]).json(0);
    assert_eq!(verified["valid"], true);
    let count = verified["records_checked"].as_u64().unwrap();
    kept_elsewhere(&gate, &house, count);

    // A copy made while the gate runs is whole.
    let file = house.folder.path().join("monday.db");
    let mut backup = portcullis();
    backup
        .arg("backup")
        .arg("--data")
        .arg(house.data())
        .arg("--to")
        .arg(&file);
    Ran::of(&mut backup).ended(0);
    assert_eq!(Ran::of(&mut backup).code, 1, "a backup never overwrites");
    assert!(gate.stop().success());
    restored(&house, &file, count);
}

/// An export is verified without the gate, and shows what was done to it.
fn kept_elsewhere(gate: &Gate, house: &House, count: u64) {
    let admin = house.credential("admin_token");
    let path = |name: &str| house.folder.path().join(name).display().to_string();
    let (export, note) = (path("audit.jsonl"), path("checkpoint.txt"));
    fs::write(&note, gate.ask(admin, &["audit", "checkpoint"]).ended(0)).unwrap();
    let key = gate.ask(admin, &["audit", "checkpoint", "--key"]).ended(0);
    gate.ask(admin, &["audit", "export", "--to", &export])
        .ended(0);
    let args = [
        "audit",
        "verify",
        "--file",
        &export,
        "--checkpoint",
        &note,
        "--key",
        key.trim(),
    ];
    let found = run(&[&args[..], &["-o", "json"]].concat()).json(0);
    assert_eq!(found["records_checked"], count);
    assert_eq!(found["checkpoint_fits"], true);

    let text = fs::read_to_string(&export).unwrap();
    let without_end: String = text
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&export, without_end).unwrap();
    assert!(run(&args).ended(3).contains("the checkpoint does not fit"));
    let changed = text.replacen("workloads.list", "workloads.stop", 1);
    fs::write(&export, changed).unwrap();
    assert!(run(&args).ended(3).contains("hash_mismatch"));

    let proof = gate
        .ask(admin, &["audit", "prove", "3", "-o", "json"])
        .json(0);
    assert_eq!(proof["inclusion"]["seq"], 3);
}

/// What was backed up opens again, with everything in it, and goes on.
fn restored(house: &House, file: &std::path::Path, count: u64) {
    let data = house.folder.path().join("restored");
    let mut restore = portcullis();
    restore
        .arg("restore")
        .arg("--from")
        .arg(file)
        .arg("--data")
        .arg(&data);
    Ran::of(&mut restore).ended(0);
    assert_eq!(Ran::of(&mut restore).code, 1, "a restore never overwrites");
    let mut verify = portcullis();
    let found = Ran::of(
        verify
            .args(["audit", "verify", "-o", "json", "--data"])
            .arg(&data),
    )
    .json(0);
    assert_eq!(found["records_checked"], count);

    let gate = Gate::serve(&data);
    assert!(
        gate.greeting.is_empty(),
        "a house that exists is not founded again"
    );
    let admin = house.credential("admin_token");
    let replay = gate.ask(admin, &["replay", "-o", "json"]).json(0);
    assert_eq!(replay["replayed"], 3);
    let agents = gate.ask(admin, &["agents", "list", "-o", "json"]).json(0);
    assert_eq!(agents["agents"][0]["total_governed"], 3);
    assert!(gate.stop().success());
}

#[test]
fn serving_nothing_founds_a_tenant_and_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let gate = Gate::serve(&data);
    let founded: &Value = &gate.greeting[0];
    assert_eq!(founded["tenant"], "default");
    assert_eq!(founded["url"], gate.url);
    let token = founded["admin_token"].as_str().unwrap();
    // Without a tenant policy everything is refused.
    let agent = founded["agent_key"].as_str().unwrap();
    let read = ["govern", "--action", "log_read", "--target", "app"];
    assert!(gate.ask(agent, &read).ended(3).contains("does not allow"));
    assert!(
        gate.ask(token, &["budgets"])
            .ended(0)
            .contains("no budgets")
    );
    assert!(gate.stop().success());
    let gate = Gate::serve(&data);
    assert!(gate.greeting.is_empty());
}
