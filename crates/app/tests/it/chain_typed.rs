//! Signatures over typed data, asked for by the wallet libraries there are: permits of tokens and of Permit2.

use crate::chain::Setting;
use jiff::Timestamp;
use serde_json::{Value, json};

const PERMIT2: &str = "0x000000000022D473030F116dDEE9F6B43aC78BA3";
const SIGNATURE_CHARS: usize = 2 + 2 * 65;

/// A setting whose account may let the router spend.
pub(crate) fn spending() -> Setting {
    Setting::with(|account, world| account["spenders"] = json!([world["router"]]))
}

/// The types of some typed data: names with the types and names of their members.
fn types(all: &[(&str, &[(&str, &str)])]) -> Value {
    let all = all.iter().map(|(name, members)| {
        let members = members
            .iter()
            .map(|(kind, name)| json!({ "name": name, "type": kind }));
        ((*name).to_owned(), members.collect::<Value>())
    });
    Value::Object(all.collect())
}

/// Ten minutes from now, by the clock of the gate.
fn soon() -> i64 {
    Timestamp::now().as_second() + 600
}

/// A permit of a token (EIP-2612).
pub(crate) fn permit(world: &Value) -> Value {
    let domain = [
        ("string", "name"),
        ("string", "version"),
        ("uint256", "chainId"),
        ("address", "verifyingContract"),
    ];
    let form = [
        ("address", "owner"),
        ("address", "spender"),
        ("uint256", "value"),
        ("uint256", "nonce"),
        ("uint256", "deadline"),
    ];
    json!({
        "types": types(&[("EIP712Domain", &domain), ("Permit", &form)]),
        "primaryType": "Permit",
        "domain": {
            "name": "USDC", "version": "1", "chainId": 31337, "verifyingContract": world["usd"],
        },
        "message": {
            "owner": world["trader"], "spender": world["router"], "value": "4111111111111111",
            "nonce": "0", "deadline": soon().to_string(),
        },
    })
}

/// A right to spend through Permit2.
fn permit2(world: &Value) -> Value {
    let domain = [
        ("string", "name"),
        ("uint256", "chainId"),
        ("address", "verifyingContract"),
    ];
    let details = [
        ("address", "token"),
        ("uint160", "amount"),
        ("uint48", "expiration"),
        ("uint48", "nonce"),
    ];
    let form = [
        ("PermitDetails", "details"),
        ("address", "spender"),
        ("uint256", "sigDeadline"),
    ];
    json!({
        "types": types(&[
            ("EIP712Domain", &domain), ("PermitSingle", &form), ("PermitDetails", &details),
        ]),
        "primaryType": "PermitSingle",
        "domain": { "name": "Permit2", "chainId": 31337, "verifyingContract": PERMIT2 },
        "message": {
            "details": {
                "token": world["usd"], "amount": "5000000", "expiration": soon(), "nonce": 0,
            },
            "spender": world["router"], "sigDeadline": soon().to_string(),
        },
    })
}

/// Held, approved, signed inside; with one value changed after the approval, nothing.
#[test]
fn a_permit_is_approved_and_signed_inside() {
    let setting = spending();
    let gate = setting.serve();
    for (library, data, amount) in [
        ("viem", permit(&setting.world), "/message/value"),
        ("ethers", permit(&setting.world), "/message/value"),
        ("ethers", permit2(&setting.world), "/message/details/amount"),
        ("viem", permit2(&setting.world), "/message/details/amount"),
    ] {
        let form = data["primaryType"].as_str().unwrap();
        let ask = |data: &Value| setting.have("sign", &gate, library, data);
        let held = ask(&data);
        assert_eq!(held["data"]["verdict"], "HELD", "{library}, {form}: {held}");
        let hold = held["data"]["hold_id"].as_str().unwrap();
        let shown = setting.people(&gate, &["holds", "show", hold]).ended(0);
        assert!(shown.contains("spend"), "{shown}");
        assert!(!shown.contains("personal data"), "{shown}");
        assert!(!shown.contains("[REDACTED]"), "{shown}");
        setting.approve(&gate, &held["data"]);

        let mut changed = data.clone();
        *changed.pointer_mut(amount).unwrap() = json!("5000001");
        let other = ask(&changed);
        assert_eq!(
            other["data"]["verdict"], "HELD",
            "{library}, {form}: {other}"
        );
        assert_ne!(other["data"]["hold_id"], held["data"]["hold_id"]);

        let done = ask(&data);
        let signature = done["hash"].as_str();
        let signature = signature.unwrap_or_else(|| panic!("{library}, {form}: {done}"));
        assert_eq!(signature.len(), SIGNATURE_CHARS);
        // It is signed once: the same again is judged anew.
        let again = ask(&data);
        assert!(again.get("hash").is_none(), "{library}, {form}: {again}");
    }
    assert_eq!(setting.look()["nonce"], 0, "a signature is no transaction");
    setting.people(&gate, &["audit", "verify"]).ended(0);
}

#[test]
fn what_nobody_named_is_not_signed() {
    let setting = spending();
    let gate = setting.serve();
    let world = &setting.world;
    let stranger = json!("0x000000000000000000000000000000000000dEaD");
    for (library, data, at, value, code) in [
        (
            "viem",
            permit(world),
            "/domain/verifyingContract",
            &stranger,
            "typed.domain",
        ),
        (
            "ethers",
            permit(world),
            "/domain/chainId",
            &json!(1),
            "typed.domain",
        ),
        (
            "ethers",
            permit2(world),
            "/domain/verifyingContract",
            &world["usd"],
            "typed.domain",
        ),
        (
            "viem",
            permit2(world),
            "/message/details/token",
            &stranger,
            "typed.domain",
        ),
        (
            "ethers",
            permit(world),
            "/message/spender",
            &stranger,
            "typed.rule",
        ),
        (
            "viem",
            permit(world),
            "/message/deadline",
            &json!("1"),
            "typed.rule",
        ),
    ] {
        let mut data = data;
        *data.pointer_mut(at).unwrap() = value.clone();
        let said = setting.have("sign", &gate, library, &data);
        assert_eq!(said["code"], 4001, "{library}, {at}: {said}");
        assert_eq!(said["data"]["code"], code, "{library}, {at}: {said}");
        assert_eq!(
            said["data"]["verdict"], "BLOCKED",
            "{library}, {at}: {said}"
        );
    }
    // A form that is not known at all.
    let mut order = permit(world);
    order["primaryType"] = json!("Order");
    let form = order["types"]["Permit"].take();
    order["types"] = json!({ "EIP712Domain": order["types"]["EIP712Domain"], "Order": form });
    let said = setting.have("sign", &gate, "viem", &order);
    assert_eq!(said["data"]["code"], "typed.form", "{said}");
}
