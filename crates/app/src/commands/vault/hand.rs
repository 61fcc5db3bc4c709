//! Sending: try first, show what it does, ask, sign, hand in, wait.

use super::ground::{Ground, secret};
use crate::{ask, exit, output::Output};
use anyhow::{Context, anyhow};
use clap::Args;
use portcullis_credentials::{
    Secrets,
    keystore::{Keystore, Keystores},
};
use portcullis_evm::{
    Address, B256,
    errand::{Errand, trial::Trial},
    rules::Denial,
    sender::{SendError, Sender, Signed},
    source::Receipt,
};
use portcullis_firewall::outside::SecretName;
use serde_json::{Value, json};
use std::{
    io::{IsTerminal, stdin},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

/// The name of the one key that a command has.
const KEY: &str = "sender";

/// The key that a command sends with.
#[derive(Args, Debug)]
#[command(next_help_heading = "Sender")]
pub(super) struct KeyArgs {
    /// The file of the key (Web3 Secret Storage, version 3).
    #[arg(long, value_name = "FILE")]
    keystore: PathBuf,
    /// The name of its password, `env:NAME` or `file:/path`.
    #[arg(long, value_name = "SECRET", value_parser = secret)]
    password: SecretName,
    /// Sends without asking first.
    #[arg(long)]
    yes: bool,
    /// How long a transaction is waited for, in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = clap::value_parser!(u64).range(1..=3_600)
    )]
    patience: u64,
}

/// Whoever sends.
#[derive(Debug)]
pub(super) struct Hand<'g> {
    pub(super) ground: &'g Ground,
    pub(super) sender: Sender,
    pub(super) output: Output,
    yes: bool,
}

/// What became of something that was to be sent.
#[derive(Debug)]
pub(super) enum Sent {
    /// It is mined.
    Mined(Mined),
    /// It would be refused, and was not sent.
    Refused(Denial),
    /// Nobody said yes.
    Declined,
}

/// A transaction that is mined.
#[derive(Debug)]
pub(super) struct Mined {
    pub(super) hash: B256,
    pub(super) receipt: Receipt,
}

impl KeyArgs {
    /// Opens the key, which takes a while on purpose.
    ///
    /// Fails closed: without an id to compare the chain with, nothing is opened.
    pub(super) fn open(self, ground: &Ground, output: Output) -> anyhow::Result<Hand<'_>> {
        ground.must_be_pinned()?;
        let keystore = Keystore {
            file: self.keystore,
            password: self.password,
        };
        let shown = keystore.file.display().to_string();
        let address = keystore.address(&Secrets::new());
        let address = address.with_context(|| format!("the key in `{shown}` cannot be used"))?;
        let keys = [(KEY.to_owned(), keystore)];
        Ok(Hand {
            ground,
            sender: Sender {
                pilot: ground.pilot.clone(),
                signer: Arc::new(Keystores::new(keys.into())),
                key: KEY.to_owned(),
                address: Address::from(address),
                patience: Duration::from_secs(self.patience),
            },
            output,
            yes: self.yes,
        })
    }
}

impl Hand<'_> {
    /// Who it is.
    pub(super) const fn address(&self) -> Address {
        self.sender.address
    }

    /// Does one thing, and says what became of it.
    pub(super) async fn does(&self, errand: &Errand) -> anyhow::Result<u8> {
        let sent = self.carry(errand).await?;
        self.tell(errand, &sent, Value::Null)
    }

    /// Does one thing.
    pub(super) async fn carry(&self, errand: &Errand) -> anyhow::Result<Sent> {
        let trial = self.tries(errand).await?;
        if let Err(denial) = &trial.ending {
            return Ok(Sent::Refused(denial.clone()));
        }
        self.show(errand, &trial)?;
        let id = self.ground.pilot.chain.id;
        if !self.agreed(&format!("Send it as {} on chain {id}?", self.address()))? {
            return Ok(Sent::Declined);
        }
        self.signs(&trial, |_| Ok(())).await
    }

    /// What came of trying it on the newest block.
    pub(super) async fn tries(&self, errand: &Errand) -> anyhow::Result<Trial> {
        Ok(self.ground.pilot.try_out(self.address(), errand).await?)
    }

    /// Signs and hands in what was tried; what is signed is told before it leaves.
    pub(super) async fn signs(
        &self,
        trial: &Trial,
        note: impl FnOnce(&Signed) -> anyhow::Result<()>,
    ) -> anyhow::Result<Sent> {
        let signed = match self.sender.sign(trial).await {
            Ok(signed) => signed,
            Err(SendError::Refused(why)) => {
                return Ok(Sent::Refused(Denial::new("preflight.moved", "block", why)));
            }
            Err(why) => return Err(why.into()),
        };
        note(&signed)?;
        let receipt = self.sender.see_through(&signed).await?;
        let hash = signed.hash;
        Ok(Sent::Mined(Mined { hash, receipt }))
    }

    /// Whether a person agrees.
    pub(super) fn agreed(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !stdin().is_terminal() {
            return Err(anyhow!(
                "nobody is there to be asked: say `--yes` to send without asking"
            ));
        }
        let answer = ask::text(&format!("{question} [y/N]"))?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    fn show(&self, errand: &Errand, trial: &Trial) -> anyhow::Result<()> {
        self.output.line(&errand.words)?;
        if let Ok(run) = &trial.ending {
            self.output.line(&format!(
                "  it goes through on block {}: {} of at most {} gas; {}",
                trial.block.number,
                run.gas_used,
                trial.transaction.gas_limit,
                self.ground.state()
            ))?;
        }
        Ok(())
    }

    /// Says what became of something, with more for programs.
    pub(super) fn tell(&self, errand: &Errand, sent: &Sent, more: Value) -> anyhow::Result<u8> {
        match sent {
            Sent::Mined(mined) => {
                let mut value = json!({
                    "words": errand.words,
                    "hash": mined.hash.to_string(),
                    "block": mined.receipt.block,
                    "gas_used": mined.receipt.gas_used,
                });
                if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
                    value.extend(more);
                }
                self.output.done(&value, &mined.words())?;
                Ok(exit::OK)
            }
            Sent::Refused(denial) => {
                self.output.note(&errand.words)?;
                refused(self.output, denial)
            }
            Sent::Declined => {
                self.output.note("nothing was sent")?;
                Ok(exit::FAILED)
            }
        }
    }
}

impl Mined {
    pub(super) fn words(&self) -> String {
        let receipt = &self.receipt;
        format!(
            "done in block {} for {} gas: {}",
            receipt.block, receipt.gas_used, self.hash
        )
    }
}

/// Says that something would be refused, and why.
pub(super) fn refused(output: Output, denial: &Denial) -> anyhow::Result<u8> {
    if output.is_json() {
        output.json(&json!({
            "code": denial.code,
            "rule": denial.rule,
            "argument": denial.argument,
            "call": denial.call,
            "why": denial.words,
        }))?;
    } else {
        let argument = denial
            .argument
            .map(|argument| format!(", argument {argument}"));
        output.line(&format!(
            "refused ({}, rule `{}`{}): {}",
            denial.code,
            denial.rule,
            argument.unwrap_or_default(),
            denial.words
        ))?;
    }
    Ok(exit::REFUSED)
}
