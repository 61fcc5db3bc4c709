//! The gate acts on a service over HTTP, with a credential that nobody on this side ever sees.

mod database;
pub(crate) mod service;

use crate::bin::{Gate, House, Ran};
use serde_json::json;
use service::{Manner, Service, TOKEN};
use std::{fs, path::Path};

const POLICY: &str = "version: 1
actions:
  - { action: 'tickets.*' }
  - { action: workloads.submit }
catalogue:
  - { action: tickets.find, tier: 0, free: true }
  - { action: tickets.create, tier: 2, free: true }
  - { action: tickets.drop, tier: 3, free: true }
";

/// A house whose gate acts on the service.
struct Setting {
    house: House,
    service: Service,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        let service = Service::start();
        let config = format!(
            "tenants:\n  default:\n    gpu_plans: [workloads.submit]\n    targets:\n      tickets:\n        http:\n          \
             base_url: {}/api\n          credential: {{ bearer: env:TICKETS_TOKEN }}\n          \
             reach: anywhere\n          timeout_seconds: 2\n        actions:\n          \
             tickets.find: {{ method: GET, path: /tickets }}\n          \
             tickets.create: {{ method: POST, path: '/projects/{{project}}/tickets', \
             preview: {{ method: POST, path: '/projects/{{project}}/preview' }}, \
             idempotency_header: Idempotency-Key }}\n          \
             tickets.drop: {{ method: DELETE, path: '/tickets/{{id}}' }}\n",
            service.url
        );
        fs::write(house.folder.path().join("portcullis.yaml"), config).unwrap();
        Self { house, service }
    }

    fn serve(&self) -> Gate {
        let config = self.house.folder.path().join("portcullis.yaml");
        let token = [("TICKETS_TOKEN", TOKEN)];
        Gate::serve_by(&self.house.data(), &token, Some(&config))
    }

    fn call(&self, gate: &Gate, args: &[&str]) -> Ran {
        let ran = gate.ask(
            self.house.credential("agent_key"),
            &[&["call"], args].concat(),
        );
        assert!(
            !service::betrays(&ran.out) && !service::betrays(&ran.err),
            "{ran:?}"
        );
        ran
    }

    fn people(&self, gate: &Gate, args: &[&str]) -> Ran {
        gate.ask(self.house.credential("admin_token"), args)
    }
}

fn create(title: &str) -> [String; 8] {
    let title = format!("title={title}");
    let words = [
        "--action",
        "tickets.create",
        "--target",
        "helpdesk",
        "--param",
        "project=ops",
    ];
    let words = words.into_iter().map(str::to_owned);
    let all: Vec<String> = words.chain(["--param".to_owned(), title]).collect();
    all.try_into().unwrap()
}

fn words(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

#[test]
fn an_agent_gets_what_was_done_and_never_the_credential() {
    let setting = Setting::new();
    let gate = setting.serve();
    let find = [
        "--action",
        "tickets.find",
        "--target",
        "helpdesk",
        "--param",
        "q=a b",
        "-o",
        "json",
    ];
    let found = setting.call(&gate, &find).json(0);
    assert_eq!(found["execution"]["ended"], "done");
    assert_eq!(found["execution"]["output"]["you"], "Bearer [REDACTED]");
    let made = setting.call(&gate, &words(&create("Disk full"))).ended(0);
    assert!(
        made.contains("dry run   passed") && made.contains("ended     done"),
        "{made}"
    );
    let heard = setting.service.heard();
    let lines: Vec<&str> = heard.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /api/tickets?q=a%20b",
            "POST /api/projects/ops/preview",
            "POST /api/projects/ops/tickets",
        ]
    );
    assert!(
        heard
            .iter()
            .all(|one| one.token == format!("Bearer {TOKEN}"))
    );
    assert_eq!(heard[2].body, r#"{"title":"Disk full"}"#);
    assert!(heard[2].idempotency_key.starts_with("default-"));
    let refused = ["--action", "accounts.close", "--target", "x"];
    setting.call(&gate, &refused).ended(3);
    assert_eq!(setting.service.heard().len(), 3);
}

#[test]
fn people_decide_and_it_is_done_once() {
    let setting = Setting::new();
    let gate = setting.serve();
    let drop = [
        "--action",
        "tickets.drop",
        "--target",
        "helpdesk",
        "--param",
        "id=4",
        "-o",
        "json",
    ];
    let held = setting.call(&gate, &drop).json(4);
    let hold = held["decision"]["hold_id"].as_str().unwrap();
    setting.call(&gate, &["--hold", hold]).ended(4);
    let args = ["approvals", "approve", hold, "--yes"];
    setting.people(&gate, &args).ended(0);
    gate.kill();
    let gate = setting.serve();
    let done = setting.call(&gate, &["--hold", hold, "-o", "json"]).json(0);
    assert_eq!(done["execution"]["ended"], "done");
    let again = setting.call(&gate, &["--hold", hold]);
    assert_ne!(again.code, 0, "{again:?}");
    assert_eq!(setting.service.heard().len(), 1);
    setting.people(&gate, &["audit", "verify"]).ended(0);
}

