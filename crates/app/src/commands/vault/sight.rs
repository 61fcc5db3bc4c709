//! Calls of a vault, read and looked at before anybody signs them.

use super::{bytes, refused};
use crate::{chains::Accounts, config, exit, output::Output, world::SystemClock};
use anyhow::{Context, anyhow};
use clap::Args;
use portcullis_evm::{Address, calldata, calldata::Interface, explain::explain, names::Names};
use portcullis_firewall::{outside::Wish, ports::Clock};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis vault explain --kind token 0x095ea7b3…\n  \
    portcullis vault explain --kind vault 0x7ae7cfb5…"
)]
pub(super) struct Explain {
    /// What is called: `token`, `uniswap_v2`, `uniswap_v3`, `erc4626`, `aave_v3` or `vault`.
    #[arg(long, value_name = "KIND", value_parser = interface)]
    kind: Interface,
    /// The contract that is called.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "0x0000000000000000000000000000000000000000"
    )]
    to: Address,
    /// The calldata, in hex.
    #[arg(value_name = "DATA")]
    data: String,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis vault preflight --config portcullis.yaml --account main 0x7ae7cfb5…")]
pub(super) struct Preflight {
    /// The operator's file, which names the account.
    #[arg(long, env = "PORTCULLIS_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// The account, below `chains`.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The calldata for the vault, in hex.
    #[arg(value_name = "DATA")]
    data: String,
}

fn interface(name: &str) -> Result<Interface, String> {
    Interface::named(name).ok_or_else(|| {
        let names = Interface::ALL.map(Interface::as_str);
        format!("expected one of {}", names.join(", "))
    })
}

impl Explain {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        let data = bytes(&self.data)?;
        let call = match calldata::read(self.kind, &data) {
            Ok(call) => call,
            Err(why) => return refused(output, why.code(), &why.to_string()),
        };
        let explained = explain(self.to, &call, &Names::default(), SystemClock.now());
        let lines = explained.text();
        if output.is_json() {
            output.json(&json!({ "words": lines }))?;
        } else {
            output.raw(&format!("{}\n", lines.join("\n")))?;
        }
        Ok(exit::OK)
    }
}

impl Preflight {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let config = config::load(&self.config)?;
        let accounts = Accounts::open(&config)?;
        let missing = || {
            anyhow!(
                "the file names no account `{}` below `chains`",
                self.account
            )
        };
        let (wallet, vault) = accounts.wallet(&self.account).with_context(missing)?;
        let mut fields = Map::new();
        fields.insert("to".to_owned(), vault.to_string().into());
        fields.insert("data".to_owned(), self.data.clone().into());
        let intent = match wallet.intend(Wish::Send(fields)).await {
            Ok(intent) => intent,
            Err(misfit) => return refused(output, &misfit.code, &misfit.why),
        };
        if output.is_json() {
            let shown =
                json!({ "action_type": intent.action_type, "parameters": intent.parameters });
            output.json(&shown)?;
            return Ok(exit::OK);
        }
        let words = intent.parameters.get("words").and_then(Value::as_array);
        let words = words.into_iter().flatten().filter_map(Value::as_str);
        let mut text = format!("{}\n", intent.action_type);
        for line in words {
            text.push_str(&format!("  {line}\n"));
        }
        for name in ["usd", "estimated_cost_usd", "gas", "state"] {
            if let Some(value) = intent.parameters.get(name) {
                text.push_str(&format!("  {name}: {value}\n"));
            }
        }
        output.raw(&text)?;
        Ok(exit::OK)
    }
}
