//! The pre-flight of a vault's trade: reading and rules, the run on cached state, and the whole verdict.
//!
//! Goals: 50 us, 100 us and 1 ms, all without asking a node. The trade is a batch of an allowance and a
//! swap, as agents send it. The bases are the same swap decoded by alloy alone, and the same transaction
//! run by revm alone on a state in memory.

use alloy_sol_types::{SolCall, sol};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use portcullis_benches::ratio;
use portcullis_evm::{
    Address, B256, Bytes, U256,
    calldata::{self, Interface},
    chain::Call,
    deployment,
    errand::{
        Errand,
        factory::{self, Plan},
        manager::{self, Conditions, Fees},
        registry, vault,
    },
    onchain::OnChain,
    preflight::{Outfit, preflight},
    rules::{Deed, judge},
    scene::{ALICE, DELAY, MANAGER, OWNER, Scene, TRADER},
    snapshot::{self, Block, Rules, Snapshot},
    transaction::{self, Transaction},
};
use std::hint::black_box;

sol! {
    function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) external;
}

const GAS_LIMIT: u64 = 2_000_000;

fn dollars(whole: u64) -> U256 {
    U256::from(whole) * U256::from(1_000_000)
}

fn must(scene: &mut Scene, from: Address, errand: &Errand) {
    let outcome = scene.send(from, errand).expect("an outcome");
    assert!(
        outcome.succeeded(),
        "{}: {:?}",
        errand.words,
        outcome.reason()
    );
}

/// A world in which a vault of ten thousand dollars may trade.
fn world() -> Scene {
    let mut scene = Scene::new().expect("a world");
    for part in Scene::parts() {
        scene.deploy(&part).expect("a contract");
    }
    let names = scene.names.clone();
    let address = scene.part("GuardRegistry").expect("the registry");
    let entries = scene.entries().expect("entries");
    for entry in &entries {
        must(
            &mut scene,
            OWNER,
            &registry::announce(address, entry, &names),
        );
    }
    scene.chain.wait(DELAY);
    for entry in &entries {
        must(&mut scene, OWNER, &registry::finish(address, entry, &names));
    }
    let plan = Plan {
        manager: MANAGER,
        name: "Vault".to_owned(),
        symbol: "VLT".to_owned(),
        conditions: Conditions {
            checks: 15,
            loss_per_call: 1_000,
            loss_per_day: 3_000,
        },
        fees: Fees::default(),
        cooldown: 3_600,
        private: false,
    };
    let factory = scene.part("VaultFactory").expect("the factory");
    let made = scene
        .send(MANAGER, &factory::make(factory, &plan, &names))
        .expect("a vault");
    scene.moved_in(&made).expect("a vault");
    let (made, market) = (scene.made, scene.market.clone());
    for (asset, deposits) in [(market.usd, true), (market.eth, false)] {
        must(
            &mut scene,
            MANAGER,
            &manager::add_asset(made.logic, asset, deposits, &names),
        );
    }
    must(
        &mut scene,
        MANAGER,
        &manager::set_trader(made.logic, TRADER, &names),
    );
    let amount = dollars(10_000);
    scene.mint(market.usd, ALICE, amount).expect("dollars");
    must(
        &mut scene,
        ALICE,
        &vault::approve(market.usd, made.vault, amount, &names),
    );
    must(
        &mut scene,
        ALICE,
        &vault::deposit(made.vault, (market.usd, amount), U256::ZERO, &names),
    );
    scene
}

/// The calldata of a swap of a thousand dollars, as the router gets it.
fn swap(scene: &Scene) -> Bytes {
    // 0.495 ether, one part in a hundred less than the price says.
    let least = U256::from(495_000_000_000_000_000_u64);
    let until = scene.chain.now() + 600;
    scene
        .market
        .buy_eth(dollars(1_000), least, scene.made.vault, until)
}

