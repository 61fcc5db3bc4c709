//! Secrets that were planted everywhere: registered, minted, sealed at rest, and given to a server,
//! shown raw and encoded by whatever the gate acts on, in success, failure and silence. Then everything is looked
//! through that an agent, a reader of logs, or somebody else on this machine can see.

mod server;

use crate::{
    bin::{Gate, House, Ran, portcullis},
    targets::service::{Manner, Service, TOKEN},
};
use portcullis_testkit::{
    planted,
    postgres::{OWNER, PASSWORD, Postgres},
};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
    thread,
    time::Duration,
};
use tokio::runtime::Runtime;

const POLICY: &str = "version: 1
actions:
  - { action: 'orders.*' }
  - { action: 'tickets.*' }
  - { action: command.run }
  - { action: mcp.shows.look }
catalogue:
  - { action: orders.query, tier: 0, free: true }
  - { action: 'tickets.*', tier: 0, free: true }
  - { action: mcp.shows.look, tier: 0, free: true }
";

/// What lies in a drawer, sealed.
const SEALED: &str = "walnut/curlew+gneiss-6613%41";

/// Shows the credential in every way that a program may, keeps it where only its session looks, and
/// ends as it is told.
const SHOWS: &str = "printenv PGPASSWORD >> kept; printenv PGPASSWORD; printenv PGPASSWORD | tr -d '\\n' | base64 -w0; \
    echo; printenv PGPASSWORD | od -An -tx1 | tr -d ' \\n'; echo; printenv PGPASSWORD >&2; ";

struct Setting {
    runtime: Runtime,
    service: Service,
    house: House,
    gate: Gate,
    /// Everything that was ever shown to anybody.
    shown: Mutex<String>,
}

impl Setting {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = Postgres::shared();
        let database = runtime.block_on(server.database());
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        let service = Service::start();
        // Commands of a gate of root's run as somebody else, who has to come through.
        fs::set_permissions(house.folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let secret = |name: &str, value: &str| {
            let path = house.folder.path().join(name);
            fs::write(&path, value).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            format!("file:{}", path.display())
        };
        let (token, password) = (secret("token", TOKEN), secret("password", PASSWORD));
        let (given, master) = (
            secret("given", server::GIVEN),
            secret("master", &"6d".repeat(32)),
        );
        let drawer = house.folder.path().join("drawer");
        seal(&drawer, &master);
        let roles = json!({"user": OWNER, "password": password});
        let providers = json!({
            "orders-roles": {"tenants": ["default"], "postgres": at(server.port(), &roles)},
            "drawer": {"tenants": ["default"], "sealed": {"folder": drawer, "master_key": master}},
        });
        let orders = at(
            server.port(),
            &json!({
                "database": database, "login": {"lease": "orders-roles"}, "timeout_seconds": 1,
            }),
        );
        let config = json!({
            "commands": {"deadline_seconds": 3},
            "providers": providers,
            "tenants": {"default": {
                "mcp": {"servers": {"shows": server::settings(&given)}},
                "targets": targets(&orders, &service.url, &token),
            }},
        });
        let file = house.folder.path().join("portcullis.yaml");
        fs::write(&file, config.to_string()).unwrap();
        let log = File::create(house.folder.path().join("log")).unwrap();
        let wordy = [("PORTCULLIS_LOG", "trace"), ("RUST_BACKTRACE", "full")];
        let gate = Gate::serve_into(&house.data(), &wordy, Some(&file), log.into());
        let setting = Self {
            runtime,
            service,
            house,
            gate,
            shown: Mutex::default(),
        };
        setting.prepare(&database);
        setting
    }

    fn prepare(&self, database: &str) {
        self.runtime.block_on(async {
            let opened = Postgres::shared().open(database, OWNER, PASSWORD);
            let (client, _driver) = opened.await;
            let table = "revoke create on schema public from public; create table orders (id int)";
            client.batch_execute(table).await.unwrap();
        });
        self.people(&["workspaces", "add", "ops"]).ended(0);
        let tables = json!({"database": database, "tables": ["public.orders"]});
        self.add_scope("orders", "orders-roles", &tables);
        self.add_scope("notes", "drawer", &json!({"read": "note"}));
    }

    fn add_scope(&self, name: &str, provider: &str, filters: &Value) {
        let file = self.house.folder.path().join("filters.json");
        fs::write(&file, filters.to_string()).unwrap();
        let mode = if name == "orders" { "--write " } else { "" };
        let scope = format!(
            "scopes add {name} {mode}--provider {provider} --environment production --filters"
        );
        let words = scope.split(' ').chain([file.to_str().unwrap()]);
        let words: Vec<&str> = words.chain(["--workspace", "ops=read"]).collect();
        self.people(&words).ended(0);
    }

