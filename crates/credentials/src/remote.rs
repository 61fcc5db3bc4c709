//! Keys that another program holds, and signs with: Web3Signer, over HTTP.
//!
//! Source: the API of Web3Signer for secp256k1, `POST /api/v1/eth1/sign/{identifier}`
//! (<https://docs.web3signer.consensys.io/reference/api/rest>). It is given a message in hex, makes the
//! Keccak-256 digest by itself, and answers with r, s and v as one number in hex. The identifier is the public
//! key, both coordinates of it. So it never chooses what is signed: no nonce, fee or field is left to it,
//! as it would be by `eth_signTransaction`.

use crate::{
    keystore::address_of,
    target::{Place, Protocol, Target},
};
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use portcullis_firewall::outside::{
    Awaited, Courier, Credential, Method, OutsideError, Parcel, Reach, Signer,
};
use serde_json::json;
use sha3::{Digest, Keccak256};
use std::{collections::BTreeMap, sync::Arc};

/// The most bytes of an answer: 65 in hex, with a little room.
const ANSWER_MAX_BYTES: usize = 160;

/// A key that another program holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RemoteKey {
    /// Where the program is: a scheme and a host, without a path.
    pub url: String,
    /// Which of its keys.
    pub public: PublicKey,
    /// How it is greeted.
    pub credential: Option<Credential>,
    /// Where its address may lead.
    pub reach: Reach,
}

/// A public key: both coordinates of the point.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublicKey([u8; 64]);

impl PublicKey {
    /// Reads 128 digits in hex, as Web3Signer lists its keys, with or without `0x`; nothing for what is not a
    /// point of the curve.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let point = hex::decode(digits).ok()?;
        let point: [u8; 64] = point.try_into().ok()?;
        let marked: Vec<u8> = [0x04].into_iter().chain(point).collect();
        VerifyingKey::from_sec1_bytes(&marked).ok()?;
        Some(Self(point))
    }

    /// The account's address: the last 20 bytes of its digest.
    #[must_use]
    pub fn address(&self) -> [u8; 20] {
        address_of(&self.0)
    }

    /// Whether a key that was found out is this one.
    fn is(&self, found: &VerifyingKey) -> bool {
        let point = found.to_encoded_point(false);
        point.as_bytes().get(1..) == Some(self.0.as_slice())
    }
}

/// Keys by their names, with those who hold them.
///
/// Fails closed: what comes back has to be the signature of that very key over that very message. Whoever does
/// not answer, answers something else, or points elsewhere, has not signed.
#[derive(Clone, Debug)]
pub struct RemoteKeys {
    courier: Arc<dyn Courier>,
    keys: Arc<BTreeMap<String, RemoteKey>>,
}

impl RemoteKeys {
    /// Keys by their names.
    #[must_use]
    pub fn new(courier: Arc<dyn Courier>, keys: BTreeMap<String, RemoteKey>) -> Self {
        Self {
            courier,
            keys: Arc::new(keys),
        }
    }
}

impl Signer for RemoteKeys {
    fn sign<'a>(&'a self, key: &'a str, message: &'a [u8]) -> Awaited<'a, [u8; 65]> {
        Box::pin(async move {
            let none = || OutsideError::NoSecret(key.to_owned());
            let known = self.keys.get(key).ok_or_else(none)?;
            let place = Target::read(&known.url, known.reach, Protocol::Http)?.place;
            let delivery = self.courier.send(parcel(known, message)).await?;
            if delivery.status != 200 {
                let why = format_args!("the signer answers with status {}", delivery.status);
                return Err(place.unusable(why));
            }
            signature(&delivery.body, &place).and_then(|signature| {
                let digest: [u8; 32] = Keccak256::digest(message).into();
                checked(&known.public, &digest, &signature).ok_or_else(|| {
                    place.unusable("it is not this key's signature over this message")
                })
            })
        })
    }
}

fn parcel(key: &RemoteKey, message: &[u8]) -> Parcel {
    let base = key.url.trim_end_matches('/');
    let body = json!({"data": format!("0x{}", hex::encode(message))});
    Parcel {
        method: Method::Post,
        url: format!("{base}/api/v1/eth1/sign/0x{}", hex::encode(key.public.0)),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        credential: key.credential.clone(),
        reach: key.reach,
    }
}

/// The 65 bytes of an answer.
fn signature(body: &[u8], place: &Place) -> Result<[u8; 65], OutsideError> {
    let short = (body.len() <= ANSWER_MAX_BYTES).then_some(body);
    let text = short.and_then(|body| std::str::from_utf8(body).ok());
    let digits = text.and_then(|text| text.trim_ascii_end().strip_prefix("0x"));
    let bytes = digits.and_then(|digits| hex::decode(digits).ok());
    let bytes = bytes.and_then(|bytes| <[u8; 65]>::try_from(bytes).ok());
    bytes.ok_or_else(|| place.unusable("it is no signature of 65 bytes in hex"))
}

/// The signature with the lower s and the parity as 0 or 1, when it is that key's over that digest.
fn checked(public: &PublicKey, digest: &[u8; 32], bytes: &[u8; 65]) -> Option<[u8; 65]> {
    let (numbers, v) = bytes.split_at(64);
    let odd = match v {
        [0 | 27] => false,
        [1 | 28] => true,
        _ => return None,
    };
    let given = Signature::from_slice(numbers).ok()?;
    let lower = given.normalize_s();
    let parity = RecoveryId::new(odd != lower.is_some(), false);
    let signature = lower.unwrap_or(given);
    let found = VerifyingKey::recover_from_prehash(digest, &signature, parity).ok()?;
    let mut signed = [parity.to_byte(); 65];
    for (to, from) in signed.iter_mut().zip(signature.to_bytes()) {
        *to = from;
    }
    public.is(&found).then_some(signed)
}

#[cfg(test)]
mod tests;
