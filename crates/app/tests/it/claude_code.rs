//! The real Claude Code, unchanged, with the gate before its tools and a model of ours behind it.
//! What runs is told by what is on the disk.

mod model;
mod stand_in;
mod workplace;

use crate::bin::{Gate, House, example};
use model::{Model, SUBAGENT};
use serde_json::{Value, json};
use stand_in::{StandIn, answer};
use workplace::{FORMS, Form, Workplace, waiting};

const DEVELOPMENT: [&str; 2] = ["--environment", "development"];

/// A house with the rules of the example.
fn house() -> (House, Gate) {
    let house = House::new(&example("coding-agent/tenant-policy.yaml"));
    let gate = house.serve();
    let policies = example("coding-agent/policies.yaml");
    let admin = house.credential("admin_token");
    gate.ask(admin, &["policy", "apply", &policies]).ended(0);
    (house, gate)
}

fn bash(command: &str) -> Value {
    json!({"name": "Bash", "input": {"command": command, "description": "Marks"}})
}

/// What writes a file with one line more each time it runs.
fn mark(file: &str) -> Value {
    bash(&format!("echo ran >> {file}"))
}

fn write(place: &str, content: &str) -> Value {
    json!({"name": "Write", "input": {"file_path": place, "content": content}})
}

/// A workplace with a model that uses these tools, one after the other.
fn workplace(form: Form, key: &str, tools: Vec<Value>) -> Workplace {
    let turns = tools.into_iter().map(|tool| vec![tool]).collect();
    Workplace::new(form, key, Model::of(turns))
}

/// The verdicts on record about an action type.
fn verdicts(house: &House, gate: &Gate, kind: &str) -> Vec<String> {
    let admin = house.credential("admin_token");
    let file = house.folder.path().join("records.jsonl");
    let file = file.to_str().unwrap();
    gate.ask(admin, &["audit", "export", "--to", file]).ended(0);
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::remove_file(file).unwrap();
    let records = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let about = records.filter(|record| record["action_type"] == kind);
    let verdicts = about.filter_map(|record| Some(record["verdict"].as_str()?.into()));
    verdicts.collect()
}

#[test]
fn what_is_allowed_runs_and_is_on_record() {
    let (house, gate) = house();
    let key = house.credential("agent_key");
    for form in FORMS {
        // A turn of several tools, one of which waits: the others run at once, and once.
        let tools = vec![write("a.txt", "hello"), mark("held"), write("b.txt", "too")];
        let place = Workplace::new(form, key, Model::of(vec![tools]));
        place.install(&gate.url, &DEVELOPMENT);
        let session = place.run(&["go on"]);
        assert_eq!(session.stopped, "tool_deferred", "{form:?}");
        assert_eq!(place.read("a.txt").unwrap(), "hello");
        assert_eq!(place.read("b.txt").unwrap(), "too");
        let admin = house.credential("admin_token");
        let hold = waiting(&gate, admin);
        gate.ask(admin, &["approvals", "approve", &hold, "--yes"])
            .ended(0);
        std::fs::remove_file(place.path("a.txt")).unwrap();
        place.run(&["--resume", &session.id]);
        assert_eq!(place.read("held").unwrap(), "ran\n");
        assert_eq!(place.read("a.txt"), None, "it ran before, and once");
        assert_eq!(place.model.heard().len(), 3, "{form:?}");
    }
    let written = verdicts(&house, &gate, "file_write");
    assert_eq!(written, ["CLEARED"; 4]);
    gate.ask(house.credential("admin_token"), &["audit", "verify"])
        .ended(0);
}

#[test]
fn what_is_refused_does_not_run_and_the_model_reads_why() {
    let (house, gate) = house();
    let key = house.credential("agent_key");
    for form in FORMS {
        let place = workplace(form, key, vec![write("a.txt", "hello"), mark("marker")]);
        place.install(&gate.url, &["--environment", "production"]);
        let session = place.run(&["go on"]);
        assert_eq!(session.stopped, "end_turn", "{form:?}");
        assert_eq!((place.read("a.txt"), place.read("marker")), (None, None));
        let heard = place.model.heard();
        assert_eq!(heard.len(), 2, "{heard:?}");
        for told in heard {
            assert!(told.contains("not the place for experiments"), "{told}");
        }
        // A key that nobody gave is refused as well.
        let place = workplace(form, "pcl_nobody", vec![write("a.txt", "hello")]);
        place.install(&gate.url, &DEVELOPMENT);
        place.run(&["go on"]);
        assert_eq!(place.read("a.txt"), None);
    }
    assert_eq!(verdicts(&house, &gate, "file_write"), ["BLOCKED"; 2]);
}