#[test]
fn a_dry_run_is_for_one_action_and_shows_before_anything_is_done() {
    let setting = Setting::new();
    let gate = setting.serve();
    let looked = create("Disk full");
    let args = [&words(&looked)[..], &["--dry-run", "-o", "json"]].concat();
    let run = setting.call(&gate, &args).json(0);
    assert_eq!(run["dry_run"]["changes"], json!(["a ticket in ops"]));
    let id = run["dry_run"]["dry_run_id"].as_str().unwrap();
    let other = create("Disk empty");
    let other = setting.call(&gate, &[&words(&other)[..], &["--dry-run-id", id]].concat());
    assert!(
        other.code != 0 && other.err.contains("does not match"),
        "{other:?}"
    );
    let same = [&words(&looked)[..], &["--dry-run-id", id]].concat();
    setting.call(&gate, &same).ended(0);
    setting.service.behaves(Manner::Refuses);
    let failed = setting.call(&gate, &words(&create("Disk odd")));
    assert_eq!(failed.code, 1, "{failed:?}");
    let lines: Vec<String> = setting
        .service
        .heard()
        .into_iter()
        .map(|one| one.line)
        .collect();
    let done = lines
        .iter()
        .filter(|line| line.ends_with("/tickets"))
        .count();
    assert_eq!(done, 1, "{lines:?}");
}

#[test]
fn what_nobody_can_tell_the_end_of_is_for_people() {
    let setting = Setting::new();
    let gate = setting.serve();
    setting.service.behaves(Manner::HangsUp);
    let find = ["--action", "tickets.find", "--target", "helpdesk"];
    let lost = setting.call(&gate, &find);
    assert!(lost.code == 1 && lost.out.contains("UNKNOWN"), "{lost:?}");
    let open = setting
        .people(&gate, &["executions", "list", "-o", "json"])
        .json(0);
    let seq = open["executions"][0]["seq"].to_string();
    assert_eq!(open["executions"][0]["stage"], "unknown");
    let found = [
        "executions",
        "resolve",
        &seq,
        "--not-done",
        "--reason",
        "no such ticket",
    ];
    setting.people(&gate, &found).ended(0);
    let open = setting
        .people(&gate, &["executions", "list", "-o", "json"])
        .json(0);
    assert_eq!(open["executions"], json!([]));
    assert_eq!(setting.service.heard().len(), 1, "nothing is tried again");
}

#[test]
fn what_was_begun_when_the_gate_died_is_not_done_again() {
    let setting = Setting::new();
    let gate = setting.serve();
    setting.service.behaves(Manner::Hangs);
    let find = ["--action", "tickets.find", "--target", "helpdesk"];
    std::thread::scope(|scope| {
        scope.spawn(|| setting.call(&gate, &find));
        setting.service.wait_for(1);
        gate.die();
    });
    let again = setting.serve();
    let open = setting
        .people(&again, &["executions", "list", "-o", "json"])
        .json(0);
    assert_eq!(open["executions"][0]["stage"], "started", "{open}");
    assert_eq!(setting.service.heard().len(), 1);
}

#[test]
fn the_credential_is_nowhere_whatever_becomes_of_a_call() {
    let setting = Setting::new();
    let gate = setting.serve();
    for manner in [
        Manner::Obliges,
        Manner::Refuses,
        Manner::HangsUp,
        Manner::Hangs,
        Manner::Babbles,
    ] {
        setting.service.behaves(manner);
        for form in ["table", "json"] {
            let find = [
                "--action",
                "tickets.find",
                "--target",
                "helpdesk",
                "-o",
                form,
            ];
            setting.call(&gate, &find);
            setting.call(&gate, &[&words(&create("x"))[..], &["-o", form]].concat());
        }
    }
    let told = [
        setting.people(&gate, &["audit", "export"]).out,
        setting
            .people(&gate, &["executions", "list", "-o", "json"])
            .out,
        setting
            .people(&gate, &["violations", "list", "-o", "json"])
            .out,
    ];
    for told in &told {
        assert!(!service::betrays(told), "{told}");
    }
    assert!(told[0].contains("tickets.find"), "{}", told[0]);
    let (_, said) = gate.stop_and_tell();
    assert!(!service::betrays(&said), "{said}");
    scan(&setting.house.data());
}

#[test]
fn a_job_is_planned_by_what_the_rules_count() {
    let setting = Setting::new();
    let gate = setting.serve();
    let job = |gpus: &'static str| {
        let words = [
            "--action",
            "workloads.submit",
            "--target",
            "pool",
            "--dry-run",
        ];
        let params = ["--param", gpus, "--param", "gpu_type=H100", "-o", "json"];
        [&words[..], &params].concat()
    };
    let plan = setting.call(&gate, &job("requested_gpus=2")).json(1);
    let run = &plan["dry_run"];
    assert_eq!(run["resources"]["gpus"], 2, "{plan}");
    // Nobody set a price, so that the cost cannot be told.
    assert_eq!(run["passed"], false, "{plan}");
    let unread = setting.call(&gate, &job("requested_gpus=many"));
    assert_ne!(unread.code, 0, "{unread:?}");
    assert!(setting.service.heard().is_empty());
}

/// Looks through every file of a folder.
fn scan(folder: &Path) {
    assert!(files_looked_at(folder) > 0, "{}", folder.display());
}

fn files_looked_at(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap();
    let looked_at = entries.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return files_looked_at(&path);
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!service::betrays(&text), "{}", path.display());
        1
    });
    looked_at.sum()
}

#[test]
fn a_wrong_target_stops_the_gate_from_opening() {
    let setting = Setting::new();
    let config = setting.house.folder.path().join("wrong.yaml");
    let text = "tenants:\n  default:\n    targets:\n      tickets:\n        http:\n          base_url: https://t.example.com?x=1\n        actions:\n          tickets.find: { method: FETCH, path: 'tickets/../x' }\n";
    fs::write(&config, text).unwrap();
    let checked = crate::bin::run(&["config", "check", config.to_str().unwrap()]);
    assert_ne!(checked.code, 0);
    let said = format!("{}{}", checked.out, checked.err);
    for path in ["http.base_url", "tickets.find.method", "tickets.find.path"] {
        assert!(said.contains(path), "{said}");
    }
}
