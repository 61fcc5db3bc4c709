//! `portcullis rules`: the signed copy of the rules that refuses before anything is sent.

use super::desk::{self, Desk};
use crate::{
    client::Client,
    exit,
    guard::{Gates, Guard},
    output::table::{Column, Table},
    world::SystemClock,
};
use anyhow::Context;
use clap::{Args, Subcommand};
use portcullis_firewall::{
    dsse::Envelope,
    ports::Clock,
    rule_copy::{CopyError, RuleCopy},
    sign::PublicKey,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The gate's key, by which copies of the rules are checked.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct GateKey {
    /// The gate's public key; unless given, the one that was learnt when the gate was first asked.
    #[arg(long, env = "PORTCULLIS_GATE_KEY", value_name = "HEX")]
    gate_key: Option<PublicKey>,
}

impl GateKey {
    /// The key, when it was given.
    pub(super) const fn named(self) -> Option<PublicKey> {
        self.gate_key
    }
}

/// Fetches, shows and checks the signed copy of the rules that judges this agent.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis rules pull\n  portcullis rules show\n  \
    portcullis rules check --file copy.json --gate-key 9f…\n\n\
    `govern` refuses by the copy what is sure to be refused, and sends nothing for it."
)]
pub(super) struct Rules {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetches the copy, unless the one that is kept is still the one.
    #[command(after_help = "Example:\n  portcullis rules pull")]
    Pull {
        #[command(flatten)]
        gate_key: GateKey,
        /// Forgets what was seen of this gate before; after its restore from a backup.
        #[arg(long)]
        anew: bool,
    },
    /// Shows the copy that is kept.
    #[command(after_help = "Example:\n  portcullis rules show -o json")]
    Show(GateKey),
    /// Says whether the copy that is kept is genuine, this key's and in time; asks nobody.
    #[command(after_help = "Example:\n  portcullis rules check || portcullis rules pull")]
    Check {
        #[command(flatten)]
        gate_key: GateKey,
        /// A copy in a file, `-` for standard input, in place of the one that is kept.
        #[arg(long, value_name = "FILE", requires = "gate_key")]
        file: Option<PathBuf>,
    },
    /// Takes a key as the gate's, in place of the one that was learnt.
    #[command(after_help = "Example:\n  portcullis rules trust 9f…")]
    Trust {
        /// The gate's public key, 64 hex digits; `portcullis init` and `serve` print it.
        key: PublicKey,
    },
}

const FACTS: &[Column] = &[
    ("tenant", "tenant"),
    ("agent", "agent"),
    ("key", "key"),
    ("rules", "rule_set"),
    ("record", "seq"),
    ("made", "issued_at"),
    ("good until", "valid_until"),
    ("mode", "mode"),
    ("policies", "policies"),
    ("entries", "entries"),
];

impl Rules {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        match self.command {
            Command::Pull { gate_key, anew } => pull(desk, gate_key, anew).await,
            Command::Show(gate_key) => {
                let client = desk.client()?;
                let copy = guard(&client, desk, gate_key)?.kept(SystemClock.now())?;
                show(desk, &copy)
            }
            Command::Check { gate_key, file } => match file {
                None => {
                    let client = desk.client()?;
                    let guard = guard(&client, desk, gate_key)?;
                    check(desk, guard.kept(SystemClock.now()))
                }
                Some(file) => check(desk, filed(&file, gate_key)),
            },
            Command::Trust { key } => trust(desk, key),
        }
    }
}

async fn pull(desk: &Desk, gate_key: GateKey, anew: bool) -> anyhow::Result<u8> {
    let client = desk.client()?;
    let pulled = guard(&client, desk, gate_key)?.pull(anew).await?;
    let mut facts = facts(&pulled.copy);
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("is_new".to_owned(), pulled.is_new.into());
    }
    desk.output
        .show(&facts, |facts| Table::about(facts, FACTS))?;
    Ok(exit::OK)
}

fn show(desk: &Desk, copy: &RuleCopy) -> anyhow::Result<u8> {
    if desk.output.is_json() {
        desk.output.json(copy)?;
        return Ok(exit::OK);
    }
    let mut table = Table::about(&facts(copy), FACTS);
    for entry in copy.tenant_policy.iter().flat_map(|policy| &policy.actions) {
        let is_seat =
            !entry.agents.is_empty() && !entry.agents.iter().any(|id| id == copy.agent.as_str());
        if !is_seat {
            let word = if entry.allow { "allows" } else { "forbids" };
            table.push([word.to_owned(), entry.action.to_string()]);
        }
    }
    for policy in &copy.policies {
        let text = format!("{} ({})", policy.name, policy.rule.kind());
        table.push(["policy".to_owned(), text]);
    }
    desk.output.raw(&table.render())?;
    Ok(exit::OK)
}

/// Says whether a copy is good; what is wrong with one is an answer, not a failure.
fn check(desk: &Desk, copy: anyhow::Result<RuleCopy>) -> anyhow::Result<u8> {
    match copy {
        Ok(copy) => {
            let facts = facts(&copy);
            desk.output
                .show(&facts, |facts| Table::about(facts, FACTS))?;
            Ok(exit::OK)
        }
        Err(error) => {
            let why = error.downcast_ref::<CopyError>();
            let code = why.map_or("rules.missing", CopyError::code);
            let answer = json!({ "good": false, "code": code, "reason": error.to_string() });
            desk.output.done(&answer, &format!("{error} ({code})"))?;
            Ok(exit::REFUSED)
        }
    }
}

fn trust(desk: &Desk, key: PublicKey) -> anyhow::Result<u8> {
    // As the client writes it.
    let client = desk.client_of(&desk.address()?, None)?;
    Gates::trust(client.url(), &key)?;
    let answer = json!({ "url": client.url(), "gate_key": key.to_string() });
    let sentence = format!("the key of `{}` is {key}", client.url());
    desk.output.done(&answer, &sentence)?;
    Ok(exit::OK)
}

/// A copy from a file. Whose it is stands in it.
fn filed(path: &Path, gate_key: GateKey) -> anyhow::Result<RuleCopy> {
    let key = gate_key
        .named()
        .context("the gate's key is needed: `--gate-key`")?;
    let text = desk::read(path)?;
    let envelope: Envelope = serde_json::from_str(&text).map_err(|_| CopyError::Malformed)?;
    let copy = RuleCopy::verify(&envelope, &key)?;
    copy.is_usable(SystemClock.now(), 0)?;
    Ok(copy)
}

fn guard<'c>(client: &'c Client, desk: &Desk, gate_key: GateKey) -> anyhow::Result<Guard<'c>> {
    Guard::new(client, desk.output, gate_key.named()).context("the token is none of a gate's")
}

fn facts(copy: &RuleCopy) -> Value {
    let entries = copy.tenant_policy.iter().flat_map(|policy| &policy.actions);
    json!({
        "tenant": copy.tenant,
        "agent": copy.agent,
        "key": copy.key,
        "rule_set": copy.rule_set,
        "seq": copy.seq,
        "issued_at": copy.issued_at,
        "valid_until": copy.valid_until,
        "mode": copy.mode,
        "policies": copy.policies.len(),
        "entries": entries.count(),
        "good": true,
    })
}
