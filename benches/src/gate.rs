//! A gate of its own, with the embedded store, to be measured from outside.
//!
//! Needs the release binary: `cargo build --release -p portcullis`, found at
//! `../target/release/portcullis` or where `PORTCULLIS_BIN` says. All traffic stays on loopback.

use crate::wire::Wire;
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A gate; killed when dropped.
#[derive(Debug)]
pub struct Gate {
    process: Child,
    /// Where it listens.
    pub address: String,
    /// The administrator's token.
    pub admin_token: String,
    /// The key of the first agent.
    pub agent_key: String,
    /// The link by which the first person comes into the console.
    pub invitation: String,
}

impl Gate {
    /// Makes a house in a folder and opens its gate.
    ///
    /// # Errors
    /// When the binary is missing, or does not start.
    pub fn start(folder: &Path, tenant_policy: &str) -> anyhow::Result<Self> {
        Self::start_by(folder, tenant_policy, None)
    }

    /// The same by an operator's file.
    ///
    /// # Errors
    /// As [`Gate::start`].
    pub fn start_by(
        folder: &Path,
        tenant_policy: &str,
        operators_file: Option<&str>,
    ) -> anyhow::Result<Self> {
        let binary = std::env::var_os("PORTCULLIS_BIN")
            .map_or_else(|| "../target/release/portcullis".into(), PathBuf::from);
        let (data, policy) = (folder.join("data"), folder.join("tenant-policy.yaml"));
        fs::write(&policy, tenant_policy)?;
        let made = Command::new(&binary)
            .args(["init", "-o", "json", "--data"])
            .arg(&data)
            .arg("--policy")
            .arg(&policy)
            .output()
            .with_context(|| format!("cannot run `{}`", binary.display()))?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let made: Value = serde_json::from_slice(&made.stdout)?;
        let mut serve = Command::new(&binary);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        if let Some(text) = operators_file {
            let file = folder.join("portcullis.yaml");
            fs::write(&file, text)?;
            serve.arg("--config").arg(file);
        }
        let mut process = serve.stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://"))
            .with_context(|| format!("no address in `{line}`"))?;
        let word = |key: &str| made[key].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            process,
            address: address.to_owned(),
            admin_token: word("admin_token"),
            agent_key: word("agent_key"),
            invitation: word("invitation_link"),
        })
    }

    /// Sends the administrator's JSON, and gives what came back.
    ///
    /// # Errors
    /// When it is refused.
    pub fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let headers = json_headers(&self.admin_token);
        let mut wire = Wire::open(&self.address)?;
        let reply = wire.send(&format!("POST {path}"), &headers, &body.to_string())?;
        ensure!(reply.status < 300, "{path} was refused: {}", reply.body);
        Ok(serde_json::from_str(&reply.body)?)
    }

    /// Loads so many policies, each for an action type of its own: `op_1`, `op_2` and so on.
    ///
    /// # Errors
    /// When they are refused.
    pub fn load_policies(&self, count: usize) -> anyhow::Result<()> {
        let policy = |at: usize| {
            json!({
                "type": "environment_restriction",
                "name": format!("restriction {at}"),
                "config": {
                    "environment": "production", "max_tier": "B",
                    "action_types": [format!("op_{at}")],
                },
            })
        };
        for first in (1..=count).step_by(1_000) {
            let policies: Vec<Value> = (first..first + 1_000).map(policy).collect();
            self.post("/v1/policies", &json!({ "policies": policies }))?;
        }
        Ok(())
    }

    /// Registers an agent, and gives its key.
    ///
    /// # Errors
    /// When it is refused.
    pub fn new_agent(&self, name: &str) -> anyhow::Result<String> {
        let agent = self.post("/v1/agents", &json!({ "name": name }))?;
        let key = json!({ "name": name, "role": "agent", "agent_id": agent["id"] });
        let issued = self.post("/v1/keys", &key)?;
        Ok(issued["token"].as_str().context("no token")?.to_owned())
    }

    /// The memory it takes.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn resident_mib(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kib / 1_024)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The headers of a request with JSON.
#[must_use]
pub fn json_headers(token: &str) -> String {
    format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n")
}

/// Runs a measurement in a folder that goes away.
///
/// # Errors
/// What the measurement says.
pub fn in_folder(measure: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("portcullis-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let done = measure(&folder);
    fs::remove_dir_all(&folder)?;
    done
}
