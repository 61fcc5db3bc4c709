//! `portcullis vault deploy`: the whole guard system, part by part.

use super::{
    anchor, compare,
    ground::ChainArgs,
    hand::{Hand, KeyArgs, Sent, refused},
    record::{Placing, Record},
};
use crate::{
    config::vault_plan,
    exit,
    output::{Output, table::Table},
};
use anyhow::{Context, bail, ensure};
use clap::Args;
use portcullis_evm::{
    Address,
    deployment::{Part, Plan, WAIT_SECONDS},
    rules::Denial,
};
use serde_json::json;
use std::path::PathBuf;

/// How long an announcement waits, and may then be done, unless told otherwise.
const DELAY_SECONDS: u64 = 172_800;
const GRACE_SECONDS: u64 = 604_800;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    portcullis vault deploy --rpc https://base.example.com --chain-id 8453 \\\n    \
    --keystore deployer.json --password env:DEPLOYER_PASSWORD --out guards.json\n\n\
    Every part is tried before it is sent, and written down in the file before it leaves. Run it\n\
    again with the same file to go on after a stop: what is there is compared with the artifacts,\n\
    byte by byte, and left. docs/vault.md says what the plan is.")]
pub(super) struct Deploy {
    /// Where to write the addresses down; a file that is there already is gone on with.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Feeds, shares, delays and seats: a YAML file.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Who lists and delists; the sender unless told otherwise.
    #[arg(long, value_name = "ADDRESS")]
    owner: Option<Address>,
    /// Who may freeze; the owner unless told otherwise.
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<Address>,
    /// How long an announcement waits, in seconds: two days unless told otherwise.
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(3_600..=31_536_000)
    )]
    delay: Option<u64>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    key: KeyArgs,
}

/// What is to be deployed, and what of it is.
struct Site<'a> {
    hand: &'a Hand<'a>,
    record: Record,
    out: PathBuf,
}

impl Deploy {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let told = self.plan.as_deref().map(vault_plan::load).transpose()?;
        let told = told.unwrap_or_default();
        let ground = self.chain.open().await?;
        let hand = self.key.open(&ground, output)?;
        let found = Record::find(&self.out)?;
        let shares = anchor::anchored(&hand, told.shares, found.as_ref()).await?;
        let owner = self.owner.or(told.owner).unwrap_or_else(|| hand.address());
        let plan = Plan {
            owner,
            guardian: self.guardian.or(told.guardian).unwrap_or(owner),
            delay: self.delay.or(told.delay).unwrap_or(DELAY_SECONDS),
            grace: told.grace.unwrap_or(GRACE_SECONDS),
            feeds: told.feeds,
            shares,
        };
        ensure!(
            WAIT_SECONDS.contains(&plan.delay),
            "the delay is out of bounds"
        );
        let record = begun(found, &plan, &hand).with_context(|| {
            let out = self.out.display();
            format!("cannot go on with `{out}`: name another file")
        })?;
        let mut site = Site {
            hand: &hand,
            record,
            out: self.out,
        };
        site.build(&plan.parts()).await
    }
}

/// The file to go on with, or a new one.
///
/// Fails closed: one that was begun for something else is left alone.
fn begun(found: Option<Record>, plan: &Plan, hand: &Hand<'_>) -> anyhow::Result<Record> {
    let fresh = Record {
        chain_id: hand.ground.pilot.chain.id,
        deployer: hand.address(),
        owner: plan.owner,
        guardian: plan.guardian,
        delay_seconds: plan.delay,
        grace_seconds: plan.grace,
        parts: Default::default(),
    };
    let Some(found) = found else {
        return Ok(fresh);
    };
    let same = Record {
        parts: found.parts.clone(),
        ..fresh
    };
    ensure!(
        found == same,
        "it was begun for another chain, sender, owner, guardian or delay"
    );
    Ok(found)
}

