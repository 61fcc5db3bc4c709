//! What the manager and the trader do through the one entrypoint; S1 to S16 are the statements of the
//! guard system's page, in the order in which it makes them.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolEvent};
use portcullis_evm::{
    bindings::{GuardRegistry, Vault, VaultManager},
    chain::Call,
    reason::Reason,
};

use crate::{
    stand_ins::{ApproveGuard, HostileToken, Router, RouterGuard, Token, Trap},
    world::{
        ALICE, ALL, BOB, FIXED, FLOOR, GUARDIAN, HOOKED, MANAGER, OWNER, SPENDER, STRANGER, TRADER,
        World, approve, units, usd,
    },
};

fn text(reason: &Reason) -> &str {
    reason.text().unwrap_or_else(|| panic!("{reason:?}"))
}

#[test]
fn s1_both_names_of_the_entrypoint_do_the_same() {
    assert_eq!(
        Vault::execTransactionCall::SELECTOR,
        [0x7a, 0xe7, 0xcf, 0xb5]
    );
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    let data = approve(router, U256::from(7)).into();
    let outcome = world.must(
        MANAGER,
        world.vault,
        Vault::execTransactionCall { to, data },
    );
    assert_eq!(world.allowance(to, router), U256::from(7));
    let events: Vec<Vault::Executed> = outcome
        .logs
        .iter()
        .filter_map(|log| Vault::Executed::decode_log_data(&log.data).ok())
        .collect();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].caller, events[0].to, events[0].kind),
        (MANAGER, to, 1)
    );
    assert_eq!(events[0].selector, [0x09, 0x5e, 0xa7, 0xb3]);
}

#[test]
fn s2_an_unlisted_destination_always_answers_dh23() {
    let mut world = World::new().funded();
    let trap = world.deploy("test/Trap", Vec::new());
    let nobody = Address::repeat_byte(0x77);
    let router = world.router;
    let own = [
        world.vault,
        world.logic,
        world.registry,
        world.factory,
        world.escrow,
    ];
    let guards = [world.router_guard, world.approve_guard, world.plain_guard];
    let datas = [
        Vec::new(),
        vec![1],
        vec![1, 2, 3],
        approve(router, U256::from(1)),
        Token::transferCall {
            to: BOB,
            amount: U256::from(1),
        }
        .abi_encode(),
        vec![0xff; 68],
    ];
    for to in own
        .into_iter()
        .chain(guards)
        .chain([trap, nobody, Address::ZERO])
    {
        for data in &datas {
            assert_eq!(text(&world.exec_why(to, data.clone())), "dh23", "{to}");
        }
    }
    assert_eq!(world.view(trap, Trap::callsCall {}), U256::ZERO);
}

#[test]
fn s3_the_guard_refuses_with_the_argument_and_what_it_saw() {
    let mut world = World::new().funded();
    let why = world.exec_why(world.usd, approve(BOB, U256::from(1)));
    let error: ApproveGuard::NotSpender = why.typed().unwrap();
    assert_eq!((error.argument, error.seen), (U256::ZERO, BOB));
    let call = Router::swapCall {
        tokenIn: world.usd,
        amountIn: usd(1),
        tokenOut: world.eth,
        least: U256::ZERO,
        to: BOB,
    };
    let why = world.exec_why(world.router, call.abi_encode());
    let error: RouterGuard::WrongReceiver = why.typed().unwrap();
    assert_eq!((error.argument, error.seen), (U256::from(4), BOB));
}

#[test]
fn s4_kind_zero_is_dh23_and_any_other_is_carried_out() {
    let mut world = World::new().funded();
    let data = Token::transferCall {
        to: BOB,
        amount: usd(1),
    }
    .abi_encode();
    assert_eq!(text(&world.exec_why(world.usd, data)), "dh23");
    world.allow_router(world.usd);
    assert!(world.swap_hundred().succeeded());
    assert_eq!(world.balance(world.eth, world.vault), units(5, 16));
}

