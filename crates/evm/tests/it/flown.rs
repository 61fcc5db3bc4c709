//! The pre-flight against the chain itself: whatever one says of a transaction, the other does.

use crate::{
    facts::execute,
    ways::same,
    world::{MANAGER, STRANGER, TRADER, World, approve, usd},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use jiff::Timestamp;
use portcullis_evm::{
    binding::{Moved, Present},
    chain::{Call, Outcome},
    names::Names,
    preflight::{Outfit, Preflight, preflight},
    rules::Verdict,
    snapshot::{self, Block, Missing, Rules, Snapshot},
    transaction::{Fees, Transaction},
};
use proptest::prelude::*;

/// A snapshot that has nothing yet.
pub(crate) fn empty(world: &World) -> Snapshot {
    let block = world.chain.block();
    let block = Block {
        number: block.number.to(),
        hash: B256::repeat_byte(7),
        time: world.chain.now(),
        base_fee: 0,
        gas_limit: block.gas_limit,
        beneficiary: block.beneficiary,
        randomness: block.prevrandao.unwrap_or_default(),
    };
    let chain = snapshot::Chain {
        id: world.chain.id(),
        rules: Rules::Prague,
    };
    Snapshot::new(chain, block)
}

/// Brings what is missing.
pub(crate) fn fetch(world: &World, snapshot: &mut Snapshot, missing: Missing) {
    world.chain.fetch(snapshot, missing).unwrap();
}

pub(crate) fn outfit(world: &World) -> Outfit {
    Outfit {
        vault: world.vault,
        guards: world.guards.clone(),
        names: Names {
            vault: world.vault,
            ..Names::default()
        },
    }
}

pub(crate) fn transaction(world: &World, from: Address, to: Address, data: Vec<u8>) -> Transaction {
    Transaction {
        chain_id: world.chain.id(),
        from,
        nonce: world.chain.nonce(from).unwrap(),
        to: Some(to),
        value: U256::ZERO,
        data: data.into(),
        gas_limit: 30_000_000,
        fees: Fees::Dynamic {
            most: 0,
            priority: 0,
        },
        access_list: Vec::new(),
    }
}

fn now(world: &World) -> Timestamp {
    Timestamp::from_second(world.chain.now() as i64).unwrap()
}

pub(crate) fn flown(world: &World, outfit: &Outfit, transaction: &Transaction) -> Preflight {
    let mut snapshot = empty(world);
    loop {
        match preflight(&snapshot, outfit, transaction, now(world)) {
            Ok(seen) => return seen,
            Err(missing) => fetch(world, &mut snapshot, missing),
        }
    }
}

/// What the chain makes of it; nothing of it stays.
fn done(world: &World, transaction: &Transaction) -> Outcome {
    let mut chain = world.chain.clone();
    let to = transaction.to.unwrap();
    let call = Call {
        gas_limit: transaction.gas_limit,
        ..Call::new(transaction.from, to, transaction.data.clone())
    };
    chain.send(&call).unwrap()
}

/// P1 and P2, for a transaction that is not sent.
#[track_caller]
pub(crate) fn agree(world: &World, outfit: &Outfit, transaction: &Transaction) {
    same(
        &flown(world, outfit, transaction),
        &done(world, transaction),
    );
}

fn world() -> World {
    let mut world = World::new().funded();
    let router = world.router;
    world.exec_must(world.usd, approve(router, usd(5_000)));
    world.tighten(15, 10_000, 30_000);
    world
}

/// What a vault may be asked to call, in good and in bad form.
fn inner(world: &World, kind: u8, amount: u64, bytes: &[u8]) -> (Address, Vec<u8>) {
    let amount = U256::from(amount);
    match kind {
        0 => (world.usd, approve(world.router, amount)),
        1 => (world.usd, approve(world.shop, amount)),
        2 => (world.usd, approve(STRANGER, amount)),
        3 => (world.router, world.swap(world.usd, amount, world.eth)),
        4 => (world.router, world.swap(world.usd, amount, world.btc)),
        5 => (world.router, bytes.to_vec()),
        6 => (world.usd, bytes.to_vec()),
        7 => (world.vault, approve(world.router, amount)),
        8 => (world.registry, bytes.to_vec()),
        9 => {
            let mut data = approve(world.router, amount);
            data.extend(bytes);
            (world.usd, data)
        }
        _ => (STRANGER, bytes.to_vec()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_gate_and_the_chain_agree(
        who in 0_u8..3,
        kind in 0_u8..11,
        amount in prop_oneof![0_u64..10, 0_u64..20_000_000_000, Just(u64::MAX)],
        bytes in proptest::collection::vec(any::<u8>(), 0..70),
        broken in proptest::option::of((any::<u16>(), any::<u8>())),
        to_vault in proptest::bool::weighted(0.95),
    ) {
        let world = world();
        let from = [MANAGER, TRADER, STRANGER][usize::from(who)];
        let (to, data) = inner(&world, kind, amount, &bytes);
        let mut data = execute(to, &data);
        if let Some((at, byte)) = broken {
            let at = usize::from(at) % data.len();
            data[at] = byte;
        }
        let to = if to_vault { world.vault } else { world.usd };
        let asked = transaction(&world, from, to, data);
        agree(&world, &outfit(&world), &asked);
    }
}

#[test]
fn a_swap_is_measured() {
    let world = world();
    let data = execute(world.router, &world.swap(world.usd, usd(1_000), world.eth));
    let seen = flown(
        &world,
        &outfit(&world),
        &transaction(&world, TRADER, world.vault, data),
    );
    assert!(
        matches!(seen.verdict, Verdict::Ask(..)),
        "{:?}",
        seen.verdict
    );
    let effects = seen.effects.unwrap();
    let gone = effects
        .balances
        .iter()
        .find(|change| change.token == world.usd);
    let gone = gone.unwrap();
    assert_eq!(gone.before - gone.after, usd(1_000));
    let (before, after) = effects.value.unwrap();
    assert_eq!(before, after, "the market pays the price");
}

/// P4: whatever a verdict is bound to, when it has moved nothing is signed.
#[test]
fn a_verdict_counts_for_exactly_what_was_looked_at() {
    let world = world();
    let data = execute(world.usd, &approve(world.router, U256::ZERO));
    let good = transaction(&world, TRADER, world.vault, data);
    let seen = flown(&world, &outfit(&world), &good);
    let present = Present {
        nonce: good.nonce,
        block: seen.binding.block,
        epoch: seen.binding.epoch,
        now: world.chain.now(),
    };
    let holds = |transaction: &Transaction, present: &Present| {
        seen.binding.still_holds(world.vault, transaction, present)
    };
    assert_eq!(holds(&good, &present), Ok(()));
    let with = |change: fn(&mut Transaction)| {
        let mut other = good.clone();
        change(&mut other);
        holds(&other, &present)
    };
    assert_eq!(with(|t| t.chain_id = 2), Err(Moved("chain")));
    assert_eq!(with(|t| t.to = Some(STRANGER)), Err(Moved("vault")));
    assert_eq!(with(|t| t.from = STRANGER), Err(Moved("from")));
    assert_eq!(with(|t| t.nonce += 1), Err(Moved("nonce")));
    assert_eq!(with(|t| t.gas_limit += 1), Err(Moved("transaction")));
    assert_eq!(with(|t| t.value = U256::from(1)), Err(Moved("transaction")));
    for at in 0..good.data.len() {
        let mut other = good.clone();
        let mut bytes = good.data.to_vec();
        bytes[at] ^= 1;
        other.data = Bytes::from(bytes);
        assert_eq!(holds(&other, &present), Err(Moved("calldata")), "byte {at}");
    }
    let later = |change: fn(&mut Present)| {
        let mut later = present.clone();
        change(&mut later);
        holds(&good, &later)
    };
    assert_eq!(later(|p| p.nonce += 1), Err(Moved("nonce")));
    assert_eq!(later(|p| p.block = B256::ZERO), Err(Moved("block")));
    assert_eq!(later(|p| p.epoch += 1), Err(Moved("epoch")));
    assert_eq!(later(|p| p.now += 60), Err(Moved("expiry")));
    let other = seen.binding.still_holds(STRANGER, &good, &present);
    assert_eq!(other, Err(Moved("vault")));
}