impl Site<'_> {
    async fn build(&mut self, parts: &[Part]) -> anyhow::Result<u8> {
        let output = self.hand.output;
        self.find_out(parts).await?;
        let missing = parts.iter().filter(|part| self.at(part).is_none()).count();
        let there = parts.len().saturating_sub(missing);
        let id = self.record.chain_id;
        output.line(&format!(
            "{there} of {} contracts are there on chain {id}",
            parts.len()
        ))?;
        let from = self.hand.address();
        let question = format!("Create the other {missing} as {from}?");
        if missing > 0 && !self.hand.agreed(&question)? {
            output.note("nothing was sent")?;
            return Ok(exit::FAILED);
        }
        let mut gas = 0_u64;
        for (at, part) in parts.iter().enumerate() {
            let number = at.saturating_add(1);
            let count = format!("{number:>2}/{}", parts.len());
            let done = match self.create(part).await? {
                Made::There(address) => format!("{address}  already there"),
                Made::Now(address, used) => {
                    gas = gas.saturating_add(used);
                    format!("{address}  created for {used} gas")
                }
                Made::Refused(denial) => {
                    output.note(&format!("{count}  {} is not created", part.name))?;
                    return refused(output, &denial);
                }
            };
            output.line(&format!("{count}  {:<18}{done}", part.name))?;
        }
        self.tell(missing, there, gas)
    }

    fn at(&self, part: &Part) -> Option<Address> {
        self.record.address(&part.name)
    }

    /// Looks at everything that was begun: what is mined by now, what waits, and what never came to be.
    async fn find_out(&mut self, parts: &[Part]) -> anyhow::Result<()> {
        for part in parts {
            let Some(placing) = self.record.parts.get(&part.name).cloned() else {
                continue;
            };
            let known = if placing.block.is_some() {
                self.stands(part, placing.address).await?
            } else {
                self.came_to_be(&placing).await? && self.stands(part, placing.address).await?
            };
            ensure!(
                known || placing.block.is_none(),
                "there is no code at {} where `{}` was created: is this another chain of the same id?",
                placing.address,
                part.name
            );
            if !known {
                self.record.parts.remove(&part.name);
            } else if placing.block.is_none() {
                let head = self.hand.ground.pilot.sources.head().await?;
                self.mined(part, head.number)?;
            }
        }
        self.record.write(&self.out)
    }

    /// Whether a transaction that was signed once has been mined, waiting for it if it still may be.
    async fn came_to_be(&self, placing: &Placing) -> anyhow::Result<bool> {
        let source = &self.hand.ground.pilot.sources.first;
        if source.receipt(placing.transaction).await?.is_some() {
            return Ok(true);
        }
        if source.next_nonce(self.hand.address()).await? > placing.nonce {
            // It or another of this nonce is on its way, or was mined.
            let mut asker = self.hand.ground.asker().await?;
            let mined = asker.nonce(self.hand.address()).await?;
            if mined <= placing.nonce {
                self.hand.sender.wait(placing.transaction).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn stands(&self, part: &Part, address: Address) -> anyhow::Result<bool> {
        compare::stands(self.hand, &self.record.placed(), (part, address)).await
    }

    async fn create(&mut self, part: &Part) -> anyhow::Result<Made> {
        if let Some(address) = self.at(part) {
            return Ok(Made::There(address));
        }
        let trial = compare::tried(self.hand, &self.record.placed(), part).await?;
        if let Err(denial) = &trial.ending {
            return Ok(Made::Refused(denial.clone()));
        }
        let hand = self.hand;
        let address = hand.address().create(trial.transaction.nonce);
        let (record, out) = (&mut self.record, &self.out);
        let sent = hand.signs(&trial, |signed| {
            let placing = Placing {
                address,
                transaction: signed.hash,
                nonce: signed.nonce,
                block: None,
            };
            record.parts.insert(part.name.clone(), placing);
            record.write(out)
        });
        let mined = match sent.await? {
            Sent::Mined(mined) => mined,
            Sent::Refused(denial) => return Ok(Made::Refused(denial)),
            Sent::Declined => bail!("nothing was sent"),
        };
        let code = hand.ground.asker().await?.code(address).await?;
        ensure!(
            Some(&code) == compare::made(&trial).as_ref(),
            "the code at {address} is not what was tried: do not use it"
        );
        self.mined(part, mined.receipt.block)?;
        Ok(Made::Now(address, mined.receipt.gas_used))
    }

    fn mined(&mut self, part: &Part, block: u64) -> anyhow::Result<()> {
        if let Some(placing) = self.record.parts.get_mut(&part.name) {
            placing.block = Some(block);
        }
        self.record.write(&self.out)
    }

    fn tell(&self, created: usize, there: usize, gas: u64) -> anyhow::Result<u8> {
        let output = self.hand.output;
        let shown = self.out.display().to_string();
        if output.is_json() {
            output.json(&json!({
                "chain_id": self.record.chain_id,
                "created": created,
                "already_there": there,
                "gas_used": gas,
                "deployment": shown,
                "parts": self.record.addresses().map(|(name, address)| (name, address.to_string().into()))
                    .collect::<serde_json::Map<_, _>>(),
            }))?;
            return Ok(exit::OK);
        }
        let (owner, delay) = (
            self.record.owner.to_string(),
            self.record.delay_seconds.to_string(),
        );
        let gas = gas.to_string();
        let facts = [
            ("owner", owner.as_str()),
            ("delay in seconds", &delay),
            ("gas", &gas),
            ("written to", &shown),
        ];
        output.raw(&format!("\n{}", Table::facts(facts).render()))?;
        output.line("Next: `portcullis vault registry announce`, and `portcullis vault create`")?;
        Ok(exit::OK)
    }
}

/// What became of a part.
enum Made {
    There(Address),
    Now(Address, u64),
    Refused(Denial),
}
