//! `portcullis mcp wrap`: a gate of its own in front of one server, for one client.

use super::remote::{self, Judge};
use crate::{
    commands::desk::{self, Desk},
    config::{Config, LINE_BYTES, Wiring},
    exit,
    founding::{self, Founded},
    memory, minting,
    output::Output,
    serving,
    staff::Staff,
    wire,
};
use anyhow::{Context, ensure};
use clap::Args;
use portcullis_credentials::{Programs, Secrets};
use portcullis_firewall::hands::Hands;
use portcullis_firewall::{
    firewall::Firewall,
    outside::{Program, Starter},
    principal::Principal,
    tool::FirstSight,
};
use portcullis_gateway::mcp::{Ears, Mouth, ServerSettings, ShopSettings, Transport, talk};
use portcullis_policy::id::TenantId;
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    future::Future,
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Mutex,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Stdin, Stdout},
    net::TcpListener,
};

/// The tenant of a wrapped server.
const TENANT: &str = "default";
/// Where the credentials of the first start are kept, for their owner alone.
const CREDENTIALS: &str = "credentials.json";
/// The longest line of the client, in bytes; the door takes no longer message.
const MOST_BYTES: u64 = 1 << 20;
/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(300);
/// The longest name that is made from a command, in characters.
const NAME_MAX: usize = 32;
/// Programs that run what is named after them.
const RUNNERS: [&str; 10] = [
    "bunx", "docker", "env", "exec", "node", "npx", "python", "python3", "run", "uvx",
];

/// Starts a server with the gate in front of it, and speaks MCP on standard input and output: what
/// a client starts in the server's place. Reading is allowed, everything else waits for people.
#[derive(Args, Debug)]
#[command(after_help = "Example, in a client's configuration:\n  \
    \"files\": { \"command\": \"portcullis\", \"args\": [\"mcp\", \"wrap\", \"--\",\n    \
    \"npx\", \"-y\", \"@modelcontextprotocol/server-filesystem\", \"/srv\"] }\n\n\
    The first start keeps the architect's token in DIR/credentials.json. While the client runs, people\n\
    decide at the address that the gate says on standard error.\n\n\
    With `--gate` no gate is started: that one judges, by the agent's key in PORTCULLIS_TOKEN, and\n\
    keeps the records. When it is away, nothing is done.")]
pub(super) struct Wrap {
    /// What the server is called: action types are `mcp.NAME.<tool>`; unless given, as its command
    /// says.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A gate that runs elsewhere and judges in place of one of its own.
    #[arg(long, value_name = "URL", conflicts_with_all = ["policy", "quarantine"])]
    gate: Option<String>,
    /// The environment its actions happen in.
    #[arg(long, default_value = "production", value_name = "NAME")]
    environment: String,
    /// The directory of the ledger and the gate's key; one for each name unless given.
    #[arg(long, env = "PORTCULLIS_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// A tenant policy for the first start.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Where people and their programs reach the gate while it runs.
    #[arg(
        long,
        env = "PORTCULLIS_LISTEN",
        default_value = "127.0.0.1:0",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
    /// How long a held call waits for people before its client is told, in seconds; at most 55.
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    wait: u64,
    /// Lets no tool in before an architect accepted it.
    #[arg(long)]
    quarantine: bool,
    /// The server's command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Wrap {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let settings = self.settings();
        let faults = settings.faults();
        ensure!(faults.0.is_empty(), "{faults}");
        memory::hide().context("memory dumps cannot be turned off")?;
        match &self.gate {
            Some(gate) => self.elsewhere(desk, gate).await,
            None => self.here(desk.output, settings).await,
        }
    }

    /// Judged by a gate that runs elsewhere.
    async fn elsewhere(&self, desk: &Desk, gate: &str) -> anyhow::Result<u8> {
        let judge = Judge {
            client: desk.client_at(Some(gate))?,
            server: self.name(),
            environment: self.environment.clone(),
            wait: Duration::from_secs(self.wait),
            timeout: TIMEOUT,
            waiting: Mutex::default(),
        };
        let line = Programs::new(Secrets::new()).start(self.program()).await?;
        let (ears, mouth) = (Lines::of_client(), Speech(tokio::io::stdout()));
        remote::serve(judge, line, Box::new(ears), Box::new(mouth)).await;
        Ok(exit::OK)
    }

    /// Judged by a gate of its own.
    async fn here(&self, output: Output, settings: ShopSettings) -> anyhow::Result<u8> {
        let data = self.data.clone().map_or_else(|| folder(&self.name()), Ok)?;
        let opened = wire::open(&data).await.context(
            "if another client wraps a server of this name, give `--name`, or have one gate judge both \
             with `--gate`",
        )?;
        let agent = self.agent(&opened.firewall, &data).await?;
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        let public = format!("http://localhost:{}", listener.local_addr()?.port());
        let tenant = TenantId::new(TENANT).context("the tenant's name")?;
        let wiring = Wiring {
            mcp: settings,
            ..Wiring::default()
        };
        let config = Config {
            tenants: BTreeMap::from([(tenant, wiring)]),
            ..Config::default()
        };
        let staff = Staff::hire(
            &config,
            &opened.firewall,
            &public,
            (&minting::strongbox(&opened.firewall), Hands::default()),
        )?;
        let credentials = data.join(CREDENTIALS);
        output.note(&format!(
            "people decide at {public}/console, or with the token in `{}`",
            credentials.display()
        ))?;
        let (ears, mouth) = (Lines::of_client(), Speech(tokio::io::stdout()));
        let talking = talk(staff.shop(), agent, Box::new(ears), Box::new(mouth));
        let serving = serving::serve_until(listener, &opened.firewall, staff, talking);
        let served = Box::pin(serving).await;
        opened.close().await?;
        served.map(|()| exit::OK)
    }

    fn settings(&self) -> ShopSettings {
        let server = ServerSettings {
            name: self.name(),
            transport: Transport::Program(self.program()),
            workspace: None,
            environment: self.environment.clone(),
            first_sight: if self.quarantine {
                FirstSight::Quarantine
            } else {
                FirstSight::Pin
            },
            timeout: TIMEOUT,
            bare: true,
            may_ask: Vec::new(),
            dry_runs: BTreeMap::new(),
        };
        ShopSettings {
            servers: vec![server],
            wait: Duration::from_secs(self.wait),
            ..ShopSettings::default()
        }
    }

    fn program(&self) -> Program {
        Program {
            command: self.command.clone(),
            folder: None,
            variables: Vec::new(),
            most_bytes: LINE_BYTES,
        }
    }

    fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| named(&self.command))
    }

    /// The agent that the client is; with everything it needs when the house is new.
    async fn agent(&self, firewall: &Firewall, data: &Path) -> anyhow::Result<Principal> {
        let path = data.join(CREDENTIALS);
        if firewall.tenants().is_empty() {
            let policy = match &self.policy {
                Some(path) => desk::read(path)?,
                None => usual_policy(&self.name()),
            };
            let policy = founding::tenant_policy(&policy)?;
            let founded = founding::found(firewall, TENANT, Some(policy)).await?;
            keep(&path, &founded)?;
        }
        let kept = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let kept: serde_json::Value = serde_json::from_slice(&kept)?;
        let key = kept.get("agent_key").and_then(serde_json::Value::as_str);
        let key = key.with_context(|| format!("`{}` names no agent's key", path.display()))?;
        firewall
            .authenticate(key)
            .context("the agent's key was revoked, or ended")
    }
}

