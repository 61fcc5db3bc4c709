//! The examples of agents, as they are, with a gate and people. What runs is told by what is on the
//! disk.

use crate::bin::{Gate, House, Ran, example, without_proxies};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const EXAMPLES: [&str; 2] = ["langgraph", "openai-agents"];
/// How often the gate is asked for a hold, ten times a second.
const LOOKS: usize = 600;

/// A house with the rules of a software team, and the token of one of its engineers.
fn house() -> (House, Gate, String) {
    let house = House::new(&example("software-team/tenant-policy.yaml"));
    let gate = house.serve();
    let admin = house.credential("admin_token");
    let policies = example("software-team/policies.yaml");
    gate.ask(admin, &["policy", "apply", &policies]).ended(0);
    let ann = "keys issue ann --role operator --group engineers -o json";
    let ann: Vec<&str> = ann.split(' ').collect();
    let ann = gate.ask(admin, &ann).json(0);
    let ann = ann["token"].as_str().unwrap().to_owned();
    (house, gate, ann)
}

/// A Python with the client of the examples, asking this gate, with its effects here.
fn python(url: &str, key: &str, effects: &Path) -> Command {
    let python = std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!("PORTCULLIS_PYTHON names no Python that has the frameworks: run `make test`")
    });
    let mut command = Command::new(python);
    command
        .env("PORTCULLIS_URL", url)
        .env("PORTCULLIS_AGENT_KEY", key)
        .env("DEPLOYMENTS", effects)
        .env("PYTHONPATH", example("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    without_proxies(&mut command);
    command
}

/// The hold that comes to wait.
fn waiting(gate: &Gate, token: &str) -> String {
    for _ in 0..LOOKS {
        let holds = gate.ask(token, &["holds", "list", "-o", "json"]).json(0);
        let mut holds = holds["holds"].as_array().unwrap().iter();
        if let Some(hold) = holds.find(|hold| hold["status"] == "HELD") {
            return hold["id"].as_str().unwrap().to_owned();
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("nothing ever waited for people")
}

#[test]
fn they_act_when_people_say_so_and_read_why_when_not() {
    let (house, gate, ann) = house();
    for name in EXAMPLES {
        for (verb, effect) in [("release", Some("deployed web 42\n")), ("kill", None)] {
            let effects = house.folder.path().join(format!("{name} {verb}"));
            let agent = python(&gate.url, house.credential("agent_key"), &effects)
                .arg(example(&format!("{name}/agent.py")))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let hold = waiting(&gate, &ann);
            assert!(!effects.exists(), "{name} waits");
            gate.ask(&ann, &["holds", verb, &hold, "--reason", "as it should be"])
                .ended(0);
            let ran = agent.wait_with_output().unwrap();
            let told = String::from_utf8(ran.stdout).unwrap();
            let said = String::from_utf8(ran.stderr).unwrap();
            assert!(ran.status.success(), "{said}");
            assert_eq!(
                fs::read_to_string(&effects).ok().as_deref(),
                effect,
                "{name}"
            );
            assert!(told.contains(&format!("paused for {hold}")), "{told}");
            assert!(told.contains("version 42 fixes it"), "{told}");
            // The one that the rules forbid is refused, and the model reads why.
            assert!(told.contains("Destructive database operations"), "{told}");
            assert_eq!(told.contains("as it should be"), verb == "kill", "{told}");
        }
    }
    let admin = house.credential("admin_token");
    let records = house.folder.path().join("records.jsonl");
    let records = records.to_str().unwrap();
    gate.ask(admin, &["audit", "export", "--to", records])
        .ended(0);
    let records = fs::read_to_string(records).unwrap();
    let outcomes = records.matches("deployed web 42").count();
    assert_eq!(outcomes, 2, "what became of each deployment is on record");
    gate.ask(admin, &["audit", "verify"]).ended(0);
}

#[test]
fn without_the_gate_they_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in EXAMPLES {
        let effects = folder.path().join(name);
        let mut agent = python("http://127.0.0.1:1", "pcl_key", &effects);
        let ran = Ran::of(agent.arg(example(&format!("{name}/agent.py"))));
        assert_ne!(ran.code, 0, "{name}: {}", ran.out);
        assert!(ran.err.contains("the gate gives no answer"), "{}", ran.err);
        assert!(!effects.exists(), "{name}");
    }
}

#[test]
fn their_client_holds_when_things_go_otherwise() {
    let (house, gate, ann) = house();
    let effects = house.folder.path().join("effects");
    let mut client = python(&gate.url, house.credential("agent_key"), &effects);
    let path = [example("python"), example("langgraph")].join(":");
    client
        .env("PYTHONPATH", path)
        .env("PORTCULLIS", env!("CARGO_BIN_EXE_portcullis"))
        .env("OPERATOR_TOKEN", &ann)
        .arg(format!(
            "{}/tests/it/agents_client.py",
            env!("CARGO_MANIFEST_DIR")
        ));
    let told = Ran::of(&mut client).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
}
