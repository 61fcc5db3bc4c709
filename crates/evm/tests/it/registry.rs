//! What the registry lists, how it comes there and how it goes.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use portcullis_evm::bindings::{GuardRegistry, VaultFactory};

use crate::world::{
    DELAY, GRACE, GUARDIAN, HOOKED, OWNER, PLAIN, SPENDER, STANDING, STRANGER, World, approve, usd,
};

fn announce(
    destination: Address,
    guard: Address,
    flags: u64,
) -> GuardRegistry::announceDestinationCall {
    let flags = U256::from(flags);
    GuardRegistry::announceDestinationCall {
        destination,
        guard,
        flags,
    }
}

fn commit(
    destination: Address,
    guard: Address,
    flags: u64,
) -> GuardRegistry::commitDestinationCall {
    let flags = U256::from(flags);
    GuardRegistry::commitDestinationCall {
        destination,
        guard,
        flags,
    }
}

fn subject(kind: &str, address: Address) -> B256 {
    keccak256((kind.to_owned(), address).abi_encode_params())
}

fn epoch(world: &mut World) -> u64 {
    world.view(world.registry, GuardRegistry::epochCall {})
}

#[test]
fn an_addition_waits_and_then_expires() {
    let mut world = World::new();
    let (market, guard) = (world.deploy("test/Router", Vec::new()), world.router_guard);
    let registry = world.registry;
    let why = world.why(OWNER, registry, commit(market, guard, SPENDER));
    assert!(
        why.typed::<GuardRegistry::NothingAnnounced>().is_some(),
        "{why:?}"
    );
    world.must(OWNER, registry, announce(market, guard, SPENDER));
    world.chain.wait(DELAY - 1);
    let why = world.why(OWNER, registry, commit(market, guard, SPENDER));
    assert!(why.typed::<GuardRegistry::TooEarly>().is_some(), "{why:?}");
    let mut late = world.clone();
    late.chain.wait(1 + GRACE + 1);
    let why = late.why(OWNER, registry, commit(market, guard, SPENDER));
    assert!(why.typed::<GuardRegistry::TooLate>().is_some(), "{why:?}");
    world.chain.wait(1);
    for (other, flags) in [(guard, 0), (world.approve_guard, SPENDER)] {
        let why = world.why(STRANGER, registry, commit(market, other, flags));
        assert!(
            why.typed::<GuardRegistry::NothingAnnounced>().is_some(),
            "{why:?}"
        );
    }
    let before = epoch(&mut world);
    world.must(STRANGER, registry, commit(market, guard, SPENDER));
    assert_eq!(epoch(&mut world), before + 1);
    let told = world.view(
        registry,
        GuardRegistry::guardOfCall {
            destination: market,
        },
    );
    assert_eq!((told.guard, told.hooked), (guard, false));
    assert!(world.view(registry, GuardRegistry::isSpenderCall { spender: market }));
    assert!(!world.view(registry, GuardRegistry::isStandingCall { spender: market }));
    let why = world.why(STRANGER, registry, commit(market, guard, SPENDER));
    assert!(
        why.typed::<GuardRegistry::NothingAnnounced>().is_some(),
        "{why:?}"
    );
}

#[test]
fn an_announcement_can_be_taken_back_by_the_guardian() {
    let mut world = World::new();
    let (market, guard) = (world.deploy("test/Router", Vec::new()), world.router_guard);
    let registry = world.registry;
    world.must(OWNER, registry, announce(market, guard, 0));
    let subject = subject("destination", market);
    world.must(GUARDIAN, registry, GuardRegistry::cancelCall { subject });
    let why = world.why(GUARDIAN, registry, GuardRegistry::cancelCall { subject });
    assert!(
        why.typed::<GuardRegistry::NothingAnnounced>().is_some(),
        "{why:?}"
    );
    world.chain.wait(DELAY);
    let why = world.why(OWNER, registry, commit(market, guard, 0));
    assert!(
        why.typed::<GuardRegistry::NothingAnnounced>().is_some(),
        "{why:?}"
    );
}

