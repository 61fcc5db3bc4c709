//! What calls cost, against the committed table `contracts/gas.txt`.
//!
//! Whole transactions behind the clone, under the rules of Prague. A row that grows by more than 2 %
//! or passes its bound fails. `PORTCULLIS_GAS=write` writes the table anew.

use std::{collections::BTreeMap, env, fs};

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::bindings::{OneAssetExit, Vault};

use crate::{
    files::contracts,
    guards::abi,
    stand_ins::{Router, Token},
    world::{
        ALICE, BOB, FLOOR, MANAGER, SPENDER, STANDING, STRANGER, TRADER, World, approve, units, usd,
    },
};

/// What the figures were asked to stay under; zero where nothing was asked.
const BOUNDS: &[(&str, u64)] = &[
    ("approve, first", 80_000),
    ("approve, update", 62_000),
    ("approve, first, all conditions", 95_000),
    ("approve, update, all conditions", 77_000),
    ("refusal of an unlisted destination", 45_000),
    ("refusal of a stranger", 30_000),
    ("swap, more than a plain account", 50_000),
    (
        "swap, more than a plain account, floor over four assets",
        90_000,
    ),
    (
        "swap at a loss, more than a plain account, floor over four assets",
        90_000,
    ),
    (
        "first swap at a loss in three hours, floor over four assets",
        90_000,
    ),
    ("Uniswap V2 swap, more than a plain account", 50_000),
    (
        "Uniswap V2 swap at a loss, more than a plain account, floor over four assets",
        90_000,
    ),
];

/// The vault and the plain account are alike: both hold dollars and some ether, and have allowed the
/// router all of their dollars.
/// What a swap costs a plain account, and how much more the first and the second one cost the vault.
fn swaps(world: &mut World, lossy: bool) -> (u64, u64, u64) {
    let (router, usd_, eth, vault) = (world.router, world.usd, world.eth, world.vault);
    let (btc, dai) = (world.btc, world.dai);
    for holder in [vault, BOB] {
        world.mint(usd_, holder, usd(10_000));
        world.mint(eth, holder, units(1, 18));
        world.mint(btc, holder, units(1, 8));
        world.mint(dai, holder, units(1, 18));
    }
    world.allow_router(usd_);
    let amount = U256::MAX;
    world.must(
        BOB,
        usd_,
        Token::approveCall {
            spender: router,
            amount,
        },
    );
    if lossy {
        let rate = U256::from(498) * units(1, 24);
        world.set_rate(router, usd_, eth, rate);
    }
    let call = Router::swapCall {
        tokenIn: usd_,
        amountIn: usd(100),
        tokenOut: eth,
        least: U256::from(1),
        to: BOB,
    };
    let call_again = call.clone();
    let plain = world.must(BOB, router, call).gas;
    let data = world.swap(usd_, usd(100), eth);
    let first = world.exec_must(router, data.clone()).gas - plain;
    let again = world.must(BOB, router, call_again).gas;
    (plain, first, world.exec_must(router, data).gas - again)
}

/// The same over a Uniswap V2 router behind the guard that is deployed for it; each swap loses the pool's fee.
fn v2_swaps(world: &mut World) -> (u64, u64) {
    let (usd_, eth, vault) = (world.usd, world.eth, world.vault);
    let (btc, dai) = (world.btc, world.dai);
    let router = world.deploy("test/MockV2Router", Vec::new());
    let guard = world.deploy("UniswapV2Guard", world.registry.abi_encode());
    world.list(&[(router, guard, SPENDER | STANDING)], &[], &[]);
    world.must(STRANGER, router, abi::createPairCall { a: usd_, b: eth });
    let pair = world.view(router, abi::getPairCall { a: usd_, b: eth });
    world.mint(usd_, pair, usd(2_000_000));
    world.mint(eth, pair, units(1_000, 18));
    world.must(STRANGER, pair, abi::provideCall { to: STRANGER });
    for holder in [vault, BOB] {
        world.mint(usd_, holder, usd(10_000));
        world.mint(eth, holder, units(1, 18));
        world.mint(btc, holder, units(1, 8));
        world.mint(dai, holder, units(1, 18));
    }
    world.exec_must(usd_, approve(router, U256::MAX));
    let (spender, amount) = (router, U256::MAX);
    world.must(BOB, usd_, Token::approveCall { spender, amount });
    let sale = |to| abi::swapExactTokensForTokensCall {
        given: usd(100),
        least: U256::ONE,
        path: vec![usd_, eth],
        to,
        until: U256::from(world.chain.now() + 600),
    };
    let (own, guarded) = (sale(BOB), sale(vault).abi_encode());
    let [first, again] = [(); 2].map(|()| {
        let plain = world.must(BOB, router, own.clone()).gas;
        world.exec_must(router, guarded.clone()).gas - plain
    });
    (first, again)
}