#[test]
fn what_is_held_runs_once_after_the_approval() {
    let (house, mut gate) = house();
    let (admin, key) = (
        house.credential("admin_token"),
        house.credential("agent_key"),
    );
    for form in FORMS {
        let place = workplace(form, key, vec![mark("marker")]);
        place.install(&gate.url, &DEVELOPMENT);
        let session = place.run(&["go on"]);
        let resume = ["--resume", &session.id];
        assert_eq!(session.stopped, "tool_deferred", "{form:?}");
        // Too early: it stops again, at the same hold.
        let hold = waiting(&gate, admin);
        assert_eq!(place.run(&resume).stopped, "tool_deferred");
        assert_eq!(waiting(&gate, admin), hold);
        assert_eq!(place.read("marker"), None);
        gate.ask(admin, &["approvals", "approve", &hold, "--yes"])
            .ended(0);
        assert_eq!(place.run(&resume).stopped, "end_turn");
        assert_eq!(place.read("marker").unwrap(), "ran\n");
        // Nothing of it is left to resume.
        assert_ne!(place.tried(&resume).code, 0);
        assert_eq!(place.read("marker").unwrap(), "ran\n");
        gate.kill();
        gate = house.serve();
    }
    gate.ask(admin, &["audit", "verify"]).ended(0);
}

#[test]
fn what_people_refuse_never_runs() {
    let (house, gate) = house();
    let (admin, key) = (
        house.credential("admin_token"),
        house.credential("agent_key"),
    );
    for form in FORMS {
        let place = workplace(form, key, vec![mark("marker")]);
        place.install(&gate.url, &DEVELOPMENT);
        let session = place.run(&["go on"]);
        let hold = waiting(&gate, admin);
        let why = ["--reason", "not on a Friday"];
        gate.ask(admin, &[&["holds", "kill", &hold][..], &why].concat())
            .ended(0);
        let resumed = place.run(&["--resume", &session.id]);
        assert_eq!(resumed.stopped, "end_turn", "{form:?}");
        assert_eq!(place.read("marker"), None);
        let heard = place.model.heard();
        assert!(heard[0].contains("not on a Friday"), "{heard:?}");
    }
}

#[test]
fn a_session_that_goes_on_asks_again_after_the_approval() {
    let (house, gate) = house();
    let (admin, key) = (
        house.credential("admin_token"),
        house.credential("agent_key"),
    );
    for form in FORMS {
        let place = workplace(form, key, vec![mark("marker"), mark("marker")]);
        place.install(&gate.url, &[&DEVELOPMENT[..], &["--held", "deny"]].concat());
        // The model does not give up, and is told of the same hold.
        let session = place.run(&["go on"]);
        assert_eq!(session.stopped, "end_turn", "{form:?}");
        assert_eq!(place.read("marker"), None);
        let hold = waiting(&gate, admin);
        let heard = place.model.heard();
        assert_eq!(heard.len(), 2);
        assert!(heard.iter().all(|told| told.contains(&hold)), "{heard:?}");
        gate.ask(admin, &["approvals", "approve", &hold, "--yes"])
            .ended(0);
        let place = place.with(Model::of(vec![vec![mark("marker")]; 4]));
        place.run(&["--resume", &session.id, "now"]);
        assert_eq!(place.read("marker").unwrap(), "ran\n");
        let hold = waiting(&gate, admin);
        gate.ask(admin, &["holds", "kill", &hold]).ended(0);
    }
}

/// A session does not stop for its subagents: their tool uses would be dropped.
#[test]
fn a_subagent_reads_that_it_must_wait() {
    let (house, gate) = house();
    let task = json!({"name": "Agent", "input": {
        "description": "Marks", "prompt": format!("Mark it, {SUBAGENT}."),
        "subagent_type": "general-purpose", "run_in_background": false,
    }});
    let model = Model::with_subagent(vec![vec![task]], vec![vec![mark("marker")]]);
    let place = Workplace::new(Form::Http, house.credential("agent_key"), model);
    place.install(&gate.url, &DEVELOPMENT);
    let session = place.run(&["go on"]);
    assert_eq!(session.stopped, "end_turn");
    assert_eq!(place.read("marker"), None);
    let heard = place.model.heard();
    let is_held = |told: &String| told.contains("held: a person must approve");
    assert!(heard.iter().any(is_held), "{heard:?}");
}

