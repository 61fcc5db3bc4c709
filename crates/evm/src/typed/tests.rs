use super::{Limits, PERMIT2, TypedError, read};
use crate::names::{Names, TokenName};
use alloy_primitives::{Address, U256, address};
use jiff::Timestamp;
use serde_json::{Value, json};

const ACCOUNT: Address = address!("0x00000000000000000000000000000000000000a1");
const TOKEN: Address = address!("0x00000000000000000000000000000000000000b1");
const SPENDER: Address = address!("0x00000000000000000000000000000000000000c1");
const NOW: u64 = 1_800_000_000;

fn permit() -> Value {
    json!({
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Permit": [
                {"name": "owner", "type": "address"},
                {"name": "spender", "type": "address"},
                {"name": "value", "type": "uint256"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint256"},
            ],
        },
        "primaryType": "Permit",
        "domain": {"name": "Dollar", "version": "1", "chainId": 1, "verifyingContract": TOKEN},
        "message": {
            "owner": ACCOUNT, "spender": SPENDER, "value": "5", "nonce": 0, "deadline": NOW + 60,
        },
    })
}

fn single() -> Value {
    json!({
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "PermitDetails": [
                {"name": "token", "type": "address"},
                {"name": "amount", "type": "uint160"},
                {"name": "expiration", "type": "uint48"},
                {"name": "nonce", "type": "uint48"},
            ],
            "PermitSingle": [
                {"name": "details", "type": "PermitDetails"},
                {"name": "spender", "type": "address"},
                {"name": "sigDeadline", "type": "uint256"},
            ],
        },
        "primaryType": "PermitSingle",
        "domain": {"name": "Permit2", "chainId": "0x1", "verifyingContract": PERMIT2},
        "message": {
            "details": {"token": TOKEN, "amount": "7", "expiration": NOW + 60, "nonce": 0},
            "spender": SPENDER, "sigDeadline": NOW + 60,
        },
    })
}

fn checked(data: &Value) -> Result<(), TypedError> {
    let token = TokenName {
        symbol: "USDC".to_owned(),
        decimals: 6,
    };
    let names = Names {
        vault: Address::ZERO,
        tokens: [(TOKEN, token)].into(),
        places: [].into(),
    };
    let limits = Limits {
        chain_id: 1,
        account: ACCOUNT,
        spenders: &[SPENDER],
        names: &names,
    };
    let now = Timestamp::from_second(NOW as i64).expect("a time");
    read(data)?.check(&limits, now)
}

#[test]
fn known_forms_for_known_tokens_and_spenders_pass() {
    assert_eq!(checked(&permit()), Ok(()));
    assert_eq!(checked(&single()), Ok(()));
}

#[test]
fn every_member_counts() {
    let cases: &[(&str, &str, Value)] = &[
        ("typed.domain", "/domain/chainId", json!(2)),
        ("typed.domain", "/domain/verifyingContract", json!(SPENDER)),
        ("typed.rule", "/message/owner", json!(SPENDER)),
        ("typed.rule", "/message/spender", json!(ACCOUNT)),
        ("typed.rule", "/message/value", json!(U256::MAX.to_string())),
        ("typed.rule", "/message/deadline", json!(NOW - 1)),
        ("typed.rule", "/message/deadline", json!(NOW + 3_601)),
        ("typed.form", "/message/value", json!(-1)),
        ("typed.form", "/message/value", json!("five")),
        ("typed.form", "/primaryType", json!("Order")),
        ("typed.form", "/types/Permit/0/type", json!("bytes32")),
        ("typed.form", "/types/Permit/0/name", json!("from")),
        ("typed.form", "/types/Permit", json!([])),
    ];
    for (code, path, value) in cases {
        let mut data = permit();
        *data.pointer_mut(path).expect("a member") = value.clone();
        let found = checked(&data).expect_err("refused");
        assert_eq!(found.code(), *code, "{path}");
    }
}

#[test]
fn a_member_more_is_one_too_many() {
    for path in ["", "/types", "/domain", "/message"] {
        let mut data = permit();
        let object = data.pointer_mut(path).and_then(Value::as_object_mut);
        object
            .expect("an object")
            .insert("salt".to_owned(), json!("x"));
        assert_eq!(
            checked(&data).expect_err("refused").code(),
            "typed.form",
            "{path}"
        );
    }
}

#[test]
fn permit2_is_only_permit2() {
    let mut data = single();
    data["domain"]["verifyingContract"] = json!(TOKEN);
    assert_eq!(checked(&data).expect_err("refused").code(), "typed.domain");
    let mut data = single();
    data["message"]["details"]["expiration"] = json!(NOW + 100_000);
    assert_eq!(checked(&data).expect_err("refused").code(), "typed.rule");
}

#[test]
fn what_is_signed_depends_on_every_member() {
    let hash = read(&permit()).expect("a permit").hash();
    for (path, value) in [
        ("/domain/name", json!("Dolly")),
        ("/domain/version", json!("2")),
        ("/message/nonce", json!(1)),
        ("/message/value", json!(6)),
    ] {
        let mut data = permit();
        *data.pointer_mut(path).expect("a member") = value;
        assert_ne!(read(&data).expect("a permit").hash(), hash, "{path}");
    }
}
