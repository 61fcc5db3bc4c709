//! What an authenticator sends.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use portcullis_control::passkey::{
    AuthenticatorData, Ceremony, Challenge,
    cbor::{self, Value},
    verify_assertion, verify_registration,
};
use serde_json::json;

const CLIENT_DATA: &str = r#"{"type":"webauthn.create","challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","origin":"https://gate.example.com"}"#;

/// CBOR, authenticator data, or an attestation object that somebody registers with.
///
/// # Panics
/// When a value that was read has a second spelling, or what is registered cannot be asked to
/// sign.
#[must_use]
pub fn passkey(bytes: &[u8]) -> bool {
    if let Ok((value, rest)) = cbor::read_first(bytes) {
        let mut written = Vec::new();
        write(&value, &mut written);
        assert_eq!(
            written,
            bytes[..bytes.len() - rest.len()],
            "a second spelling"
        );
    }
    let data = AuthenticatorData::read(bytes);
    if let Ok(data) = &data {
        assert!(bytes.starts_with(&data.rp_id_hash));
        if let Some(key) = data.attested {
            assert!((1..=1_023).contains(&key.credential_id.len()));
            assert!(cbor::read(key.public_key).is_ok());
        }
    }
    data.is_ok() | registers(bytes)
}

/// The name of the key is guessed from where a short object has it.
fn registers(attestation: &[u8]) -> bool {
    let ceremony = Ceremony {
        rp_id: "gate.example.com".to_owned(),
        origins: vec!["https://gate.example.com".to_owned()],
        challenge: Challenge([0; 32]),
        user_verification_required: false,
    };
    let Ok(object) = cbor::read(attestation) else {
        return false;
    };
    let data = object.named("authData").and_then(Value::bytes);
    let Some(Ok(data)) = data.map(AuthenticatorData::read) else {
        return false;
    };
    let id = data.attested.map_or(String::new(), |key| {
        URL_SAFE_NO_PAD.encode(key.credential_id)
    });
    let response = json!({"id": id, "rawId": id, "type": "public-key", "response": {
        "clientDataJSON": URL_SAFE_NO_PAD.encode(CLIENT_DATA),
        "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
        "authenticatorData": URL_SAFE_NO_PAD.encode(attestation),
        "signature": "AA",
    }});
    match verify_registration(&ceremony, &response, "fuzz", Timestamp::UNIX_EPOCH) {
        Ok(passkey) => {
            let signed = verify_assertion(&ceremony, &passkey, &response);
            assert!(signed.is_err(), "nobody signed");
            true
        }
        Err(error) => {
            assert!(error.code().starts_with("passkey."));
            false
        }
    }
}

/// The one spelling of a value.
fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Int(number) if *number < 0 => head(1, !number as u64, out),
        Value::Int(number) => head(0, *number as u64, out),
        Value::Bytes(bytes) => {
            head(2, bytes.len() as u64, out);
            out.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            head(3, text.len() as u64, out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::List(list) => {
            head(4, list.len() as u64, out);
            list.iter().for_each(|item| write(item, out));
        }
        Value::Map(pairs) => {
            head(5, pairs.len() as u64, out);
            for (key, item) in pairs {
                write(key, out);
                write(item, out);
            }
        }
        Value::Bool(false) => out.push(0xf4),
        Value::Bool(true) => out.push(0xf5),
        Value::Null => out.push(0xf6),
    }
}

fn head(major: u8, number: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    match number {
        0..24 => out.push(major | number as u8),
        24..0x100 => out.extend([major | 24, number as u8]),
        0x100..0x1_0000 => {
            out.push(major | 25);
            out.extend((number as u16).to_be_bytes());
        }
        0x1_0000..0x1_0000_0000 => {
            out.push(major | 26);
            out.extend((number as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend(number.to_be_bytes());
        }
    }
}
