//! The story, act by act.

use super::stage::{Stage, grouped};
use portcullis_evm::{
    Address, Bytes, U256,
    errand::{
        Errand,
        factory::{self, Plan},
        manager::{self, Conditions, Fees},
        registry, vault,
    },
    names::decimal,
    scene::{self, ALICE, MANAGER, OWNER, PASSER_BY, TRADER},
};

const ALICES: (&str, Address) = ("Alice", ALICE);
const MANAGERS: (&str, Address) = ("manager", MANAGER);
const TRADERS: (&str, Address) = ("trader", TRADER);

/// Seconds of a fortnight and of a minute.
const FORTNIGHT: u64 = 1_209_600;
const SOON: u64 = 600;

/// The whole of it.
pub(super) async fn tell(stage: &mut Stage) -> anyhow::Result<()> {
    deploy(stage).await?;
    list(stage).await?;
    found(stage).await?;
    deposit(stage).await?;
    trade(stage).await?;
    stray(stage).await?;
    toggle(stage).await?;
    raise_fees(stage).await?;
    provide(stage).await?;
    leave(stage).await?;
    stage.say(
        "\nThe gate told every time what the chain would say, and why; but what held were the contracts. \
         More: docs/vault.md for the contracts, docs/preflight.md for the gate, and `portcullis vault --help` \
         for a chain of your own.",
    )
}

async fn deploy(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "A registry that says what vaults may touch, a factory of vaults, and guards that read calls and \
               price assets. None of them can be changed afterwards.";
    stage.act("The guard system is deployed", why).await?;
    for part in scene::Scene::parts() {
        let (address, gas) = stage.scene.deploy(&part)?;
        stage.line(&format!(
            "{:<18}{address}  {:>9} gas",
            part.name,
            grouped(gas)
        ))?;
    }
    Ok(())
}

async fn list(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "The owner announces one market, three tokens and one pool, each with who judges it. What opens a \
               way waits for two days, so that nobody is surprised; what closes one is instant.";
    stage.act("What vaults may touch is listed", why).await?;
    let address = stage.scene.part("GuardRegistry")?;
    let entries = stage.scene.entries()?;
    let names = stage.scene.names.clone();
    for (at, entry) in entries.iter().enumerate() {
        let errand = registry::announce(address, entry, &names);
        if at == 0 {
            stage.does(("owner", OWNER), &errand).await?;
        } else {
            stage.scene.send(OWNER, &errand)?;
        }
    }
    let more = entries.len().saturating_sub(1);
    stage.fact(
        "owner",
        &format!("announces {more} more: tokens, a pool, and how both are priced"),
    )?;
    let finish = |entry| registry::finish(address, entry, &names);
    if let Some(first) = entries.first() {
        stage
            .is_refused(("anybody", PASSER_BY), &finish(first), "TooEarly")
            .await?;
    }
    stage.scene.chain.wait(scene::DELAY);
    for entry in &entries {
        stage.scene.send(PASSER_BY, &finish(entry))?;
    }
    let epoch = stage.scene.epoch()?;
    stage.fact(
        "later",
        &format!("two days on, anybody finishes it; the registry has changed {epoch} times"),
    )
}

async fn found(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "Anybody may have one made. This one is under every condition: what a call or a day may lose is bounded, \
               and no allowance is left behind.";
    stage.act("A vault is made", why).await?;
    let plan = Plan {
        manager: MANAGER,
        name: "Steady Hands".to_owned(),
        symbol: "HANDS".to_owned(),
        conditions: Conditions {
            checks: 15,
            loss_per_call: 1_000,
            loss_per_day: 3_000,
        },
        fees: Fees::default(),
        cooldown: 3_600,
        private: false,
    };
    let names = stage.scene.names.clone();
    let make = factory::make(stage.scene.part("VaultFactory")?, &plan, &names);
    let made = stage.does(MANAGERS, &make).await?;
    stage.scene.moved_in(&made)?;
    let logic = stage.scene.made.logic;
    let market = stage.scene.market.clone();
    for (asset, deposits) in [
        (market.usd, true),
        (market.eth, false),
        (market.pair, false),
    ] {
        let add = manager::add_asset(logic, asset, deposits, &names);
        stage.does(MANAGERS, &add).await?;
    }
    let seat = manager::set_trader(logic, TRADER, &names);
    stage.does(MANAGERS, &seat).await?;
    Ok(())
}

