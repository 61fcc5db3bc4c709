//! The checks themselves.

use super::{
    finding::{Finding, Health, bad, ok},
    followers, walls,
};
use crate::{
    client::{Client, Trust},
    house_key, minting, wire,
};
use jiff::Timestamp;
use portcullis_firewall::principal::Principal;
use portcullis_policy::id::TenantId;
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::MetadataExt,
    path::Path,
};

/// How many records at the end of each chain are verified.
const RECORDS: u64 = 10_000;
/// Less free space than this is soon none.
const SPACE_WARN_BYTES: u64 = 1 << 30;
/// Less free space than this is none.
const SPACE_FAIL_BYTES: u64 = 64 << 20;

/// Runs every check.
pub(super) async fn examine(data: &Path, listen: SocketAddr) -> Vec<Finding> {
    let (port, is_served) = port(listen).await;
    let mut findings = vec![port];
    if is_served && let Ok(client) = client(listen) {
        findings.extend(followers::examine(&client).await);
    }
    if data.join(wire::LEDGER_FILE).exists() {
        findings.push(privacy(data));
        findings.push(key(data));
        findings.push(space(data));
        findings.extend(ledger(data, is_served).await);
    } else {
        let found = format!("there is no house in `{}`", data.display());
        let remedy = "make one with `portcullis init` or `portcullis serve`";
        findings.push(bad("data", Health::Warn, found, remedy));
        findings.push(clock(None));
    }
    findings.push(walls::examine(data).await);
    findings
}

/// A client for this machine's own gate, whatever address of the machine it listens on. It has no
/// token that others could read.
fn client(listen: SocketAddr) -> anyhow::Result<Client> {
    let trust = Trust {
        plain_http: true,
        ..Trust::default()
    };
    Client::trusting(&format!("http://{listen}"), None, &trust)
}

/// Whether the port is free, or a gate's; and whether a gate answers there.
async fn port(listen: SocketAddr) -> (Finding, bool) {
    if TcpListener::bind(listen).is_ok() {
        return (ok("port", format!("{listen} is free")), false);
    }
    let asked = match client(listen) {
        Ok(client) => client.get("/ready").await.ok(),
        Err(_) => None,
    };
    match asked.is_some_and(|answer| answer.get("status").is_some()) {
        true => (
            ok("port", format!("a gate answers on {listen}, and is ready")),
            true,
        ),
        false => {
            let found = format!("{listen} is taken, and not by a gate that is ready");
            (
                bad(
                    "port",
                    Health::Fail,
                    found,
                    "stop what listens there, or use `--listen`",
                ),
                false,
            )
        }
    }
}

fn privacy(data: &Path) -> Finding {
    let others = |name: &str| {
        let metadata = fs::metadata(data.join(name));
        metadata
            .is_ok_and(|metadata| metadata.mode() & 0o077 != 0)
            .then(|| name.to_owned())
    };
    let mut open: Vec<String> = [wire::LEDGER_FILE, house_key::FILE, minting::EMBERS_KEY]
        .into_iter()
        .filter_map(others)
        .collect();
    if fs::metadata(data).is_ok_and(|metadata| metadata.mode() & 0o022 != 0) {
        open.insert(0, data.display().to_string());
    }
    if open.is_empty() {
        return ok(
            "privacy",
            format!("`{}` is its owner's alone", data.display()),
        );
    }
    let found = format!("others may reach `{}`", open.join("`, `"));
    bad(
        "privacy",
        Health::Fail,
        found,
        format!("chmod -R go= {}", data.display()),
    )
}

fn key(data: &Path) -> Finding {
    let path = data.join(house_key::FILE);
    match fs::metadata(&path) {
        Ok(metadata) if metadata.len() == 32 => ok("key", "the signing key is there"),
        Ok(_) => {
            let found = format!("`{}` is not a key of 32 bytes", path.display());
            bad("key", Health::Fail, found, "restore it from a backup")
        }
        Err(error) => {
            let found = format!("`{}` cannot be read: {error}", path.display());
            bad("key", Health::Fail, found, "restore it from a backup")
        }
    }
}