#[test]
fn s7_a_swap_needs_the_asset_as_much_as_the_protocol() {
    for mut world in [World::new().funded(), World::watched().funded()] {
        world.allow_router(world.usd);
        let asset = world.btc;
        world.must(
            MANAGER,
            world.logic,
            VaultManager::removeAssetCall { asset },
        );
        let data = world.swap(world.usd, usd(100), asset);
        assert_eq!(text(&world.exec_why(world.router, data)), "dh22");
        let other = world.eth;
        world.must(
            GUARDIAN,
            world.registry,
            GuardRegistry::freezeAssetCall { asset: other },
        );
        assert_eq!(text(&world.swap_hundred().reason().unwrap()), "dh22");
    }
}

#[test]
fn s8_a_listed_protocol_takes_only_the_calls_its_guard_knows() {
    let mut world = World::new().funded();
    let take = Router::takeCall {
        token: world.usd,
        from: ALICE,
        amount: usd(1),
    };
    let wait = Router::lieInWaitCall {
        target: BOB,
        bait: Vec::new().into(),
    };
    for data in [
        take.abi_encode(),
        wait.abi_encode(),
        vec![0; 4],
        vec![0xff; 3],
        Vec::new(),
    ] {
        assert_eq!(text(&world.exec_why(world.router, data)), "dh23");
    }
}

#[test]
fn s12_manager_and_trader_are_the_same_to_guards() {
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    for caller in [MANAGER, TRADER] {
        assert!(
            world
                .exec(caller, to, approve(router, U256::from(1)))
                .succeeded()
        );
        let why = world.exec(caller, to, approve(BOB, U256::from(1))).reason();
        assert!(matches!(why, Some(Reason::Typed(..))), "{why:?}");
        let why = world
            .exec(caller, BOB, approve(router, U256::from(1)))
            .reason();
        assert_eq!(why.unwrap().text(), Some("dh23"));
    }
}

#[test]
fn everybody_else_is_dh24_wherever_they_point() {
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    for caller in [
        ALICE,
        STRANGER,
        OWNER,
        GUARDIAN,
        world.logic,
        world.registry,
        Address::ZERO,
    ] {
        for target in [to, router, BOB] {
            let call = Call::new(
                caller,
                world.vault,
                Vault::executeTransactionCall {
                    to: target,
                    data: approve(router, U256::from(1)).into(),
                }
                .abi_encode(),
            );
            let why = world.chain.look(&call);
            // An account with code sends nothing by itself.
            let Ok(outcome) = why else { continue };
            assert_eq!(text(&outcome.reason().unwrap()), "dh24");
        }
    }
    let outcome = world.batch(STRANGER, &[(to, approve(router, U256::from(1)))]);
    assert_eq!(text(&outcome.reason().unwrap()), "dh24");
}

#[test]
fn a2_a_rotated_trader_is_a_stranger_at_once() {
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setTraderCall { trader: BOB },
    );
    let why = world
        .exec(TRADER, to, approve(router, U256::from(1)))
        .reason();
    assert_eq!(why.unwrap().text(), Some("dh24"));
    assert!(
        world
            .exec(BOB, to, approve(router, U256::from(1)))
            .succeeded()
    );
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setTraderCall {
            trader: Address::ZERO,
        },
    );
    let why = world.exec(BOB, to, approve(router, U256::from(1))).reason();
    assert_eq!(why.unwrap().text(), Some("dh24"));
}

#[test]
fn what_the_target_says_is_passed_on_unchanged() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let call = Router::swapCall {
        tokenIn: world.usd,
        amountIn: usd(1),
        tokenOut: world.eth,
        least: U256::MAX,
        to: world.vault,
    };
    assert_eq!(
        text(&world.exec_why(world.router, call.abi_encode())),
        "too little"
    );
}

