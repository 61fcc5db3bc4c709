//! `portcullis vault inspect`: a vault as its contracts describe it.

use super::{
    amount::{moment, usd},
    change::Look,
    conditions, fees,
};
use crate::{
    exit,
    output::{Output, table::Table},
};
use anyhow::ensure;
use clap::Args;
use portcullis_evm::{
    deployment::is_vault_of,
    listing::members,
    names::decimal,
    rules::pauses::{Pause, Side},
    survey::{Holding, Survey},
};
use serde_json::{Value, json};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    portcullis vault inspect --vault 0x2b5A… --rpc https://base.example.com --deployment guards.json\n\n\
    With a deployment the vault's code is compared with it, and its members are listed.")]
pub(super) struct Inspect {
    #[command(flatten)]
    look: Look,
}

impl Inspect {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let (ground, survey, block) = self.look.survey().await?;
        let mut asker = ground.asker_at(Some(block)).await?;
        let mut code = None;
        let mut known = None;
        if let Some(record) = &ground.record {
            let found = asker.code(survey.vault).await?;
            ensure!(
                is_vault_of(&record.placed(), &found),
                "{} is no vault of this deployment: its code is not the minimal proxy of its `Vault`",
                survey.vault
            );
            code = Some("the minimal proxy of the deployment's `Vault`");
            let from = record.first_block().unwrap_or_default();
            let span = (from, block);
            known = Some(members(&ground.node, survey.logic, span).await?);
        }
        let time = asker.snapshot().block().time;
        let members = known.map(|known| known.iter().map(ToString::to_string).collect::<Vec<_>>());
        let mut value = shown(&survey);
        if let Some(map) = value.as_object_mut() {
            map.insert("block".to_owned(), block.into());
            map.insert("time".to_owned(), moment(time).into());
            map.insert("chain_id".to_owned(), ground.pilot.chain.id.into());
            map.insert("code".to_owned(), code.into());
            map.insert("members".to_owned(), json!(members));
        }
        if output.is_json() {
            output.json(&value)?;
            return Ok(exit::OK);
        }
        output.raw(&facts(&survey, &value).render())?;
        output.raw(&format!("\n{}", holdings(&survey.holdings).render()))?;
        output.line(&format!(
            "\nat block {block} of chain {}; {}",
            ground.pilot.chain.id,
            ground.state()
        ))?;
        Ok(exit::OK)
    }
}

fn facts(survey: &Survey, value: &Value) -> Table {
    let mut table = Table::default().uncut();
    let mut fact = |name: &str, text: String| table.push([name.to_owned(), text]);
    let worth = |amount: Option<_>| match amount {
        Some(amount) => format!("{} USD", usd(amount)),
        None => "cannot be priced now".to_owned(),
    };
    fact(
        "vault",
        format!("{}, {} ({})", survey.vault, survey.name, survey.symbol),
    );
    if let Some(code) = value.get("code").and_then(Value::as_str) {
        fact("code", code.to_owned());
    }
    fact("manager contract", survey.logic.to_string());
    fact("worth", worth(survey.value));
    let price = survey
        .share_price()
        .map(|price| format!("{} USD", decimal(price, 18)));
    let price = price.unwrap_or_else(|| "-".to_owned());
    fact(
        "shares",
        format!("{}, each worth {price}", decimal(survey.supply, 18)),
    );
    fact("manager", survey.manager.to_string());
    if !survey.next_manager.is_zero() {
        fact("offered to", survey.next_manager.to_string());
    }
    fact("trader", trader(survey));
    let who = if survey.private {
        "members"
    } else {
        "everybody"
    };
    fact(
        "deposits",
        format!(
            "from {who}; shares are locked for {} seconds",
            survey.cooldown
        ),
    );
    if let Some(members) = value
        .get("members")
        .and_then(Value::as_array)
        .filter(|all| !all.is_empty())
    {
        let members: Vec<_> = members.iter().filter_map(Value::as_str).collect();
        fact("members", members.join(", "));
    }
    fact("fees", survey.fees.0.words());
    if let Some((next, ready)) = &survey.fees.1 {
        fact(
            "fees to come",
            format!("{}, from {} on", next.words(), moment(*ready)),
        );
    }
    fact("conditions", survey.conditions.0.words());
    if let Some((next, ready)) = &survey.conditions.1 {
        fact(
            "conditions to come",
            format!("{}, from {} on", next.words(), moment(*ready)),
        );
    }
    fact("paused", survey.pauses.words());
    fact("registry", registry(survey));
    table
}

