//! The demo tells the same story every time, and leaves nothing behind.

use crate::bin::{Ran, portcullis, without_proxies};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// A demo on a machine without Node.js, so that it is the same everywhere.
fn without_node() -> Command {
    let mut demo = portcullis();
    demo.env("PATH", "/nonexistent");
    demo
}

#[test]
fn it_tells_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = without_node();
    demo.args(["demo", "--fast", "--color", "never"])
        .env("TMPDIR", folder.path());
    let story = Ran::of(&mut demo).ended(0);
    insta::with_settings!({ filters => vec![
        (r"— portcullis/audit/gpu-team \S+", "— portcullis/audit/gpu-team [signature]"),
        (r"    [A-Za-z0-9+/]{43}=", "    [root]"),
        (r"chain of \d+ records", "chain of [count] records"),
        (r"(?m)^    \d+$", "    [count]"),
        (r"record \d+, is", "record [seq], is"),
        (r"by \d+ hashes", "by [count] hashes"),
    ] }, {
        insta::assert_snapshot!(story);
    });
    assert!(is_empty(folder.path()));
}

/// Deployed, listed, deposited, traded, refused with dh23, toggled, announced, withdrawn and unwound.
#[test]
fn a_vault_refuses_what_it_must_in_memory() {
    let mut demo = portcullis();
    demo.args(["demo", "--vault", "--fast", "--color", "never"]);
    insta::assert_snapshot!(Ran::of(&mut demo).ended(0));
    let story = Ran::of(portcullis().args(["demo", "--vault", "-o", "json"])).json(0);
    let acts = story["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 11);
    let told = acts[5].to_string();
    assert!(
        told.contains("the chain") && told.contains("dh23"),
        "{told}"
    );
}

#[test]
fn programs_get_the_whole_of_it() {
    let story = Ran::of(without_node().args(["demo", "-o", "json"])).json(0);
    let acts = story["acts"].as_array().unwrap();
    let verdicts: Vec<_> = acts
        .iter()
        .map(|act| act["answer"]["verdict"].as_str())
        .collect();
    for verdict in ["CLEARED", "HELD", "BLOCKED"] {
        assert!(verdicts.contains(&Some(verdict)), "{verdict}");
    }
    assert_eq!(story["verification"]["valid"], true);
    assert_eq!(
        story["verification"]["records_checked"],
        story["inclusion"]["tree_size"]
    );
    assert!(
        story["files"]["left_out"]
            .as_str()
            .unwrap()
            .contains("no `node`")
    );
}

#[test]
fn interrupting_it_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = without_node();
    demo.arg("demo").env("TMPDIR", folder.path());
    let mut child = demo
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The first verdict is there, so that the gate is at work.
    assert!(lines.by_ref().any(|line| line.unwrap().contains("CLEARED")));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(is_empty(folder.path()));
}

#[test]
fn with_node_a_real_server_of_files_stands_behind_the_gate() {
    let servers = std::env::var("PORTCULLIS_SERVERS").unwrap_or_else(|_| {
        panic!("PORTCULLIS_SERVERS names no folder with a server of files: run `make test`")
    });
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut demo = portcullis();
    // There the server is installed already, so that nothing is fetched.
    demo.args(["demo", "-o", "json"])
        .current_dir(servers)
        .env("HOME", home.path())
        .env("TMPDIR", folder.path());
    without_proxies(&mut demo);
    let story = Ran::of(&mut demo).json(0);
    let acts = story["files"]["acts"].as_array().unwrap();
    let verdicts: Vec<_> = acts.iter().map(|act| act["verdict"].as_str()).collect();
    let expected = ["CLEARED", "HELD", "CLEARED", "BLOCKED", "BLOCKED"];
    assert_eq!(verdicts, expected.map(Some));
    assert_eq!(acts[0]["told"], "buy tea");
    assert!(!story.to_string().contains("hunter2"));
    assert_eq!(story["files"]["verification"]["valid"], true);
    assert!(is_empty(folder.path()));
}

#[test]
fn a_server_that_never_starts_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    for name in ["node", "npx"] {
        let program = programs.join(name);
        fs::write(&program, "#!/bin/sh\nexec /bin/false\n").unwrap();
        let mut mode = fs::metadata(&program).unwrap().permissions();
        mode.set_mode(0o755);
        fs::set_permissions(&program, mode).unwrap();
    }
    let mut demo = portcullis();
    demo.args(["demo", "--fast"]).env("PATH", &programs);
    let story = Ran::of(&mut demo).ended(0);
    assert!(story.contains("was not fetched and started"), "{story}");
}
