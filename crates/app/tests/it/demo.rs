//! The demo tells the same story every time, and leaves nothing behind.

use crate::bin::{Ran, portcullis};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn it_tells_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = portcullis();
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

#[test]
fn programs_get_the_whole_of_it() {
    let story = Ran::of(portcullis().args(["demo", "-o", "json"])).json(0);
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
}

#[test]
fn interrupting_it_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = portcullis();
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
