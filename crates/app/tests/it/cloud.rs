//! One piece of work at AWS, from its beginning to its end. moto stands in for AWS: it looks at every
//! signature, and refuses what neither the role nor the session's own policy allows.

use crate::bin::{Gate, House, Ran};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Child, ChildStdout, Command, Stdio},
};

/// What the tenant says of its action types. It is wrong about `reports.touch`, which writes.
const POLICY: &str = "version: 1
actions:
  - { action: 'reports.*' }
  - { action: payroll.read }
catalogue:
  - { action: reports.read, tier: 0, free: true }
  - { action: reports.touch, tier: 0, free: true }
  - { action: payroll.read, tier: 0, free: true }
  - { action: reports.write, tier: 3, free: true }
";
const REGION: &str = "eu-central-1";

/// AWS; it ends with the test.
struct Aws {
    child: Child,
    said: BufReader<ChildStdout>,
    told: Value,
}

impl Aws {
    fn start() -> Self {
        let python = std::env::var("PORTCULLIS_PROVIDERS").unwrap_or_else(|_| {
            panic!("PORTCULLIS_PROVIDERS names no Python that has the providers: run `make test`")
        });
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
        let mut child = Command::new(python)
            .args(["-B", "cloud_server.py"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut aws = Self {
            child,
            said,
            told: Value::Null,
        };
        aws.told = aws.hear();
        aws
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{question}").unwrap();
        self.hear()
    }

    fn told(&self, what: &str) -> &str {
        self.told[what].as_str().unwrap()
    }

    /// What the holder of a lease's credential can do at this moment: tried out with it.
    fn deeds_of(&mut self, lease: &Value) -> Value {
        let name = lease["id"].as_str().unwrap().replace("lse_", "portcullis-");
        let deeds = self.ask(&json!("deeds"));
        assert!(deeds[&name].is_array(), "no session of {name}: {deeds}");
        deeds[&name].clone()
    }

    fn object(&mut self, name: &str) -> Value {
        self.ask(&json!({"object": ["reports", name]}))
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        // It ends when nobody talks to it any more.
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// AWS, and a gate that mints sessions there.
struct Setting {
    aws: Aws,
    house: House,
    gate: Gate,
}

impl Setting {
    fn new(may_deny: bool) -> Self {
        let aws = Aws::start();
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        // Commands of a gate of root's run as somebody else, who has to come through.
        fs::set_permissions(house.folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let file = house.folder.path().join("portcullis.yaml");
        fs::write(&file, config(&aws, may_deny).to_string()).unwrap();
        let keys = [
            ("GATE_KEY_ID", aws.told("key_id")),
            ("GATE_KEY", aws.told("key")),
        ];
        let gate = Gate::serve_by(&house.data(), &keys, Some(&file));
        let setting = Self { aws, house, gate };
        setting.people(&["workspaces", "add", "ops"]).ended(0);
        let filters = setting.house.folder.path().join("filters.json");
        let reaches = json!({
            "reads": ["s3:GetObject"], "regions": [REGION], "resources": ["arn:aws:s3:::reports/*"],
            "writes": ["s3:PutObject"],
        });
        fs::write(&filters, reaches.to_string()).unwrap();
        let scope = "scopes add reports --provider reports --environment production --write \
                     --workspace ops=read --filters";
        let words: Vec<&str> = scope.split_whitespace().collect();
        let words = [&words[..], &[filters.to_str().unwrap()]].concat();
        setting.people(&words).ended(0);
        setting
    }

    fn people(&self, args: &[&str]) -> Ran {
        self.gate.ask(self.house.credential("admin_token"), args)
    }

    fn agent(&self, args: &[&str]) -> Ran {
        let ran = self.gate.ask(self.house.credential("agent_key"), args);
        let shown = format!("{ran:?}");
        assert!(!shown.contains(self.aws.told("key")), "{shown}");
        assert!(!shown.contains("ASIA"), "no key of a session: {shown}");
        ran
    }

    fn open(&self) -> String {
        let agent = self.house.credential("agent_id");
        let open = format!("sessions open --agent {agent} --workspace ops --write reports -o json");
        let words: Vec<&str> = open.split(' ').collect();
        let opened = self.people(&words).json(0);
        opened["id"].as_str().unwrap().to_owned()
    }

    fn call(&self, session: &str, action: &str, parameters: &[&str]) -> Ran {
        let call = format!(
            "call --action {action} --target s3 --environment production --workspace ops --session {session} \
             --scope reports -o json"
        );
        let mut words: Vec<&str> = call.split_whitespace().collect();
        for parameter in parameters {
            words.extend(["--param", parameter]);
        }
        self.agent(&words)
    }

    fn leases(&self, session: &str, mode: &str) -> Vec<Value> {
        let list = format!("leases list --session {session} --all -o json");
        let words: Vec<&str> = list.split(' ').collect();
        let leases = self.people(&words).json(0);
        let leases = leases["leases"].as_array().unwrap().iter();
        leases
            .filter(|lease| lease["mode"] == mode)
            .cloned()
            .collect()
    }
}

fn config(aws: &Aws, may_deny: bool) -> Value {
    let address = aws.told("address");
    let get = |path: &str| json!({"method": "GET", "path": path});
    let put = json!({"method": "PUT", "path": "/reports/{name}"});
    json!({
        "providers": {"reports": {"tenants": ["default"], "aws": {
            "access_key_id": "env:GATE_KEY_ID", "iam_endpoint": address, "may_deny": may_deny,
            "reach": "anywhere", "region": REGION, "role_arn": aws.told("role"),
            "secret_access_key": "env:GATE_KEY", "sts_endpoint": address,
        }}},
        "tenants": {"default": {"targets": {"s3": {
            "http": {
                "base_url": address, "reach": "anywhere",
                "credential": {"lease": {"provider": "reports", "aws": {"service": "s3", "region": REGION}}},
            },
            "actions": {
                "payroll.read": get("/payroll/{name}"), "reports.read": get("/reports/{name}"),
                "reports.touch": put, "reports.write": put,
            },
        }}}},
    })
}

/// For how long a credential was asked.
fn seconds(lease: &Value) -> i64 {
    let at = |name: &str| {
        let at: jiff::Timestamp = lease[name].as_str().unwrap().parse().unwrap();
        at
    };
    at("ends_at").duration_since(at("asked_at")).as_secs()
}

#[test]
fn what_a_session_of_a_role_may_is_for_aws_to_refuse_and_it_dies_with_the_work() {
    let mut setting = Setting::new(true);
    let session = setting.open();
    let read = setting
        .call(&session, "reports.read", &["name=may"])
        .json(0);
    assert_eq!(read["execution"]["output"]["of"], "reports", "{read}");

    // The catalogue says that it looks, and the rules believe that. AWS does not.
    let refused = setting.call(&session, "reports.touch", &["name=may", "of=me"]);
    let refused = refused.json(1);
    assert_eq!(refused["decision"]["verdict"], "CLEARED", "{refused}");
    assert_eq!(refused["execution"]["ended"], "failed", "{refused}");
    let said = refused["execution"]["summary"].as_str().unwrap();
    assert!(said.contains("403"), "{said}");
    assert_eq!(setting.aws.object("may"), json!(r#"{"of": "reports"}"#));
    let refused = setting
        .call(&session, "payroll.read", &["name=may"])
        .json(1);
    assert_eq!(refused["execution"]["ended"], "failed", "{refused}");

    let held = setting.call(&session, "reports.write", &["name=june", "of=june"]);
    let held = held.json(4);
    let hold = held["decision"]["hold_id"].as_str().unwrap().to_owned();
    let ann = "keys issue ann --role operator -o json";
    let ann: Vec<&str> = ann.split(' ').collect();
    let ann = setting.people(&ann).json(0);
    let ann = ann["token"].as_str().unwrap();
    let approve = ["approvals", "approve", &hold, "--yes"];
    setting.gate.ask(ann, &approve).ended(0);
    setting.agent(&["call", "--hold", &hold]).ended(0);
    assert_eq!(setting.aws.object("june"), json!(r#"{"of":"june"}"#));

    let (reading, writing) = (
        setting.leases(&session, "read"),
        setting.leases(&session, "write"),
    );
    assert_eq!((reading.len(), writing.len()), (1, 1));
    assert_eq!(writing[0]["hold_id"], hold.as_str());
    assert!(seconds(&writing[0]) < seconds(&reading[0]));
    assert_eq!(
        (&writing[0]["stage"], &writing[0]["dead"]),
        (&json!("ended"), &json!(true))
    );
    // Their holders would see the same.
    assert_eq!(setting.aws.deeds_of(&reading[0]), json!(["read"]));
    assert_eq!(setting.aws.deeds_of(&writing[0]), json!([]));

    let close = ["sessions", "close", &session, "-o", "json"];
    let closed = setting.people(&close).json(0);
    assert_eq!(closed["leases"][0]["dead"], true, "{closed}");
    for lease in reading.iter().chain(&writing) {
        assert_eq!(setting.aws.deeds_of(lease), json!([]), "{lease}");
    }
    let after = setting
        .call(&session, "reports.read", &["name=may"])
        .json(3);
    let code = after["decision"]["reasons"][0]["code"].as_str();
    assert_eq!(code, Some("session.not_open"), "{after}");
    setting.people(&["audit", "verify"]).ended(0);
}

#[test]
fn where_the_gate_may_not_deny_a_session_it_says_that_it_lives() {
    let mut setting = Setting::new(false);
    let session = setting.open();
    setting
        .call(&session, "reports.read", &["name=may"])
        .ended(0);
    let close = ["sessions", "close", &session];
    let closed = setting.people(&close).ended(0);
    assert!(closed.contains("lives until"), "{closed}");
    let reading = setting.leases(&session, "read");
    assert_eq!(
        (&reading[0]["stage"], &reading[0]["dead"]),
        (&json!("fading"), &json!(false))
    );
    // The gate has forgotten it. Whoever stole it before would not have to.
    assert_eq!(setting.aws.deeds_of(&reading[0]), json!(["read"]));
}
