//! An issuer that answers in memory, as well or as badly as it is told to.

use portcullis_firewall::outside::{Awaited, Courier, Delivery, Line, OutsideError, Parcel, Reach};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

pub(crate) const ISSUER: &str = "https://issuer.example.com/realm";
pub(crate) const CLIENT: &str = "portcullis";

/// What stands at which address, and what was asked.
#[derive(Debug, Default)]
pub(crate) struct StandIn {
    pages: Mutex<HashMap<String, (u16, Vec<u8>)>>,
    asked: Mutex<Vec<Parcel>>,
}

impl StandIn {
    /// One that describes itself and publishes keys.
    pub(crate) fn with_keys(keys: &Value) -> Self {
        let issuer = Self::default();
        issuer.put("/.well-known/openid-configuration", 200, &description());
        issuer.put("/keys", 200, keys);
        issuer
    }

    pub(crate) fn put(&self, path: &str, status: u16, page: &Value) {
        self.put_bytes(path, status, page.to_string().into_bytes());
    }

    pub(crate) fn put_bytes(&self, path: &str, status: u16, page: Vec<u8>) {
        self.put_at(format!("{ISSUER}{path}"), status, page);
    }

    /// The same at any address.
    pub(crate) fn put_at(&self, url: String, status: u16, page: Vec<u8>) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.insert(url, (status, page));
    }

    /// The parcels for a path so far.
    pub(crate) fn asked(&self, path: &str) -> Vec<Parcel> {
        let url = format!("{ISSUER}{path}");
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = asked.iter().filter(|parcel| parcel.url == url);
        fitting.cloned().collect()
    }

    fn answer(&self, parcel: Parcel) -> Result<Delivery, OutsideError> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let page = pages.get(&parcel.url).cloned();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(parcel);
        let (status, body) = page.ok_or_else(|| OutsideError::Unreachable {
            host: "issuer.example.com".to_owned(),
            why: "nobody is there".to_owned(),
        })?;
        Ok(Delivery {
            status,
            headers: Vec::new(),
            body,
        })
    }
}

impl Courier for StandIn {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        let answer = self.answer(parcel);
        Box::pin(async { answer })
    }

    fn dial<'a>(&'a self, url: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        let url = url.to_owned();
        let why = "nobody dials here".to_owned();
        Box::pin(async { Err(OutsideError::Forbidden { url, why }) })
    }
}

/// What the issuer says of itself.
pub(crate) fn description() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize?tenant=a"),
        "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/keys"),
        "response_types_supported": ["code"],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// A key of the issuer's.
pub(crate) struct Signer {
    kid: &'static str,
    pair: Ed25519KeyPair,
}

impl Signer {
    pub(crate) fn new(kid: &'static str, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        Self { kid, pair }
    }

    pub(crate) fn jwks(&self) -> Value {
        let x = encode(self.pair.public_key().as_ref());
        let key = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.kid, "x": x});
        json!({"keys": [key]})
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        let header = json!({"alg": "EdDSA", "kid": self.kid});
        let [header, claims] = [&header, claims].map(|part| encode(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let signature = encode(self.pair.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}
