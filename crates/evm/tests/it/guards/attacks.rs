//! Attacks through the guards on a whole vault, each tried on the contracts as they are and compiled otherwise, where
//! it must fail, and on a build in which the defence against it is missing, where it must succeed.

mod alien;
mod altered;
mod approvals;
mod calldata;
mod collateral;
mod exits;
mod flown;
mod gas;
mod leaving;
mod market;
mod nesting;
mod outlets;
mod prices;
mod scratch;
mod tokens;
mod twice;
mod vices;
mod ways_out;

use crate::walls;
use market::Market;

/// Whether the attacker got what they wanted.
type Attack = fn(Market) -> bool;

/// `weakness` is a build in `contracts/weakened`.
#[track_caller]
fn bites(weakness: &'static str, attacks: &[Attack]) {
    let weak = Market::weakened(weakness);
    for (number, attack) in attacks.iter().enumerate() {
        assert!(!attack(Market::new()), "attack {number} succeeds");
        assert!(
            !attack(Market::compiled_alike()),
            "attack {number} succeeds for how it is compiled"
        );
        assert!(
            attack(weak.clone()),
            "attack {number} does not even succeed without the defence"
        );
        let passes = attack(weak.clone().behind_the_gate());
        walls::compare(weakness, number, passes);
    }
}
