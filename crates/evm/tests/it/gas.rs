//! What calls cost.

use crate::world::{MANAGER, World, approve, usd};
use alloy_primitives::U256;

#[test]
fn probe() {
    for (label, mut world) in [
        ("plain", World::new().funded()),
        ("watched", World::watched().funded()),
    ] {
        let (router, usd_, eth, stranger) =
            (world.router, world.usd, world.eth, crate::world::STRANGER);
        let first = world.exec(MANAGER, usd_, approve(router, usd(1_000)));
        assert!(first.succeeded(), "{:?}", first.reason());
        let update = world.exec(MANAGER, usd_, approve(router, usd(2_000)));
        let unlisted = world.exec(MANAGER, stranger, approve(router, usd(2_000)));
        let s = world.exec(stranger, usd_, approve(router, usd(2_000)));
        let data = world.swap(usd_, usd(100), eth);
        let swap = world.exec(MANAGER, router, data);
        assert!(swap.succeeded(), "{:?}", swap.reason());
        world.set_rate(
            router,
            usd_,
            eth,
            U256::from(499) * U256::from(10).pow(U256::from(24)),
        );
        let data = world.swap(usd_, usd(100), eth);
        let lossy = world.exec(MANAGER, router, data);
        assert!(lossy.succeeded(), "{:?}", lossy.reason());
        println!(
            "{label}: first {} update {} unlisted {} {:?} stranger {} {:?} swap {} lossy {}",
            first.gas,
            update.gas,
            unlisted.gas,
            unlisted.reason(),
            s.gas,
            s.reason(),
            swap.gas,
            lossy.gas
        );
    }
}