fn trade(scene: &Scene) -> Transaction {
    let router = scene.market.router;
    let calls = vec![
        (scene.market.usd, scene.market.allow(router, dollars(1_000))),
        (router, swap(scene)),
    ];
    let errand = vault::execute_all(scene.made.vault, calls, &scene.names);
    Transaction {
        chain_id: scene.chain.id(),
        from: TRADER,
        nonce: 0,
        to: errand.to,
        value: U256::ZERO,
        data: errand.data,
        gas_limit: GAS_LIMIT,
        fees: transaction::Fees::Legacy { gas_price: 0 },
        access_list: Vec::new(),
    }
}

/// Everything that looking at the trade needs.
fn cached(scene: &Scene, outfit: &Outfit, transaction: &Transaction) -> Snapshot {
    let block = Block {
        number: scene.chain.block().number.saturating_to(),
        hash: B256::ZERO,
        time: scene.chain.now(),
        base_fee: 0,
        gas_limit: scene.chain.block().gas_limit,
        beneficiary: Address::ZERO,
        randomness: B256::ZERO,
    };
    let chain = snapshot::Chain {
        id: scene.chain.id(),
        rules: Rules::Prague,
    };
    let mut snapshot = Snapshot::new(chain, block);
    while let Err(missing) = preflight(&snapshot, outfit, transaction, Timestamp::UNIX_EPOCH) {
        scene
            .chain
            .fetch(&mut snapshot, missing)
            .expect("a part of the state");
    }
    snapshot
}

fn flight(c: &mut Criterion) {
    let mut scene = world();
    let mut names = scene.names.clone();
    names.vault = scene.made.vault;
    let outfit = Outfit {
        vault: scene.made.vault,
        guards: deployment::guards(&scene.placed),
        names,
    };
    let (swap, transaction) = (swap(&scene), trade(&scene));
    let snapshot = cached(&scene, &outfit, &transaction);
    let seen =
        preflight(&snapshot, &outfit, &transaction, Timestamp::UNIX_EPOCH).expect("a verdict");
    assert!(seen.effects.is_some(), "{:?}", seen.verdict);

    let mut group = c.benchmark_group("evm");
    group.bench_function("decode a swap, alloy", |b| {
        b.iter(|| swapExactTokensForTokensCall::abi_decode(black_box(&swap[..])));
    });
    group.bench_function("decode a swap, by the letter", |b| {
        b.iter(|| calldata::read(Interface::UniswapV2, black_box(&swap[..])));
    });
    group.bench_function("decode and rules", |b| {
        b.iter(|| {
            let facts = OnChain::new(&snapshot, outfit.vault, &outfit.guards).expect("facts");
            let deed = Deed {
                vault: outfit.vault,
                from: transaction.from,
                to: transaction.to,
                pays: false,
                data: black_box(&transaction.data[..]),
            };
            judge(&deed, &facts)
        });
    });
    let call = Call {
        gas_limit: GAS_LIMIT,
        ..Call::new(TRADER, scene.made.vault, transaction.data.clone())
    };
    let outcome = scene.chain.look(&call).expect("an outcome");
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    group.bench_function("run, revm alone", |b| {
        b.iter(|| scene.chain.look(black_box(&call)))
    });
    group.bench_function("run on cached state", |b| {
        b.iter(|| snapshot.run(black_box(&transaction)));
    });
    group.bench_function("whole verdict", |b| {
        b.iter(|| {
            preflight(
                &snapshot,
                &outfit,
                black_box(&transaction),
                Timestamp::UNIX_EPOCH,
            )
        });
    });

    group.finish();
    let read = ["evm/decode a swap, by the letter", "evm/decode and rules"];
    ratio::table(
        "Reading and judging a trade",
        "evm/decode a swap, alloy",
        &read,
    );
    let run = [
        "evm/run on cached state",
        "evm/decode and rules",
        "evm/whole verdict",
    ];
    ratio::table("Looking at a trade", "evm/run, revm alone", &run);
}

criterion_group!(benches, flight);
criterion_main!(benches);
