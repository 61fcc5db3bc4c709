//! What the rules make of calls: each rule with a call that breaks it alone.

use crate::facts::{
    MANAGER, NOW, ODD, OLD, POOL, ROUTER, SHARES, STANDING, STRANGER, TRADER, USDC, VAULT, WETH,
    World, a, call, execute, judged, n,
};
use alloy_primitives::{Address, U256};
use portcullis_evm::rules::{Deed, Verdict, judge};

/// Code, rule and argument of a denial.
fn denied(verdict: &Verdict) -> (&'static str, &'static str, Option<u16>) {
    match verdict {
        Verdict::Deny(denial) => (denial.code, denial.rule, denial.argument),
        other => panic!("not denied: {other:?}"),
    }
}

fn allowed(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Allow(_)), "{verdict:?}");
}

fn approve(spender: Address, amount: U256) -> Vec<u8> {
    call("approve(address,uint256)", &[a(spender), amount])
}

struct Trade {
    given: U256,
    least: U256,
    route: Vec<Address>,
    to: Address,
    deadline: u64,
}

fn trade() -> Trade {
    Trade {
        given: n(1),
        least: n(1),
        route: vec![USDC, WETH],
        to: VAULT,
        deadline: NOW + 60,
    }
}

fn written(trade: &Trade) -> Vec<u8> {
    let mut words = vec![
        trade.given,
        trade.least,
        n(160),
        a(trade.to),
        n(trade.deadline),
    ];
    words.push(n(trade.route.len() as u64));
    words.extend(trade.route.iter().map(|token| a(*token)));
    call(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        &words,
    )
}

#[test]
fn manager_and_trader_are_the_same_to_guards_and_nobody_else_gets_there() {
    let data = written(&trade());
    allowed(&judged(MANAGER, ROUTER, &data));
    allowed(&judged(TRADER, ROUTER, &data));
    assert_eq!(
        denied(&judged(STRANGER, ROUTER, &data)),
        ("dh24", "role", None)
    );
    // Before anything else: a stranger learns nothing about what is listed.
    assert_eq!(
        denied(&judged(STRANGER, STRANGER, &[])),
        ("dh24", "role", None)
    );
}

#[test]
fn what_is_not_listed_is_not_called() {
    for to in [STRANGER, VAULT, Address::ZERO] {
        let found = denied(&judged(TRADER, to, &approve(ROUTER, n(1))));
        assert_eq!(found, ("dh23", "destination", None), "{to}");
    }
}

#[test]
fn functions_that_no_rule_names_are_refused() {
    for (to, data) in [
        (USDC, call("transfer(address,uint256)", &[a(VAULT), n(1)])),
        (
            USDC,
            call("increaseAllowance(address,uint256)", &[a(ROUTER), n(1)]),
        ),
        (USDC, vec![]),
        (USDC, vec![9, 94, 167]),
        (ROUTER, approve(ROUTER, n(1))),
        (USDC, call("permit()", &[])),
    ] {
        assert_eq!(
            denied(&judged(TRADER, to, &data)),
            ("dh23", "function", None)
        );
    }
}