#[test]
fn what_the_target_returns_comes_back() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let outcome = world.swap_hundred();
    let told = Vault::executeTransactionCall::abi_decode_returns(outcome.returned().unwrap());
    assert_eq!(told.unwrap(), B256::from(units(5, 16)).to_vec());
}

#[test]
fn no_native_value_is_taken() {
    let mut world = World::new().funded();
    world.chain.set_balance(MANAGER, units(1, 18)).unwrap();
    let data = approve(world.router, U256::from(1)).into();
    let to = world.usd;
    for bytes in [
        Vault::executeTransactionCall { to, data }.abi_encode(),
        Vec::new(),
    ] {
        let call = Call {
            value: U256::from(1),
            ..Call::new(MANAGER, world.vault, bytes)
        };
        assert!(!world.chain.send(&call).unwrap().succeeded());
    }
    assert_eq!(world.chain.balance(world.vault).unwrap(), U256::ZERO);
}

#[test]
fn a_batch_is_all_or_nothing() {
    let mut world = World::watched().funded();
    let (token, router, eth) = (world.usd, world.router, world.eth);
    let swap = world.swap(token, usd(100), eth);
    let calls = [(token, approve(router, usd(100))), (router, swap.clone())];
    assert!(world.batch(MANAGER, &calls).succeeded());
    assert_eq!(world.balance(eth, world.vault), units(5, 16));
    let calls = [(token, approve(router, usd(100))), (BOB, swap)];
    let why = world.batch(MANAGER, &calls).reason().unwrap();
    assert_eq!(text(&why), "dh23");
    assert_eq!(world.allowance(token, router), U256::ZERO);
}

#[test]
fn a_batch_of_nothing_or_of_odd_lists_is_refused() {
    let mut world = World::new().funded();
    let why = world.batch(MANAGER, &[]).reason().unwrap();
    assert!(why.typed::<Vault::BadBatch>().is_some(), "{why:?}");
    let call = Vault::execTransactionsCall {
        to: vec![world.usd],
        data: Vec::new(),
    };
    let why = world.why(MANAGER, world.vault, call);
    assert!(why.typed::<Vault::BadBatch>().is_some(), "{why:?}");
}

#[test]
fn a_swap_through_a_spender_that_may_not_stand_uses_all_it_was_allowed() {
    let mut world = World::watched().funded();
    let (token, shop) = (world.usd, world.shop);
    let swap = world.swap(token, usd(100), world.eth);
    let calls = [(token, approve(shop, usd(100))), (shop, swap)];
    assert!(world.batch(MANAGER, &calls).succeeded());
    let why = world.exec_why(token, approve(shop, usd(100)));
    let error: Vault::AllowanceLeft = why.typed().unwrap();
    assert_eq!((error.token, error.spender), (token, shop));
}

#[test]
fn a_loss_over_the_floor_is_refused_and_one_under_it_counted() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    world.worsen(50_000);
    assert!(world.swap_hundred().succeeded());
    let lost = world.view(world.vault, Vault::lossTodayCall {});
    assert_eq!(lost, U256::from(500));
    let data = world.swap(world.usd, usd(400), world.eth);
    let why = world.exec_why(world.router, data);
    let error: Vault::BelowFloor = why.typed().unwrap();
    assert_eq!(
        (error.loss, error.value),
        (units(200, 18), units(10_000, 18))
    );
}

#[test]
fn a_day_of_small_losses_is_spent_and_comes_back() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    world.worsen(90_000);
    let mut done = 0;
    while world.swap_hundred().succeeded() {
        done += 1;
    }
    assert_eq!(done, 3);
    let why = world.swap_hundred().reason().unwrap();
    assert!(why.typed::<Vault::DayIsSpent>().is_some(), "{why:?}");
    world.chain.wait(27 * 3_600);
    assert_eq!(world.view(world.vault, Vault::lossTodayCall {}), U256::ZERO);
    assert!(world.swap_hundred().succeeded());
}

