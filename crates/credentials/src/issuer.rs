//! Who mints: one file for each kind of provider, and what they share.
//!
//! Whoever adds a kind writes a file here and its line in [`KINDS`]; `docs/adding-an-issuer.md` walks
//! through one.

pub mod aws;
mod call;
mod filters;
pub mod gcp;
pub mod github;
pub(crate) mod held;
pub mod kubernetes;
mod look;
pub mod oauth;
pub mod openbao;
pub mod postgres;
pub mod sealed;

pub use look::Seen;

use crate::{database::Databases, embers::Embers, secrets::Secrets, strongbox::Strongbox};
use jiff::Timestamp;
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError, Revoked},
    outside::{Courier, Reach, SecretName},
    ports::{Clock, Doing, Entropy, Issuer},
};
use portcullis_screen::secrets::Secrets as Known;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc};
use zeroize::Zeroizing;

/// Every kind of provider there is.
pub const KINDS: &[Kind] = &[
    Kind::of::<aws::Account>("aws"),
    Kind::of::<gcp::Account>("gcp"),
    Kind::of::<github::App>("github"),
    Kind::of::<kubernetes::Cluster>("kubernetes"),
    Kind::of::<oauth::Exchange>("oauth"),
    Kind::of::<openbao::Server>("openbao"),
    Kind::of::<postgres::Server>("postgres"),
    Kind::of::<sealed::Chest>("sealed"),
];

/// How the ids of leases begin.
const ID_PREFIX: &str = "lse_";
/// How many hex digits follow.
const ID_DIGITS: usize = 32;

/// What issuers work with.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Carries calls to providers; it knows the secrets of the strongbox.
    pub courier: Arc<dyn Courier>,
    /// Opens sessions at databases.
    pub databases: Arc<Databases>,
    /// The operator's secrets.
    pub secrets: Secrets,
    /// Keeps what is minted.
    pub strongbox: Strongbox,
    /// Keeps at rest what only its holder can end; without it that outlives a gate that is killed.
    pub embers: Option<Embers>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For passwords.
    pub entropy: Arc<dyn Entropy>,
}

impl Tools {
    /// Those of one provider: nothing is kept at rest that can be ended without.
    pub(crate) fn of(&self, provider: &dyn Provider) -> Self {
        let embers = self.embers.clone();
        Self {
            embers: embers.filter(|_| provider.only_holders_end()),
            ..self.clone()
        }
    }
}

/// A provider as its operator describes it, with the one long-lived secret behind it by its name.
pub trait Provider: fmt::Debug + Send + Sync {
    /// The secrets it names, with the keys where they stand.
    fn secrets(&self) -> Vec<(&'static str, &SecretName)>;

    /// The addresses it calls, with the keys where they stand and how far they may reach.
    fn addresses(&self) -> Vec<(&'static str, String, Reach)>;

    /// What is wrong with it before anything is called, with the key where it stands.
    fn fault(&self) -> Option<(&'static str, String)> {
        None
    }

    /// Makes known to whatever redacts texts what it could give away at any time, without giving it
    /// away now.
    fn register(&self, _: &Secrets, _: &mut Known) {}

    /// Whether it tells people's own credentials from the shared one by itself.
    fn knows_people(&self) -> bool {
        false
    }

    /// Whether only who holds what was minted can end it. Then it is kept at rest until it has ended,
    /// and brought back for a gate that starts again.
    fn only_holders_end(&self) -> bool {
        false
    }

    /// The keys of the secrets that a person may have of their own in the place of these. A person
    /// has all of them, or none.
    fn own_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// The same with other secrets under [`own_keys`](Self::own_keys).
    fn with_own(&self, _: &BTreeMap<&'static str, SecretName>) -> Option<Arc<dyn Provider>> {
        None
    }

    /// What it shows to whoever asks it for nothing; whether it is there at all, unless a kind can do
    /// better.
    ///
    /// # Errors
    /// [`LeaseError::Unanswered`] and [`LeaseError::Refused`]: it cannot be asked.
    fn look<'a>(&'a self, tools: &'a Tools) -> Doing<'a, Result<Seen, LeaseError>> {
        Box::pin(async {
            let mut seen = Err(LeaseError::Unanswered("it has no address".to_owned()));
            for (_, url, reach) in self.addresses() {
                seen = Ok(look::at(tools, url, reach).await?);
            }
            seen
        })
    }

    /// Who mints there.
    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer>;
}

/// A kind of provider.
#[derive(Clone, Copy)]
pub struct Kind {
    /// What the operator calls it, e.g. `postgres`.
    pub name: &'static str,
    read: fn(&Value) -> Result<Arc<dyn Provider>, Misread>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}

/// Where a description of a provider is wrong, and why; no value of it, which might be a secret in
/// the wrong place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Misread {
    /// Below the kind, e.g. `endpoint`; empty for the whole.
    pub path: String,
    /// What is wrong.
    pub why: String,
}

impl Kind {
    const fn of<P: Provider + DeserializeOwned + 'static>(name: &'static str) -> Self {
        Self {
            name,
            read: |value| {
                let read: Result<P, _> = serde_path_to_error::deserialize(value);
                match read {
                    Ok(provider) => Ok(Arc::new(provider)),
                    Err(error) => Err(Misread::of(&error)),
                }
            },
        }
    }

