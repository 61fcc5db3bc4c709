//! The official TypeScript clients of MCP work through the gate, unchanged, in both eras.

use crate::{
    bin::{Gate, Ran},
    conformance::{Permitting, modules, node},
    mcp::{Setting, script},
};
use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

const TENANT_POLICY: &str = "
version: 1
actions:
  - action: mcp.offers.*
catalogue:
  - { action: mcp.offers.*, tier: 0, free: true }
";

fn client(part: &str, gate: &Gate, credential: impl Fn(&str) -> String) -> Command {
    let mut client = node();
    client
        .arg(script("mcp_client.mjs"))
        .env("MODULES", modules())
        .env("PORTCULLIS", env!("CARGO_BIN_EXE_portcullis"))
        .env("URL", &gate.url)
        .env("AGENT_KEY", credential("agent_key"))
        .env("OPERATOR_TOKEN", credential("admin_token"))
        .env("PART", part);
    client
}

fn of_notes(part: &str, gate: &Gate, setting: &Setting) -> Command {
    let mut client = client(part, gate, |name| setting.house.credential(name).to_owned());
    client.env("NOTES", &setting.notes);
    client
}

#[test]
fn the_official_clients_are_served_in_both_eras() {
    let setting = Setting::that_waits(30);
    let gate = setting.serve();
    let told = Ran::of(&mut of_notes("together", &gate, &setting)).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
}

#[test]
fn a_call_that_waits_goes_on_after_a_restart() {
    let setting = Setting::that_waits(30);
    let gate = setting.serve();
    let mut cut = of_notes("cut", &gate, &setting);
    let mut cut = cut
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(cut.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    if line != "waiting\n" {
        let mut why = String::new();
        cut.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        panic!("nothing waits: {line}{why}");
    }
    gate.kill();
    assert!(cut.wait().unwrap().success());
    let gate = setting.serve();
    let told = Ran::of(&mut of_notes("again", &gate, &setting)).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
}

#[test]
fn what_a_server_asks_and_tells_reaches_the_client() {
    let permitting = Permitting::new(TENANT_POLICY);
    let gate = permitting.serve();
    let credential = |name: &str| permitting.house.credential(name).to_owned();
    let told = Ran::of(&mut client("asking", &gate, credential)).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
}
