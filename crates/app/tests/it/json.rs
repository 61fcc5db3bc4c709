//! With `-o json`, every command prints JSON.

use crate::bin::{Gate, House, example, portcullis, run};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

fn opened() -> (House, Gate) {
    let house = House::new(&example("gpu-team/tenant-policy.yaml"));
    let gate = house.serve();
    (house, gate)
}

#[test]
fn commands_that_need_no_gate() {
    let policies = example("gpu-team/policies.yaml");
    for args in [
        &["catalogue"][..],
        &["catalogue", "workloads"],
        &["principles"],
        &["principles", "13"],
        &["policy", "packs"],
        &["policy", "packs", "hipaa"],
        &["policy", "lint", &policies],
        &["openapi"],
        &["exit-codes"],
    ] {
        let value = run(&[args, &["-o", "json"][..]].concat()).json(0);
        assert!(value.is_object(), "{args:?}");
    }
}

/// Asks as the architect; what comes must be an object.
#[track_caller]
fn ask((house, gate): &(House, Gate), args: &[&str], code: i32) -> Value {
    let admin = house.credential("admin_token");
    let value = gate
        .ask(admin, &[args, &["-o", "json"][..]].concat())
        .json(code);
    assert!(value.is_object(), "{args:?}");
    value
}

fn govern(at: &(House, Gate), action: &str, code: i32) -> Value {
    let agent = at.0.credential("agent_id");
    ask(
        at,
        &[
            "govern", "--agent", agent, "--action", action, "--target", "it",
        ],
        code,
    )
}

#[test]
fn verdicts_holds_and_violations() {
    let at = opened();
    assert_eq!(govern(&at, "workloads.list", 0)["verdict"], "CLEARED");
    let hold = govern(&at, "workloads.cancel", 4)["hold_id"].clone();
    let hold = hold.as_str().unwrap();
    govern(&at, "pools.delete", 3);
    assert_eq!(ask(&at, &["holds", "list"], 0)["holds"][0]["id"], hold);
    assert_eq!(ask(&at, &["holds", "show", hold], 0)["status"], "HELD");
    // An approver list binds architects as well.
    assert_eq!(
        at.1.ask(at.0.credential("admin_token"), &["holds", "kill", hold])
            .code,
        1
    );
    let violations = ask(&at, &["violations", "list"], 0);
    let violation = violations["violations"][0]["id"].as_str().unwrap();
    ask(
        &at,
        &["violations", "resolve", violation, "--notes", "a test"],
        0,
    );
    let left = ask(&at, &["violations", "list"], 0);
    assert_eq!(left["violations"].as_array().unwrap().len(), 0);
}

#[test]
fn agents_and_keys() {
    let at = opened();
    ask(&at, &["agents", "list"], 0);
    ask(&at, &["agents", "show", at.0.credential("agent_id")], 0);
    let new = ask(
        &at,
        &["agents", "register", "other", "--description", "d"],
        0,
    );
    let new = new["id"].as_str().unwrap();
    for (verb, status) in [
        ("pause", "paused"),
        ("resume", "active"),
        ("block", "blocked"),
        ("unblock", "active"),
        ("deregister", "deregistered"),
    ] {
        let moved = ask(&at, &["agents", verb, new, "--reason", "a test"], 0);
        assert_eq!(moved["status"], status);
    }
    let key = ask(&at, &["keys", "issue", "v", "--role", "viewer"], 0);
    let id = key["id"].as_str().unwrap();
    assert_eq!(ask(&at, &["keys", "revoke", id], 0)["revoked"], true);
    assert_eq!(
        ask(&at, &["keys", "list"], 0)["keys"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[test]
fn rules_and_records() {
    let at = opened();
    govern(&at, "workloads.list", 0);
    for args in [
        &["budgets"][..],
        &["policy", "list"],
        &["policy", "show", "tenant"],
        &["replay"],
        &["audit", "verify"],
        &["audit", "prove", "1"],
        &["audit", "checkpoint"],
        &["audit", "checkpoint", "--key"],
    ] {
        ask(&at, args, 0);
    }
    let admin = at.0.credential("admin_token");
    let tail =
        at.1.ask(admin, &["audit", "tail", "-n", "3", "-o", "json"])
            .ended(0);
    let records: Vec<Value> = tail
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 3);
    assert_eq!(records[2]["action_type"], "workloads.list");
}

#[test]
fn following_shows_records_as_they_come() {
    let at = opened();
    let mut tail = portcullis();
    tail.args(["audit", "tail", "-f", "-n", "1", "-o", "json"]);
    tail.env("PORTCULLIS_URL", &at.1.url)
        .env("PORTCULLIS_TOKEN", at.0.credential("admin_token"));
    let mut child = tail.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let last = next()["seq"].as_u64().unwrap();
    govern(&at, "workloads.list", 0);
    govern(&at, "workloads.get", 0);
    let (first, second) = (next(), next());
    assert_eq!(
        (&first["seq"], &first["action_type"]),
        (&(last + 1).into(), &"workloads.list".into())
    );
    assert_eq!(
        (&second["seq"], &second["action_type"]),
        (&(last + 2).into(), &"workloads.get".into())
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_chain_that_holds_needs_no_acknowledgement() {
    let at = opened();
    let admin = at.0.credential("admin_token");
    let ran =
        at.1.ask(admin, &["audit", "acknowledge", "--reason", "a test"]);
    assert!(
        ran.code == 1 && ran.err.contains("not broken"),
        "{}",
        ran.err
    );
}

#[test]
fn exports_come_in_four_forms() {
    let (house, gate) = opened();
    let admin = house.credential("admin_token");
    for (form, beginning) in [
        ("jsonl", "{"),
        ("csv", "seq,"),
        ("ocsf", "{"),
        ("cef", "CEF:0|"),
    ] {
        let text = gate
            .ask(admin, &["audit", "export", "--format", form])
            .ended(0);
        assert!(text.starts_with(beginning), "{form}: {text}");
    }
}

#[test]
fn what_agents_write_cannot_touch_the_terminal() {
    let (house, gate) = opened();
    let mut args = vec!["govern", "--action", "workloads.cancel", "--target", "job"];
    args.extend(["--reasoning", "it is full\u{1b}[2J", "-o", "json"]);
    let held = gate.ask(house.credential("agent_key"), &args).json(4);
    let hold = held["hold_id"].as_str().unwrap();
    let admin = house.credential("admin_token");
    let text = gate.ask(admin, &["holds", "show", hold]).ended(0);
    assert!(
        text.contains("it is full\u{FFFD}[2J") && !text.contains('\u{1b}'),
        "{text}"
    );
}