/// What a server is called by its command: the package or program that is run, without what every
/// server's name has.
fn named(command: &[String]) -> String {
    let word = |word: &&String| !word.starts_with('-') && !RUNNERS.contains(&last_of(word));
    let program = command.iter().find(word).map_or("", |word| last_of(word));
    let program = program.split(['@', '.', '=']).next().unwrap_or_default();
    let plain = |c: char| {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            c
        } else {
            '-'
        }
    };
    let program: String = program.chars().map(plain).collect();
    let parts = program.split('-').filter(|part| !part.is_empty());
    let own: Vec<&str> = parts
        .filter(|part| !["mcp", "server"].contains(part))
        .collect();
    let name: String = own.join("-").chars().take(NAME_MAX).collect();
    let name = name.trim_matches('-');
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        "server".to_owned()
    }
}

fn last_of(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Names that say that they only read are believed: nothing but the server's own word says more,
/// and people see the policy. All else waits for people.
fn usual_policy(name: &str) -> String {
    let mut policy = format!("version: 1\nactions:\n  - action: mcp.{name}.*\ncatalogue:\n");
    for reading in [
        "get_*",
        "list_*",
        "read_*",
        "search_*",
        "resources/read",
        "prompts/get",
        "completion/complete",
    ] {
        policy.push_str(&format!(
            "  - {{ action: \"mcp.{name}.{reading}\", tier: 0, free: true }}\n"
        ));
    }
    policy
}

/// A folder for each name, where programs keep what is theirs (XDG Base Directory).
fn folder(name: &str) -> anyhow::Result<PathBuf> {
    let home = std::env::home_dir().context("there is no home directory; give `--data`")?;
    Ok(home.join(".local/share/portcullis/mcp").join(name))
}

fn keep(path: &Path, founded: &Founded) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(cannot)?;
    let text = serde_json::to_vec_pretty(founded)?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .with_context(cannot)
}

/// The client's lines.
struct Lines(BufReader<Stdin>);

impl Lines {
    fn of_client() -> Self {
        Self(BufReader::new(tokio::io::stdin()))
    }
}

impl Ears for Lines {
    fn hear(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>> {
        Box::pin(async {
            let mut line = Vec::new();
            let mut bounded = (&mut self.0).take(MOST_BYTES + 1);
            let read = bounded.read_until(b'\n', &mut line).await;
            let is_whole = line.last() == Some(&b'\n');
            // Half a line is the end: the client has gone, or says more than anybody may.
            (read.is_ok() && is_whole).then_some(line)
        })
    }
}

struct Speech(Stdout);

impl Mouth for Speech {
    fn say(&mut self, mut line: String) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(async move {
            line.push('\n');
            self.0.write_all(line.as_bytes()).await.is_ok() && self.0.flush().await.is_ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_server_is_called_as_its_command_says() {
        for (command, name) in [
            (
                "npx -y @modelcontextprotocol/server-filesystem /srv",
                "filesystem",
            ),
            (
                "npx -y @modelcontextprotocol/server-filesystem@2026.8.31 /srv",
                "filesystem",
            ),
            ("uvx mcp-server-git --repository /srv", "git"),
            ("/usr/bin/env python3 /opt/notes_server.py", "notes"),
            ("docker run --rm ghcr.io/github/github-mcp-server", "github"),
            ("node /opt/42.js", "server"),
            ("mcp-server", "server"),
        ] {
            let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
            assert_eq!(named(&command), name);
        }
    }
}