#[test]
fn removals_are_instant_and_additions_anew_are_not() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let (registry, destination) = (world.registry, world.router);
    let before = epoch(&mut world);
    world.must(
        GUARDIAN,
        registry,
        GuardRegistry::freezeDestinationCall { destination },
    );
    assert_eq!(epoch(&mut world), before + 1);
    assert_eq!(world.swap_hundred().reason().unwrap().text(), Some("dh23"));
    assert!(!world.view(
        registry,
        GuardRegistry::isSpenderCall {
            spender: destination
        }
    ));
    let guard = world.router_guard;
    world.list(&[(destination, guard, SPENDER | STANDING)], &[], &[]);
    assert!(world.swap_hundred().succeeded());
    world.must(
        OWNER,
        registry,
        GuardRegistry::delistDestinationCall { destination },
    );
    assert_eq!(world.swap_hundred().reason().unwrap().text(), Some("dh23"));
    assert!(world.view(
        registry,
        GuardRegistry::knowsCall {
            subject: destination
        }
    ));
}

#[test]
fn flags_can_be_taken_but_not_given() {
    let mut world = World::new().funded();
    let (registry, destination) = (world.registry, world.router);
    let flags = U256::from(STANDING);
    world.must(
        OWNER,
        registry,
        GuardRegistry::restrictCall { destination, flags },
    );
    assert!(world.view(
        registry,
        GuardRegistry::isSpenderCall {
            spender: destination
        }
    ));
    assert!(!world.view(
        registry,
        GuardRegistry::isStandingCall {
            spender: destination
        }
    ));
    let flags = U256::from(SPENDER);
    world.must(
        OWNER,
        registry,
        GuardRegistry::restrictCall { destination, flags },
    );
    assert!(!world.view(
        registry,
        GuardRegistry::isSpenderCall {
            spender: destination
        }
    ));
    assert!(
        !world
            .exec(
                crate::world::MANAGER,
                world.usd,
                approve(destination, usd(1))
            )
            .succeeded()
    );
    for flags in [HOOKED, 8, 16, 256] {
        let flags = U256::from(flags);
        let why = world.why(
            OWNER,
            registry,
            GuardRegistry::restrictCall { destination, flags },
        );
        assert!(why.typed::<GuardRegistry::BadFlags>().is_some(), "{why:?}");
    }
}

#[test]
fn bad_flags_are_not_announced() {
    let mut world = World::new();
    let (router, guard) = (world.router, world.router_guard);
    for flags in [STANDING, 8, 16, 24, 1 << 40] {
        let why = world.why(OWNER, world.registry, announce(router, guard, flags));
        assert!(why.typed::<GuardRegistry::BadFlags>().is_some(), "{why:?}");
    }
}

#[test]
fn n1_no_part_of_the_house_is_ever_listed() {
    let mut world = World::new();
    let guard = world.router_guard;
    let code = world.view(world.factory, VaultFactory::vaultCodeCall {});
    for part in [
        world.registry,
        world.vault,
        world.logic,
        world.escrow,
        world.factory,
        code,
        guard,
    ] {
        let why = world.why(OWNER, world.registry, announce(part, guard, 0));
        assert!(
            why.typed::<GuardRegistry::PartOfTheHouse>().is_some(),
            "{part}: {why:?}"
        );
    }
}

#[test]
fn t1_nothing_without_code_of_its_own_is_listed() {
    let mut world = World::new();
    let (router, guard) = (world.router, world.router_guard);
    let person = Address::repeat_byte(0x42);
    let pointing = Address::repeat_byte(0x43);
    let mut code = vec![0xef, 0x01, 0x00];
    code.extend(router);
    world.chain.set_code(pointing, code.into()).unwrap();
    for nobody in [person, pointing, Address::ZERO] {
        for call in [announce(nobody, guard, 0), announce(router, nobody, 0)] {
            let why = world.why(OWNER, world.registry, call);
            assert!(why.typed::<GuardRegistry::NoCode>().is_some(), "{why:?}");
        }
    }
}

#[test]
fn code_that_changed_since_the_announcement_is_not_committed() {
    let mut world = World::new();
    let (market, guard) = (world.deploy("test/Router", Vec::new()), world.router_guard);
    world.must(OWNER, world.registry, announce(market, guard, 0));
    world.chain.wait(DELAY);
    let code = world.chain.code(world.usd).unwrap();
    world.chain.set_code(market, code).unwrap();
    let why = world.why(OWNER, world.registry, commit(market, guard, 0));
    assert!(
        why.typed::<GuardRegistry::NothingAnnounced>().is_some(),
        "{why:?}"
    );
}

