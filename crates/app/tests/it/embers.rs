//! Tokens that only their holder can end. A gate is killed while they live: the next one ends them, and
//! nothing at rest or shown gives one away.

use crate::bin::{Gate, House, Ran, portcullis, without_proxies};
use portcullis_testkit::planted;
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

const POLICY: &str = "version: 1
actions:
  - { action: code.read }
  - { action: orders.read }
catalogue:
  - { action: code.read, tier: 0, free: true }
  - { action: orders.read, tier: 0, free: true }
";
/// How long the janitor may take, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(60);
const HELD: [(&str, &str); 2] = [("code", "code.read"), ("orders", "orders.read")];

/// A strict stand-in of a provider and its target; it ends with the test.
struct Provider {
    child: Child,
    told: Value,
}

impl Provider {
    fn start(script: &str) -> Self {
        let python = std::env::var("PORTCULLIS_PROVIDERS").unwrap_or_else(|_| {
            panic!("PORTCULLIS_PROVIDERS names no Python that has the providers: run `make test`")
        });
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../credentials/tests/it/issuers/providers"
        );
        let mut child = Command::new(python)
            .args(["-B", script])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let told = serde_json::from_str(&line).unwrap();
        Self { child, told }
    }

    fn address(&self) -> &str {
        self.told["address"].as_str().unwrap()
    }

    fn control(&self, what: &str, told: &Value) -> Value {
        let mut ask = Command::new("python3");
        without_proxies(&mut ask);
        let url = format!("{}/control/{what}", self.address());
        let script = "import sys, urllib.request as r; \
                      print(r.urlopen(sys.argv[1], sys.argv[2].encode()).read().decode())";
        let asked = ask.args(["-c", script, &url, &told.to_string()]);
        Ran::of(asked).json(0)
    }

    /// The tokens that it takes now.
    fn tokens(&self) -> Vec<String> {
        serde_json::from_value(self.control("tokens", &json!({}))).unwrap()
    }

    /// Whether whoever stole a token reads with it.
    fn takes(&self, token: &str) -> bool {
        let told = json!({"deed": "read", "stolen": {"token": token}});
        self.control("attempt", &told) == json!(true)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It ends when nobody talks to it any more.
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// A gate that mints at both, and what was ever shown of it.
struct Setting {
    github: Provider,
    exchange: Provider,
    house: House,
    gate: Option<Gate>,
    session: String,
    shown: Mutex<String>,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let mut setting = Self {
            github: Provider::start("github.py"),
            exchange: Provider::start("oauth.py"),
            house: House::new(policy.to_str().unwrap()),
            gate: None,
            session: String::new(),
            shown: Mutex::default(),
        };
        let file = setting.file("portcullis.yaml");
        fs::write(file, setting.config().to_string()).unwrap();
        setting.open();
        setting.prepare();
        setting
    }

    fn file(&self, name: &str) -> PathBuf {
        self.house.folder.path().join(name)
    }

    fn embers(&self) -> PathBuf {
        self.house.data().join("embers")
    }

    fn kept(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.embers()).into_iter().flatten();
        files.map(|file| file.unwrap().path()).collect()
    }

    fn config(&self) -> Value {
        let secret = |of: &Provider, name: &str| {
            let path = self.file(name);
            fs::write(&path, of.told["secrets"][name].as_str().unwrap()).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            format!("file:{}", path.display())
        };
        let (code, orders) = (self.github.address(), self.exchange.address());
        let github = json!({
            "api": code, "app_id": "Iv23liGate", "installation_id": 42, "reach": "anywhere",
            "private_key": secret(&self.github, "private_key"),
        });
        let exchange = json!({
            "client_id": "gate", "client_secret": secret(&self.exchange, "client_secret"),
            "reach": "anywhere", "revocation_endpoint": format!("{orders}/revoke"),
            "subject_token": secret(&self.exchange, "subject_token"),
            "token_endpoint": format!("{orders}/token"),
        });
        let target = |url: &str, provider: &str, (action, path): (&str, &str)| {
            let credential = json!({"lease": {"provider": provider, "bearer": "token"}});
            json!({
                "http": {"base_url": url, "credential": credential, "reach": "anywhere"},
                "actions": {action: {"method": "GET", "path": path}},
            })
        };
        let readme = ("code.read", "/repos/acme/api/contents/README.md");
        json!({
            "providers": {
                "app": {"tenants": ["default"], "github": github},
                "exchange": {"tenants": ["default"], "oauth": exchange},
            },
            "tenants": {"default": {"targets": {
                "code": target(code, "app", readme),
                "orders": target(orders, "exchange", ("orders.read", "/orders")),
            }}},
        })
    }

    fn open(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.file("log"));
        let wordy = [("PORTCULLIS_LOG", "trace"), ("RUST_BACKTRACE", "full")];
        let config = self.file("portcullis.yaml");
        let data = self.house.data();
        self.gate = Some(Gate::serve_into(
            &data,
            &wordy,
            Some(&config),
            log.unwrap().into(),
        ));
    }

    fn kill(&mut self) {
        self.gate.take().unwrap().kill();
    }

    fn ask(&self, who: &str, args: &[&str]) -> Ran {
        let gate = self.gate.as_ref().unwrap();
        let ran = gate.ask(self.house.credential(who), args);
        let mut shown = self.shown.lock().unwrap();
        shown.push_str(&ran.out);
        shown.push_str(&ran.err);
        ran
    }

    fn people(&self, words: &str) -> Ran {
        self.ask("admin_token", &words.split(' ').collect::<Vec<_>>())
    }

    fn prepare(&mut self) {
        self.people("workspaces add ops").ended(0);
        let code = json!({"permissions": {"contents": "read"}, "repositories": ["api"]});
        let orders = json!({"audience": "orders", "reads": ["orders:read"]});
        for (name, provider, filters) in [("code", "app", code), ("orders", "exchange", orders)] {
            let file = self.file("filters.json");
            fs::write(&file, filters.to_string()).unwrap();
            let file = file.display();
            self.people(&format!(
                "scopes add {name} --provider {provider} --environment production --workspace ops=read \
                 --filters {file}"
            ))
            .ended(0);
        }
        let agent = self.house.credential("agent_id");
        let open = format!(
            "sessions open --agent {agent} --workspace ops --scope code --scope orders -o json"
        );
        let opened = self.people(&open).json(0);
        opened["id"].as_str().unwrap().clone_into(&mut self.session);
    }

    fn call(&self, (scope, action): (&str, &str)) -> Ran {
        let session = &self.session;
        let call = format!(
            "call --action {action} --target {scope} --environment production --workspace ops \
             --session {session} --scope {scope} -o json"
        );
        self.ask("agent_key", &call.split(' ').collect::<Vec<_>>())
    }

    /// Reads at both, and what was minted for it.
    fn read(&self) -> (String, String) {
        for what in HELD {
            let read = self.call(what).json(0);
            assert_eq!(read["execution"]["ended"], "done", "{read}");
        }
        let (code, orders) = (self.github.tokens(), self.exchange.tokens());
        assert_eq!((code.len(), orders.len()), (1, 1));
        (code[0].clone(), orders[0].clone())
    }

    fn take(&self, (code, orders): &(String, String)) -> (bool, bool) {
        (self.github.takes(code), self.exchange.takes(orders))
    }

    /// The leases, when the janitor is through with all of them.
    fn settled(&self, stages: &[&str]) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let leases = self.people("leases list --all -o json").json(0)["leases"].take();
            let leases = leases.as_array().unwrap().clone();
            let is_settled = |lease: &Value| stages.contains(&lease["stage"].as_str().unwrap());
            if leases.len() == 2 && leases.iter().all(is_settled) {
                return leases;
            }
            assert!(began.elapsed() < PATIENCE, "{leases:?}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Stops when a token is at rest, was shown or logged in any form.
    fn must_hide(&self, (code, orders): &(String, String)) {
        let shown = self.shown.lock().unwrap();
        let log = fs::read(self.file("log")).unwrap();
        let mut places = vec![
            ("what was shown".to_owned(), shown.clone().into_bytes()),
            ("the log".to_owned(), log),
        ];
        gather(&self.house.data(), &mut places);
        for (place, bytes) in places {
            let text = String::from_utf8_lossy(&bytes);
            planted::must_hide(&place, &text, code);
            planted::must_hide(&place, &text, orders);
        }
    }
}

