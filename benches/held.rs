//! What it costs that people are asked: HELD beside CLEARED, and what people look at while a
//! thousand actions wait.
//!
//! Held and cleared actions take turns on the same connections, so that whatever else the machine
//! does falls on both alike.

use anyhow::{Context, ensure};
use portcullis_benches::{
    gate::{Gate, in_folder, json_headers},
    wire::Wire,
};
use serde_json::json;
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

const POLICIES: usize = 10_000;
/// No more of one agent wait at once.
const HOLDS_OF_ONE_AGENT: usize = 500;
const WAITING: usize = 1_000;
const CONNECTIONS: usize = 32;
const LOOKS: usize = 100;
const TENANT_POLICY: &str = "
version: 1
catalogue: [{ action: 'op_*', tier: 0 }, { action: op_0, tier: 0 }, { action: drop_0, tier: 3 }]
actions: [{ action: 'op_*', caps: { max_rows: 1000 } }, { action: drop_0, caps: { max_rows: 1000000 } }]
";

fn main() -> anyhow::Result<()> {
    in_folder(run)
}

fn run(folder: &Path) -> anyhow::Result<()> {
    let gate = Gate::start(folder, TENANT_POLICY)?;
    gate.load_policies(POLICIES)?;
    let agents = (0..CONNECTIONS)
        .map(|at| gate.new_agent(&format!("bench {at}")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    println!("{:>12} {:>14} {:>10} {:>10}", "connections", "requests/s", "p50", "p99");
    // The first agents alone, one after the other: as many wait then as people look at below.
    let mut alone = Pair::default();
    for key in agents.iter().take(WAITING / HOLDS_OF_ONE_AGENT) {
        alone.add(take_turns(&gate.address, key, HOLDS_OF_ONE_AGENT)?);
    }
    alone.print(1);
    look(&gate)?;
    let crowd = agents.iter().skip(WAITING / HOLDS_OF_ONE_AGENT);
    let handles: Vec<_> = crowd
        .map(|key| {
            let (address, key) = (gate.address.clone(), key.clone());
            thread::spawn(move || blocks(&address, &key))
        })
        .collect();
    let count = handles.len();
    let mut together = Pair::default();
    for handle in handles {
        together.add(handle.join().ok().context("a connection panicked")??);
    }
    together.print(count);
    println!("memory of the gate: {} MiB", gate.resident_mib()?);
    Ok(())
}

/// How long each cleared and each held request took.
#[derive(Default)]
struct Pair {
    cleared: Vec<Duration>,
    held: Vec<Duration>,
}

impl Pair {
    fn add(&mut self, other: Self) {
        self.cleared.extend(other.cleared);
        self.held.extend(other.held);
    }

    fn print(mut self, connections: usize) {
        let cleared = figures(&mut self.cleared, connections);
        let held = figures(&mut self.held, connections);
        for (name, (rate, p50, p99)) in [("CLEARED", cleared), ("HELD", held)] {
            println!("{connections:>12} {rate:>14.0} {p50:>7.0} us {p99:>7.0} us  {name}");
        }
        let ratio = (held.0 / cleared.0, held.1 / cleared.1, held.2 / cleared.2);
        println!("{:>12} {:>14.2} {:>10.2} {:>10.2}  ratio", "", ratio.0, ratio.1, ratio.2);
    }
}

/// Requests per second of so many connections, and two percentiles in microseconds.
fn figures(times: &mut [Duration], connections: usize) -> (f64, f64, f64) {
    times.sort_unstable();
    let total: f64 = times.iter().map(Duration::as_secs_f64).sum();
    let at = |part: f64| {
        let place = (times.len() as f64 * part) as usize;
        times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e6)
    };
    (times.len() as f64 * connections as f64 / total, at(0.5), at(0.99))
}

/// One cleared, one held, and so on.
fn take_turns(address: &str, key: &str, count: usize) -> anyhow::Result<Pair> {
    let mut wire = Wire::open(address)?;
    let mut pair = Pair::default();
    for at in 0..count {
        pair.cleared.push(ask(&mut wire, key, ("op_0", "CLEARED"), at)?);
        pair.held.push(ask(&mut wire, key, ("drop_0", "HELD"), at)?);
    }
    Ok(pair)
}

/// The same in blocks, so that many connections do the same at the same time.
fn blocks(address: &str, key: &str) -> anyhow::Result<Pair> {
    const BLOCK: usize = 100;
    let mut wire = Wire::open(address)?;
    let mut pair = Pair::default();
    for at in 0..HOLDS_OF_ONE_AGENT * 2 {
        let round = at / BLOCK;
        let (action, times) = if round.is_multiple_of(2) {
            (("op_0", "CLEARED"), &mut pair.cleared)
        } else {
            (("drop_0", "HELD"), &mut pair.held)
        };
        times.push(ask(&mut wire, key, action, at)?);
    }
    Ok(pair)
}

fn ask(
    wire: &mut Wire,
    key: &str,
    (action, verdict): (&str, &str),
    row: usize,
) -> anyhow::Result<Duration> {
    let body = json!({
        "action": action,
        "target": "orders-db",
        "environment": "production",
        "parameters": { "rows": row },
        "reasoning": "the nightly report is missing its last hour",
        "confidence": { "incident": 0.95, "fix": 0.93, "containment": 0.97 },
    });
    let (headers, body) = (json_headers(key), body.to_string());
    let start = Instant::now();
    let reply = wire.send("POST /v1/govern", &headers, &body)?;
    let time = start.elapsed();
    ensure!(reply.body.contains(verdict), "expected {verdict}: {}", reply.body);
    Ok(time)
}

/// What people look at while so many wait.
fn look(gate: &Gate) -> anyhow::Result<()> {
    let mut wire = Wire::open(&gate.address)?;
    let cookie = format!("cookie: {}\r\n", sign_in(gate, &mut wire)?);
    let token = json_headers(&gate.admin_token);
    let seen = [
        ("/console/approvals", &cookie),
        ("/v1/holds?limit=200", &token),
        ("/v1/holds", &token),
    ];
    for (path, headers) in seen {
        let mut times = Vec::with_capacity(LOOKS);
        let mut size = 0;
        for _ in 0..LOOKS {
            let start = Instant::now();
            let reply = wire.send(&format!("GET {path}"), headers, "")?;
            times.push(start.elapsed());
            ensure!(reply.status == 200, "{path}: {} {}", reply.status, reply.body);
            size = reply.body.len() / 1_024;
        }
        let (_, p50, p99) = figures(&mut times, 1);
        println!("{:>12} {size:>10} KiB {p50:>7.0} us {p99:>7.0} us  GET {path}", "");
    }
    Ok(())
}

/// Takes up the invitation to the console, as a browser does; gives the cookie.
fn sign_in(gate: &Gate, wire: &mut Wire) -> anyhow::Result<String> {
    let link = gate.invitation.find("/console").and_then(|at| gate.invitation.get(at..));
    let opened = wire.send(&format!("GET {}", link.context("no invitation")?), "", "")?;
    let errand = opened.cookies.first().context("no errand")?;
    let cookie = format!("cookie: {errand}\r\n");
    let page = wire.send("GET /console/invitation", &cookie, "")?;
    let csrf = page.body.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let word = "correct-horse-battery-staple";
    let form = format!("csrf={}&password={word}&again={word}", csrf.context("no form")?);
    let headers = format!("{cookie}content-type: application/x-www-form-urlencoded\r\n");
    let reply = wire.send("POST /console/invitation", &headers, &form)?;
    let cookie = reply.cookies.iter().find(|cookie| cookie.starts_with("portcullis="));
    Ok(cookie.with_context(|| format!("not signed in: {}", reply.body))?.clone())
}