#[test]
fn an_asset_has_a_feed_a_type_and_its_guard() {
    let mut world = World::new();
    let (registry, asset) = (world.registry, world.eth);
    let told = world.view(registry, GuardRegistry::assetOfCall { asset });
    assert_eq!(
        (told.guard, told.feed, told.assetType),
        (world.plain_guard, world.feeds[&asset], PLAIN)
    );
    assert_eq!(
        world.view(registry, GuardRegistry::feedOfCall { asset }),
        told.feed
    );
    assert!(world.view(registry, GuardRegistry::mayHoldCall { asset }));
    world.must(OWNER, registry, GuardRegistry::delistAssetCall { asset });
    let after = world.view(registry, GuardRegistry::assetOfCall { asset });
    assert_eq!((after.guard, after.feed), (Address::ZERO, Address::ZERO));
    assert!(!world.view(registry, GuardRegistry::mayHoldCall { asset }));
    let exit = world.view(registry, GuardRegistry::exitOfCall { asset });
    assert_eq!((exit.guard, exit.feed), (told.guard, told.feed));
}

#[test]
fn a_frozen_type_closes_its_assets() {
    let mut world = World::new();
    let registry = world.registry;
    let plain = GuardRegistry::typeGuardCall { assetType: PLAIN };
    assert_eq!(world.view(registry, plain.clone()), world.plain_guard);
    world.must(
        GUARDIAN,
        registry,
        GuardRegistry::freezeTypeCall { assetType: PLAIN },
    );
    assert_eq!(world.view(registry, plain), Address::ZERO);
    for asset in [world.usd, world.eth] {
        let told = world.view(registry, GuardRegistry::assetOfCall { asset });
        assert_eq!(told.guard, Address::ZERO);
        assert!(!world.view(registry, GuardRegistry::mayHoldCall { asset }));
    }
    let asset = world.pot;
    assert!(world.view(registry, GuardRegistry::mayHoldCall { asset }));
    let plain_guard = world.plain_guard;
    world.list(&[], &[], &[(PLAIN, plain_guard)]);
    let asset = world.usd;
    assert!(world.view(registry, GuardRegistry::mayHoldCall { asset }));
}

#[test]
fn what_was_never_listed_cannot_be_closed() {
    let mut world = World::new();
    let nobody = Address::repeat_byte(0x42);
    let registry = world.registry;
    let whys = [
        world.why(
            OWNER,
            registry,
            GuardRegistry::delistAssetCall { asset: nobody },
        ),
        world.why(
            OWNER,
            registry,
            GuardRegistry::delistDestinationCall {
                destination: nobody,
            },
        ),
        world.why(
            OWNER,
            registry,
            GuardRegistry::freezeAssetCall { asset: nobody },
        ),
        world.why(
            OWNER,
            registry,
            GuardRegistry::freezeTypeCall { assetType: 99 },
        ),
    ];
    for why in whys {
        assert!(why.typed::<GuardRegistry::NotListed>().is_some(), "{why:?}");
    }
}

#[test]
fn the_owner_hands_over_in_two_steps() {
    let mut world = World::new();
    let registry = world.registry;
    world.must(
        OWNER,
        registry,
        GuardRegistry::proposeOwnerCall { next: STRANGER },
    );
    world.must(STRANGER, registry, GuardRegistry::acceptOwnerCall {});
    let why = world.why(
        OWNER,
        registry,
        GuardRegistry::setGuardianCall { next: OWNER },
    );
    assert!(why.typed::<GuardRegistry::NotOwner>().is_some(), "{why:?}");
    world.must(
        STRANGER,
        registry,
        GuardRegistry::setGuardianCall { next: OWNER },
    );
    assert_eq!(world.view(registry, GuardRegistry::guardianCall {}), OWNER);
}

#[test]
fn the_epoch_moves_with_every_change_and_with_nothing_else() {
    let mut world = World::new().funded();
    let before = epoch(&mut world);
    world.allow_router(world.usd);
    world.swap_hundred();
    let (market, guard) = (world.deploy("test/Router", Vec::new()), world.router_guard);
    world.must(OWNER, world.registry, announce(market, guard, 0));
    assert_eq!(epoch(&mut world), before);
    let asset = world.dai;
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::delistAssetCall { asset },
    );
    assert_eq!(epoch(&mut world), before + 1);
}