fn approvals(rows: &mut BTreeMap<String, u64>, mut world: World, label: &str) {
    let (router, token) = (world.router, world.usd);
    let first = world.exec_must(token, approve(router, usd(1_000))).gas;
    let update = world.exec_must(token, approve(router, usd(2_000))).gas;
    let trader = world.exec(TRADER, token, approve(router, usd(3_000))).gas;
    rows.insert(format!("approve, first{label}"), first);
    rows.insert(format!("approve, update{label}"), update);
    rows.insert(format!("approve, update by the trader{label}"), trader);
    let nowhere = Address::repeat_byte(9);
    let unlisted = world.exec(MANAGER, nowhere, approve(router, usd(1))).gas;
    rows.insert(
        format!("refusal of an unlisted destination{label}"),
        unlisted,
    );
    let stranger = world.exec(STRANGER, token, approve(router, usd(1))).gas;
    rows.insert(format!("refusal of a stranger{label}"), stranger);
}

fn life(rows: &mut BTreeMap<String, u64>) {
    let mut world = World::new();
    let amount = usd(10_000);
    let first = world.try_deposit(ALICE, world.usd, amount).gas;
    world.chain.mine();
    let second = world.try_deposit(BOB, world.usd, amount).gas;
    world.chain.mine();
    rows.insert("deposit, first".to_owned(), first);
    rows.insert("deposit, second".to_owned(), second);
    let (eth, vault) = (world.eth, world.vault);
    world.mint(eth, vault, units(1, 18));
    let half = world.shares(ALICE) / U256::from(2);
    let withdraw = world.withdraw(ALICE, half);
    assert!(withdraw.succeeded(), "{:?}", withdraw.reason());
    rows.insert("withdraw, two assets of four held".to_owned(), withdraw.gas);
}

/// What it costs to leave for one asset, where one swap is needed.
fn single(rows: &mut BTreeMap<String, u64>) {
    let mut world = World::new().funded();
    let (usd_, eth, vault) = (world.usd, world.eth, world.vault);
    world.mint(eth, vault, units(1, 18));
    let market = world.deploy("test/MockV2Router", Vec::new());
    let guard = world.router_guard;
    world.list(&[(market, guard, SPENDER)], &[], &[]);
    world.must(STRANGER, market, abi::createPairCall { a: usd_, b: eth });
    let pair = world.view(market, abi::getPairCall { a: usd_, b: eth });
    world.mint(usd_, pair, usd(2_000_000));
    world.mint(eth, pair, units(1_000, 18));
    world.must(STRANGER, pair, abi::provideCall { to: STRANGER });
    let exit = (ALICE, world.registry).abi_encode_params();
    let exit = world.deploy("OneAssetExit", exit);
    let (spender, amount) = (exit, U256::MAX);
    world.must(ALICE, vault, Vault::approveCall { spender, amount });
    let call = OneAssetExit::exitIntoCall {
        vault,
        shares: world.shares(ALICE) / U256::from(2),
        into: usd_,
        least: usd(5_900),
        routes: vec![OneAssetExit::Route {
            router: market,
            path: vec![eth, usd_],
            fees: Vec::new(),
        }],
        deadline: U256::from(world.chain.now() + 600),
    };
    let gas = world.must(ALICE, exit, call).gas;
    rows.insert("withdraw into one asset, two of four held".to_owned(), gas);
}

