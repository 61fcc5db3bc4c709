//! Permits, checked offline.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    permit::{Claims, PermitError, mint, verify},
    sign::SigningKey,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    seed: String,
    public_key: String,
    claims: Claims,
    token: String,
}

fn vector() -> Vector {
    serde_saphyr::from_str(include_str!("../../../../conformance/records/permit.yaml")).unwrap()
}

fn key(vector: &Vector) -> SigningKey {
    let mut seed = [0; 32];
    hex::decode_to_slice(&vector.seed, &mut seed).unwrap();
    SigningKey::from_seed(&seed)
}

fn refused(token: &str, now: Timestamp) -> Option<PermitError> {
    verify(token, &key(&vector()).public_key(), now).err()
}

/// A token over any bytes, signed behind a prefix.
fn signed(prefix: &str, payload: &[u8]) -> String {
    let signature = key(&vector()).sign(&[prefix.as_bytes(), payload].concat());
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!("pcp1.{}.{}", encode(payload), encode(signature.as_bytes()))
}

fn payload(token: &str) -> String {
    let claims = token.split('.').nth(1).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

const PREFIX: &str = "portcullis permit v1\n";

#[test]
fn the_published_token_comes_out_the_same() {
    let vector = vector();
    let key = key(&vector);
    assert_eq!(key.public_key().to_string(), vector.public_key);
    assert_eq!(mint(&key, &vector.claims), vector.token);
    let permit = verify(&vector.token, &key.public_key(), vector.claims.issued_at).unwrap();
    assert_eq!(permit.claims(), &vector.claims);
    assert_eq!(
        signed(PREFIX, payload(&vector.token).as_bytes()),
        vector.token
    );
}

#[test]
fn a_permit_ends_at_its_last_moment() {
    let Vector { claims, token, .. } = vector();
    let millisecond = SignedDuration::from_millis(1);
    assert_eq!(refused(&token, claims.expires_at - millisecond), None);
    assert_eq!(
        refused(&token, claims.expires_at),
        Some(PermitError::Expired)
    );
    assert_eq!(refused(&token, Timestamp::MAX), Some(PermitError::Expired));
}

#[test]
fn a_permit_does_not_begin_long_before_it_was_given() {
    let Vector { claims, token, .. } = vector();
    let leeway = SignedDuration::from_secs(60);
    assert_eq!(refused(&token, claims.issued_at - leeway), None);
    let earlier = claims.issued_at - leeway - SignedDuration::from_millis(1);
    assert_eq!(refused(&token, earlier), Some(PermitError::Early));
    assert_eq!(refused(&token, Timestamp::MIN), Some(PermitError::Early));
}

#[test]
fn another_key_did_not_sign_it() {
    let Vector { claims, token, .. } = vector();
    let other = SigningKey::from_seed(&[9; 32]).public_key();
    let error = verify(&token, &other, claims.issued_at).unwrap_err();
    assert_eq!(
        (error, error.code()),
        (PermitError::Forged, "permit.forged")
    );
}

#[test]
fn nothing_else_the_key_signs_is_a_permit() {
    let Vector { claims, token, .. } = vector();
    for prefix in ["", "portcullis permit v2\n", "portcullis permit v1"] {
        let token = signed(prefix, payload(&token).as_bytes());
        assert_eq!(
            refused(&token, claims.issued_at),
            Some(PermitError::Forged),
            "{prefix}"
        );
    }
}

#[test]
fn claims_in_another_spelling_are_refused_even_signed() {
    let Vector { claims, token, .. } = vector();
    let payload = payload(&token);
    for other in [
        format!(" {payload}"),
        payload.replace(":7,", ":7.0,"),
        payload.replace(".000Z", "Z"),
        payload.replace(".000Z", ".000+00:00"),
        payload.replace("{\"agent\"", "{\"admin\":true,\"agent\""),
        payload.replace("{\"agent\"", "{\"agent\":\"agt_2\",\"agent\""),
        payload.replace("\"seq\":7,", ""),
        payload.replace("agt_1", "agt 1"),
        payload.replace("bd938c", "BD938C"),
        "null".to_owned(),
        String::new(),
    ] {
        assert_ne!(other, payload);
        let token = signed(PREFIX, other.as_bytes());
        assert_eq!(
            refused(&token, claims.issued_at),
            Some(PermitError::Malformed),
            "{other}"
        );
    }
}

#[test]
fn other_forms_of_a_token_are_malformed() {
    let Vector { claims, token, .. } = vector();
    let (head, signature) = token.rsplit_once('.').unwrap();
    for bad in [
        String::new(),
        "pcp1.".to_owned(),
        "pcp1..".to_owned(),
        head.to_owned(),
        format!("{head}."),
        format!("{token}="),
        format!("{token}."),
        format!("{token}.x"),
        format!("{token} "),
        format!(" {token}"),
        token.replace("pcp1.", "pcp2."),
        token.replace("pcp1.", "PCP1."),
        token.replace('_', "/"),
        format!("{head}.{}", &signature[..84]),
        format!("pcp1.{}.{signature}", "A".repeat(4_096)),
        // The last digit of 64 bytes holds four bits that must be zero.
        format!("{head}.{}B", &signature[..85]),
    ] {
        assert_eq!(
            refused(&bad, claims.issued_at),
            Some(PermitError::Malformed),
            "{bad}"
        );
    }
}

#[test]
fn moments_are_cut_to_milliseconds_so_that_nothing_lasts_longer() {
    let vector = vector();
    let nanosecond = SignedDuration::from_nanos(999_999);
    let claims = Claims {
        expires_at: vector.claims.expires_at + nanosecond,
        ..vector.claims
    };
    assert_eq!(mint(&key(&self::vector()), &claims), vector.token);
}

proptest! {
    #[test]
    fn no_changed_token_passes(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let Vector { claims, token, .. } = vector();
        let mut chars: Vec<char> = token.chars().collect();
        let at = at.index(chars.len());
        prop_assume!(chars[at] != with);
        chars[at] = with;
        let changed: String = chars.into_iter().collect();
        prop_assert!(refused(&changed, claims.issued_at).is_some());
    }

    #[test]
    fn what_is_minted_is_verified(
        seed: [u8; 32],
        id in "[a-z]{3}_[0-9a-z\"\\\\]{1,30}",
        seq in 1_u64..1 << 53,
        from in -1_000_000_000_000_i64..4_000_000_000_000,
        lasts in 1_i64..1_000_000,
    ) {
        let moment = |at| Timestamp::from_millisecond(at).unwrap();
        let claims = Claims {
            id,
            seq,
            issued_at: moment(from),
            expires_at: moment(from + lasts),
            ..vector().claims
        };
        let key = SigningKey::from_seed(&seed);
        let permit = verify(&mint(&key, &claims), &key.public_key(), claims.issued_at).unwrap();
        prop_assert_eq!(permit.claims(), &claims);
    }
}