/// There the client passes over `defer`, and would run what the person's own settings allow.
#[test]
fn at_a_terminal_what_is_held_does_not_run() {
    let (house, gate) = house();
    for form in FORMS {
        let key = house.credential("agent_key");
        let place = workplace(form, key, vec![mark("marker")]);
        place.install(&gate.url, &DEVELOPMENT);
        place.run_at_a_terminal();
        assert_eq!(place.read("marker"), None, "{form:?}");
        let heard = place.model.heard();
        assert!(
            heard[0].contains("held: a person must approve"),
            "{heard:?}"
        );
    }
}

#[test]
fn nothing_runs_while_the_gate_is_away() {
    let garbage = |status: &'static str, body: &'static str| {
        StandIn::new(move |_| Some(answer(status, "application/json", body)))
    };
    let maybe =
        r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"maybe"}}"#;
    let outages = [
        ("down", None),
        ("hanging", Some(StandIn::new(|_| None))),
        ("cut off", Some(StandIn::new(|_| Some(String::new())))),
        ("failing", Some(garbage("500 Internal Server Error", "{}"))),
        ("forbidding", Some(garbage("403 Forbidden", "{}"))),
        ("elsewhere", Some(garbage("302 Found", "{}"))),
        ("no JSON", Some(garbage("200 OK", "<html>hello</html>"))),
        (
            "half of it",
            Some(garbage("200 OK", "{\"hookSpecificOutput\":")),
        ),
        ("no answer of a hook", Some(garbage("200 OK", "[]"))),
        ("an unknown word", Some(garbage("200 OK", maybe))),
    ];
    for form in FORMS {
        for (outage, server) in &outages {
            // The port of a server that is gone.
            let gone = StandIn::new(|_| None).url.clone();
            let url = server.as_ref().map_or(&gone, |server| &server.url);
            refuses(form, outage, url);
        }
    }
    // What is JSON and no opinion is the client's own to judge, over HTTP; our command refuses it.
    for (outage, body) in [("no opinion", "{}"), ("nothing", "")] {
        refuses(Form::Command, outage, &garbage("200 OK", body).url);
    }
}

#[track_caller]
fn refuses(form: Form, outage: &str, url: &str) {
    let place = workplace(form, "pcl_key", vec![mark("marker"), write("a.txt", "a")]);
    place.install(url, &DEVELOPMENT);
    // So that nobody has to wait for it.
    place.settings(|settings| settings.replace("\"timeout\": 30", "\"timeout\": 1"));
    place.run(&["go on"]);
    let ran = [place.read("marker"), place.read("a.txt")];
    assert_eq!(ran, [None, None], "{form:?}, {outage}");
    assert_eq!(place.model.heard().len(), 2, "{form:?}, {outage}");
    // But for the hook it would.
    if outage == "down" {
        place.settings(|_| "{}".to_owned());
        place.run(&["go on"]);
        let ran = [place.read("marker"), place.read("a.txt")];
        assert_eq!(ran, [Some("ran\n".to_owned()), Some("a".to_owned())]);
    }
}

/// The client looks after its own settings, even where the gate lets files be written.
#[test]
fn the_agent_does_not_take_the_gate_away() {
    let (house, gate) = house();
    let settings = ".claude/settings.json";
    let tools = vec![
        json!({"name": "Read", "input": {"file_path": settings}}),
        write(settings, "{}"),
        write(".claude/settings.local.json", "{\"disableAllHooks\":true}"),
        mark("marker"),
    ];
    let place = workplace(Form::Http, house.credential("agent_key"), tools);
    place.install(&gate.url, &DEVELOPMENT);
    let before = place.read(settings);
    let session = place.run(&["go on"]);
    assert_eq!(session.stopped, "tool_deferred");
    assert_eq!(place.read(settings), before);
    assert_eq!(place.read(".claude/settings.local.json"), None);
    assert_eq!(place.read("marker"), None);
}
