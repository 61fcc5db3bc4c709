//! What an issuer publishes: its description and its keys, kept for a while.

use super::{
    error::OidcError,
    keys::Keys,
    metadata::Metadata,
    post::{self, Asked},
    provider::Provider,
    token::Token,
};
use jiff::Timestamp;
use portcullis_firewall::outside::{Courier, Method, Parcel};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long what the issuer publishes is kept.
const KEEP_SECONDS: i64 = 3_600;

/// How often tokens with unknown keys may make the gate ask for the keys again.
const REFRESH_SECONDS: i64 = 60;

const METADATA: Asked = Asked {
    what: "description",
    max_bytes: 64 << 10,
};
const KEYS: Asked = Asked {
    what: "key set",
    max_bytes: 256 << 10,
};

/// One issuer and what is known of it.
#[derive(Debug)]
pub(super) struct Issuer {
    pub(super) provider: Provider,
    pub(super) courier: Arc<dyn Courier>,
    memory: Mutex<Memory>,
}

/// What the issuer publishes, and since when it is known.
#[derive(Debug, Default)]
struct Memory {
    metadata: Option<(Timestamp, Arc<Metadata>)>,
    keys: Option<(Timestamp, Arc<Keys>)>,
    refreshed_at: Option<Timestamp>,
}

impl Issuer {
    /// Nothing is asked before somebody signs in.
    pub(super) fn new(provider: Provider, courier: Arc<dyn Courier>) -> Self {
        Self {
            provider,
            courier,
            memory: Mutex::default(),
        }
    }

    /// A token's claims, by a key that is known or, once a minute, by one that is newly published.
    ///
    /// # Errors
    /// [`OidcError`] when there is no such key, or it has not signed the token.
    pub(super) async fn claims(
        &self,
        now: Timestamp,
        token: &Token<'_>,
    ) -> Result<Map<String, Value>, OidcError> {
        let find = |keys: &Keys| {
            let found = keys.find(token.kid.as_deref(), token.algorithm);
            found.cloned()
        };
        let known = find(&*self.keys(now).await?);
        let key = match known {
            Err(OidcError::UnknownKey) if self.may_refresh(now) => {
                find(&*self.fetch_keys(now).await?)
            }
            known => known,
        }?;
        token.claims(&key)
    }

    /// Says yes once a minute, so that made-up keys do not turn the gate against the issuer.
    fn may_refresh(&self, now: Timestamp) -> bool {
        let mut memory = self.memory();
        let known = memory.keys.as_ref().map(|(at, _)| *at);
        let last = memory.refreshed_at.max(known);
        if last.is_some_and(|last| is_young(last, now, REFRESH_SECONDS)) {
            return false;
        }
        memory.refreshed_at = Some(now);
        true
    }

    /// What the issuer says of itself.
    ///
    /// # Errors
    /// [`OidcError`] when it cannot be asked, or speaks for another.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, OidcError> {
        let known = self.memory().metadata.clone();
        if let Some((at, metadata)) = known
            && is_young(at, now, KEEP_SECONDS)
        {
            return Ok(metadata);
        }
        let url = self.provider.discovery_url()?;
        let parcel = self.parcel(Method::Get, &url);
        let value = post::ask(&*self.courier, parcel, METADATA).await?;
        let metadata = Arc::new(Metadata::read(&value, &self.provider)?);
        self.memory().metadata = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    async fn keys(&self, now: Timestamp) -> Result<Arc<Keys>, OidcError> {
        let known = self.memory().keys.clone();
        match known {
            Some((at, keys)) if is_young(at, now, KEEP_SECONDS) => Ok(keys),
            _ => self.fetch_keys(now).await,
        }
    }

    async fn fetch_keys(&self, now: Timestamp) -> Result<Arc<Keys>, OidcError> {
        let metadata = self.metadata(now).await?;
        let parcel = self.parcel(Method::Get, &metadata.jwks_uri);
        let value = post::ask(&*self.courier, parcel, KEYS).await?;
        let keys = Arc::new(Keys::read(&value)?);
        self.memory().keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    /// A request to the issuer, which wants JSON for an answer.
    pub(super) fn parcel(&self, method: Method, url: &str) -> Parcel {
        Parcel {
            method,
            url: url.to_owned(),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
            credential: None,
            reach: self.provider.reach,
        }
    }

    /// What is known is replaced whole, so that it is whole even after a panic elsewhere.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether something is younger than so many seconds. What is from the future is not.
pub(super) fn is_young(at: Timestamp, now: Timestamp, seconds: i64) -> bool {
    (0..seconds).contains(&now.duration_since(at).as_secs())
}
