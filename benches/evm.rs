//! The pre-flight of a vault's trade: reading and rules, the run on cached state, and the whole verdict.
//!
//! Goals: 50 us, 100 us and 1 ms, all without asking a node. Looked at are an allowance alone, a swap on
//! Uniswap V2 alone, and both in one batch, as agents send them. The bases are the same swap decoded by
//! alloy alone, and the same transactions run by revm alone on a state in memory. What is measured is the
//! processor time of one thread.

use alloy_sol_types::{SolCall, sol};
use criterion::{BenchmarkGroup, Criterion};
use jiff::Timestamp;
use portcullis_benches::{cpu::CpuTime, ratio};
use portcullis_evm::{
    Address, B256, Bytes, U256,
    calldata::{self, Interface},
    chain::Call,
    deployment,
    errand::{
        Errand,
        factory::{self, Plan},
        manager::{self, Conditions, Fees},
        registry::{self, Entry},
        vault,
    },
    names::Names,
    onchain::OnChain,
    preflight::{Outfit, preflight},
    rules::{Deed, Verdict, judge},
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

/// A world in which a vault of ten thousand dollars may trade, under all conditions. A single allowance
/// or swap needs a market whose allowances may outlive a call: `standing`.
fn world(standing: bool) -> Scene {
    let mut scene = Scene::new().expect("a world");
    for part in Scene::parts() {
        scene.deploy(&part).expect("a contract");
    }
    let names = scene.names.clone();
    let address = scene.part("GuardRegistry").expect("the registry");
    let mut entries = scene.entries().expect("entries");
    for entry in &mut entries {
        if let Entry::Destination { flags, .. } = entry {
            flags.standing = standing && flags.spender;
        }
    }
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
    housed(&mut scene, &names);
    scene
}

/// A vault of ten thousand dollars.
fn housed(scene: &mut Scene, names: &Names) {
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
        .send(MANAGER, &factory::make(factory, &plan, names))
        .expect("a vault");
    scene.moved_in(&made).expect("a vault");
    let (made, market) = (scene.made, scene.market.clone());
    for (asset, deposits) in [(market.usd, true), (market.eth, false)] {
        must(
            scene,
            MANAGER,
            &manager::add_asset(made.logic, asset, deposits, names),
        );
    }
    must(
        scene,
        MANAGER,
        &manager::set_trader(made.logic, TRADER, names),
    );
    let amount = dollars(10_000);
    scene.mint(market.usd, ALICE, amount).expect("dollars");
    must(
        scene,
        ALICE,
        &vault::approve(market.usd, made.vault, amount, names),
    );
    must(
        scene,
        ALICE,
        &vault::deposit(made.vault, (market.usd, amount), U256::ZERO, names),
    );
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

/// What the trader signs.
fn signed(scene: &Scene, errand: Errand) -> Transaction {
    Transaction {
        chain_id: scene.chain.id(),
        from: TRADER,
        nonce: scene.chain.nonce(TRADER).expect("a nonce"),
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

/// A transaction in its world, with everything that looking at it needs.
struct Case {
    name: &'static str,
    scene: Scene,
    outfit: Outfit,
    transaction: Transaction,
    snapshot: Snapshot,
}

impl Case {
    fn new(name: &'static str, scene: Scene, errand: Errand) -> Self {
        let mut names = scene.names.clone();
        names.vault = scene.made.vault;
        let outfit = Outfit {
            vault: scene.made.vault,
            guards: deployment::guards(&scene.placed),
            names,
        };
        let transaction = signed(&scene, errand);
        let snapshot = cached(&scene, &outfit, &transaction);
        let seen =
            preflight(&snapshot, &outfit, &transaction, Timestamp::UNIX_EPOCH).expect("a verdict");
        assert!(seen.effects.is_some(), "{name}: {:?}", seen.verdict);
        Self {
            name,
            scene,
            outfit,
            transaction,
            snapshot,
        }
    }

    /// An allowance, a swap under an allowance that stands, and both in one.
    fn all() -> [Self; 3] {
        let (mut scene, batch) = (world(true), world(false));
        let (vault, router, usd) = (scene.made.vault, scene.market.router, scene.market.usd);
        let allow = scene.market.allow(router, dollars(1_000));
        let approve = vault::execute(vault, usd, allow.clone(), &scene.names);
        let both = vec![(usd, allow), (router, swap(&batch))];
        let both = vault::execute_all(batch.made.vault, both, &batch.names);
        let alone = Self::new("approve", scene.clone(), approve.clone());
        must(&mut scene, TRADER, &approve);
        let trade = vault::execute(vault, router, swap(&scene), &scene.names);
        [
            alone,
            Self::new("swap", scene, trade),
            Self::new("batch", batch, both),
        ]
    }

    fn id(&self, what: &str) -> String {
        format!("{}, {what}", self.name)
    }

    fn judged(&self) -> Verdict {
        let outfit = &self.outfit;
        let facts = OnChain::new(&self.snapshot, outfit.vault, &outfit.guards).expect("facts");
        let deed = Deed {
            vault: outfit.vault,
            from: self.transaction.from,
            to: self.transaction.to,
            pays: false,
            data: black_box(&self.transaction.data[..]),
        };
        judge(&deed, &facts)
    }

    fn measure(&mut self, group: &mut BenchmarkGroup<'_, CpuTime>) {
        let call = Call {
            gas_limit: GAS_LIMIT,
            ..Call::new(TRADER, self.scene.made.vault, self.transaction.data.clone())
        };
        let outcome = self.scene.chain.look(&call).expect("an outcome");
        assert!(outcome.succeeded(), "{}: {:?}", self.name, outcome.reason());
        println!("{}: {} gas", self.name, outcome.gas);
        group.bench_function(self.id(ALONE), |b| {
            b.iter(|| self.scene.chain.look(black_box(&call)));
        });
        group.bench_function(self.id(RULES), |b| b.iter(|| self.judged()));
        group.bench_function(self.id(RUN), |b| {
            b.iter(|| self.snapshot.run(black_box(&self.transaction)));
        });
        group.bench_function(self.id(WHOLE), |b| {
            b.iter(|| {
                let transaction = black_box(&self.transaction);
                preflight(
                    &self.snapshot,
                    &self.outfit,
                    transaction,
                    Timestamp::UNIX_EPOCH,
                )
            });
        });
    }

    fn compare(&self) {
        let id = |what| format!("evm/{}", self.id(what));
        let [base, rules, run, whole] = [ALONE, RULES, RUN, WHOLE].map(id);
        let title = format!("Looking at a transaction: {}", self.name);
        ratio::table(&title, &base, &[&run, &rules, &whole]);
    }
}

const ALONE: &str = "run, revm alone";
const RULES: &str = "decode and rules";
const RUN: &str = "run on cached state";
const WHOLE: &str = "whole verdict";
const DECODE_ALONE: &str = "decode a swap, alloy";
const DECODE: &str = "decode a swap, by the letter";

fn main() {
    let mut bench = Criterion::default()
        .with_measurement(CpuTime)
        .configure_from_args();
    let mut cases = Case::all();
    let mut group = bench.benchmark_group("evm");
    let swap = cases.last().map(|case| swap(&case.scene)).expect("a swap");
    group.bench_function(DECODE_ALONE, |b| {
        b.iter(|| swapExactTokensForTokensCall::abi_decode(black_box(&swap[..])));
    });
    group.bench_function(DECODE, |b| {
        b.iter(|| calldata::read(Interface::UniswapV2, black_box(&swap[..])));
    });
    for case in &mut cases {
        case.measure(&mut group);
    }
    group.finish();
    let [base, other] = [DECODE_ALONE, DECODE].map(|what| format!("evm/{what}"));
    ratio::table("Reading a swap", &base, &[&other]);
    for case in &cases {
        case.compare();
    }
    bench.final_summary();
}