    /// Reads what the operator wrote.
    ///
    /// # Errors
    /// [`Misread`].
    pub fn read(&self, value: &Value) -> Result<Arc<dyn Provider>, Misread> {
        (self.read)(value)
    }
}

impl Misread {
    fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        let said = error.inner().to_string();
        // These two say keys alone.
        let speaks_of_keys = ["unknown field", "missing field"]
            .iter()
            .any(|start| said.starts_with(start));
        let why = if speaks_of_keys {
            said
        } else {
            "this is not what belongs here".to_owned()
        };
        Self {
            path: if path == "." { String::new() } else { path },
            why,
        }
    }
}

/// The hex digits of a lease's id, fit for every provider's names.
pub(crate) fn digits(ask: &LeaseAsk) -> Result<&str, LeaseError> {
    let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let digits = ask.id.strip_prefix(ID_PREFIX);
    let digits = digits.filter(|text| text.len() == ID_DIGITS && text.bytes().all(plain));
    digits.ok_or_else(|| LeaseError::TooMuch("the lease has no proper id".to_owned()))
}

/// How long a credential is wanted from now on, in seconds.
fn seconds_left(ask: &LeaseAsk, now: Timestamp) -> Result<i64, LeaseError> {
    let seconds = ask.ends_at.as_second().saturating_sub(now.as_second());
    if seconds <= 0 {
        return Err(LeaseError::TooMuch("its time is over".to_owned()));
    }
    Ok(seconds)
}

/// A password that nobody can guess: 256 bits, in letters and digits alone.
fn password(entropy: &dyn Entropy) -> Result<Zeroizing<String>, LeaseError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    let filled = entropy.fill(bytes.as_mut_slice());
    filled.map_err(|error| LeaseError::Unanswered(error.to_string()))?;
    let mut text = Zeroizing::new(String::with_capacity(64));
    for byte in bytes.iter() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    Ok(text)
}

/// How a credential ended, where nobody looked how long it took.
fn ended(how: &str, dead: bool) -> Revoked {
    Revoked {
        how: how.to_owned(),
        dead,
        delay_ms: None,
    }
}

/// The same, with how long it took since a moment, when there was something to end.
fn ended_since(began: Timestamp, now: Timestamp, (how, was_there): (&str, bool)) -> Revoked {
    let took = now.duration_since(began).as_millis();
    Revoked {
        delay_ms: was_there.then(|| u64::try_from(took).unwrap_or(0)),
        ..ended(how, true)
    }
}
