//! The key that secrets are sealed with, and what is sealed along with each.

use super::SealError;
use crate::{secret::Secret, secrets::Secrets};
use portcullis_firewall::{outside::SecretName, ports::Entropy};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The bytes of a master key.
const KEY_BYTES: usize = 32;
const FORM: &str = "portcullis-sealed-1";

/// The first line of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Label {
    pub(super) version: u64,
    pub(super) set_at: i64,
    pub(super) key: String,
}

impl Label {
    fn line(&self) -> String {
        format!("{FORM} {} {} {}", self.version, self.set_at, self.key)
    }

    pub(super) fn of(line: &str) -> Option<Self> {
        let rest = line.strip_prefix(FORM)?.strip_prefix(' ')?;
        let mut words = rest.split(' ');
        let label = Self {
            version: words.next()?.parse().ok()?,
            set_at: words.next()?.parse().ok()?,
            key: words.next()?.to_owned(),
        };
        (words.next().is_none() && label.line() == line).then_some(label)
    }

    /// What is sealed along.
    fn aad(&self, name: &str) -> Vec<u8> {
        format!("{name}\n{}", self.line()).into_bytes()
    }
}

/// A master key.
pub(super) struct Master(Zeroizing<[u8; KEY_BYTES]>);

impl Master {
    pub(super) fn read(secrets: &Secrets, name: &SecretName) -> Result<Self, SealError> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let secret = secrets.read(name).map_err(|_| SealError::Key)?;
        let text = secret.bytes();
        let bytes = if text.len() == 2 * KEY_BYTES {
            Zeroizing::new(unhex(text).ok_or(SealError::Key)?)
        } else {
            Zeroizing::new(STANDARD.decode(text).map_err(|_| SealError::Key)?)
        };
        let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| SealError::Key)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// A new one, as text in hex.
    pub(super) fn generate(entropy: &dyn Entropy) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        let filled = entropy.fill(key.as_mut_slice());
        filled.map_err(|_| SealError::Entropy)?;
        let mut text = Zeroizing::new(vec![0; 2 * KEY_BYTES]);
        hex::encode_to_slice(key.as_slice(), &mut text).map_err(|_| SealError::Entropy)?;
        Ok(text)
    }

    /// Which key it is, without saying anything of it.
    pub(super) fn print(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(b"portcullis sealed key");
        digest.update(self.0.as_slice());
        let digest = digest.finalize();
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn key(&self) -> Result<LessSafeKey, SealError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, self.0.as_slice());
        key.map(LessSafeKey::new).map_err(|_| SealError::Key)
    }

    pub(super) fn seal(
        &self,
        name: &str,
        label: &Label,
        value: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        // A nonce of 96 random bits: far fewer than 2^32 values are sealed with one key.
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce).map_err(|_| SealError::Entropy)?;
        // One allocation, so that no half of the secret stays behind in a smaller one.
        let mut sealed = Vec::with_capacity(value.len() + CHACHA20_POLY1305.tag_len());
        sealed.extend_from_slice(value);
        let once = Nonce::assume_unique_for_key(nonce);
        let aad = Aad::from(label.aad(name));
        let done = self.key()?.seal_in_place_append_tag(once, aad, &mut sealed);
        done.map_err(|_| SealError::Value)?;
        Ok([label.line().as_bytes(), b"\n", &nonce, &sealed].concat())
    }

    pub(super) fn open(&self, name: &str, label: &Label, rest: &[u8]) -> Result<Secret, SealError> {
        if label.key != self.print() {
            return Err(SealError::OtherKey(name.to_owned()));
        }
        let damaged = || SealError::Damaged(name.to_owned());
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let aad = Aad::from(label.aad(name));
        let opened = self.key()?.open_in_place(nonce, aad, &mut bytes);
        let length = opened.map_err(|_| damaged())?.len();
        bytes.truncate(length);
        Ok(Secret::new(bytes))
    }
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    });
    pairs.collect()
}
