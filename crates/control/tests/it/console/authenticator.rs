//! A passkey in software: makes and uses one key, as a device would (WebAuthn Level 3, section 6).

use super::browser::URL;
use crate::oidc::issuer::encode;
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

const PRESENT_AND_VERIFIED: u8 = 0x05;
const WITH_KEY: u8 = 0x40;

pub(super) struct Authenticator {
    id: Vec<u8>,
    pair: EcdsaKeyPair,
    count: u32,
}

impl Authenticator {
    pub(super) fn new(name: &str) -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self {
            id: name.as_bytes().to_vec(),
            pair: EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).unwrap(),
            count: 0,
        }
    }

    /// Answers the registration that a page asks for.
    pub(super) fn register(&self, page: &str) -> String {
        let client = client_data("webauthn.create", &challenge(page, "create"));
        let mut data = self.data(PRESENT_AND_VERIFIED | WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        // {"fmt": "none", "attStmt": {}, "authData": data}, in the canonical order.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let response =
            json!({"clientDataJSON": encode(&client), "attestationObject": encode(&object)});
        self.credential(&response)
    }

    /// Signs what a page asks for.
    pub(super) fn sign(&mut self, page: &str) -> String {
        let client = client_data("webauthn.get", &challenge(page, "get"));
        self.count += 1;
        let data = self.data(PRESENT_AND_VERIFIED);
        let message = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &message).unwrap();
        let response = json!({
            "clientDataJSON": encode(&client),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
        });
        self.credential(&response)
    }

    fn credential(&self, response: &Value) -> String {
        let id = encode(&self.id);
        json!({"type": "public-key", "id": id, "rawId": id, "response": response}).to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let host = URL.strip_prefix("https://").unwrap();
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    /// The public key (RFC 9052): {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn cose(&self) -> Vec<u8> {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let start = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20";
        [&start[..], x, b"\x22\x58\x20", y].concat()
    }
}

fn client_data(kind: &str, challenge: &str) -> Vec<u8> {
    let data = json!({"type": kind, "challenge": challenge, "origin": URL});
    data.to_string().into_bytes()
}

/// The challenge of the first ceremony of a kind on a page.
fn challenge(page: &str, kind: &str) -> String {
    let from = format!("data-passkey=\"{kind}\" data-options=\"");
    let (_, rest) = page.split_once(&from).unwrap_or_else(|| panic!("{page}"));
    let options = rest.split('"').next().unwrap().replace("&quot;", "\"");
    let options: Value = serde_json::from_str(&options).unwrap();
    options["challenge"].as_str().unwrap().to_owned()
}