    fn keep(&self, ran: Ran) -> Ran {
        let mut shown = self.shown.lock().unwrap();
        shown.push_str(&ran.out);
        shown.push_str(&ran.err);
        ran
    }

    fn people(&self, args: &[&str]) -> Ran {
        let ran = self.gate.ask(self.house.credential("admin_token"), args);
        self.keep(ran)
    }

    fn agent(&self, args: &[&str]) -> Ran {
        let ran = self.gate.ask(self.house.credential("agent_key"), args);
        self.keep(ran)
    }

    /// The agent asks for something in its session.
    fn call(&self, session: &str, (action, target): (&str, &str), parameter: &str) -> Value {
        let scope = if target == "notes" { target } else { "orders" };
        let call = format!(
            "call --action {action} --target {target} --environment production --workspace ops \
             --session {session} --scope {scope} -o json --param"
        );
        let words: Vec<&str> = call.split_whitespace().chain([parameter]).collect();
        serde_json::from_str(&self.agent(&words).out).unwrap()
    }

    /// A command that nobody understands: somebody looks at it, and lets it run.
    fn run(&self, session: &str, ann: &str, script: &str) -> Value {
        let argv = json!(["sh", "-c", script]).to_string();
        let held = self.call(session, ("command.run", "here"), &format!("argv={argv}"));
        let hold = held["decision"]["hold_id"]
            .as_str()
            .unwrap_or_else(|| panic!("{held}"));
        let approve = ["approvals", "approve", hold, "--yes"];
        self.keep(self.gate.ask(ann, &approve)).ended(0);
        let done = self.agent(&["call", "--hold", hold, "-o", "json"]);
        serde_json::from_str(&done.out).unwrap()
    }
}

/// Everything that lies below the gate's folder but in the rooms, as far as it can be read.
pub(crate) fn stored(data: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    gather(data, &mut all);
    all
}

/// A line to the database server.
fn at(port: u16, more: &Value) -> Value {
    let mut line = json!({"host": "127.0.0.1", "port": port, "tls": false, "reach": "anywhere"});
    let members = more.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(members);
    line
}

/// A database, and a service in two ways: with a credential of its own, and with one that lies sealed.
fn targets(orders: &Value, url: &str, token: &str) -> Value {
    let http = |credential: Value| {
        json!({
            "base_url": url, "credential": credential, "reach": "anywhere", "timeout_seconds": 1,
        })
    };
    json!({
        "orders": {
            "postgres": orders, "actions": {"orders.query": {"statement_by": "agent"}},
        },
        "tickets": {
            "http": http(json!({"bearer": token})),
            "actions": {"tickets.find": {"method": "GET", "path": "/tickets"}},
        },
        "notes": {
            "http": http(json!({"lease": {"provider": "drawer", "bearer": "value"}})),
            "actions": {"tickets.note": {"method": "GET", "path": "/notes"}},
        },
    })
}

fn gather(folder: &Path, all: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("rooms") {
                gather(&path, all);
            }
        } else if let Ok(bytes) = fs::read(&path) {
            all.push((path, bytes));
        }
    }
}

/// Puts the secret into its drawer, by hand.
fn seal(drawer: &Path, master: &str) {
    let mut set = portcullis();
    set.args(["secrets", "set", "note", "--folder"]).arg(drawer);
    set.args(["--master-key", master]).stdin(Stdio::piped());
    let mut set = set.stdout(Stdio::null()).spawn().unwrap();
    let mut stdin = set.stdin.take().unwrap();
    stdin.write_all(SEALED.as_bytes()).unwrap();
    drop(stdin);
    assert!(set.wait().unwrap().success());
}

/// Stops when bytes show any of the secrets.
pub(crate) fn must_hide(place: &str, bytes: &[u8], secrets: &[String]) {
    let text = String::from_utf8_lossy(bytes);
    for secret in secrets {
        planted::must_hide(place, &text, secret);
    }
}

/// The arguments of every process, as whoever lists them sees them.
fn process_list() -> String {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let arguments = processes.filter_map(|one| fs::read(one.path().join("cmdline")).ok());
    let arguments = arguments.map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
    arguments.collect::<Vec<_>>().join("\n")
}

/// What was minted for the session, from the one place where the command kept it.
fn minted(data: &Path) -> Vec<String> {
    fn find(folder: &Path) -> Option<PathBuf> {
        let entries = fs::read_dir(folder)
            .ok()?
            .flatten()
            .map(|entry| entry.path());
        let found = |path: PathBuf| match path.is_dir() {
            true => find(&path),
            false => path.ends_with("kept").then_some(path),
        };
        entries.filter_map(found).next()
    }
    let kept = find(&data.join("rooms")).unwrap();
    let kept = fs::read_to_string(kept).unwrap();
    kept.lines().map(str::to_owned).collect()
}

