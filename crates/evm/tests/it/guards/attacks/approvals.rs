//! T1 to T3: who may be allowed to spend.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::{GuardRegistry, Vault};

use super::{
    bites,
    market::{Market, rule},
};
use crate::{
    guards::abi,
    world::{ALICE, GUARDIAN, OWNER, STRANGER, usd},
};

/// The stranger is allowed the vault's dollars, and takes them.
fn a_stranger_is_allowed(mut market: Market) -> bool {
    let amount = usd(1_000);
    let dollar = market.world.usd;
    let _ = market.exec(
        dollar,
        abi::approveCall {
            spender: STRANGER,
            amount,
        },
    );
    let take = abi::transferFromCall {
        from: market.world.vault,
        to: STRANGER,
        amount,
    };
    market.world.call(STRANGER, dollar, take).succeeded()
}

/// An address without code is allowed, and gets code later.
fn an_address_without_code_is_allowed(mut market: Market) -> bool {
    let (spender, dollar) = (Address::repeat_byte(0x77), market.world.usd);
    let allowed = market.exec(
        dollar,
        abi::approveCall {
            spender,
            amount: usd(1),
        },
    );
    let code = market.world.chain.code(market.world.router).unwrap();
    market.world.chain.set_code(spender, code).unwrap();
    allowed.is_ok()
}

/// A spender is delisted, and allowed all the same.
fn a_delisted_spender_is_allowed(mut market: Market) -> bool {
    let (destination, dollar) = (market.v3, market.world.usd);
    market.world.must(
        OWNER,
        market.world.registry,
        GuardRegistry::delistDestinationCall { destination },
    );
    market
        .exec(
            dollar,
            abi::approveCall {
                spender: destination,
                amount: usd(1),
            },
        )
        .is_ok()
}

#[test]
fn t1_only_a_listed_spender_is_allowed_anything() {
    bites(
        "guards/approve-anyone",
        &[
            a_stranger_is_allowed,
            an_address_without_code_is_allowed,
            a_delisted_spender_is_allowed,
        ],
    );
}

#[test]
fn t1_no_part_of_the_house_and_no_guard_is_a_spender() {
    let mut market = Market::new();
    let world = &market.world;
    let (dollar, amount) = (world.usd, usd(1));
    let parts = [
        world.vault,
        world.logic,
        world.registry,
        world.escrow,
        world.factory,
        world.router_guard,
        world.usd,
    ];
    for spender in parts {
        let refused = market.exec(dollar, abi::approveCall { spender, amount });
        assert_eq!(rule(refused), "spender", "{spender}");
    }
}

#[test]
fn t1_a_frozen_spender_gets_nothing_and_can_lose_what_it_has() {
    let mut market = Market::new();
    let (dollar, spender) = (market.world.usd, market.v2);
    let allow = abi::approveCall {
        spender,
        amount: usd(5),
    };
    market.exec(dollar, allow.clone()).unwrap();
    let freeze = GuardRegistry::freezeDestinationCall {
        destination: spender,
    };
    market.world.must(GUARDIAN, market.world.registry, freeze);
    assert_eq!(rule(market.exec(dollar, allow)), "spender");
    market
        .exec(
            dollar,
            abi::approveCall {
                spender,
                amount: U256::ZERO,
            },
        )
        .unwrap();
    assert_eq!(market.world.allowance(dollar, spender), U256::ZERO);
}

#[test]
fn t1_what_a_delisted_spender_was_allowed_anybody_takes_back() {
    let mut market = Market::new();
    let (token, spender) = (market.world.usd, market.v2);
    market
        .exec(
            token,
            abi::approveCall {
                spender,
                amount: usd(5),
            },
        )
        .unwrap();
    let delist = GuardRegistry::delistDestinationCall {
        destination: spender,
    };
    market.world.must(OWNER, market.world.registry, delist);
    market.world.must(
        STRANGER,
        market.world.vault,
        Vault::revokeCall { token, spender },
    );
    assert_eq!(market.world.allowance(token, spender), U256::ZERO);
}

/// Half of an allowance is used; the other half stays.
fn an_allowance_is_left(market: Market) -> bool {
    let mut market = market.watched();
    let (dollar, v3) = (market.world.usd, market.v3);
    let params = market.order(50);
    market.with_allowance(dollar, usd(100), v3, abi::exactInputSingleCall { params });
    market.world.allowance(dollar, v3) != U256::ZERO
}

/// What is left is what a router that forwards anything is asked for.
fn what_is_left_is_drained(market: Market) -> bool {
    let mut market = market.watched();
    let (dollar, v3, vault) = (market.world.usd, market.v3, market.world.vault);
    let params = market.order(50);
    market.with_allowance(dollar, usd(1_000), v3, abi::exactInputSingleCall { params });
    let data = abi::transferFromCall {
        from: vault,
        to: STRANGER,
        amount: usd(900),
    }
    .abi_encode()
    .into();
    market
        .world
        .call(STRANGER, v3, abi::forwardCall { to: dollar, data });
    market.have(dollar, STRANGER) != U256::ZERO
}

#[test]
fn t2_n3_no_allowance_is_left_to_be_drained() {
    bites(
        "allowances-left",
        &[an_allowance_is_left, what_is_left_is_drained],
    );
}

/// A transfer out, to a spender and to a stranger.
fn a_transfer_pays_a_stranger(mut market: Market) -> bool {
    let dollar = market.world.usd;
    let sent = market.exec(
        dollar,
        abi::transferCall {
            to: STRANGER,
            amount: usd(1),
        },
    );
    sent.is_ok() && market.have(dollar, STRANGER) == usd(1)
}

#[test]
fn t3_tokens_are_never_transferred() {
    bites("guards/approve-transfers", &[a_transfer_pays_a_stranger]);
}

#[test]
fn t3_s8_every_other_way_to_give_rights_away_is_refused() {
    let mut market = Market::new();
    let dollar = market.world.usd;
    let vault = market.world.vault;
    market.world.mint(dollar, ALICE, usd(10));
    market.world.must(
        ALICE,
        dollar,
        abi::approveCall {
            spender: vault,
            amount: usd(10),
        },
    );
    let amount = usd(1);
    let calls = [
        abi::increaseAllowanceCall {
            spender: market.v2,
            more: amount,
        }
        .abi_encode(),
        abi::setApprovalForAllCall {
            spender: market.v2,
            allowed: true,
        }
        .abi_encode(),
        abi::transferFromCall {
            from: vault,
            to: STRANGER,
            amount,
        }
        .abi_encode(),
        // Aera's: an allowance that somebody gave the vault is spent by its manager.
        abi::transferFromCall {
            from: ALICE,
            to: STRANGER,
            amount,
        }
        .abi_encode(),
        abi::transferFromCall {
            from: ALICE,
            to: vault,
            amount,
        }
        .abi_encode(),
        abi::permitCall::SELECTOR.to_vec(),
    ];
    for data in calls {
        let refused = market.world.exec_why(dollar, data);
        assert_eq!(refused.text(), Some("dh23"));
    }
}
