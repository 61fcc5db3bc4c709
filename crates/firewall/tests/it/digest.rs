//! Digests and nonces as text.

use portcullis_firewall::{
    digest::{ActionDigest, Nonce},
    sign::{PublicKey, Signature, SigningKey},
};

#[test]
fn the_text_form_is_lower_case_hex_and_reads_back() {
    let nonce = Nonce::new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xfe, 0xff]);
    assert_eq!(nonce.to_string(), "000102030405060708090a0b0c0dfeff");
    assert_eq!(nonce.to_string().parse(), Ok(nonce));
    assert_eq!(
        serde_json::to_string(&nonce).unwrap(),
        "\"000102030405060708090a0b0c0dfeff\""
    );
    assert_eq!(
        serde_json::from_str::<Nonce>("\"000102030405060708090a0b0c0dfeff\"").unwrap(),
        nonce
    );
    assert_eq!(&nonce.to_hex(), b"000102030405060708090a0b0c0dfeff");
}

#[test]
fn one_digest_has_one_spelling() {
    let digest = ActionDigest::new([0xab; 32]);
    let text = digest.to_string();
    for other in [
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}ab"),
        format!(" {text}"),
        text.replacen("ab", "+b", 1),
        text.replacen('a', "\u{430}", 1),
        String::new(),
    ] {
        let error = other.parse::<ActionDigest>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected 64 lower-case hex digits",
            "{other}"
        );
    }
}

#[test]
fn digests_that_differ_in_any_bit_differ() {
    let digest = ActionDigest::new([0; 32]);
    for bit in 0..256 {
        let mut bytes = [0; 32];
        bytes[bit / 8] = 1 << (bit % 8);
        assert_ne!(ActionDigest::new(bytes), digest);
    }
    assert_eq!(ActionDigest::new([0; 32]), digest);
}

#[test]
fn a_secret_key_does_not_show_itself() {
    let key = SigningKey::from_seed(&[0x5a; 32]);
    assert_eq!(format!("{key:?}"), "SigningKey { .. }");
}

#[test]
fn a_signature_is_for_one_message_and_one_key() {
    let (key, other) = (
        SigningKey::from_seed(&[1; 32]),
        SigningKey::from_seed(&[2; 32]),
    );
    let signature = key.sign(b"message");
    assert_eq!(signature, key.sign(b"message"));
    assert!(key.public_key().verifies(b"message", &signature));
    assert!(!key.public_key().verifies(b"massage", &signature));
    assert!(!other.public_key().verifies(b"message", &signature));
    for at in 0..64 {
        let mut bytes = *signature.as_bytes();
        bytes[at] ^= 1;
        assert!(
            !key.public_key()
                .verifies(b"message", &Signature::new(bytes)),
            "byte {at}"
        );
    }
}

#[test]
fn weak_and_impossible_public_keys_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut bent = [0xff; 32];
    bent[0] = 0xed;
    for bytes in [[0; 32], identity, bent, [0xff; 32]] {
        let error = PublicKey::from_bytes(&bytes).unwrap_err();
        assert_eq!(error.to_string(), "expected an Ed25519 public key");
    }
    let key = SigningKey::from_seed(&[1; 32]).public_key();
    assert_eq!(key.to_string().parse(), Ok(key));
}