async fn deposit(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "The first share costs a dollar. Neither manager nor trader can take what is in the vault out of it.";
    stage.act("Alice deposits", why).await?;
    let (vault, usd) = (stage.scene.made.vault, stage.scene.market.usd);
    let names = stage.scene.names.clone();
    let amount = dollars(10_000);
    stage.scene.mint(usd, ALICE, amount)?;
    let allow = vault::approve(usd, vault, amount, &names);
    stage.scene.send(ALICE, &allow)?;
    let fewest = ether(9_999);
    let deposit = vault::deposit(vault, (usd, amount), fewest, &names);
    stage.does(ALICES, &deposit).await?;
    let shares = decimal(stage.scene.shares(ALICE)?, 18);
    stage.fact("so", &format!("Alice has {shares} shares"))
}

/// A purchase of ether for a thousand dollars at a market, paid to somebody, with the allowance for it.
fn purchase(stage: &Stage, market: Address, to: Address) -> Errand {
    let scene = &stage.scene;
    let amount = dollars(1_000);
    // 0.495 ether, one part in a hundred less than the price says.
    let least = U256::from(495_000_000_000_000_000_u64);
    let until = scene.chain.now().saturating_add(SOON);
    let calls = vec![
        (scene.market.usd, scene.market.allow(market, amount)),
        (market, scene.market.buy_eth(amount, least, to, until)),
    ];
    vault::execute_all(scene.made.vault, calls, &scene.names)
}

async fn trade(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "The trader is an agent without a key. The gate reads the very bytes, says what they mean, judges them by \
               the guards' own rules and runs them on the newest state. Then it would sign.";
    stage.act("The trader buys ether", why).await?;
    let (vault, router) = (stage.scene.made.vault, stage.scene.market.router);
    let errand = purchase(stage, router, vault);
    stage.looks(TRADER, &errand).await?;
    stage.does(TRADERS, &errand).await?;
    holdings(stage)
}

async fn stray(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "Another market offers the same, and nobody has listed it. The gate says no before anything is signed. \
               Whoever goes past the gate hears the same from the vault itself.";
    stage.act("A market that is not listed: dh23", why).await?;
    let scene = &stage.scene;
    let (vault, bazaar) = (scene.made.vault, scene.market.bazaar);
    let until = scene.chain.now().saturating_add(SOON);
    let bytes = scene
        .market
        .buy_eth(dollars(1_000), U256::ONE, vault, until);
    let errand = vault::execute(vault, bazaar, bytes, &scene.names);
    stage.both_refuse(&errand, "dh23").await?;

    let why = "The market is listed, the words are right, and the ether would go to the trader. The guard reads the \
               recipient, argument 3, and refuses.";
    stage.act("A trade that pays somebody else", why).await?;
    let errand = purchase(stage, stage.scene.market.router, TRADER);
    stage.both_refuse(&errand, "Refused").await
}

async fn toggle(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "From the start the trader may change which listed assets the vault holds, and may not open or close it. The \
               manager has a toggle for each, and for an agent switches both off.";
    stage.act("The trader's two toggles", why).await?;
    let (logic, dai) = (stage.scene.made.logic, stage.scene.market.dai);
    let names = stage.scene.names.clone();
    let add = manager::add_asset(logic, dai, false, &names);
    let close = manager::set_private(logic, true);
    let remove = manager::remove_asset(logic, dai, &names);
    stage.does(TRADERS, &add).await?;
    stage.is_refused(TRADERS, &close, "dh4").await?;
    let off = manager::set_toggles(logic, false, false);
    stage.does(MANAGERS, &off).await?;
    stage.is_refused(TRADERS, &remove, "dh4").await?;
    stage.does(MANAGERS, &remove).await?;
    Ok(())
}

