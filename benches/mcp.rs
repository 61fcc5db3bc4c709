//! `tools/call` through the gate, with its records on disk before the answer, beside the same call
//! of the same server without a gate.
//!
//! The server is as fast as one can be: it answers what it was told. It stands behind the gate twice,
//! as a program over standard input and output (this binary, started again) and over HTTP.
//!
//! Needs `wrk`, and the release binary (see `portcullis_benches::gate`).

use anyhow::ensure;
use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use portcullis_benches::{
    bare,
    gate::{Gate, in_folder},
    wire::Wire,
    wrk::{DONE, Report, measure},
};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead, Write},
    path::Path,
};

/// Has this binary be the program behind the gate.
const AS_PROGRAM: &str = "--as-program";
const TENANT_POLICY: &str = "
version: 1
catalogue: [{ action: 'mcp.*', tier: 0, free: true }]
actions: [{ action: 'mcp.*' }]
";

fn main() -> anyhow::Result<()> {
    if env::args().any(|arg| arg == AS_PROGRAM) {
        return be_a_program();
    }
    in_folder(run)
}

fn run(folder: &Path) -> anyhow::Result<()> {
    let direct = bare::serve(over_http())?;
    let program = env::current_exe()?;
    let operators_file = format!(
        "tenants:\n  default:\n    mcp:\n      servers:\n        \
         program: {{ command: [{}, {AS_PROGRAM}], first_sight: pin }}\n        \
         http: {{ url: \"http://{direct}/mcp\", reach: anywhere, first_sight: pin }}\n",
        json!(program.display().to_string()),
    );
    let gate = Gate::start_by(folder, TENANT_POLICY, Some(&operators_file))?;
    println!(
        "{:>12} {:>10} {:>10} {:>10} {:>10}",
        "connections", "calls/s", "p50", "p99", "added p50"
    );
    for connections in [1, 16, 64] {
        let script = write(folder, "echo", "", connections)?;
        let floor = measure(&direct, "/mcp", connections, &script)?;
        print(connections, &floor, &floor, "no gate");
        for server in ["program", "http"] {
            let tool = format!("{server}__echo");
            must_work(&gate, &tool)?;
            let script = write(folder, &tool, &gate.agent_key, connections)?;
            let ours = measure(&gate.address, "/mcp", connections, &script)?;
            print(
                connections,
                &ours,
                &floor,
                &format!("through the gate, to a {server}"),
            );
        }
    }
    println!("memory of the gate: {} MiB", gate.resident_mib()?);
    Ok(())
}

fn print(connections: u32, report: &Report, floor: &Report, name: &str) {
    println!(
        "{connections:>12} {:>10.0} {:>7.0} us {:>7.0} us {:>7.0} us  {name}",
        report.per_second,
        report.p50_us,
        report.p99_us,
        report.p50_us - floor.p50_us,
    );
}

/// A self-contained call (MCP 2026-07-28).
fn call(tool: &str) -> String {
    json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": tool,
            "arguments": { "text": "the nightly report is missing its last hour" },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    })
    .to_string()
}

/// The headers that repeat what a call says.
fn headers(tool: &str, key: &str) -> [(&'static str, String); 6] {
    [
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", "tools/call".to_owned()),
        ("mcp-name", tool.to_owned()),
        ("authorization", format!("Bearer {key}")),
    ]
}

fn write(
    folder: &Path,
    tool: &str,
    key: &str,
    connections: u32,
) -> anyhow::Result<std::path::PathBuf> {
    let path = folder.join(format!("{tool}-{connections}.lua"));
    let mut script = String::from("wrk.method = 'POST'\n");
    for (name, value) in headers(tool, key) {
        script.push_str(&format!("wrk.headers['{name}'] = '{value}'\n"));
    }
    script.push_str(&format!("wrk.body = [[{}]]\n{DONE}", call(tool)));
    fs::write(&path, script)?;
    Ok(path)
}

/// A call that is refused is fast, and measures nothing.
fn must_work(gate: &Gate, tool: &str) -> anyhow::Result<()> {
    let headers: String = headers(tool, &gate.agent_key)
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let mut wire = Wire::open(&gate.address)?;
    let reply = wire.send("POST /mcp", &headers, &call(tool))?;
    let answer: Value = serde_json::from_str(&reply.body)?;
    ensure!(
        reply.status == 200
            && answer["result"]["content"][0]["text"].is_string()
            && answer["result"]["isError"] != true,
        "the call was not carried out: {}",
        reply.body
    );
    Ok(())
}

/// What the server answers; nothing to a notification.
fn answer(message: &Value) -> Option<Value> {
    let id = message.get("id")?;
    let result = match message["method"].as_str() {
        Some("initialize") => json!({
            "protocolVersion": "2025-11-25",
            "capabilities": { "tools": {} },
            "serverInfo": { "name": "echo", "version": "1" },
        }),
        Some("tools/list") => json!({ "tools": [{
            "name": "echo",
            "description": "Says what it was told",
            "inputSchema": {
                "type": "object",
                "properties": { "text": { "type": "string" } },
                "required": ["text"],
            },
        }] }),
        _ => {
            let text = &message["params"]["arguments"]["text"];
            json!({ "content": [{ "type": "text", "text": text }] })
        }
    };
    Some(json!({ "jsonrpc": "2.0", "id": id, "result": result }))
}

/// The server over standard input and output, until its input ends.
fn be_a_program() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        if let Some(answer) = answer(&serde_json::from_str(&line?)?) {
            writeln!(out, "{answer}")?;
            out.flush()?;
        }
    }
    Ok(())
}

/// The server over HTTP.
fn over_http() -> Router {
    let tell = |Json(message): Json<Value>| async move {
        let told: Response = match answer(&message) {
            Some(answer) => Json(answer).into_response(),
            None => StatusCode::ACCEPTED.into_response(),
        };
        told
    };
    Router::new().route("/mcp", post(tell))
}
