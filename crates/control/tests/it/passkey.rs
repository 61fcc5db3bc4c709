//! Passkeys: answers of an independent authenticator, right and altered, from
//! `conformance/passkeys/webauthn.json`.

use jiff::Timestamp;
use portcullis_control::passkey::{
    AuthenticatorData, Ceremony, Challenge, Owner, PasskeyError, assertion_options, named_passkey,
    registration_options, verify_assertion, verify_registration,
};
use portcullis_firewall::passkey::Passkey;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

fn page() -> Value {
    let path = "../../conformance/passkeys/webauthn.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}`"))
}

fn bytes32(hex: &str) -> [u8; 32] {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

fn ceremony(page: &Value, case: &Value) -> Ceremony {
    Ceremony {
        rp_id: word(page, "rp_id").to_owned(),
        origins: vec![
            "https://other.example.com".to_owned(),
            word(page, "origin").to_owned(),
        ],
        challenge: Challenge(bytes32(word(case, "challenge"))),
        user_verification_required: case["user_verification_required"] == true,
    }
}

/// The passkey of an assertion case as it had been kept.
fn kept(page: &Value, case: &Value) -> Passkey {
    let known = &page["passkeys"][word(case, "passkey")];
    Passkey {
        credential_id: word(known, "credential_id").to_owned(),
        public_key: word(known, "public_key").to_owned(),
        algorithm: known["algorithm"].as_i64().unwrap(),
        sign_count: u32::try_from(case["kept"].as_u64().unwrap()).unwrap(),
        user_verified: true,
        backup_eligible: case["backup_eligible"] == true,
        name: "laptop".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    }
}

/// What the case wants to see, made from what came out.
fn outcome(page: &Value, case: &Value) -> Result<Value, PasskeyError> {
    let (expected, response) = (ceremony(page, case), &case["response"]);
    if word(case, "kind") == "assertion" {
        let count = verify_assertion(&expected, &kept(page, case), response)?;
        return Ok(json!({"sign_count": count}));
    }
    let new = verify_registration(&expected, response, "laptop", Timestamp::UNIX_EPOCH)?;
    let known = &page["passkeys"][word(case, "passkey")];
    assert_eq!(new.credential_id, word(known, "credential_id"));
    assert_eq!(new.public_key, word(known, "public_key"));
    Ok(json!({
        "algorithm": new.algorithm,
        "sign_count": new.sign_count,
        "user_verified": new.user_verified,
        "backup_eligible": new.backup_eligible,
    }))
}

#[test]
fn every_recorded_answer_is_judged_as_it_should_be() {
    let page = page();
    let mut codes = BTreeSet::new();
    for case in page["cases"].as_array().unwrap() {
        let note = word(case, "note");
        match outcome(&page, case) {
            Ok(seen) => assert_eq!(seen, case["want"], "{note}"),
            Err(error) => {
                assert_eq!(Some(error.code()), case["code"].as_str(), "{note}: {error}");
                codes.insert(error.code());
            }
        }
    }
    insta::assert_json_snapshot!("passkey codes", codes);
}

#[test]
fn what_is_asked_of_the_browser_reads_at_a_glance() {
    let page = page();
    let case = &page["cases"][0];
    let ceremony = ceremony(&page, case);
    let mut case = case.clone();
    case["kept"] = json!(0);
    let known = [kept(&page, &case)];
    let owner = Owner {
        handle: b"person-1".to_vec(),
        name: "ann@example.com".to_owned(),
        display_name: "Ann".to_owned(),
    };
    insta::assert_json_snapshot!(
        "passkey registration options",
        registration_options(&ceremony, &owner, &known)
    );
    insta::assert_json_snapshot!(
        "passkey assertion options",
        assertion_options(&ceremony, &known)
    );
}

#[test]
fn a_key_stays_with_the_algorithm_it_was_registered_for() {
    let page = page();
    let cases = page["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["note"] == "es256 signs");
    let case = case.unwrap();
    let mut passkey = kept(&page, case);
    passkey.algorithm = -8;
    let answer = verify_assertion(&ceremony(&page, case), &passkey, &case["response"]);
    assert_eq!(answer, Err(PasskeyError::WrongAlgorithm));
}

#[test]
fn an_answer_says_which_passkey_it_is_of() {
    let page = page();
    let case = &page["cases"][0];
    let id = word(&page["passkeys"]["es256"], "credential_id");
    assert_eq!(named_passkey(&case["response"]), Ok(id));
    assert!(named_passkey(&json!({"id": id})).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_authenticator_data_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..200)
    ) {
        if let Ok(data) = AuthenticatorData::read(&bytes) {
            prop_assert!(bytes.len() >= 37);
            prop_assert_eq!(&data.rp_id_hash[..], &bytes[..32]);
        }
    }

    #[test]
    fn one_changed_bit_of_what_is_signed_is_refused(place in 0_usize..4_096, bit in 0_u8..8) {
        let page = page();
        let cases = page["cases"].as_array().unwrap();
        for note in ["es256 signs", "eddsa signs", "rs256 signs"] {
            let mut case = cases.iter().find(|case| case["note"] == note).unwrap().clone();
            let part = ["clientDataJSON", "authenticatorData", "signature"][place % 3];
            let text = &mut case["response"]["response"][part];
            let changed = flipped(text.as_str().unwrap(), place, bit);
            *text = json!(changed);
            prop_assert!(outcome(&page, &case).is_err(), "{note}: {part}");
        }
    }
}

fn flipped(text: &str, place: usize, bit: u8) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    let at = place % bytes.len();
    bytes[at] ^= 1 << bit;
    URL_SAFE_NO_PAD.encode(bytes)
}
