//! The whole way over HTTP: verdicts on disk before they are answered, beside a bare handler.
//!
//! Needs `wrk`, and the release binary: `cargo build --release -p portcullis`, found at
//! `../target/release/portcullis` or where `PORTCULLIS_BIN` says. All traffic stays on loopback.

use anyhow::{Context, ensure};
use axum::{Json, Router, routing::post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

const SECONDS: u32 = 6;
const POLICIES: usize = 10_000;
const TENANT_POLICY: &str = "
version: 1
catalogue: [{ action: 'op_*', tier: 0 }, { action: op_0, tier: 0 }]
actions: [{ action: 'op_*', caps: { max_rows: 1000 } }]
";

/// What wrk reported.
struct Report {
    per_second: f64,
    p50_us: f64,
    p99_us: f64,
}

fn main() -> anyhow::Result<()> {
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("portcullis-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let done = run(&folder);
    fs::remove_dir_all(&folder)?;
    done
}

fn run(folder: &Path) -> anyhow::Result<()> {
    let bare = bare_handler()?;
    let gate = Gate::start(folder)?;
    gate.load_policies()?;
    let script = folder.join("post.lua");
    fs::write(&script, lua(&gate.agent_key))?;
    println!("{:>12} {:>14} {:>10} {:>10}", "connections", "requests/s", "p50", "p99");
    for connections in [64, 1] {
        let floor = wrk(&bare, "/", connections, &script)?;
        let ours = wrk(&gate.address, "/v1/govern", connections, &script)?;
        for (name, report) in [("bare axum handler", &floor), ("durable /v1/govern", &ours)] {
            println!(
                "{connections:>12} {:>14.0} {:>7.0} us {:>7.0} us  {name}",
                report.per_second, report.p50_us, report.p99_us
            );
        }
        println!(
            "{:>12} {:>14.2} {:>10.2} {:>10.2}  ratio",
            "",
            ours.per_second / floor.per_second,
            ours.p50_us / floor.p50_us,
            ours.p99_us / floor.p99_us
        );
    }
    println!("memory of the gate: {} MiB", gate.resident_mib()?);
    Ok(())
}

#[derive(Deserialize)]
struct Asked {
    #[expect(dead_code, reason = "parsed as the gate parses, and not used")]
    agent_id: String,
    #[expect(dead_code, reason = "parsed as the gate parses, and not used")]
    parameters: Value,
}

#[derive(Serialize)]
struct Answered {
    verdict: &'static str,
    execute: bool,
}

/// An axum handler that parses and answers JSON, and does nothing else.
fn bare_handler() -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        let answer = |Json(_): Json<Asked>| async {
            Json(Answered { verdict: "CLEARED", execute: true })
        };
        let router = Router::new().route("/", post(answer));
        // Ends with the process.
        let _ = runtime.block_on(async { axum::serve(listener, router).await });
    });
    Ok(address)
}

/// A gate of its own, with the embedded store; killed when dropped.
struct Gate {
    process: Child,
    address: String,
    admin_token: String,
    agent_key: String,
}

impl Gate {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let binary = std::env::var_os("PORTCULLIS_BIN")
            .map_or_else(|| "../target/release/portcullis".into(), PathBuf::from);
        let (data, policy) = (folder.join("data"), folder.join("tenant-policy.yaml"));
        fs::write(&policy, TENANT_POLICY)?;
        let made = Command::new(&binary)
            .args(["init", "-o", "json", "--data"])
            .arg(&data)
            .arg("--policy")
            .arg(&policy)
            .output()
            .with_context(|| format!("cannot run `{}`", binary.display()))?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let made: Value = serde_json::from_slice(&made.stdout)?;
        let mut process = Command::new(&binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()?;
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
        })
    }

    fn load_policies(&self) -> anyhow::Result<()> {
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
        for first in (1..=POLICIES).step_by(1_000) {
            let policies: Vec<Value> = (first..first + 1_000).map(policy).collect();
            let body = json!({ "policies": policies }).to_string();
            let mut stream = TcpStream::connect(&self.address)?;
            write!(
                stream,
                "POST /v1/policies HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\
                 authorization: Bearer {}\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n{body}",
                self.admin_token,
                body.len()
            )?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            ensure!(answer.starts_with("HTTP/1.1 20"), "policies were refused: {answer}");
        }
        Ok(())
    }

    fn resident_mib(&self) -> anyhow::Result<u64> {
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

fn lua(agent_key: &str) -> String {
    let body = json!({
        "agent_id": Value::Null,
        "action": "op_0",
        "target": "orders-db",
        "environment": "production",
        "parameters": { "rows": 12 },
        "reasoning": "the nightly report is missing its last hour",
        "confidence": { "incident": 0.95, "fix": 0.93, "containment": 0.97 },
    });
    let body = body.to_string().replace("\"agent_id\":null,", "");
    let bare = format!("{{\"agent_id\":\"agt_bench\",{}", body.trim_start_matches('{'));
    format!(
        "wrk.method = 'POST'\n\
         wrk.headers['content-type'] = 'application/json'\n\
         wrk.headers['authorization'] = 'Bearer {agent_key}'\n\
         function request()\n\
           if wrk.path == '/' then return wrk.format(nil, nil, nil, [[{bare}]]) end\n\
           return wrk.format(nil, nil, nil, [[{body}]])\n\
         end\n\
         function done(summary, latency)\n\
           local e = summary.errors\n\
           print('refused ' .. (e.status + e.connect + e.read + e.write + e.timeout))\n\
           print('p50 ' .. latency:percentile(50))\n\
           print('p99 ' .. latency:percentile(99))\n\
         end\n"
    )
}

fn wrk(address: &str, path: &str, connections: u32, script: &Path) -> anyhow::Result<Report> {
    let measure = |seconds: u32| {
        Command::new("wrk")
            .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s"), "-s"])
            .arg(script)
            .arg(format!("http://{address}{path}"))
            .output()
            .context("cannot run `wrk`; is it installed?")
    };
    measure(1)?;
    std::thread::sleep(Duration::from_millis(300));
    let output = String::from_utf8(measure(SECONDS)?.stdout)?;
    let number = |key: &str| {
        output
            .lines()
            .find_map(|line| line.trim().strip_prefix(key))
            .and_then(|rest| rest.trim().parse::<f64>().ok())
            .with_context(|| format!("no `{key}` in: {output}"))
    };
    ensure!(number("refused")? == 0.0, "some requests failed: {output}");
    Ok(Report {
        per_second: number("Requests/sec:")?,
        p50_us: number("p50")?,
        p99_us: number("p99")?,
    })
}
