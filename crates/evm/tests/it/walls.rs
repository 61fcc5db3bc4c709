//! The gate as a second wall: whether it stops an attack where the contracts have lost their defence.

/// What the gate does about the attacks on a weakened build.
enum Wall {
    /// It stops every one.
    Stands,
    /// It stops none, and why not.
    Falls(&'static str),
    /// It stops all but these, by their numbers, and why not those.
    Partly(&'static [usize], &'static str),
}

use Wall::{Falls, Partly, Stands};

const BY_OTHERS: &str = "it is not in what the gate's account sends";
const FAIR: &str = "it is a fair call that the contracts refuse";
const BY_THE_RUN: &str =
    "the gate asks the vault's conditions of the run alone, and tells people the loss";
const BY_WORD: &str = "the gate takes the word of vault and registry for what they say";
const STAND_IN: &str = "its guard is a stand-in that the gate does not mirror, so that people look";
const WITHIN: &str = "what is called from within a call is for the contracts to forbid";

/// What the gate mirrors it also forbids where the chain does not: roles, the registry, pauses, canonical
/// form and the rules of guards.
const WALLS: &[(&str, Wall)] = &[
    ("allowances-left", Falls(BY_THE_RUN)),
    ("any-asset", Falls(STAND_IN)),
    ("absurd-values", Falls(BY_OTHERS)),
    ("assets-of-old", Falls(BY_OTHERS)),
    ("burnt-gas", Falls(BY_OTHERS)),
    ("calendar-day", Falls(BY_THE_RUN)),
    ("claims-count", Falls(BY_OTHERS)),
    ("closed-exits", Falls(BY_OTHERS)),
    ("credit-by-argument", Falls(BY_OTHERS)),
    ("dust-renews-lock", Falls(BY_OTHERS)),
    ("endless-notice", Falls(BY_OTHERS)),
    ("fee-given-back", Falls(BY_OTHERS)),
    ("fee-paid-out", Falls(BY_OTHERS)),
    ("fees-wait", Falls(BY_OTHERS)),
    ("first-of-a-batch", Falls(STAND_IN)),
    ("free-transfers", Falls(BY_OTHERS)),
    ("generic-approve", Stands),
    ("guardian-lifts", Falls(BY_WORD)),
    ("kept-seat", Stands),
    ("kept-trader", Falls(BY_WORD)),
    ("little-gas", Falls(BY_OTHERS)),
    ("listed-without-code", Falls(BY_WORD)),
    ("listing-lifts", Partly(&[1], BY_OTHERS)),
    ("mark-follows", Falls(BY_OTHERS)),
    ("moving-registry", Stands),
    ("no-canonical", Stands),
    ("no-exit-bounds", Falls(BY_OTHERS)),
    ("no-floor", Falls(BY_THE_RUN)),
    ("no-is-yes", Falls(BY_OTHERS)),
    ("no-isolation", Falls(BY_OTHERS)),
    ("no-least-shares", Falls(BY_OTHERS)),
    ("no-lock", Falls(WITHIN)),
    ("no-lock-on-assets", Falls(WITHIN)),
    ("no-print", Falls(BY_WORD)),
    ("one-hand-lifts", Falls(BY_WORD)),
    ("no-second-try", Falls(BY_OTHERS)),
    ("open-growth", Falls(BY_THE_RUN)),
    ("paused-deposits", Falls(BY_OTHERS)),
    ("paused-trades", Stands),
    ("plain-claims-only", Falls(BY_OTHERS)),
    ("probed-hook", Falls(STAND_IN)),
    ("readable-inside", Falls(WITHIN)),
    ("role-after-guard", Stands),
    ("seats-forget-pauses", Stands),
    ("shared-scratch", Falls(WITHIN)),
    ("silence-is-no", Falls(BY_OTHERS)),
    ("spender-for-good", Falls(STAND_IN)),
    ("unread-afterwards", Falls(BY_OTHERS)),
    ("toggles-ignored", Falls(BY_OTHERS)),
    ("exits/allowances-left", Falls(BY_OTHERS)),
    ("exits/any-router", Falls(BY_OTHERS)),
    ("exits/any-token", Falls(BY_OTHERS)),
    ("exits/gifts-count", Falls(BY_OTHERS)),
    ("exits/no-lock", Falls(BY_OTHERS)),
    ("exits/no-minimum", Falls(BY_OTHERS)),
    ("guards/approve-anyone", Stands),
    ("guards/approve-transfers", Stands),
    ("guards/eight-bit-index", Falls(FAIR)),
    ("guards/flash-loans", Stands),
    ("guards/forward-paths", Stands),
    ("guards/gross-of-debt", Falls(BY_OTHERS)),
    ("guards/many-swaps", Stands),
    ("guards/native-ether", Stands),
    ("guards/nested-multicall", Stands),
    ("guards/no-canonical-check", Stands),
    ("guards/no-deadline", Stands),
    ("guards/no-enabled-check", Stands),
    ("guards/no-health-check", Falls(BY_OTHERS)),
    ("guards/no-listed-check", Stands),
    ("guards/no-minimum", Stands),
    ("guards/no-owner-check", Stands),
    ("guards/no-recipient-check", Stands),
    ("guards/same-part-of-all", Falls(BY_OTHERS)),
    ("guards/spot-reserves", Falls(BY_OTHERS)),
    ("guards/stray-collateral-stays", Falls(BY_OTHERS)),
    ("guards/stray-supply-counts", Falls(BY_OTHERS)),
    ("guards/unbounded-rate", Falls(BY_OTHERS)),
];

/// Compares what became of an attack on a build, with the gate before the chain, with what is said of it
/// here.
#[track_caller]
pub(crate) fn compare(build: &str, number: usize, succeeds: bool) {
    let wall = WALLS.iter().find(|(name, _)| *name == build);
    let Some((_, wall)) = wall else {
        panic!("nothing is said of `{build}`")
    };
    let (stops, why) = match wall {
        Stands => (true, "the gate mirrors the rule"),
        Falls(why) => (false, *why),
        Partly(numbers, why) => (!numbers.contains(&number), *why),
    };
    assert_eq!(stops, !succeeds, "attack {number} on `{build}`: {why}");
}