#[test]
fn a_gain_never_buys_a_loss_back() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    world.worsen(90_000);
    assert!(world.swap_hundred().succeeded());
    let lost = world.view(world.vault, Vault::lossTodayCall {});
    world.set_rate(world.router, world.usd, world.eth, units(10, 26));
    assert!(world.swap_hundred().succeeded());
    assert_eq!(world.view(world.vault, Vault::lossTodayCall {}), lost);
}

#[test]
fn a_price_that_cannot_be_read_stops_only_what_moves_the_asset() {
    let mut world = World::new();
    let token = world.hostile();
    world.tighten(ALL, 1_000, 3_000);
    let mut world = world.funded();
    world.mint(token, world.vault, units(5, 18));
    world.set_price(token, U256::ZERO);
    world.allow_router(world.usd);
    world.worsen(1_000);
    assert!(world.swap_hundred().succeeded());
    world.set_rate(world.router, world.usd, token, units(1, 30));
    world.mint(token, world.router, units(100, 18));
    let data = world.swap(world.usd, usd(10), token);
    let why = world.exec_why(world.router, data);
    assert!(why.typed::<Vault::NotListed>().is_some(), "{why:?}");
}

#[test]
fn a_claim_of_rewards_counts_as_what_it_is() {
    let mut world = World::watched().funded();
    let call = Router::claimCall {
        token: world.dai,
        amount: units(3, 18),
    };
    world.exec_must(world.router, call.abi_encode());
    assert_eq!(world.balance(world.dai, world.vault), units(3, 18));
    world.allow_router(world.usd);
    let swap = world.swap(world.usd, usd(100), world.eth);
    let why = world.batch(
        MANAGER,
        &[(world.router, call.abi_encode()), (world.router, swap)],
    );
    let why = why.reason().unwrap();
    assert!(why.typed::<Vault::MixedBatch>().is_some(), "{why:?}");
}

#[test]
fn an_approval_that_moves_the_token_is_refused() {
    let mut world = World::new();
    let token = world.hostile();
    world.tighten(FLOOR, 1_000, 3_000);
    world.mint(token, world.vault, units(5, 18));
    let bait = Token::mintCall {
        to: world.vault,
        amount: U256::from(1),
    }
    .abi_encode()
    .into();
    world.must(
        STRANGER,
        token,
        HostileToken::lieInWaitCall {
            target: token,
            bait,
        },
    );
    let why = world.exec_why(token, approve(world.router, U256::from(1)));
    assert!(why.typed::<Vault::NotStill>().is_some(), "{why:?}");
}

#[test]
fn r6_the_registry_does_not_change_in_the_middle_of_a_call() {
    let mut world = World::new();
    world.tighten(FIXED, 1_000, 3_000);
    let mut world = world.funded();
    world.allow_router(world.usd);
    let next = world.router;
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::setGuardianCall { next },
    );
    let destination = world.shop;
    world.lie_in_wait(
        world.registry,
        GuardRegistry::freezeDestinationCall { destination },
    );
    let why = world.swap_hundred().reason().unwrap();
    assert!(why.typed::<Vault::RegistryMoved>().is_some(), "{why:?}");
}

