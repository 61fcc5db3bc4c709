//! The official suite of MCP says the same of a server when it asks it directly as when a gate that
//! permits everything stands before it, check by check, in both eras.

use crate::bin::{Gate, House, without_proxies};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const TENANT_POLICY: &str = "
version: 1
actions:
  - action: mcp.offers.*
catalogue:
  - { action: mcp.offers.*, tier: 0, free: true }
";

/// What a revision of the protocol requires, as the suite names it.
const REVISIONS: [&str; 2] = ["2025-11-25", "2026-07-28"];

/// How often it may be asked, until it says the same.
const ATTEMPTS: usize = 3;

/// The packages that speak MCP in Node, and a Node that runs them.
pub(crate) fn modules() -> PathBuf {
    let folder = std::env::var_os("PORTCULLIS_NODE").unwrap_or_else(|| {
        panic!("PORTCULLIS_NODE names no folder with Node and the clients of MCP: run `make test`")
    });
    PathBuf::from(folder).join("node_modules")
}

/// Node, with nothing that would lead it astray.
pub(crate) fn node() -> Command {
    let mut node = Command::new(modules().join(".bin/node"));
    without_proxies(&mut node);
    node
}

/// A program in Node that says its address first; it ends when this is dropped.
pub(crate) struct Served {
    pub(crate) url: String,
    child: Child,
}

impl Served {
    pub(crate) fn start(script: &str, environment: &[(&str, &str)]) -> Self {
        let mut command = node();
        command
            .arg(format!(
                "{}/tests/it/conformance/{script}",
                env!("CARGO_MANIFEST_DIR")
            ))
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut url).unwrap();
        assert!(url.starts_with("http://"), "{script} did not start: {url}");
        Self {
            url: url.trim().to_owned(),
            child,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A gate that permits everything, before the server that offers what the suite asks for.
pub(crate) struct Permitting {
    pub(crate) house: House,
    pub(crate) config: PathBuf,
    pub(crate) server: Served,
}

impl Permitting {
    pub(crate) fn new(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant-policy.yaml");
        std::fs::write(&file, policy).unwrap();
        let house = House::new(&file.display().to_string());
        let server = Served::start("server.mjs", &[]);
        let config = house.folder.path().join("portcullis.yaml");
        let text = format!(
            "tenants:
  default:
    mcp:
      servers:
        offers:
          url: {}
          reach: anywhere
          first_sight: pin
          bare: true
          may_ask: [elicitation, roots, sampling]
",
            server.url
        );
        std::fs::write(&config, text).unwrap();
        Self {
            house,
            config,
            server,
        }
    }

    pub(crate) fn serve(&self) -> Gate {
        let config = self.config.display().to_string();
        Gate::serve_with(&self.house.data(), &[("PORTCULLIS_CONFIG", &config)])
    }
}

/// What every check of every scenario came to.
type Results = BTreeMap<(String, String), Vec<String>>;

/// Runs what a revision requires against a server.
fn results(revision: &str, url: &str, folder: &Path) -> Results {
    let folder = folder.join(revision);
    let suite = modules().join("@modelcontextprotocol/conformance/dist/index.js");
    let mut command = node();
    command
        .arg(suite)
        .args(["server", "--url", url, "--requirements", revision, "-o"])
        .arg(&folder);
    let told = command.output().unwrap();
    let mut all = Results::new();
    let scenarios = std::fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!(
            "the suite did not run: {error}: {}",
            String::from_utf8_lossy(&told.stderr)
        )
    });
    for scenario in scenarios {
        let scenario = scenario.unwrap();
        let name = scenario.file_name().into_string().unwrap();
        // The name lies between what each begins with and the time of the run.
        let (name, _) = name.split_at(name.len() - "-2026-07-28T00-00-00-000Z".len());
        let name = name.strip_prefix("server-").unwrap();
        let checks = std::fs::read(scenario.path().join("checks.json")).unwrap();
        let checks: Vec<Value> = serde_json::from_slice(&checks).unwrap();
        for check in checks {
            let key = (name.to_owned(), check["id"].as_str().unwrap().to_owned());
            let status = check["status"].as_str().unwrap().to_owned();
            all.entry(key).or_default().push(status);
        }
    }
    all
}

#[test]
fn the_suite_says_the_same_of_a_server_behind_a_gate() {
    let permitting = Permitting::new(TENANT_POLICY);
    let gate = permitting.serve();
    let key = permitting.house.credential("agent_key");
    let front = Served::start("front.mjs", &[("GATE", &gate.url), ("AGENT_KEY", key)]);
    // One tool says that it deletes, and no policy permits an agent that alone.
    let admin = permitting.house.credential("admin_token");
    let person = [("GATE", gate.url.as_str()), ("OPERATOR_TOKEN", admin)];
    let _person = Served::start("approver.mjs", &person);
    for revision in REVISIONS {
        // Some checks have clocks of their own, and a busy machine is slow now and then.
        let differ = || differences(revision, &permitting.server.url, &front.url);
        let found: Vec<String> = std::iter::repeat_with(differ)
            .take(ATTEMPTS)
            .take_while(|found| !found.is_empty())
            .collect();
        assert!(
            found.len() < ATTEMPTS,
            "{revision}: scenario, check, directly, through the gate: {found:#?}"
        );
    }
    assert_eq!(gate.ask(admin, &["audit", "verify"]).code, 0);
}

/// What a server fails, and on which checks the gate before it differs; empty when all is well.
fn differences(revision: &str, server: &str, front: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let direct = results(revision, server, &folder.path().join("direct"));
    let through = results(revision, front, &folder.path().join("through"));
    assert!(direct.len() > 50, "{revision}: {direct:?}");
    let fails = |statuses: &&Vec<String>| statuses.iter().any(|status| status == "FAILURE");
    let keys: BTreeSet<_> = direct.keys().chain(through.keys()).collect();
    let told = keys.into_iter().filter_map(|key| {
        let (before, after) = (direct.get(key), through.get(key));
        let is_well = before == after && before.filter(fails).is_none();
        (!is_well).then(|| format!("{key:?}: {before:?}, {after:?}\n"))
    });
    told.collect()
}
