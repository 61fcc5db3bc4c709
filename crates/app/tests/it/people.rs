//! People by the command line: from the first invitation to two approvals and one permit.

use crate::{
    bin::{Gate, Ran, portcullis},
    desk::{desk, join},
};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt};

const POLICY: &str = "version: 1\ntenant: default\ndefault: deny\n\
    actions:\n  - { action: data.wipe }\n\
    catalogue:\n  - { action: data.wipe, tier: 4 }\n\
    approvals:\n  tier4: { approvers: [\"group:leads\"], required: 2 }\n";

#[test]
fn two_people_approve_and_the_agent_acts_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let gate = Gate::serve(&path.join("data"));
    let founded = &gate.greeting[0];
    let link = founded["invitation_link"].as_str().unwrap();
    let (_, code) = link.split_once("/console/invitation?code=").unwrap();
    let admin = desk(&gate, path, "first");
    let answer = admin.run(&["login", "--invitation", code], "correct horse battery\n");
    let token = fs::read_to_string(admin.file()).unwrap();
    let token: Value = serde_json::from_str(&token).unwrap();
    let told = format!("{}{}", answer.out, answer.err);
    assert!(!told.contains(token["token"].as_str().unwrap()), "{told}");
    answer.ended(0);
    let mode = fs::metadata(admin.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let policy = path.join("policy.yaml");
    fs::write(&policy, POLICY).unwrap();
    let policy = policy.to_str().unwrap();
    admin
        .run(&["policy", "apply", "--tenant-policy", policy], "")
        .ended(0);
    admin.json(&["groups", "add", "leads"]);
    let (ann, bo) = (join(&admin, path, "Ann"), join(&admin, path, "Bo"));

    let agent = founded["agent_key"].as_str().unwrap();
    let wish = [
        "govern",
        "--action",
        "data.wipe",
        "--target",
        "db",
        "--environment",
        "production",
        "--param",
        "table=old\u{202E}\u{1b}[2J",
        "--reasoning",
        "nobody \u{1b}]0;reads\u{7} it",
        "-o",
        "json",
    ];
    let held = gate.ask(agent, &wish).json(4);
    let hold = held["hold_id"].as_str().unwrap();
    let seen = ann.run(&["approvals", "show", hold], "").ended(0);
    let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202E}';
    assert!(!seen.chars().any(hostile), "{seen}");
    insta::with_settings!({ filters => vec![
        (r"esc_[0-9a-f]+", "esc_…"), (r"[0-9a-f]{64}", "[digest]"),
        (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "[moment]"),
    ] }, { insta::assert_snapshot!(seen) });

    assert_eq!(ann.run(&["approvals", "approve", hold], "n\n").code, 1);
    ann.run(&["approvals", "approve", hold], "y\n").ended(0);
    let last = ["approvals", "approve", hold, "--yes"];
    assert!(bo.run(&last, "").ended(0).contains("is released"));
    ann.run(&["approvals", "watch", hold], "").ended(0);
    let permit = gate.ask(agent, &["permits", "claim", hold]).ended(0);
    gate.ask(agent, &["permits", "redeem", permit.trim()])
        .ended(0);
    assert_eq!(
        gate.ask(agent, &["permits", "redeem", permit.trim()]).code,
        1
    );
    admin.run(&["audit", "verify"], "").ended(0);
    fs::set_permissions(ann.file(), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(ann.run(&["whoami"], "").code, 1, "others may read it");
    assert!(gate.stop().success());
}

#[test]
fn a_file_with_faults_is_refused_with_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portcullis.yaml");
    let text = "tenants:\n  default:\n    webhooks:\n      - { name: a, \
        url: 'https://10.0.0.1/x', secrets: ['env:NOBODY_SETS_THIS'] }\n";
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let found = crate::bin::run(&["config", "check", file]).ended(3);
    insta::assert_snapshot!(found);
    fs::write(file, "tenant: {}\npublic_url: 7\n").unwrap();
    let mut serve = portcullis();
    serve.args(["serve", "--config", file, "--listen", "127.0.0.1:0"]);
    serve.arg("--data").arg(folder.path().join("data"));
    let refused = Ran::of(&mut serve);
    assert!(refused.err.contains("tenant: there is no such key") && refused.code == 1);
    assert!(refused.err.contains("public_url: expected"), "{refused:?}");
}