fn gather(folder: &Path, all: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, all);
        } else if let Ok(bytes) = fs::read(&path) {
            all.push((path.display().to_string(), bytes));
        }
    }
}

#[test]
fn a_killed_gates_tokens_are_ended_by_the_next_one() {
    let mut setting = Setting::new();
    let tokens = setting.read();
    assert_eq!(setting.kept().len(), 2);
    setting.must_hide(&tokens);
    setting.kill();
    setting.must_hide(&tokens);
    assert_eq!(setting.take(&tokens), (true, true), "they live on");

    setting.open();
    for lease in setting.settled(&["ended"]) {
        assert_eq!(lease["dead"], true, "{lease}");
        assert_eq!(lease["ending"], "the gate does not have it in its hands");
    }
    assert_eq!(
        setting.take(&tokens),
        (false, false),
        "the tokens themselves are refused"
    );
    assert_eq!(
        (setting.github.tokens(), setting.exchange.tokens()),
        (vec![], vec![])
    );
    assert_eq!(setting.kept(), Vec::<PathBuf>::new());
    setting.people("audit verify").ended(0);
    setting.people("audit export").ended(0);
    setting.must_hide(&tokens);

    // The session goes on with tokens of its own, which go when it ends.
    let tokens = setting.read();
    assert_eq!(setting.kept().len(), 2);
    let close = format!("sessions close {}", setting.session);
    setting.people(&close).ended(0);
    assert_eq!(setting.take(&tokens), (false, false));
    assert_eq!(setting.kept(), Vec::<PathBuf>::new());
    setting.must_hide(&tokens);
}

