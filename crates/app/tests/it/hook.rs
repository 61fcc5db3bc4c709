//! The hook of a coding agent, with the real binary on both sides.

use crate::bin::{Gate, House, Ran, portcullis};
use serde_json::{Value, json};
use std::{fs, io::Write, path::Path, process::Stdio};

const POLICY: &str = "version: 1\ntenant: default\ndefault: deny\n\
    actions:\n  - { action: file_read }\n  - { action: shell.run }\n\
    catalogue:\n  - { action: shell.run, tier: 3 }\n";

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    fs::write(&policy, POLICY).unwrap();
    House::new(policy.to_str().unwrap())
}

fn event(tool: &str, input: &Value) -> String {
    let event = json!({
        "session_id": "s1", "cwd": "/srv/web", "hook_event_name": "PreToolUse",
        "tool_name": tool, "tool_input": input, "tool_use_id": "toolu_1",
    });
    event.to_string()
}

/// Runs the command that the settings of the command form name, as the client does.
fn hooked(url: &str, token: &str, options: &[&str], event: &str) -> Ran {
    started(url, token, ("sdk-cli", "0"), options, event)
}

/// The same of a client that was started in this way, with somebody at its terminal or nobody.
fn started(
    url: &str,
    token: &str,
    (start, attended): (&str, &str),
    options: &[&str],
    event: &str,
) -> Ran {
    let mut command = portcullis();
    command
        .env("CLAUDE_CODE_ENTRYPOINT", start)
        .env("CLAUDE_CODE_SESSION_ATTENDED", attended)
        .env("PORTCULLIS_URL", url)
        .env("PORTCULLIS_TOKEN", token)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(["hook", "claude-code"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may have gone without reading.
    let _ = child.stdin.take().unwrap().write_all(event.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[track_caller]
fn word(ran: Ran) -> String {
    let answer = ran.json(0);
    let word = &answer["hookSpecificOutput"]["permissionDecision"];
    word.as_str().unwrap().to_owned()
}

#[test]
fn tools_run_when_the_gate_says_so_and_never_without_it() {
    let house = house();
    let gate = house.serve();
    let key = house.credential("agent_key");
    let read = event("Read", &json!({"file_path": "/srv/web/a"}));
    let bash = event("Bash", &json!({"command": "make deploy"}));
    assert_eq!(word(hooked(&gate.url, key, &[], &read)), "allow");
    let fetch = event("WebFetch", &json!({"url": "https://example.com"}));
    assert_eq!(word(hooked(&gate.url, key, &[], &fetch)), "deny");
    let held = hooked(&gate.url, key, &[], &bash);
    let (_, rest) = held.out.split_once("hold esc_").unwrap();
    let hold = format!("esc_{}", rest.split(' ').next().unwrap());
    assert_eq!(word(held), "defer");
    for start in [("cli", "1"), ("sdk-cli", "1"), ("cli", "0"), ("", "")] {
        assert_eq!(word(started(&gate.url, key, start, &[], &bash)), "deny");
    }
    let admin = house.credential("admin_token");
    // The gate is started anew between asking, approving and asking again.
    gate.kill();
    let gate = house.serve();
    gate.ask(admin, &["approvals", "approve", &hold, "--yes"])
        .ended(0);
    gate.kill();
    let gate = house.serve();
    assert_eq!(word(hooked(&gate.url, key, &[], &bash)), "allow");
    assert_eq!(word(hooked(&gate.url, key, &[], &bash)), "deny");

    for (token, event) in [("pcl_nobody", read.as_str()), (key, "{"), (key, "")] {
        assert_eq!(word(hooked(&gate.url, token, &[], event)), "deny");
    }
    let url = gate.url.clone();
    assert!(gate.stop().success());
    let refused = hooked(&url, key, &[], &read);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("refused"), "{}", refused.err);
    let no_token = hooked(&url, "", &[], &read);
    assert_eq!(no_token.code, 2);
    assert_eq!(hooked(&url, key, &["--wait", "9999"], &read).code, 2);
}

#[test]
fn what_answers_in_the_place_of_the_gate_is_no_answer() {
    let house = house();
    let gate = house.serve();
    // A page that is there, and is not the hook's.
    let other = format!("{}/health?", gate.url);
    let read = event("Read", &json!({"file_path": "/srv/web/a"}));
    let refused = hooked(&other, house.credential("agent_key"), &[], &read);
    assert_eq!(refused.code, 2);
}

fn install(folder: &Path, args: &[&str]) -> Ran {
    let mut command = portcullis();
    command
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .arg("hook")
        .args(args);
    Ran::of(&mut command)
}

#[test]
fn it_goes_into_the_settings_and_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".claude/settings.json");
    let before = r#"{
  "model": "opus",
  "hooks": {
    "Stop": [{ "hooks": [{"type": "command", "command": "say done"}] }],
    "PreToolUse": [
      { "matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh", "timeout": 5.0}] }
    ]
  },
  "env": { "B": "1", "A": "2" }
}
"#;
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, before).unwrap();
    let http = ["install", "--form", "http", "--environment", "development"];
    install(folder.path(), &http).ended(0);
    let written = fs::read_to_string(&file).unwrap();
    insta::assert_snapshot!("settings with http", written);
    install(folder.path(), &http).ended(0);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        written,
        "once is enough"
    );
    let command = ["install", "--wait", "60", "--workspace", "it's"];
    install(folder.path(), &command).ended(0);
    let own = env!("CARGO_BIN_EXE_portcullis");
    let written = fs::read_to_string(&file)
        .unwrap()
        .replace(own, "/usr/bin/portcullis");
    insta::assert_snapshot!("settings with a command", written);
    install(folder.path(), &["uninstall"]).ended(0);
    let after = fs::read_to_string(&file).unwrap();
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parsed(&after), parsed(before));
    assert!(after.find("\"model\"") < after.find("\"env\""), "{after}");
    assert!(after.contains("5.0"), "numbers stay as written");
}

#[test]
fn settings_that_are_not_understood_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    let named = file.to_str().unwrap();
    for text in [
        "[]",
        "{",
        "{\"hooks\":[]}",
        "{\"a\":1,\"a\":2}",
        "{\"hooks\":{\"PreToolUse\":{}}}",
    ] {
        fs::write(&file, text).unwrap();
        let refused = install(folder.path(), &["install", "--file", named]);
        assert_eq!(refused.code, 1, "{text}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    fs::remove_file(&file).unwrap();
    install(folder.path(), &["uninstall", "--file", named]).ended(0);
    assert!(!file.exists());
    install(folder.path(), &["install", "--file", named]).ended(0);
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .contains("\"onFailure\": \"block\"")
    );
}

/// The word for a gate that was started for one test alone.
#[test]
fn the_printed_settings_lead_to_the_gate() {
    let house = house();
    let gate: Gate = house.serve();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    let mut command = portcullis();
    command.env("PORTCULLIS_URL", &gate.url).args([
        "hook",
        "install",
        "--form",
        "http",
        "--file",
        file.to_str().unwrap(),
    ]);
    Ran::of(&mut command).ended(0);
    let settings: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let hook = &settings["hooks"]["PreToolUse"][0]["hooks"][0];
    let path = hook["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&gate.url)
        .unwrap();
    let mut wire = crate::http::Wire::open(gate.address(), house.credential("agent_key")).unwrap();
    let event = serde_json::from_str(&event("Read", &json!({"file_path": "/a"}))).unwrap();
    let (status, answer) = wire.post(path, None, &event).unwrap();
    assert_eq!(status, 200);
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "allow");
}
