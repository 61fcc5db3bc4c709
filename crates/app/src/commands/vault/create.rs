//! `portcullis vault create`: a vault and its manager contract.

use super::{
    compare,
    conditions::{self, ConditionArgs},
    fees::FeeArgs,
    ground::ChainArgs,
    hand::{Hand, KeyArgs, Sent},
};
use crate::{exit, output::Output};
use anyhow::{Context, ensure};
use clap::Args;
use portcullis_evm::{
    Address,
    errand::{
        Errand,
        factory::{self, Made, Plan},
        manager,
    },
};
use serde_json::{Value, json};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    portcullis vault create --name 'Steady Hands' --symbol HANDS \\\n    --deposit-asset 0x8335… --asset 0x4200… --trader 0x9d8A… \\\n    \
    --rpc https://base.example.com --deployment guards.json \\\n    \
    --keystore manager.json --password env:MANAGER_PASSWORD\n\n\
    Assets and the trader are set by the manager: with them, the sender has to be the manager.")]
pub(super) struct Create {
    /// What its shares are called.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The short form of that.
    #[arg(long, value_name = "SYMBOL")]
    symbol: String,
    /// Who runs it; the sender unless told otherwise.
    #[arg(long, value_name = "ADDRESS")]
    manager: Option<Address>,
    /// An asset that it may hold; may be given several times.
    #[arg(long = "asset", value_name = "ADDRESS")]
    assets: Vec<Address>,
    /// The same, which people may deposit as well.
    #[arg(long = "deposit-asset", value_name = "ADDRESS")]
    deposits: Vec<Address>,
    /// Who helps to run it.
    #[arg(long, value_name = "ADDRESS")]
    trader: Option<Address>,
    /// For how long shares are locked after a deposit, in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 86_400,
        value_parser = clap::value_parser!(u32).range(0..=86_400)
    )]
    cooldown: u32,
    /// Lets members alone deposit.
    #[arg(long)]
    private: bool,
    /// The factory, unless a deployment says where it is.
    #[arg(long, value_name = "ADDRESS")]
    factory: Option<Address>,
    #[command(flatten)]
    conditions: ConditionArgs,
    #[command(flatten)]
    fees: FeeArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    key: KeyArgs,
}

impl Create {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let factory = ground.part(self.factory, "VaultFactory")?;
        let hand = self.key.open(&ground, output)?;
        let manager = self.manager.unwrap_or_else(|| hand.address());
        let more = !self.assets.is_empty() || !self.deposits.is_empty() || self.trader.is_some();
        ensure!(
            !more || manager == hand.address(),
            "assets and the trader are set by the manager, {manager}, and the key is that of {}: make the vault \
             without them, or send as the manager",
            hand.address()
        );
        let plan = Plan {
            manager,
            name: self.name,
            symbol: self.symbol,
            conditions: self.conditions.over(conditions::USUAL),
            fees: self.fees.over(manager::Fees::default()),
            cooldown: self.cooldown,
            private: self.private,
        };
        if self.factory.is_none() {
            as_deployed(&hand).await?;
        }
        let make = factory::make(factory, &plan, &ground.names);
        let sent = hand.carry(&make).await?;
        let Sent::Mined(mined) = &sent else {
            return hand.tell(&make, &sent, Value::Null);
        };
        let mut logs = mined.receipt.logs.iter();
        let made = logs.find_map(|log| factory::noted(log, factory));
        let made = made.context("the factory notes no vault in the receipt")?;
        output.line(&format!("{}\nthe vault is {}", mined.words(), made.vault))?;
        let errands = errands(
            &ground.names,
            made,
            (&self.deposits, &self.assets),
            self.trader,
        );
        let left = finish(&hand, &errands).await?;
        let value = json!({
            "vault": made.vault.to_string(),
            "logic": made.logic.to_string(),
            "manager": manager.to_string(),
            "hash": mined.hash.to_string(),
            "block": mined.receipt.block,
            "gas_used": mined.receipt.gas_used,
            "left": left,
        });
        if output.is_json() {
            output.json(&value)?;
        }
        for words in &left {
            output.note(&format!("not done: {words}"))?;
        }
        Ok(if left.is_empty() {
            exit::OK
        } else {
            exit::REFUSED
        })
    }
}

/// What every vault rests on.
const GROUND: &[&str] = &[
    "GuardRegistry",
    "Escrow",
    "Vault",
    "VaultManager",
    "VaultFactory",
];

/// Compares the contracts that a vault would rest on with the artifacts.
///
/// Fails closed: no vault is made on other code.
async fn as_deployed(hand: &Hand<'_>) -> anyhow::Result<()> {
    let Some(record) = &hand.ground.record else {
        return Ok(());
    };
    let placed = record.placed();
    let parts = record.plan().parts();
    for part in parts
        .iter()
        .filter(|part| GROUND.contains(&part.name.as_str()))
    {
        let address = hand.ground.part(None, &part.name)?;
        let stands = compare::stands(hand, &placed, (part, address)).await?;
        ensure!(
            stands,
            "there is no code at {address}, where `{}` was created",
            part.name
        );
    }
    Ok(())
}

/// What the manager does next.
fn errands(
    names: &portcullis_evm::names::Names,
    made: Made,
    (deposits, assets): (&[Address], &[Address]),
    trader: Option<Address>,
) -> Vec<Errand> {
    let logic = made.logic;
    let deposits = deposits.iter().map(|asset| (asset, true));
    let all = deposits.chain(assets.iter().map(|asset| (asset, false)));
    let assets = all.map(|(asset, deposits)| manager::add_asset(logic, *asset, deposits, names));
    let trader = trader.map(|trader| manager::set_trader(logic, trader, names));
    assets.chain(trader).collect()
}

/// Does one after the other; what is refused is left, and said.
async fn finish(hand: &Hand<'_>, errands: &[Errand]) -> anyhow::Result<Vec<String>> {
    let mut left = Vec::new();
    for errand in errands {
        match hand.carry(errand).await? {
            Sent::Mined(mined) => hand.output.line(&mined.words())?,
            Sent::Refused(denial) => {
                left.push(format!(
                    "{} ({}): {}",
                    errand.words, denial.code, denial.words
                ));
            }
            Sent::Declined => left.push(errand.words.clone()),
        }
    }
    Ok(left)
}