async fn raise_fees(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "The manager alone sets fees. Lower ones count at once; higher ones are announced for 14 days, so that \
               whoever does not agree can leave before.";
    stage.act("Fees are announced", why).await?;
    let logic = stage.scene.made.logic;
    let fees = Fees {
        management: 100,
        ..Fees::default()
    };
    let announce = manager::announce_fees(logic, fees);
    stage.is_refused(TRADERS, &announce, "dh4").await?;
    stage.does(MANAGERS, &announce).await?;
    let commit = manager::commit_fees(logic);
    stage.is_refused(MANAGERS, &commit, "TooEarly").await?;
    stage.scene.chain.wait(FORTNIGHT);
    stage.fact("later", "14 days on")?;
    stage.does(MANAGERS, &commit).await?;
    Ok(())
}

async fn provide(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "Some dollars and ether go into their pool. The vault then holds shares of the pool, which their guard prices \
               at fair reserves, whatever the pool looks like at that moment.";
    stage.act("The trader goes into a pool", why).await?;
    let scene = &stage.scene;
    let (vault, market) = (scene.made.vault, &scene.market);
    let (usd, eth) = (dollars(600), U256::from(300_000_000_000_000_000_u64));
    let until = scene.chain.now().saturating_add(SOON);
    let allow = |amount: U256| market.allow(market.router, amount);
    let calls: Vec<(Address, Bytes)> = vec![
        (market.usd, allow(usd)),
        (market.eth, allow(eth)),
        (market.router, market.provide(usd, eth, vault, until)),
        // What the pool did not take is not left allowed.
        (market.usd, allow(U256::ZERO)),
        (market.eth, allow(U256::ZERO)),
    ];
    let errand = vault::execute_all(vault, calls, &scene.names);
    stage.looks(TRADER, &errand).await?;
    stage.does(TRADERS, &errand).await?;
    holdings(stage)
}

async fn leave(stage: &mut Stage) -> anyhow::Result<()> {
    let why = "A withdrawal is a part of everything. Shares of a pool would be of little use to Alice, so they are taken \
               apart on the way: what arrives are dollars and ether.";
    stage.act("Alice takes half of it out", why).await?;
    let names = stage.scene.names.clone();
    let shares = stage.scene.shares(ALICE)? / U256::from(2);
    let (vault, market) = (stage.scene.made.vault, stage.scene.market.clone());
    let errand = vault::withdraw(vault, shares, None, &names);
    stage.does(ALICES, &errand).await?;
    let mut got = Vec::new();
    for token in [market.usd, market.eth] {
        let amount = stage.scene.balance(token, ALICE)?;
        got.push(names.amount(amount, token));
    }
    let pooled = stage.scene.balance(market.pair, ALICE)?;
    let (got, pooled) = (got.join(" and "), decimal(pooled, 18));
    stage.fact(
        "so",
        &format!("Alice has {got}, and {pooled} shares of the pool"),
    )?;
    holdings(stage)
}

/// What the vault has now.
fn holdings(stage: &mut Stage) -> anyhow::Result<()> {
    let (vault, market) = (stage.scene.made.vault, stage.scene.market.clone());
    let mut has = Vec::new();
    for token in [market.usd, market.eth] {
        let amount = stage.scene.balance(token, vault)?;
        has.push(stage.scene.names.amount(amount, token));
    }
    let pooled = stage.scene.balance(market.pair, vault)?;
    if !pooled.is_zero() {
        has.push(format!("{} shares of the pool", decimal(pooled, 18)));
    }
    let cents = stage.scene.value()? / U256::from(10_000_000_000_000_000_u64);
    let text = format!(
        "the vault has {}; it is worth {} USD",
        has.join(", "),
        decimal(cents, 2)
    );
    stage.fact("so", &text)
}

/// Whole dollars in the token's own units.
fn dollars(whole: u64) -> U256 {
    U256::from(whole).saturating_mul(U256::from(1_000_000))
}

/// Whole units of 18 decimals.
fn ether(whole: u64) -> U256 {
    U256::from(whole).saturating_mul(U256::from(1_000_000_000_000_000_000_u64))
}
