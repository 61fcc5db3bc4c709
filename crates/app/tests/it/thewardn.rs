//! The published client of TheWARDN works with the gate, unchanged.

use crate::bin::{House, Ran, without_proxies};
use std::process::Command;

const TENANT_POLICY: &str = "
version: 1
actions:
  - { action: workloads.list }
  - { action: workloads.set_priority }
approvals:
  tier3: { approvers: [\"group:on-call\"], required: 1 }
";

#[test]
fn the_published_client_is_served() {
    let python = std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!(
            "PORTCULLIS_PYTHON names no Python that has the client: run `make test`, or\n  \
             python3 -m venv venv && venv/bin/pip install thewardn==0.1.0\n  \
             PORTCULLIS_PYTHON=$PWD/venv/bin/python cargo test -p portcullis"
        )
    });
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("tenant-policy.yaml");
    std::fs::write(&policy, TENANT_POLICY).unwrap();
    let house = House::new(&policy.display().to_string());
    let gate = house.serve();
    let admin = house.credential("admin_token");
    let ana = [
        "keys", "issue", "ana", "--role", "operator", "--group", "on-call", "-o", "json",
    ];
    let ana = gate.ask(admin, &ana).json(0);
    let mut client = Command::new(python);
    client
        .arg(format!(
            "{}/tests/it/thewardn_client.py",
            env!("CARGO_MANIFEST_DIR")
        ))
        .env("URL", &gate.url)
        .env("ADMIN_TOKEN", admin)
        .env("OPERATOR_TOKEN", ana["token"].as_str().unwrap())
        .env("CLIENT_KEY", house.credential("client_key"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    without_proxies(&mut client);
    let told = Ran::of(&mut client).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
    // What it did is on record, without a gap.
    assert_eq!(gate.ask(admin, &["audit", "verify"]).code, 0);
}