#[test]
fn tokens_at_rest_move_to_another_key_between_two_gates() {
    let mut setting = Setting::new();
    let tokens = setting.read();
    setting.kill();
    let (key, other) = (
        setting.house.data().join("embers.key"),
        setting.file("other.key"),
    );
    fs::write(&other, "5a".repeat(32)).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    let named = |path: &Path| format!("file:{}", path.display());
    let mut rotate = portcullis();
    rotate.args([
        "secrets",
        "rotate",
        "-o",
        "json",
        "--master-key",
        &named(&key),
    ]);
    rotate
        .args(["--to", &named(&other), "--folder"])
        .arg(setting.embers());
    assert_eq!(Ran::of(&mut rotate).json(0)["sealed"], 2);

    // Under the old key nothing can be read, which may pass.
    setting.open();
    for lease in setting.settled(&["ending"]) {
        let failure = lease["failure"].as_str().unwrap();
        assert!(
            failure.contains("was sealed with another master key"),
            "{lease}"
        );
    }
    assert_eq!(setting.take(&tokens), (true, true));
    setting.kill();
    fs::rename(&other, &key).unwrap();
    setting.open();
    setting.settled(&["ended"]);
    assert_eq!(setting.take(&tokens), (false, false));
    assert_eq!(setting.kept(), Vec::<PathBuf>::new());
    setting.must_hide(&tokens);
}

#[test]
fn what_was_tampered_with_at_rest_is_told_as_living_on() {
    let mut setting = Setting::new();
    let tokens = setting.read();
    setting.kill();
    let kept = setting.kept();
    let (one, other) = (fs::read(&kept[0]).unwrap(), fs::read(&kept[1]).unwrap());
    fs::write(&kept[0], other).unwrap();
    fs::write(&kept[1], one).unwrap();
    setting.open();
    for lease in setting.settled(&["fading"]) {
        assert_eq!(lease["dead"], false, "{lease}");
        let how = lease["how"].as_str().unwrap();
        assert!(how.contains("was changed or is damaged"), "{lease}");
    }
    assert_eq!(setting.take(&tokens), (true, true), "that is true");
    assert_eq!(setting.kept(), Vec::<PathBuf>::new());
    setting.must_hide(&tokens);
}

#[test]
fn what_cannot_be_kept_at_rest_is_given_back_and_not_used() {
    let setting = Setting::new();
    fs::write(setting.embers(), "in the way").unwrap();
    for what in HELD {
        let refused = setting.call(what).json(1);
        assert_eq!(refused["execution"]["ended"], "failed", "{refused}");
    }
    for provider in [&setting.github, &setting.exchange] {
        assert_eq!(provider.control("minted", &json!({})), 1, "it was asked");
        assert_eq!(provider.control("alive", &json!({})), 0, "and given back");
    }
    for lease in setting.settled(&["ended"]) {
        assert_eq!(lease["ending"], "lease.unsealed", "{lease}");
    }
}

#[test]
fn the_doctor_says_where_tokens_are_kept() {
    let setting = Setting::new();
    setting.read();
    let found = || {
        let mut doctor = portcullis();
        let listen = setting.gate.as_ref().unwrap().address();
        doctor.args(["doctor", "-o", "json", "--listen", listen, "--config"]);
        doctor.arg(setting.file("portcullis.yaml")).arg("--data");
        let ran = Ran::of(doctor.arg(setting.house.data()));
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        let mut checks = found["checks"].as_array().unwrap().iter();
        let embers = checks.find(|one| one["check"] == "embers").unwrap();
        (
            embers["health"].clone(),
            embers["found"].as_str().unwrap().to_owned(),
        )
    };
    let (health, said) = found();
    assert_eq!(health, "ok", "{said}");
    assert!(said.ends_with("2 of them now"), "{said}");
    fs::write(&setting.kept()[0], "nonsense").unwrap();
    let (health, said) = found();
    assert_eq!(health, "warn", "{said}");
    assert!(said.contains("was changed or is damaged"), "{said}");
    let key = setting.house.data().join("embers.key");
    fs::write(&key, "no key").unwrap();
    assert_eq!(found().0, "fail");
    fs::remove_file(&key).unwrap();
    let (health, said) = found();
    assert_eq!(health, "ok", "{said}");
    assert!(said.contains("is made when the gate is served"), "{said}");
}
