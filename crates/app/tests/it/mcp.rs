//! The official Python client of MCP works through the gate, unchanged, with servers over standard
//! input and output and over HTTP; so does the one of Rust.

use crate::bin::{Gate, House, Ran, portcullis, without_proxies};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const TENANT_POLICY: &str = "
version: 1
actions:
  - action: mcp.notes.*
catalogue:
  - { action: mcp.notes.read_notes, tier: 0, free: true }
  - { action: mcp.notes.resources/read, tier: 0, free: true }
  - { action: mcp.notes.prompts/get, tier: 0, free: true }
  - { action: mcp.notes.write_note, tier: 3, free: true }
  - { action: mcp.notes.burn, tier: 5 }
";

fn python() -> String {
    std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!("PORTCULLIS_PYTHON names no Python that has the client `mcp`: run `make test`")
    })
}

pub(crate) fn script(name: &str) -> String {
    format!("{}/tests/it/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A house whose agents reach the notes, and what the operator's file says of them.
pub(crate) struct Setting {
    pub(crate) house: House,
    pub(crate) notes: PathBuf,
    config: PathBuf,
}

impl Setting {
    fn new(how: impl FnOnce(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("tenant-policy.yaml");
        std::fs::write(&policy, TENANT_POLICY).unwrap();
        let house = House::new(&policy.display().to_string());
        let notes = house.folder.path().join("notes");
        let config = house.folder.path().join("portcullis.yaml");
        let how = how(&notes);
        let text = format!("tenants:\n  default:\n    mcp:\n      servers:\n        notes:\n{how}");
        std::fs::write(&config, text).unwrap();
        Self {
            house,
            notes,
            config,
        }
    }

    fn over_stdio() -> Self {
        Self::new(|notes| stdio(notes, "Reads every note"))
    }

    /// The same with so many seconds for people to decide.
    pub(crate) fn that_waits(seconds: u32) -> Self {
        let setting = Self::over_stdio();
        let text = std::fs::read_to_string(&setting.config).unwrap();
        let text = text.replace("mcp:\n", &format!("mcp:\n      wait_seconds: {seconds}\n"));
        std::fs::write(&setting.config, text).unwrap();
        setting
    }

    pub(crate) fn serve(&self) -> Gate {
        let config = self.config.display().to_string();
        Gate::serve_with(&self.house.data(), &[("PORTCULLIS_CONFIG", &config)])
    }

    fn client(&self, gate: &Gate) -> Command {
        let mut client = client(&self.notes);
        client
            .env("URL", &gate.url)
            .env("AGENT_KEY", self.house.credential("agent_key"))
            .env("OPERATOR_TOKEN", self.house.credential("admin_token"));
        client
    }
}

fn stdio(notes: &Path, says: &str) -> String {
    format!(
        "          command: [{}, {}]\n          first_sight: pin\n          variables: {{ NOTES: {}, SAYS: {says} }}\n",
        python(),
        script("mcp_server.py"),
        notes.display()
    )
}

fn client(notes: &Path) -> Command {
    let mut client = Command::new(python());
    client
        .arg(script("mcp_client.py"))
        .env("NOTES", notes)
        .env("PORTCULLIS", env!("CARGO_BIN_EXE_portcullis"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    without_proxies(&mut client);
    client
}

#[test]
fn the_official_client_is_served_in_both_eras() {
    let setting = Setting::over_stdio();
    let gate = setting.serve();
    let told = Ran::of(&mut setting.client(&gate)).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
    assert_eq!(
        gate.ask(
            setting.house.credential("admin_token"),
            &["audit", "verify"]
        )
        .code,
        0
    );
}

#[test]
fn a_server_over_http_is_reached_as_well() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let setting = Setting::new(|_| {
        format!(
            "          url: http://127.0.0.1:{port}/mcp\n          reach: anywhere\n          first_sight: pin\n"
        )
    });
    let _server = Server::start(port, &setting.notes);
    let gate = setting.serve();
    let told = Ran::of(&mut setting.client(&gate)).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
}

/// A server over HTTP; ended when it is dropped.
struct Server(Child);

impl Server {
    fn start(port: u16, notes: &Path) -> Self {
        let mut command = Command::new(python());
        command
            .arg(script("mcp_server.py"))
            .env("NOTES", notes)
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while said.read_line(&mut line).unwrap() > 0 && !line.contains("running on") {}
        std::thread::spawn(move || {
            // So that it never waits for somebody to read.
            let _ = said.read_to_end(&mut Vec::new());
        });
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_rust_is_served_in_both_eras() {
    use rmcp::{
        ClientLifecycleMode,
        model::{CallToolRequestParams, ProtocolVersion},
        serve_client_with_lifecycle,
        transport::{
            StreamableHttpClientTransport,
            streamable_http_client::StreamableHttpClientTransportConfig,
        },
    };
    let setting = Setting::over_stdio();
    let gate = setting.serve();
    let key = setting.house.credential("agent_key");
    for mode in [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
    ] {
        let config = StreamableHttpClientTransportConfig::with_uri(format!("{}/mcp", gate.url));
        let transport = StreamableHttpClientTransport::from_config(config.auth_header(key));
        let client = serve_client_with_lifecycle((), transport, mode)
            .await
            .unwrap();
        let tools = client.list_all_tools().await.unwrap();
        let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
        assert_eq!(names, ["notes__read_notes", "notes__write_note"]);
        let read = CallToolRequestParams::new("notes__read_notes");
        let read = client.call_tool(read).await.unwrap();
        assert_ne!(read.is_error, Some(true));
        let arguments = serde_json::json!({"text": "tea"})
            .as_object()
            .unwrap()
            .clone();
        let write = CallToolRequestParams::new("notes__write_note").with_arguments(arguments);
        let held = client.call_tool(write).await.unwrap();
        assert_eq!(held.is_error, Some(true));
        client.cancel().await.unwrap();
    }
    assert!(!setting.notes.exists(), "nothing was written");
}

#[test]
fn a_changed_tool_waits_until_an_architect_accepts_it() {
    let setting = Setting::over_stdio();
    let admin = setting.house.credential("admin_token").to_owned();
    let gate = setting.serve();
    let status = |gate: &Gate, name: &str| -> Value {
        // The gate looks at its servers by itself when it is started.
        for _ in 0..200 {
            let tools = gate.ask(&admin, &["mcp", "tools", "-o", "json"]).json(0);
            let tools = tools["tools"].as_array().unwrap().clone();
            if let Some(tool) = tools.iter().find(|tool| tool["name"] == name) {
                return tool.clone();
            }
        }
        panic!("the gate never looked at its server");
    };
    assert_eq!(status(&gate, "read_notes")["status"], "PINNED");
    gate.stop();
    let text = std::fs::read_to_string(&setting.config).unwrap();
    std::fs::write(
        &setting.config,
        text.replace("Reads every note", "Reads and mails them"),
    )
    .unwrap();
    let gate = setting.serve();
    let mut tool = status(&gate, "read_notes");
    for _ in 0..200 {
        if tool["status"] == "CHANGED" {
            break;
        }
        tool = status(&gate, "read_notes");
    }
    assert_eq!(tool["status"], "CHANGED");
    let shown = gate
        .ask(&admin, &["mcp", "show", "notes/read_notes"])
        .ended(0);
    assert!(
        shown.contains("-   \"description\": \"Reads every note\""),
        "{shown}"
    );
    assert!(
        shown.contains("+   \"description\": \"Reads and mails them\""),
        "{shown}"
    );
    let other = gate.ask(
        &admin,
        &[
            "mcp",
            "accept",
            "notes/read_notes",
            "--digest",
            &"0".repeat(64),
        ],
    );
    assert_ne!(other.code, 0);
    let digest = tool["proposed"]["digest"].as_str().unwrap();
    gate.ask(
        &admin,
        &["mcp", "accept", "notes/read_notes", "--digest", digest],
    )
    .ended(0);
    assert_eq!(status(&gate, "read_notes")["status"], "PINNED");
}

#[test]
fn one_line_of_configuration_puts_a_gate_before_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let (data, notes) = (folder.path().join("data"), folder.path().join("notes"));
    let policy = folder.path().join("policy.yaml");
    std::fs::write(&policy, TENANT_POLICY).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = listener.local_addr().unwrap().to_string();
    drop(listener);
    let wrap = |rest: &[&str]| -> Vec<String> {
        let data = data.display().to_string();
        let policy = policy.display().to_string();
        let (python, server) = (python(), script("mcp_server.py"));
        let mut line = vec![env!("CARGO_BIN_EXE_portcullis").to_owned()];
        let options = [
            "mcp", "wrap", "--name", "notes", "--data", &data, "--policy", &policy, "--listen",
            &listen, "--wait", "0",
        ];
        line.extend(options.iter().chain(rest).map(|part| (*part).to_owned()));
        line.extend(
            [
                "--",
                "/usr/bin/env",
                &format!("NOTES={}", notes.display()),
                &python,
                &server,
            ]
            .map(str::to_owned),
        );
        line
    };
    // The first start makes the house, and ends with its client.
    let mut first = portcullis();
    first.args(wrap(&[]).into_iter().skip(1));
    Ran::of(&mut first).ended(0);
    let kept = std::fs::read(data.join("credentials.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    let mut client = client(&notes);
    client
        .env("WRAP", serde_json::to_string(&wrap(&[])).unwrap())
        .env("URL", format!("http://{listen}"))
        .env("OPERATOR_TOKEN", kept["admin_token"].as_str().unwrap());
    let told = Ran::of(&mut client).ended(0);
    assert!(told.ends_with("all of it holds\n"), "{told}");
}
