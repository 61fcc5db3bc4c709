//! What the browser is asked (WebAuthn Level 3, sections 5.4 and 5.5, in the JSON forms that
//! `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` read).

use super::{Ceremony, cose::ALGORITHMS};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portcullis_firewall::passkey::Passkey;
use serde_json::{Value, json};

/// How long the browser waits for a person: five minutes, the middle of what section 15.1 advises.
const TIMEOUT_MS: u32 = 300_000;

/// Whose the new passkey will be.
#[derive(Clone, Debug)]
pub struct Owner {
    /// 1 to 64 bytes that name the person and say nothing about them; the same for all their
    /// passkeys (section 5.4.3).
    pub handle: Vec<u8>,
    /// What devices list the passkey under, e.g. a mail address.
    pub name: String,
    /// The person's name for people.
    pub display_name: String,
}

/// What to ask for a new passkey; those the person has are excluded.
#[must_use]
pub fn registration_options(ceremony: &Ceremony, owner: &Owner, known: &[Passkey]) -> Value {
    let algorithms = ALGORITHMS.map(|alg| json!({"type": "public-key", "alg": alg}));
    json!({
        "rp": {"id": ceremony.rp_id, "name": ceremony.rp_id},
        "user": {
            "id": URL_SAFE_NO_PAD.encode(&owner.handle),
            "name": owner.name,
            "displayName": owner.display_name,
        },
        "challenge": ceremony.challenge.text(),
        "pubKeyCredParams": algorithms,
        "timeout": TIMEOUT_MS,
        "excludeCredentials": descriptors(known),
        "authenticatorSelection": {
            "residentKey": "preferred",
            "userVerification": user_verification(ceremony),
        },
        "attestation": "none",
    })
}

/// What to ask of one of the person's passkeys; without any, the device offers those it has.
#[must_use]
pub fn assertion_options(ceremony: &Ceremony, known: &[Passkey]) -> Value {
    json!({
        "challenge": ceremony.challenge.text(),
        "timeout": TIMEOUT_MS,
        "rpId": ceremony.rp_id,
        "allowCredentials": descriptors(known),
        "userVerification": user_verification(ceremony),
    })
}

fn descriptors(known: &[Passkey]) -> Vec<Value> {
    let one = |passkey: &Passkey| json!({"type": "public-key", "id": passkey.credential_id});
    known.iter().map(one).collect()
}

const fn user_verification(ceremony: &Ceremony) -> &'static str {
    if ceremony.user_verification_required {
        "required"
    } else {
        "preferred"
    }
}
