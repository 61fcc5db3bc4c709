//! Secrets that somebody typed in: kept sealed, lent for one lease, and never narrower than they are.

use super::{Provider, Seen, Tools, digits, ended, filters::Filters, seconds_left};
use crate::{
    sealed::{SealError, SealedStore},
    secrets::Secrets,
};
use jiff::Timestamp;
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Reach, SecretName},
    ports::{Doing, Issuer},
    scope::{Mode, Scope},
};
use portcullis_screen::secrets::Secrets as Known;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{future::ready, path::PathBuf, sync::Arc};
use zeroize::Zeroizing;

/// The filters, by their keys.
const KEYS: &[&str] = &["read", "write"];

/// A folder of sealed secrets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chest {
    /// Where they are.
    pub folder: PathBuf,
    /// The key that they are sealed with: 32 bytes in hex or base64.
    pub master_key: SecretName,
}

impl Chest {
    /// What is in it.
    #[must_use]
    pub fn store(&self, secrets: &Secrets) -> SealedStore {
        SealedStore::new(&self.folder, self.master_key.clone(), secrets.clone())
    }
}

impl Provider for Chest {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![("master_key", &self.master_key)]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        Vec::new()
    }

    fn fault(&self) -> Option<(&'static str, String)> {
        let due = "expected an absolute path".to_owned();
        (!self.folder.is_absolute()).then_some(("folder", due))
    }

    fn register(&self, secrets: &Secrets, known: &mut Known) {
        if let Err(error) = self.store(secrets).register(known) {
            // What cannot be opened cannot be lent either.
            tracing::warn!(%error, "sealed secrets cannot be looked for in texts");
        }
    }

    fn knows_people(&self) -> bool {
        true
    }

    fn look<'a>(&'a self, tools: &'a Tools) -> Doing<'a, Result<Seen, LeaseError>> {
        // Whether all of them can be opened.
        let opened = self.store(&tools.secrets).register(&mut Known::new());
        let seen = opened.map(|()| Seen {
            accepted: Some(true),
            clock: None,
        });
        Box::pin(ready(seen.map_err(|error| lack(&error))))
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Lender {
            store: self.store(&tools.secrets),
            tools: tools.clone(),
        })
    }
}

/// Lends what is sealed.
#[derive(Debug)]
struct Lender {
    store: SealedStore,
    tools: Tools,
}

impl Lender {
    fn lend(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        digits(ask)?;
        seconds_left(ask, self.tools.clock.now())?;
        let name = name(ask)?;
        let secret = self.store.read(&name).map_err(|error| lack(&error))?;
        let bytes = Zeroizing::new(secret.bytes().to_vec());
        let secrets = self
            .tools
            .strongbox
            .keep(ask, vec![("value".to_owned(), bytes)])?;
        Ok(Minted {
            secrets,
            open: Vec::new(),
            granted: Map::from_iter([("secret".to_owned(), json!(name))]),
            expires_at: None,
            handle: Map::new(),
        })
    }

    fn end(&self, ask: &LeaseAsk) -> Revoked {
        // It lives on, so that texts are looked through for it from now on.
        self.tools.strongbox.forget(ask, Some(Timestamp::MAX));
        let how = "taken back; a secret that somebody typed in lives until it is changed where it \
                   is used";
        ended(how, false)
    }
}

impl Issuer for Lender {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        filters.must_text("read")?;
        match scope.mode {
            Mode::Read => filters.text("write").map(drop),
            Mode::Write => filters.must_text("write").map(drop),
        }
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let name = name(ask)?;
        let request = Map::from_iter([("secret".to_owned(), json!(name))]);
        Ok(Asked { request })
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        Box::pin(ready(self.lend(ask)))
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        _: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        Box::pin(ready(Ok(self.end(ask))))
    }
}

/// The secret for a mode; a person's own stands under `<name>@<person>`.
fn name(ask: &LeaseAsk) -> Result<String, LeaseError> {
    let filters = Filters::open(&ask.scope, KEYS)?;
    let name = match ask.mode {
        Mode::Read => filters.must_text("read")?,
        Mode::Write => filters.must_text("write")?,
    };
    if name.contains('@') {
        return Err(filters.wrong(ask.mode.as_str(), "a person's own secret is nobody else's"));
    }
    Ok(match &ask.personal {
        Some(person) => format!("{name}@{person}"),
        None => name.to_owned(),
    })
}

fn lack(error: &SealError) -> LeaseError {
    LeaseError::Refused(error.to_string())
}