fn measured() -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    approvals(&mut rows, World::new().funded(), "");
    approvals(&mut rows, World::watched().funded(), ", all conditions");
    let (plain, bare, _) = swaps(&mut World::new(), false);
    let mut world = World::new();
    world.tighten(FLOOR, 1_000, 3_000);
    let (_, floored, _) = swaps(&mut world.clone(), false);
    let (_, first, lossy) = swaps(&mut world, true);
    let (_, _, watched) = swaps(&mut World::watched(), true);
    let mut row = |name: &str, gas| rows.insert(name.to_owned(), gas);
    row("swap, plain account", plain);
    row("swap, more than a plain account", bare);
    row(
        "swap, more than a plain account, floor over four assets",
        floored,
    );
    row(
        "swap at a loss, more than a plain account, floor over four assets",
        lossy,
    );
    row(
        "first swap at a loss in three hours, floor over four assets",
        first,
    );
    row(
        "swap at a loss, more than a plain account, all conditions",
        watched,
    );
    let (bare, _) = v2_swaps(&mut World::new());
    let mut world = World::new();
    world.tighten(FLOOR, 1_000, 3_000);
    let (first, lossy) = v2_swaps(&mut world);
    row("Uniswap V2 swap, more than a plain account", bare);
    row(
        "Uniswap V2 swap at a loss, more than a plain account, floor over four assets",
        lossy,
    );
    row(
        "first Uniswap V2 swap at a loss in three hours, floor over four assets",
        first,
    );
    life(&mut rows);
    single(&mut rows);
    rows
}

fn bound(name: &str) -> u64 {
    let found = BOUNDS.iter().find(|(row, _)| *row == name);
    found.map_or(0, |(_, bound)| *bound)
}

/// Rows of `figure bound name`.
fn written(rows: &BTreeMap<String, u64>) -> String {
    let mut text = "# gas  bound  what; see docs/vault.md\n".to_owned();
    for (name, gas) in rows {
        let bound = match bound(name) {
            0 => "-".to_owned(),
            bound => bound.to_string(),
        };
        text.push_str(&format!("{gas:>7} {bound:>6}  {name}\n"));
    }
    text
}

fn committed(text: &str) -> BTreeMap<String, u64> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let gas = words.next().unwrap().parse().unwrap();
        let name: Vec<&str> = words.skip(1).collect();
        (name.join(" "), gas)
    };
    rows.map(row).collect()
}

#[test]
fn no_row_of_the_table_grows() {
    let file = contracts().join("gas.txt");
    let rows = measured();
    if env::var_os("PORTCULLIS_GAS").is_some_and(|word| word == "write") {
        fs::write(&file, written(&rows)).unwrap();
    }
    let told = committed(&fs::read_to_string(&file).unwrap());
    let names: Vec<&String> = rows.keys().collect();
    assert_eq!(names, told.keys().collect::<Vec<_>>());
    for (name, gas) in &rows {
        assert!(
            gas * 100 <= told[name] * 102,
            "{name}: {gas} after {}",
            told[name]
        );
        let bound = bound(name);
        assert!(bound == 0 || *gas <= bound, "{name}: {gas} is over {bound}");
    }
    assert!(BOUNDS.iter().all(|(name, _)| rows.contains_key(*name)));
}

#[test]
fn the_length_of_the_lists_costs_nothing() {
    let cost = |more: u64| {
        let mut world = World::new().funded();
        let guard = world.router_guard;
        let spenders: Vec<(Address, Address, u64)> = (0..more)
            .map(|_| {
                (
                    world.deploy("test/Trap", Vec::new()),
                    guard,
                    SPENDER | STANDING,
                )
            })
            .collect();
        world.list(&spenders, &[], &[]);
        let (router, token) = (world.router, world.usd);
        world.exec_must(token, approve(router, usd(1))).gas
    };
    assert_eq!(cost(0), cost(40));
}

#[test]
fn a_call_costs_what_the_data_costs_not_more() {
    let mut world = World::new().funded();
    let (router, token) = (world.router, world.usd);
    let call = approve(router, usd(1));
    let once = world.exec_must(token, call.clone()).gas;
    let again = world.exec_must(token, call).gas;
    assert!(again < once, "{again} {once}");
    assert_eq!(Token::approveCall::SELECTOR, [0x09, 0x5e, 0xa7, 0xb3]);
}