#[test]
fn r2_nothing_of_a_vault_is_reached_from_within_one_of_its_calls() {
    let mut world = World::new();
    let token = world.hostile();
    let mut world = world.funded();
    world.router_is_trader();
    world.allow_router(world.usd);
    let router = world.router;
    let swap = world.swap(world.usd, usd(1), world.eth).into();
    let baits = [
        Vault::executeTransactionCall {
            to: router,
            data: swap,
        }
        .abi_encode(),
        Vault::depositCall {
            asset: token,
            amount: U256::from(1),
            fewest: U256::ZERO,
        }
        .abi_encode(),
        Vault::withdrawCall {
            shares: U256::from(1),
        }
        .abi_encode(),
        Vault::transferCall {
            to: BOB,
            amount: U256::ZERO,
        }
        .abi_encode(),
        Vault::approveCall {
            spender: BOB,
            amount: U256::ZERO,
        }
        .abi_encode(),
        Vault::takeFeesCall {}.abi_encode(),
        Vault::revokeCall {
            token,
            spender: BOB,
        }
        .abi_encode(),
        Vault::settleClaimCall {
            account: BOB,
            asset: token,
        }
        .abi_encode(),
    ];
    for bait in baits {
        let call = Router::lieInWaitCall {
            target: world.vault,
            bait: bait.clone().into(),
        };
        world.must(STRANGER, router, call);
        assert!(world.swap_hundred().succeeded());
        assert!(!world.view(router, Router::answeredCall {}), "{bait:?}");
        let said = Reason::read(&world.view(router, Router::answerCall {}));
        assert!(said.typed::<Vault::Locked>().is_some(), "{said:?}");
    }
}

#[test]
fn r1_nothing_of_the_manager_contract_is_reached_either() {
    let mut world = World::new().funded();
    world.router_is_trader();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setTogglesCall {
            changesAssets: true,
            togglesPrivacy: true,
        },
    );
    world.allow_router(world.usd);
    let asset = world.dai;
    let baits = [
        VaultManager::removeAssetCall { asset }.abi_encode(),
        VaultManager::addAssetCall {
            asset: world.pot,
            deposits: false,
        }
        .abi_encode(),
        VaultManager::setPrivateCall { isPrivate_: true }.abi_encode(),
        VaultManager::acceptManagerCall {}.abi_encode(),
    ];
    for bait in baits {
        let call = Router::lieInWaitCall {
            target: world.logic,
            bait: bait.into(),
        };
        world.must(STRANGER, world.router, call);
        assert!(world.swap_hundred().succeeded());
        let said = Reason::read(&world.view(world.router, Router::answerCall {}));
        assert!(said.typed::<VaultManager::Busy>().is_some(), "{said:?}");
    }
}

#[test]
fn r3_two_vaults_under_one_guard_do_not_meet() {
    let mut world = World::new().funded();
    let (other, logic) = world.another_vault(BOB, (0, 0, 0, 0), 0);
    for asset in [world.usd, world.eth] {
        world.must(
            BOB,
            logic,
            VaultManager::addAssetCall {
                asset,
                deposits: true,
            },
        );
    }
    world.mint(world.usd, other, usd(100));
    let router = world.router;
    world.must(BOB, logic, VaultManager::setTraderCall { trader: router });
    world.allow_router(world.usd);
    let to = world.usd;
    let data = approve(router, usd(100)).into();
    world.must(BOB, other, Vault::executeTransactionCall { to, data });
    // In the middle of the first vault's swap the router swaps for the second one.
    let call = Router::swapCall {
        tokenIn: world.usd,
        amountIn: usd(10),
        tokenOut: world.eth,
        least: U256::ZERO,
        to: other,
    };
    let data = call.abi_encode().into();
    let bait = Vault::executeTransactionCall { to: router, data };
    let bait = bait.abi_encode().into();
    world.must(
        STRANGER,
        router,
        Router::lieInWaitCall {
            target: other,
            bait,
        },
    );
    let outcome = world.swap_hundred();
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    assert_eq!(world.balance(world.eth, world.vault), units(5, 16));
}

#[test]
fn r4_the_value_cannot_be_read_from_within_a_call() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    world.lie_in_wait(world.vault, Vault::totalValueCall {});
    assert!(world.swap_hundred().succeeded());
    let said = Reason::read(&world.view(world.router, Router::answerCall {}));
    assert!(said.typed::<Vault::Unsettled>().is_some(), "{said:?}");
    assert!(!world.view(world.vault, Vault::lockedCall {}));
}