fn space(data: &Path) -> Finding {
    let free = match rustix::fs::statvfs(data) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(error) => {
            let found = format!("the free space cannot be told: {error}");
            return bad("space", Health::Warn, found, "look at the volume yourself");
        }
    };
    let found = format!("{} MiB are free", free >> 20);
    let remedy = "free some; without space there are no records, and so no verdicts";
    match free {
        0..SPACE_FAIL_BYTES => bad("space", Health::Fail, found, remedy),
        SPACE_FAIL_BYTES..SPACE_WARN_BYTES => bad("space", Health::Warn, found, remedy),
        _ => ok("space", found),
    }
}

/// The ledger, every tenant's chain, and the clock against the last record.
async fn ledger(data: &Path, is_served: bool) -> Vec<Finding> {
    let opened = match wire::open(data).await {
        Ok(opened) => opened,
        Err(error) if is_served => {
            let found = format!("in use, so it was not looked into ({error:#})");
            return vec![ok("ledger", found), clock(None)];
        }
        Err(error) => {
            let found = format!("{error:#}");
            let remedy = "stop what uses it; if nothing does, restore a backup";
            return vec![bad("ledger", Health::Fail, found, remedy), clock(None)];
        }
    };
    let mut findings = vec![match opened.ledger.check() {
        Ok(()) => ok("ledger", "the file is sound, and of this release's format"),
        Err(error) => bad(
            "ledger",
            Health::Fail,
            error.to_string(),
            "restore a backup",
        ),
    }];
    let mut latest = None;
    for tenant in opened.firewall.tenants() {
        let (finding, last) = chain(&opened.firewall, tenant).await;
        findings.push(finding);
        latest = latest.max(last);
    }
    if let Err(error) = opened.close().await {
        findings.push(bad(
            "ledger",
            Health::Warn,
            error.to_string(),
            "start the gate once",
        ));
    }
    findings.push(clock(latest));
    findings
}

/// The end of a tenant's chain, and the moment of its last record.
async fn chain(
    firewall: &portcullis_firewall::firewall::Firewall,
    tenant: TenantId,
) -> (Finding, Option<Timestamp>) {
    let reader = Principal::local(tenant);
    let name = reader.tenant.as_str();
    let remedy = "keep the directory as it is, and find out who could write to it";
    let looked = async {
        let head = firewall.overview(&reader).await?.head.seq;
        let from = Some(head.saturating_sub(RECORDS - 1).max(1));
        let found = firewall
            .verify(&reader, (from, None), &mut |_, _| ())
            .await?;
        let last = firewall
            .record(&reader, head)
            .await
            .ok()
            .map(|record| record.at);
        Ok::<_, portcullis_firewall::error::GateError>((found, last))
    };
    match looked.await {
        Ok((found, last)) if found.is_good() => {
            let count = found.walk.records_checked;
            (
                ok(
                    "chain",
                    format!("the last {count} records of tenant `{name}` hold"),
                ),
                last,
            )
        }
        Ok((found, last)) => {
            let place = found.walk.first_invalid_seq.unwrap_or_default();
            let found = format!("the chain of tenant `{name}` breaks at record {place}");
            (bad("chain", Health::Fail, found, remedy), last)
        }
        Err(error) => {
            let found = format!("the chain of tenant `{name}` cannot be read: {error}");
            (bad("chain", Health::Fail, found, remedy), None)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock itself is examined")]
fn clock(last: Option<Timestamp>) -> Finding {
    let now = Timestamp::now();
    let remedy = "set the clock, e.g. by NTP; budgets, windows and holds go by it";
    if now.as_second() < BUILT_SECONDS {
        return bad(
            "clock",
            Health::Fail,
            format!("it is {now}, before this was built"),
            remedy,
        );
    }
    match last {
        Some(last) if last > now => {
            let found = format!("it is {now}, but the last record is of {last}");
            bad("clock", Health::Fail, found, remedy)
        }
        _ => ok(
            "clock",
            format!("it is {}", now.round(jiff::Unit::Second).unwrap_or(now)),
        ),
    }
}

/// 2026-01-01T00:00:00Z: no clock that is right says less.
const BUILT_SECONDS: i64 = 1_767_225_600;