#[test]
fn allowances_are_for_listed_spenders() {
    allowed(&judged(TRADER, USDC, &approve(STANDING, n(1))));
    allowed(&judged(TRADER, USDC, &approve(STRANGER, n(0))));
    let found = denied(&judged(TRADER, USDC, &approve(STRANGER, n(1))));
    assert_eq!(found, ("Refused", "spender", Some(0)));
    let found = denied(&judged(TRADER, USDC, &approve(ROUTER, n(1))));
    assert_eq!(found, ("AllowanceLeft", "allowance", None));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_argument_of_a_trade_has_its_rule() {
    let far = NOW + 3_601;
    let cases: Vec<(&str, u16, Trade)> = vec![
        (
            "amount.zero",
            0,
            Trade {
                given: n(0),
                ..trade()
            },
        ),
        (
            "minimum.zero",
            1,
            Trade {
                least: n(0),
                ..trade()
            },
        ),
        (
            "path.length",
            2,
            Trade {
                route: vec![USDC],
                ..trade()
            },
        ),
        (
            "path.length",
            2,
            Trade {
                route: vec![USDC, OLD, SHARES, POOL, WETH],
                ..trade()
            },
        ),
        (
            "token.repeated",
            2,
            Trade {
                route: vec![USDC, WETH, USDC],
                ..trade()
            },
        ),
        (
            "token.listed",
            2,
            Trade {
                route: vec![USDC, OLD, WETH],
                ..trade()
            },
        ),
        (
            "token.enabled",
            2,
            Trade {
                route: vec![STRANGER, WETH],
                ..trade()
            },
        ),
        (
            "token.enabled",
            2,
            Trade {
                route: vec![USDC, STRANGER],
                ..trade()
            },
        ),
        (
            "token.listed",
            2,
            Trade {
                route: vec![USDC, OLD],
                ..trade()
            },
        ),
        (
            "recipient",
            3,
            Trade {
                to: STRANGER,
                ..trade()
            },
        ),
        (
            "deadline.past",
            4,
            Trade {
                deadline: NOW - 1,
                ..trade()
            },
        ),
        (
            "deadline.far",
            4,
            Trade {
                deadline: far,
                ..trade()
            },
        ),
    ];
    for (rule, argument, trade) in cases {
        let found = denied(&judged(TRADER, ROUTER, &written(&trade)));
        assert_eq!(found, ("Refused", rule, Some(argument)));
    }
    // What was dropped from the list may still be sold.
    allowed(&judged(
        TRADER,
        ROUTER,
        &written(&Trade {
            route: vec![OLD, USDC],
            ..trade()
        }),
    ));
}

#[test]
fn loans_are_the_vaults_own() {
    let borrow = |words: [U256; 5]| {
        let data = call("borrow(address,uint256,uint256,uint16,address)", &words);
        judged(TRADER, POOL, &data)
    };
    allowed(&borrow([a(USDC), n(1), n(2), n(0), a(VAULT)]));
    for (rule, argument, words) in [
        (
            "token.enabled",
            0,
            [a(STRANGER), n(1), n(2), n(0), a(VAULT)],
        ),
        ("amount.zero", 1, [a(USDC), n(0), n(2), n(0), a(VAULT)]),
        ("interest.mode", 2, [a(USDC), n(1), n(1), n(0), a(VAULT)]),
        ("referral", 3, [a(USDC), n(1), n(2), n(7), a(VAULT)]),
        ("owner", 4, [a(USDC), n(1), n(2), n(0), a(STRANGER)]),
        ("canonical", 3, [a(USDC), n(1), n(2), n(65_536), a(VAULT)]),
    ] {
        assert_eq!(denied(&borrow(words)), ("Refused", rule, Some(argument)));
    }
}

#[test]
fn shares_come_and_go_to_the_vault_alone() {
    let deposit = |receiver| call("deposit(uint256,address)", &[n(1), a(receiver)]);
    let redeem = |receiver, owner| {
        call(
            "redeem(uint256,address,address)",
            &[n(1), a(receiver), a(owner)],
        )
    };
    allowed(&judged(TRADER, SHARES, &deposit(VAULT)));
    allowed(&judged(TRADER, SHARES, &redeem(VAULT, VAULT)));
    for (rule, argument, data) in [
        ("recipient", 1, deposit(STRANGER)),
        ("recipient", 1, redeem(STRANGER, VAULT)),
        ("owner", 2, redeem(VAULT, STRANGER)),
    ] {
        let found = denied(&judged(TRADER, SHARES, &data));
        assert_eq!(found, ("Refused", rule, Some(argument)));
    }
}

#[test]
fn a_guard_that_the_mirror_does_not_know_is_for_people() {
    let verdict = judged(TRADER, ODD, &[1, 2, 3, 4]);
    assert!(matches!(verdict, Verdict::Ask(..)), "{verdict:?}");
}

#[test]
fn nothing_but_a_guarded_call_of_the_vault_is_signed() {
    let data = execute(ROUTER, &written(&trade()));
    let deed = |to, pays, data| Deed {
        vault: VAULT,
        from: TRADER,
        to,
        pays,
        data,
    };
    let code = |deed: Deed<'_>| denied(&judge(&deed, &World)).0;
    assert_eq!(code(deed(None, false, &data)), "preflight.destination");
    assert_eq!(
        code(deed(Some(USDC), false, &data)),
        "preflight.destination"
    );
    assert_eq!(code(deed(Some(VAULT), true, &data)), "preflight.value");
    assert_eq!(code(deed(Some(VAULT), false, &[])), "preflight.function");
    let dirty = [data.as_slice(), &[0; 32]].concat();
    assert_eq!(code(deed(Some(VAULT), false, &dirty)), "NotCanonical");
}
