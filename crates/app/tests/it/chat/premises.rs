//! A served gate with people who approve, and an agent that is held.

use super::browser;
use crate::{
    bin::{Gate, House, Ran, portcullis},
    desk::{Desk, desk, join},
    http::Wire,
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const POLICY: &str = "version: 1\ntenant: default\ndefault: deny\n\
    actions:\n  - { action: data.wipe }\n  - { action: data.buy }\n\
    catalogue:\n  - { action: data.wipe, tier: 4, free: true }\n  \
    - { action: data.buy, tier: 1 }\n\
    budgets: { daily_usd: 100 }\n\
    approvals:\n  tier4: { approvers: [\"group:leads\"], required: 2 }\n";

/// How long something may take on a busy machine, in looks.
const LOOKS: usize = 6_000;
const LOOK: Duration = Duration::from_millis(30);

/// The gate, its house, and an agent that Oda owns.
pub(super) struct Premises {
    pub(super) gate: Gate,
    house: House,
    environment: Vec<(&'static str, String)>,
    agent_key: String,
}

impl Premises {
    /// Opens a gate with this operator's file and this environment. `config` is given the folder
    /// where secrets may lie.
    pub(super) fn open(
        secrets: &[(&str, &str)],
        environment: &[(&'static str, &str)],
        config: impl FnOnce(&str) -> String,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        let here = house.folder.path();
        for (name, secret) in secrets {
            let file = here.join(name);
            fs::write(&file, secret).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let file = here.join("portcullis.yaml");
        fs::write(&file, config(here.to_str().unwrap())).unwrap();
        let owned = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
        let mut environment: Vec<_> = environment.iter().map(owned).collect();
        environment.push(("PORTCULLIS_CONFIG", file.to_str().unwrap().to_owned()));
        let gate = serve(&house, &environment);
        let agent_key = people_and_agent(&house, &gate);
        Self {
            gate,
            house,
            environment,
            agent_key,
        }
    }

    /// The gate dies, and is started again.
    pub(super) fn restart(self, meanwhile: impl FnOnce()) -> Self {
        self.gate.kill();
        meanwhile();
        Self {
            gate: serve(&self.house, &self.environment),
            ..self
        }
    }

    /// Somebody at a terminal, who signed in there.
    pub(super) fn desk(&self, name: &str) -> Desk<'_> {
        desk(&self.gate, self.house.folder.path(), name)
    }

    /// The agent asks, and is held.
    pub(super) fn ask(&self) -> Value {
        self.ask_on("db")
    }

    /// The same on another target, which is another action.
    pub(super) fn ask_on(&self, target: &str) -> Value {
        let wish = [
            "govern",
            "--action",
            "data.wipe",
            "--target",
            target,
            "-o",
            "json",
        ];
        self.agent(&wish).json(4)
    }

    /// The agent runs a command.
    pub(super) fn agent(&self, args: &[&str]) -> Ran {
        self.gate.ask(&self.agent_key, args)
    }

    /// The agent claims what was approved and acts on it, once.
    #[track_caller]
    pub(super) fn act_once(&self, held: &Value) {
        let hold = held["hold_id"].as_str().unwrap();
        let permit = self.agent(&["permits", "claim", hold]).ended(0);
        let again = self.agent(&["permits", "claim", hold]);
        assert_eq!(again.code, 1, "{again:?}");
        self.agent(&["permits", "redeem", permit.trim()]).ended(0);
        let again = self.agent(&["permits", "redeem", permit.trim()]);
        assert_eq!(again.code, 1, "{again:?}");
        let mut wire = Wire::open(self.gate.address(), &self.agent_key).unwrap();
        let path = format!("/v1/actions/{}/outcome", held["seq"]);
        let sealed = wire
            .post(&path, None, &json!({"result": "succeeded"}))
            .unwrap();
        assert_eq!(sealed.0, 200, "{sealed:?}");
    }

    /// The status of a hold.
    pub(super) fn status(&self, held: &Value) -> Value {
        let hold = held["hold_id"].as_str().unwrap();
        let args = ["holds", "show", hold, "-o", "json"];
        self.admin(&args).json(0)["status"].clone()
    }

    /// Somebody who may do everything runs a command.
    pub(super) fn admin(&self, args: &[&str]) -> Ran {
        self.gate.ask(self.house.credential("admin_token"), args)
    }

    /// The records of a kind, of a chain that verifies.
    pub(super) fn records(&self, kind: &str) -> Vec<Value> {
        self.admin(&["audit", "verify"]).ended(0);
        let file = self.house.folder.path().join("export.jsonl");
        let _ = fs::remove_file(&file);
        let args = ["audit", "export", "--to", file.to_str().unwrap()];
        self.admin(&args).ended(0);
        let text = fs::read_to_string(&file).unwrap();
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        records
            .filter(|record: &Value| record["record_type"] == kind)
            .collect()
    }

    /// What the doctor finds.
    pub(super) fn examine(&self) -> String {
        let mut doctor = portcullis();
        doctor
            .args(["doctor", "--listen", self.gate.address(), "--data"])
            .arg(self.house.data());
        Ran::of(&mut doctor).ended(0)
    }

    /// What the gate tells of itself.
    pub(super) fn metrics(&self) -> String {
        browser::send(self.gate.address(), ("GET", "/metrics"), &[], "").text
    }

    /// The codes of what was refused on record.
    pub(super) fn refused(&self) -> Vec<String> {
        let records = self.records("decision_refused");
        let code = |record: &Value| record["code"].as_str().unwrap().to_owned();
        records.iter().map(code).collect()
    }
}

fn serve(house: &House, environment: &[(&'static str, String)]) -> Gate {
    let pairs = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    Gate::serve_with(&house.data(), &pairs.collect::<Vec<_>>())
}

/// Ann, Bo and Oda come; Oda gets an agent. The agent's key.
fn people_and_agent(house: &House, gate: &Gate) -> String {
    let path = house.folder.path();
    let admin = desk(gate, path, "first");
    let code = house.credential("invitation");
    let password = "correct horse battery\n";
    admin
        .run(&["login", "--invitation", code], password)
        .ended(0);
    admin.json(&["groups", "add", "leads"]);
    for name in ["Ann", "Bo", "Oda"] {
        join(&admin, path, name);
    }
    let oda = admin.json(&["people", "show", "Oda"])["id"].clone();
    let mut wire = Wire::open(gate.address(), house.credential("admin_token")).unwrap();
    let agent = json!({"name": "cleaner", "owner": oda});
    let (status, agent) = wire.post("/v1/agents", None, &agent).unwrap();
    assert_eq!(status, 201, "{agent}");
    let id = agent["id"].as_str().unwrap();
    let key = admin.json(&["keys", "issue", "cleaner", "--role", "agent", "--agent", id]);
    key["token"].as_str().unwrap().to_owned()
}

/// The first thing that is there, looked for until it is.
#[track_caller]
pub(super) fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(LOOK);
    }
    panic!("it never came: {what}");
}

/// The time, as Slack signs it.
pub(super) fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs().try_into().unwrap()
}