fn trader(survey: &Survey) -> String {
    if survey.trader.is_zero() {
        return "nobody".to_owned();
    }
    let may = |may: bool| if may { "may" } else { "may not" };
    let (assets, privacy) = survey.toggles;
    format!(
        "{}, {} change assets, {} open and close it",
        survey.trader,
        may(assets),
        may(privacy)
    )
}

fn registry(survey: &Survey) -> String {
    let (registry, epoch) = survey.registry;
    let closed = if survey.is_held_still() {
        "some assets are closed, nobody may deposit"
    } else {
        "every asset is open"
    };
    format!("{registry}, changed {epoch} times; {closed}")
}

/// The assets of a vault for people.
pub(super) fn holdings(all: &[Holding]) -> Table {
    let headings = [
        "asset",
        "calls itself",
        "type",
        "balance",
        "usd",
        "deposits",
        "registry",
    ];
    let mut table = Table::new(&headings, "no assets are enabled");
    for one in all {
        let dash = || "-".to_owned();
        let balance = one
            .balance
            .map(|balance| match one.decimals.filter(|_| one.kind == 0) {
                Some(decimals) => decimal(balance, decimals),
                None => balance.to_string(),
            });
        table.push([
            one.asset.to_string(),
            one.symbol.clone().unwrap_or_else(dash),
            one.kind.to_string(),
            balance.unwrap_or_else(dash),
            one.value.map_or_else(dash, usd),
            if one.deposits { "yes" } else { "no" }.to_owned(),
            if one.listed { "open" } else { "closed" }.to_owned(),
        ]);
    }
    table
}

/// An asset for programs; amounts in the smallest unit, USD with 18 decimals.
pub(super) fn holding(one: &Holding) -> Value {
    json!({
        "asset": one.asset.to_string(),
        "symbol": one.symbol,
        "decimals": one.decimals,
        "type": one.kind,
        "balance": one.balance.map(|amount| amount.to_string()),
        "value": one.value.map(|amount| amount.to_string()),
        "deposits": one.deposits,
        "listed": one.listed,
    })
}

/// What one side has paused of a vault, for programs.
fn paused(survey: &Survey, side: Side) -> Vec<&'static str> {
    let all = [(Pause::Vault, "vault"), (Pause::Trades, "trades")];
    let on = all
        .iter()
        .filter(|(pause, _)| survey.pauses.has(side, *pause));
    on.map(|(_, name)| *name).collect()
}

fn shown(survey: &Survey) -> Value {
    let seat = |who: portcullis_evm::Address| (!who.is_zero()).then(|| who.to_string());
    let (registry, epoch) = survey.registry;
    let (assets, privacy) = survey.toggles;
    json!({
        "vault": survey.vault.to_string(),
        "logic": survey.logic.to_string(),
        "name": survey.name,
        "symbol": survey.symbol,
        "manager": survey.manager.to_string(),
        "next_manager": seat(survey.next_manager),
        "trader": seat(survey.trader),
        "trader_changes_assets": assets,
        "trader_toggles_privacy": privacy,
        "paused": {
            "everything": survey.pauses.everything,
            "by_manager": paused(survey, Side::Manager),
            "by_registry": paused(survey, Side::House),
        },
        "private": survey.private,
        "cooldown_seconds": survey.cooldown,
        "fees": fees::shown(&survey.fees.0),
        "fees_announced": fees::announced(survey.fees.1.as_ref()),
        "conditions": conditions::shown(&survey.conditions.0),
        "conditions_announced": conditions::announced(survey.conditions.1.as_ref()),
        "registry": registry.to_string(),
        "epoch": epoch,
        "supply": survey.supply.to_string(),
        "value": survey.value.map(|value| value.to_string()),
        "share_price": survey.share_price().map(|price| price.to_string()),
        "high_water": survey.high_water.to_string(),
        "assets": survey.holdings.iter().map(holding).collect::<Vec<_>>(),
    })
}
