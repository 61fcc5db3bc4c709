//! Many agents, people, crashes, lost answers and clock jumps, from a seed.
//!
//! Everything random comes from the seed, so that a failure can be run again: the seed stands in
//! the message. After every life of the gate the invariants of [`invariants`] must hold.

mod dice;
mod invariants;
mod life;
mod script;
mod sessions;
mod witness;

use dice::Dice;
use portcullis_testkit::{FakeClock, MemoryLedger};
use std::sync::Arc;
use witness::Witness;

/// How often the gate is killed and opened again.
const LIVES: usize = 6;
/// How many things happen in one life.
const STEPS: usize = 120;

/// What a simulation did, to be sure that it did enough.
#[derive(Default)]
struct Deeds {
    verdicts: [usize; 3],
    claimed: usize,
    redeemed: usize,
    done: usize,
}

fn simulate(seed: u64, deeds: &mut Deeds) {
    let mut dice = Dice::new(seed);
    let ledger = Arc::new(MemoryLedger::new());
    let clock = Arc::new(FakeClock::default());
    let mut witness = Witness::default();
    for number in 0..LIVES {
        let life = life::Life::begin(&ledger, &clock, seed ^ (number as u64) << 32, &mut witness);
        for _ in 0..STEPS {
            script::step(&life, &mut dice, &mut witness);
        }
        // Sometimes in order, sometimes in the middle of something.
        life.end(dice.chance(2), &mut dice);
        invariants::check(&ledger, &clock, &witness, seed);
    }
    for (_, _, verdict) in &witness.verdicts {
        deeds.verdicts[*verdict as usize] += 1;
    }
    deeds.claimed += witness.claimed.len();
    deeds.redeemed += witness.redeemed.len();
    deeds.done += witness.hands.orders().len();
}

#[test]
fn the_invariants_hold_for_every_seed() {
    let mut deeds = Deeds::default();
    for seed in 1..=6 {
        simulate(seed, &mut deeds);
    }
    let [cleared, held, blocked] = deeds.verdicts;
    assert!(
        cleared > 100 && held > 50 && blocked > 500,
        "{:?}",
        deeds.verdicts
    );
    assert!(
        deeds.claimed > 5,
        "{} permits of released holds",
        deeds.claimed
    );
    assert!(deeds.redeemed > 10, "{} permits spent", deeds.redeemed);
    assert!(deeds.done > 20, "{} actions carried out", deeds.done);
}

/// The same for sessions and what is minted in them.
fn simulate_sessions(seed: u64, deeds: &mut sessions::Deeds) {
    let mut dice = Dice::new(seed);
    let ledger = Arc::new(MemoryLedger::new());
    let clock = Arc::new(FakeClock::default());
    let mut witness = Witness::default();
    let mut world = sessions::World::of(&ledger);
    for number in 0..LIVES {
        let life = life::Life::begin(&ledger, &clock, seed ^ (number as u64) << 32, &mut witness);
        world.begin(&life, &witness);
        for _ in 0..STEPS {
            sessions::step(&life, &mut dice, (&witness, &mut world));
        }
        life.end(dice.chance(2), &mut dice);
        ledger.fail_next(0);
        ledger.fail_after_write(0);
        let life = life::Life::begin(&ledger, &clock, seed ^ 0xbeef, &mut witness);
        sessions::check(&life, (&witness, &world), seed);
        life.end(true, &mut dice);
    }
    deeds.add(&witness, &world);
}

#[test]
fn no_credential_outlives_its_session() {
    let mut deeds = sessions::Deeds::default();
    for seed in 1..=6 {
        simulate_sessions(seed, &mut deeds);
    }
    deeds.must_be_enough();
}

/// Another seed on every day of a long run: set `PORTCULLIS_SIMULATOR_SEED`.
#[test]
fn the_invariants_hold_for_a_seed_of_choice() {
    #[expect(clippy::disallowed_methods, reason = "how a person names a seed")]
    let seed = std::env::var("PORTCULLIS_SIMULATOR_SEED").ok();
    let seed = seed.map_or(2_026, |text| text.parse().expect("a number"));
    simulate(seed, &mut Deeds::default());
    simulate_sessions(seed, &mut sessions::Deeds::default());
}