/// A database: success, failure, silence.
fn ask_the_database(setting: &Setting, session: &str) {
    for (statement, ended) in [
        ("select current_user, 'looked' as did", "done"),
        ("select * from nothing_of_the_kind", "failed"),
        ("select pg_sleep(30)", "failed"),
    ] {
        let parameter = format!("statement={statement}");
        let looked = setting.call(session, ("orders.query", "orders"), &parameter);
        assert_eq!(looked["execution"]["ended"], ended, "{looked}");
    }
}

/// A service that repeats its credential: success, failure, silence.
fn ask_the_service(setting: &Setting, session: &str) {
    for (manner, ended) in [
        (Manner::Obliges, "done"),
        (Manner::Refuses, "failed"),
        (Manner::Hangs, "unknown"),
        (Manner::HangsUp, "unknown"),
    ] {
        setting.service.behaves(manner);
        // With its own credential, and with what lies sealed.
        for what in [("tickets.find", "tickets"), ("tickets.note", "notes")] {
            let found = setting.call(session, what, "q=printer");
            assert_eq!(found["execution"]["ended"], ended, "{found}");
        }
    }
    let heard = setting.service.heard();
    assert!(heard.iter().any(|heard| heard.token.contains(SEALED)));
}

/// A command that shows what it has: success, failure, silence. What the list of processes showed
/// meanwhile.
fn run_commands(setting: &Setting, session: &str) -> String {
    let ann = setting.gate.ask(
        setting.house.credential("admin_token"),
        &["keys", "issue", "ann", "--role", "operator", "-o", "json"],
    );
    let ann = ann.json(0)["token"].as_str().unwrap().to_owned();
    for (end, ended) in [("exit 0", "done"), ("exit 3", "failed")] {
        let ran = setting.run(session, &ann, &format!("{SHOWS}{end}"));
        assert_eq!(ran["execution"]["ended"], ended, "{ran}");
        assert!(ran.to_string().contains("[REDACTED]"), "{ran}");
    }
    let hangs = format!("{SHOWS}sleep 30");
    thread::scope(|threads| {
        let ran = threads.spawn(|| setting.run(session, &ann, &hangs));
        let mut listed = String::new();
        while !ran.is_finished() {
            listed.push_str(&process_list());
            thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(ran.join().unwrap()["execution"]["ended"], "unknown");
        listed
    })
}

/// What others on this machine may know of the gate's process.
fn look_at_the_gate(setting: &Setting, secrets: &[String]) {
    let of_gate = Path::new("/proc").join(setting.gate.process().to_string());
    // Whoever is not root may not even look.
    let environment = fs::read(of_gate.join("environ")).unwrap_or_default();
    must_hide("the gate's environment", &environment, secrets);
    let limits = fs::read_to_string(of_gate.join("limits")).unwrap();
    let mut limits = limits.lines();
    let dumps = limits.find(|line| line.starts_with("Max core file size"));
    let dumps: Vec<&str> = dumps.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(dumps, ["1", "1"], "no memory is dumped");
}

fn look_at_the_store(setting: &Setting, secrets: &[String]) {
    for (path, bytes) in stored(&setting.house.data()) {
        must_hide(&path.display().to_string(), &bytes, secrets);
    }
}

#[test]
fn no_planted_secret_is_seen_anywhere() {
    let setting = Setting::new();
    let agent = setting.house.credential("agent_id");
    let open = format!(
        "sessions open --agent {agent} --workspace ops --write orders --scope notes -o json"
    );
    let session = setting.people(&open.split(' ').collect::<Vec<_>>()).json(0);
    let session = session["id"].as_str().unwrap();
    ask_the_database(&setting, session);
    ask_the_service(&setting, session);
    server::ask(&setting);
    let listed = run_commands(&setting, session);
    assert!(listed.contains("sleep 30"), "it was looked while it ran");

    let mut secrets = minted(&setting.house.data());
    assert!(secrets.iter().all(|minted| minted.len() == 64));
    assert_eq!(secrets.len(), 3, "each command had a credential of its own");
    secrets.extend([PASSWORD, TOKEN, SEALED, server::GIVEN].map(str::to_owned));
    must_hide("the list of processes", listed.as_bytes(), &secrets);
    look_at_the_gate(&setting, &secrets);
    look_at_the_store(&setting, &secrets);
    for asked in ["audit export", "leases list --all", "executions list"] {
        setting
            .people(&asked.split(' ').collect::<Vec<_>>())
            .ended(0);
    }
    setting.people(&["sessions", "close", session]).ended(0);
    let shown = setting.shown.lock().unwrap();
    must_hide("what was shown", shown.as_bytes(), &secrets);
    look_at_the_store(&setting, &secrets);
    let log = fs::read(setting.house.folder.path().join("log")).unwrap();
    assert!(log.len() > 1_000, "everything is logged");
    must_hide("the log", &log, &secrets);
}
