//! The whole way over HTTP: verdicts on disk before they are answered, beside a bare handler.
//!
//! Needs `wrk`, and the release binary (see `portcullis_benches::gate`).

use axum::{Json, Router, routing::post};
use portcullis_benches::{
    bare,
    gate::{Gate, in_folder},
    wrk::{DONE, measure},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{fs, path::Path};

const POLICIES: usize = 10_000;
const TENANT_POLICY: &str = "
version: 1
catalogue: [{ action: 'op_*', tier: 0 }, { action: op_0, tier: 0 }]
actions: [{ action: 'op_*', caps: { max_rows: 1000 } }]
";

fn main() -> anyhow::Result<()> {
    in_folder(run)
}

fn run(folder: &Path) -> anyhow::Result<()> {
    let bare = bare::serve(bare_handler())?;
    let gate = Gate::start(folder, TENANT_POLICY)?;
    gate.load_policies(POLICIES)?;
    let script = folder.join("post.lua");
    fs::write(&script, lua(&gate.agent_key))?;
    println!("{:>12} {:>14} {:>10} {:>10}", "connections", "requests/s", "p50", "p99");
    for connections in [64, 1] {
        let floor = measure(&bare, "/", connections, &script)?;
        let ours = measure(&gate.address, "/v1/govern", connections, &script)?;
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
fn bare_handler() -> Router {
    let answer = |Json(_): Json<Asked>| async {
        Json(Answered { verdict: "CLEARED", execute: true })
    };
    Router::new().route("/", post(answer))
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
         {DONE}"
    )
}
