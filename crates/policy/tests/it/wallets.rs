//! What wallets on chains write has no personal data in it, however its digits fall.

use crate::judge_world::{World, action_with, judged, rules};
use portcullis_policy::{
    action::Action,
    judgement::{Judgement, Source},
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether personal data is found in an action that declares none.
fn found(action: &Action) -> bool {
    let broken = |judgement: &Judgement<'_>| {
        let mut sources = judgement.reasons.iter().map(|reason| reason.source);
        sources
            .any(|source| matches!(source, Source::Principle(principle) if principle.number == 11))
    };
    judged(&rules(vec![]), action, &World::default(), broken)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// A transaction, as the gate writes it down.
fn swap(data: &str, raw: &str, words: &str, most: &str) -> Action {
    action_with(
        "evm.swap",
        json!({
            "chain_id": 8453,
            "from": "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F",
            "to": "0x2b5AD5c4795c026514f8317c7a215E218DcCD6cF",
            "data": data,
            "gas": 250_000,
            "fees": { "most": most, "priority": "1000000000" },
            "raw": raw,
            "words": [words],
            "calls": [{ "to": "0x4752ba5DBc23f44D87826276BF6Fd6b1C372aD24", "function": "swap" }],
            "usd": 100.0,
        }),
    )
}

/// A permit, as the gate writes it down.
fn permit(value: &str, words: &str) -> Action {
    let message = json!({ "value": value, "nonce": "0x4111111111111111", "deadline": value });
    let data = json!({ "primaryType": "Permit", "message": message });
    action_with(
        "evm.sign_typed_data",
        json!({ "data": data, "words": [words] }),
    )
}

/// Calldata whose every word holds digits that pass for a card.
fn cards() -> impl Strategy<Value = Vec<u8>> {
    let card = prop::sample::select(vec![
        "4111111111111111",
        "5500005555555559",
        "4222222222222",
    ]);
    let word = (card, 0..=40_usize).prop_map(|(card, zeros)| {
        let padded = format!("{}a{card}a", "0".repeat(zeros));
        let digits = format!("{padded:a<64}");
        (0..32)
            .map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2).unwrap(), 16).unwrap())
            .collect()
    });
    prop::collection::vec(word, 1..20).prop_map(|words: Vec<Vec<u8>>| words.concat())
}

fn calldata() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 36..3_000),
        // Amounts are digits more often than not.
        prop::collection::vec((0..10_u8, 0..10_u8).prop_map(|(a, b)| a << 4 | b), 36..600),
        cards(),
    ]
}

proptest! {
    #[test]
    fn bytes_are_no_text(data in calldata(), raw in calldata()) {
        let action = swap(&hex(&data), &hex(&raw), "Trades 1.412345678901234567 WETH", "4000000000004");
        prop_assert!(!found(&action));
    }

    #[test]
    fn amounts_are_no_cards(value in any::<u128>(), decimals in 0..=18_u32) {
        let unit = 10_u128.pow(decimals);
        let fraction = format!("{:0width$}", value % unit, width = decimals as usize);
        let words = format!("Lets somebody spend {}.{fraction} WETH", value / unit % 1_000_000_000);
        prop_assert!(!found(&permit(&value.to_string(), &words)));
    }

    /// What people wrote is looked at as it always was.
    #[test]
    fn words_are_still_text(data in calldata()) {
        let card = "for card 4111 1111 1111 1111";
        prop_assert!(found(&swap(&hex(&data), "0x", card, "1")));
        prop_assert!(found(&permit("1", card)));
        let mut action = swap(&hex(&data), "0x", "Trades", "1");
        action.reasoning = Some(card.to_owned());
        prop_assert!(found(&action));
    }
}

#[test]
fn only_what_a_wallet_wrote_counts_something() {
    let card = "4111111111111111";
    for (kind, parameters, personal) in [
        ("evm.swap", json!({ "fees": { "most": card } }), false),
        (
            "evm.swap",
            json!({ "data": { "message": { "value": card } } }),
            false,
        ),
        ("evm.swap", json!({ "note": card }), true),
        (
            "evm.swap",
            json!({ "data": { "message": { "memo": format!("card {card}") } } }),
            true,
        ),
        (
            "evm.swap",
            json!({ "data": { "contains_pii": true } }),
            true,
        ),
        ("deploy", json!({ "fees": { "most": card } }), true),
        ("deploy", json!({ "data": card }), true),
        ("deploy", json!({ "data": hex(&[0x41; 40]) }), false),
    ] {
        let parameters: Value = parameters;
        let text = parameters.to_string();
        assert_eq!(
            found(&action_with(kind, parameters)),
            personal,
            "{kind}: {text}"
        );
    }
}

/// Nobody hides a card by writing it as if a wallet had.
#[test]
fn what_no_wallet_wrote_is_text_however_it_looks() {
    let bytes = format!("0x{}", "a".repeat(40));
    for text in [
        format!("0x4111111111111111{}", "a".repeat(24)),
        format!("{bytes}4111111111111111"),
        "4111111111111111.5".to_owned(),
        "1.4111111111111111".to_owned(),
    ] {
        assert!(
            found(&action_with("deploy", json!({ "note": text }))),
            "{text}"
        );
        let mut action = swap("0x", "0x", "Trades", "1");
        action.reasoning = Some(text.clone());
        assert!(found(&action), "reasoning: {text}");
    }
    // Bytes in hex do not swallow the beginning of what stands behind them.
    let number = format!("{bytes}078-05-1120");
    assert!(found(&action_with("deploy", json!({ "note": number }))));
    assert!(found(&swap("0x", "0x", &number, "1")));
}