#[test]
fn r7_no_call_of_a_batch_switches_a_check_off_for_the_next() {
    let mut world = World::watched().funded();
    let (token, router) = (world.usd, world.router);
    world.worsen(99_000);
    let swap = world.swap(token, usd(2_000), world.eth);
    let calls = [(token, approve(router, usd(2_000))), (router, swap)];
    let why = world.batch(TRADER, &calls).reason().unwrap();
    assert!(why.typed::<Vault::BelowFloor>().is_some(), "{why:?}");
    let next = VaultManager::Conditions {
        checks: 0,
        lossPerCall: 0,
        lossPerDay: 0,
    };
    let loosen = VaultManager::tightenConditionsCall { next }.abi_encode();
    let why = world
        .batch(MANAGER, &[(world.logic, loosen)])
        .reason()
        .unwrap();
    assert_eq!(text(&why), "dh23");
}

#[test]
fn a1_a_listed_but_worthless_asset_takes_no_more_than_the_floor() {
    let mut world = World::new();
    let token = world.hostile();
    world.tighten(ALL, 1_000, 3_000);
    let mut world = world.funded();
    world.allow_router(world.usd);
    // Sold at a thousand times its price.
    world.set_rate(world.router, world.usd, token, units(1, 27));
    world.mint(token, world.router, units(1_000, 18));
    let data = world.swap(world.usd, usd(1_000), token);
    let why = world.exec(TRADER, world.router, data).reason().unwrap();
    assert!(why.typed::<Vault::BelowFloor>().is_some(), "{why:?}");
}

#[test]
fn t1_a_delisted_spender_loses_what_stands() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let (token, spender) = (world.usd, world.router);
    let call = || Vault::revokeCall { token, spender };
    let why = world.why(STRANGER, world.vault, call());
    assert!(why.typed::<Vault::NotRevocable>().is_some(), "{why:?}");
    let destination = spender;
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::delistDestinationCall { destination },
    );
    assert_eq!(text(&world.swap_hundred().reason().unwrap()), "dh23");
    let why = world.exec_why(token, approve(spender, U256::from(1)));
    assert!(why.typed::<ApproveGuard::NotSpender>().is_some(), "{why:?}");
    world.must(STRANGER, world.vault, call());
    assert_eq!(world.allowance(token, spender), U256::ZERO);
    let trap = world.deploy("test/Trap", Vec::new());
    let call = Vault::revokeCall {
        token: trap,
        spender,
    };
    assert!(!world.call(STRANGER, world.vault, call).succeeded());
    assert_eq!(world.view(trap, Trap::callsCall {}), U256::ZERO);
}

#[test]
fn a_guard_that_looks_again_is_asked_after_every_call() {
    let mut world = World::new().funded();
    let guard = world.deploy("test/RouterGuard", Vec::new());
    let market = world.deploy("test/Router", Vec::new());
    world.list(&[(market, guard, HOOKED | SPENDER)], &[], &[]);
    let data = world.swap(world.usd, U256::ZERO, world.eth);
    for _ in 0..2 {
        world.exec_must(market, data.clone());
    }
    assert_eq!(
        world.view(guard, RouterGuard::settledCall {}),
        U256::from(2)
    );
}

#[test]
fn the_implementation_itself_belongs_to_nobody() {
    let mut world = World::new();
    let code = world.view(
        world.factory,
        portcullis_evm::bindings::VaultFactory::vaultCodeCall {},
    );
    let conditions = Vault::Conditions {
        checks: 0,
        lossPerCall: 0,
        lossPerDay: 0,
    };
    let set_up = Vault::setUpCall {
        logic_: BOB,
        manager_: BOB,
        name_: String::new(),
        symbol_: String::new(),
        conditions_: conditions,
    };
    for vault in [code, world.vault] {
        let why = world.why(BOB, vault, set_up.clone());
        assert!(why.typed::<Vault::SetUp>().is_some(), "{why:?}");
    }
    let data = approve(world.router, U256::from(1)).into();
    let to = world.usd;
    let why = world.code(BOB, code, Vault::executeTransactionCall { to, data });
    assert_eq!(why, "dh24");
}
