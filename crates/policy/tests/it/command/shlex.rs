//! Plain lines are read as Python's own reader of shell lines reads them.

use portcullis_policy::command::line::{quote, split};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
    sample::select,
    strategy::ValueTree,
    test_runner::TestRunner,
};
use serde_json::{Value, json};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// How many lines are compared.
const LINES: usize = 2_000;

/// Reads each line, and quotes each list of words.
const SCRIPT: &str = "
import json, shlex, sys
given = json.load(sys.stdin)
json.dump({
    'read': [shlex.split(line) for line in given['lines']],
    'quoted': [shlex.join(argv) for argv in given['argvs']],
}, sys.stdout)
";

#[expect(
    clippy::disallowed_methods,
    reason = "the test is told where its Python is"
)]
fn python() -> String {
    std::env::var("PORTCULLIS_PYTHON")
        .unwrap_or_else(|_| panic!("PORTCULLIS_PYTHON names no Python: run `make test`"))
}

/// A word in any way of quoting, without what only a shell resolves.
fn a_word() -> impl Strategy<Value = String> {
    let letters = "[a-zA-Z0-9_@%+:,./é-]{1,4}";
    let part = prop_oneof![
        letters.prop_map(|text| text),
        "[a-z ;|&<>(){}*?~#$!`\\\\\"=\n]{0,5}".prop_map(|text| format!("'{text}'")),
        "[a-z ;|&<>(){}*?~#'=]{0,5}".prop_map(|text| format!("\"{text}\"")),
        select(vec![
            "\\ ", "\\;", "\\\"", "\\'", "\\\\", "\\*", "\\$", "\"\\\"\"", "\"\\\\\"", "\"\\a\""
        ])
        .prop_map(str::to_owned),
    ];
    vec(part, 1..4).prop_map(|parts| parts.concat())
}

fn a_line() -> impl Strategy<Value = String> {
    let blank = prop_oneof![Just(" "), Just("  "), Just("\t")];
    (vec((a_word(), blank), 0..5), a_word()).prop_map(|(words, last)| {
        let joined: String = words
            .iter()
            .map(|(word, blank)| format!("{word}{blank}"))
            .collect();
        joined + &last
    })
}

fn asked(given: &Value) -> Value {
    let mut child = Command::new(python())
        .args(["-I", "-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(given.to_string().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn plain_lines_are_read_as_shlex_reads_them() {
    let mut runner = TestRunner::deterministic();
    let mut some = || a_line().new_tree(&mut runner).unwrap().current();
    let lines: Vec<String> = (0..LINES).map(|_| some()).collect();
    let mut fixed = Vec::new();
    for line in &lines {
        if let [segment] = split(line).as_slice()
            && let Some(argv) = segment.argv()
        {
            fixed.push((line.clone(), argv.to_vec()));
        }
    }
    assert!(
        fixed.len() > LINES / 2,
        "{} of {LINES} are plain",
        fixed.len()
    );
    let (lines, argvs): (Vec<_>, Vec<_>) = fixed.into_iter().unzip();
    let answer = asked(&json!({ "lines": lines, "argvs": argvs }));
    for (at, argv) in argvs.iter().enumerate() {
        assert_eq!(answer["read"][at], json!(argv), "{}", lines[at]);
        // And the other way round: what either quotes the other reads.
        let theirs = answer["quoted"][at].as_str().unwrap();
        let read = split(theirs);
        assert!(read.len() == 1 && read[0].words == *argv, "{theirs}");
    }
    let ours: Vec<_> = argvs.iter().map(|argv| quote(argv)).collect();
    let answer = asked(&json!({ "lines": ours, "argvs": [] }));
    assert_eq!(answer["read"], json!(argvs));
}
