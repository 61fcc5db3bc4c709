//! What the console keeps between two pages: who is signed in, and what somebody is in the middle
//! of. All of it is gone when the gate stops, except the sign-ins, which are the firewall's.

mod cookie;
mod errand;
mod guard;
mod listeners;

pub(super) use errand::Kind;
pub use errand::{Errand, Errands};
pub(super) use guard::{is_from_elsewhere, is_ours, strictly_same};
pub use listeners::Listeners;
pub(super) use listeners::Place;

use crate::{
    console::paths,
    oidc::RelyingParty,
    passkey::{Ceremony, Challenge},
    porter::Porter,
    slack::settings::SlackSettings,
};
use axum::http::HeaderMap;
use portcullis_firewall::{
    access::RoleGrant,
    error::GateError,
    firewall::{Firewall, SignedIn},
    ports::Entropy,
};
use portcullis_policy::id::TenantId;
use ring::hmac;
use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::Arc,
};
use tokio::sync::watch;

/// How an identity provider's people come in.
#[derive(Debug)]
pub struct Entrance {
    /// What people know it by.
    pub name: String,
    /// The gate in its eyes.
    pub party: RelyingParty,
    /// Which of its groups are which of ours, by name.
    pub groups: BTreeMap<String, String>,
    /// The roles of who comes for the first time; `None` lets nobody in whom no architect knows.
    pub newcomers: Option<Vec<RoleGrant>>,
}

/// How people link their user in Slack.
#[derive(Debug)]
pub struct SlackEntrance {
    /// The gate in Slack's eyes.
    pub party: RelyingParty,
    /// The workspace that counts.
    pub settings: SlackSettings,
}

/// What the console is made of.
#[derive(Debug)]
pub struct Parts {
    /// Who checks passwords, with the gate behind.
    pub porter: Porter,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The address people use, e.g. `https://gate.example.com`.
    pub public_url: String,
    /// The identity provider of each tenant that has one.
    pub entrances: HashMap<TenantId, Entrance>,
    /// Slack, for each tenant that has it.
    pub slack: HashMap<TenantId, SlackEntrance>,
    /// Whether the gate shuts, so that nobody goes on listening for news.
    pub shutting: watch::Receiver<bool>,
}

/// The console's own memory.
#[derive(Debug)]
pub struct Desk {
    /// What it is made of.
    pub(super) parts: Parts,
    /// Makes the tokens against forged requests; another at every start.
    key: hmac::Key,
    /// What people are in the middle of.
    pub(super) errands: Errands,
    /// How many browsers listen for news.
    pub(super) listeners: Listeners,
}

/// Whether a form is sent by who is not signed in yet.
fn is_for_strangers(path: &str) -> bool {
    [paths::SIGN_IN, paths::SIGN_IN_PASSKEY, paths::INVITATION].contains(&path)
}

impl Desk {
    /// A desk with nothing on it.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] without randomness.
    pub fn new(parts: Parts) -> Result<Self, GateError> {
        let mut seed = [0_u8; 32];
        parts.entropy.fill(&mut seed)?;
        let public_url = parts.public_url.trim_end_matches('/').to_owned();
        Ok(Self {
            parts: Parts {
                public_url,
                ..parts
            },
            key: hmac::Key::new(hmac::HMAC_SHA256, &seed),
            errands: Errands::default(),
            listeners: Listeners::default(),
        })
    }

    /// The gate.
    pub(super) const fn firewall(&self) -> &Firewall {
        self.parts.porter.firewall()
    }

    /// Whether people come over TLS.
    fn is_secure(&self) -> bool {
        self.parts.public_url.starts_with("https://")
    }

    /// 256 random bits, as hex.
    pub(super) fn secret(&self) -> Result<String, GateError> {
        let mut bytes = [0_u8; 32];
        self.parts.entropy.fill(&mut bytes)?;
        Ok(hex::encode(bytes))
    }

    /// The token that forms of a browser carry, bound to its cookie.
    pub(super) fn csrf(&self, cookie: &str) -> String {
        hex::encode(hmac::sign(&self.key, cookie.as_bytes()))
    }

    /// The secret of the sign-in that a request brings.
    pub(super) fn sign_in_cookie<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie::read(headers, cookie::sign_in(self.is_secure()))
    }

    /// What ties a browser to what it is in the middle of.
    pub(super) fn errand_cookie<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie::read(headers, cookie::errand(self.is_secure()))
    }

    /// The token that a form of this browser must carry: of its errand where nobody is signed in
    /// yet, else of its sign-in. One is never good in the place of the other.
    pub(super) fn csrf_expected(&self, headers: &HeaderMap, path: &str) -> Option<String> {
        let cookie = if is_for_strangers(path) {
            self.errand_cookie(headers)
        } else {
            let secret = self.sign_in_cookie(headers);
            secret.filter(|secret| self.firewall().signed_in(secret).is_some())
        };
        cookie.map(|cookie| self.csrf(cookie))
    }

    /// Sets the cookie of a sign-in.
    pub(super) fn set_sign_in(&self, signed_in: &SignedIn) -> String {
        cookie::set_sign_in(self.is_secure(), &signed_in.secret)
    }

    /// Takes the cookie of a sign-in away.
    pub(super) fn unset_sign_in(&self) -> String {
        cookie::unset_sign_in(self.is_secure())
    }

    /// Sets the cookie of an errand.
    pub(super) fn set_errand(&self, id: &str) -> String {
        cookie::set_errand(self.is_secure(), id)
    }

    /// Whether browsers have passkeys for the address people use: they have none for an address of
    /// numbers (WebAuthn Level 3, 5.1.2).
    pub(super) fn has_passkeys(&self) -> bool {
        guard::host(&self.parts.public_url)
            .parse::<IpAddr>()
            .is_err()
    }

    /// A passkey ceremony over a challenge.
    pub(super) fn ceremony(&self, challenge: [u8; 32]) -> Ceremony {
        Ceremony {
            rp_id: guard::host(&self.parts.public_url).to_owned(),
            origins: vec![guard::origin(&self.parts.public_url).to_owned()],
            challenge: Challenge(challenge),
            user_verification_required: true,
        }
    }

    /// Random bits for a challenge.
    pub(super) fn challenge(&self) -> Result<[u8; 32], GateError> {
        let mut bytes = [0_u8; 32];
        self.parts.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }
}
