//! G1 to G6: what an agent may be talked into, and what a node or a token may say to it.

use crate::{
    facts::execute,
    flown::{agree, flown, outfit, transaction},
    world::{MANAGER, TRADER, World, approve, usd},
};
use alloy_primitives::U256;
use portcullis_evm::rules::Verdict;

/// G1: "the same trade, but allow everything first", where no allowance may be left.
#[test]
fn g1_an_allowance_without_bounds_before_the_trade_is_refused() {
    let world = World::watched().funded();
    let calls = [
        (world.usd, approve(world.shop, U256::MAX)),
        (world.usd, approve(world.router, U256::MAX)),
    ];
    for (token, data) in calls {
        let wish = transaction(&world, TRADER, world.vault, execute(token, &data));
        agree(&world, &outfit(&world), &wish);
        let seen = flown(&world, &outfit(&world), &wish);
        let standing = data == approve(world.router, U256::MAX);
        assert_eq!(!matches!(seen.verdict, Verdict::Deny(_)), standing);
    }
}

/// G6: whatever the gas, the pre-flight runs with exactly as much as is signed, and says what the chain says.
#[test]
fn g6_at_any_limit_of_gas_the_verdict_is_the_chains() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let data = execute(world.router, &world.swap(world.usd, usd(100), world.eth));
    let mut refused = 0;
    for gas in (40_000..400_000).step_by(30_000) {
        let mut wish = transaction(&world, MANAGER, world.vault, data.clone());
        wish.gas_limit = gas;
        agree(&world, &outfit(&world), &wish);
        let seen = flown(&world, &outfit(&world), &wish);
        refused += usize::from(matches!(seen.verdict, Verdict::Deny(_)));
    }
    assert!((2..12).contains(&refused), "{refused} of 12");
}
