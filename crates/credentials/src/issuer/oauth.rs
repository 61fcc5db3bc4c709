//! Tokens exchanged for narrower ones (RFC 8693), and revoked (RFC 7009).

use super::{
    Provider, Tools,
    call::{Place, Reply, call, form},
    digits, ended,
    filters::Filters,
    held, seconds_left,
};
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Credential, Method, Reach, SecretName},
    ports::{Doing, Issuer},
    scope::{Mode, Scope},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Arc,
};
use zeroize::Zeroizing;

/// The filters, by their keys.
const KEYS: &[&str] = &["audience", "reads", "resource", "writes"];
const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const REVOKES_NONE: &str = "the server revokes no tokens";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// An authorization server, and the token that narrower ones are made of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Where tokens are exchanged.
    pub token_endpoint: String,
    /// Where they are revoked; without it a token lives until it expires.
    #[serde(default)]
    pub revocation_endpoint: Option<String>,
    /// Who the gate is there.
    pub client_id: String,
    /// The secret that it shows, in the body.
    pub client_secret: SecretName,
    /// The token that is exchanged.
    pub subject_token: SecretName,
    /// What kind of token that is.
    #[serde(default = "usual_type")]
    pub subject_token_type: String,
    /// Where the server may be.
    #[serde(default)]
    pub reach: Reach,
}

fn usual_type() -> String {
    ACCESS_TOKEN.to_owned()
}

impl Provider for Exchange {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![
            ("client_secret", &self.client_secret),
            ("subject_token", &self.subject_token),
        ]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        let mut all = vec![("token_endpoint", self.token_endpoint.clone(), self.reach)];
        let revocation = self.revocation_endpoint.clone();
        all.extend(revocation.map(|url| ("revocation_endpoint", url, self.reach)));
        all
    }

    fn only_holders_end(&self) -> bool {
        self.revocation_endpoint.is_some()
    }

    fn own_keys(&self) -> &'static [&'static str] {
        &["subject_token"]
    }

    fn with_own(&self, own: &BTreeMap<&'static str, SecretName>) -> Option<Arc<dyn Provider>> {
        Some(Arc::new(Self {
            subject_token: own.get("subject_token")?.clone(),
            ..self.clone()
        }))
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Tokens {
            exchange: self.clone(),
            tools: tools.clone(),
        })
    }
}

/// Exchanges tokens.
#[derive(Debug)]
struct Tokens {
    exchange: Exchange,
    tools: Tools,
}

/// What is asked for.
#[derive(Debug)]
struct Wanted<'s> {
    audience: Option<&'s str>,
    resource: Option<&'s str>,
    scopes: Vec<&'s str>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    issued_token_type: String,
    token_type: String,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
}

impl<'s> Wanted<'s> {
    fn read(scope: &'s Scope, mode: Mode) -> Result<Self, LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        let mut scopes = filters.must_texts("reads")?;
        let writes = filters.texts("writes")?;
        for (key, list) in [("reads", &scopes), ("writes", &writes)] {
            if let Some(at) = list.iter().position(|one| !one.bytes().all(is_scope)) {
                let due = "expected one scope (RFC 6749, 3.3)";
                return Err(filters.wrong(&format!("{key}[{at}]"), due));
            }
        }
        if mode == Mode::Write {
            scopes.extend(writes);
        }
        Ok(Self {
            audience: filters.text("audience")?,
            resource: filters.text("resource")?,
            scopes,
        })
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("requested_token_type", ACCESS_TOKEN.to_owned()),
            ("scope", self.scopes.join(" ")),
        ];
        for (name, value) in [("audience", self.audience), ("resource", self.resource)] {
            parameters.extend(value.map(|value| (name, value.to_owned())));
        }
        parameters
    }

    /// *Fails closed:* another scope, another kind of token, or one that can be renewed is more. A
    /// server that says nothing of scopes has granted those that were asked for (RFC 8693, 2.2.1).
    fn compare(&self, granted: &Granted) -> Result<(), LeaseError> {
        let exceeded = |what: String| Err(LeaseError::Exceeded(what));
        if granted.issued_token_type != ACCESS_TOKEN
            || !granted.token_type.eq_ignore_ascii_case("bearer")
        {
            return exceeded("another kind of token".to_owned());
        }
        if granted.refresh_token.is_some() {
            return exceeded("a token that can be renewed".to_owned());
        }
        let said = granted.scope.as_deref().unwrap_or_default();
        let asked: BTreeSet<&str> = self.scopes.iter().copied().collect();
        match said
            .split(' ')
            .find(|one| !one.is_empty() && !asked.contains(one))
        {
            Some(more) => exceeded(format!("the scope `{more}`")),
            None => Ok(()),
        }
    }
}

impl Tokens {
    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        digits(ask)?;
        let now = self.tools.clock.now();
        seconds_left(ask, now)?;
        let wanted = Wanted::read(&ask.scope, ask.mode)?;
        let mut parameters = vec![
            ("grant_type", GRANT.to_owned()),
            (
                "subject_token_type",
                self.exchange.subject_token_type.clone(),
            ),
        ];
        parameters.extend(wanted.parameters());
        let subject = ("subject_token", self.exchange.subject_token.clone());
        let reply = self
            .call(&self.exchange.token_endpoint, parameters, subject)
            .await?;
        let mut granted: Granted = reply.good()?.json()?;
        let token = Zeroizing::new(mem::take(&mut granted.access_token).into_bytes());
        let life = granted.expires_in.map(SignedDuration::from_secs);
        let expires_at = life.and_then(|life| now.checked_add(life).ok());
        let taken_in = held::take_in(&self.tools, ask, &token).await;
        let taken_in = taken_in.and_then(|names| wanted.compare(&granted).map(|()| names));
        let secrets = match taken_in {
            Ok(secrets) => secrets,
            Err(why) => {
                let ended = self.recall_all(token, granted.refresh_token).await;
                return Err(held::given_back(&self.tools, ask, why, ended).await);
            }
        };
        let handle = expires_at.map(|at| ("expires_at".to_owned(), json!(at.to_string())));
        Ok(Minted {
            secrets,
            open: Vec::new(),
            granted: Map::from_iter([
                ("expires_in".to_owned(), json!(granted.expires_in)),
                ("scope".to_owned(), json!(granted.scope)),
            ]),
            expires_at,
            handle: handle.into_iter().collect(),
        })
    }

    async fn end(
        &self,
        ask: &LeaseAsk,
        expires_at: Option<Timestamp>,
    ) -> Result<Revoked, LeaseError> {
        let strongbox = &self.tools.strongbox;
        if strongbox.has_ended(ask) {
            return Ok(ended("it was ended before", true));
        }
        if expires_at.is_some_and(|at| at < self.tools.clock.now()) {
            strongbox.forget(ask, None);
            return Ok(ended("it has expired", true));
        }
        let lives = expires_at.unwrap_or(Timestamp::MAX);
        let Some(token) = strongbox.name(ask, held::PART) else {
            let how = "a token is revoked by whoever holds it, and the gate does not any more";
            return Ok(ended(how, false));
        };
        if self.exchange.revocation_endpoint.is_none() {
            strongbox.forget(ask, Some(lives));
            return Ok(ended(REVOKES_NONE, false));
        }
        self.recall(token, "access_token").await?;
        strongbox.forget(ask, None);
        Ok(ended("revoked (RFC 7009)", true))
    }

    /// Has a token revoked that nobody got, and first what would renew it. Each is tried, whatever
    /// became of the other.
    async fn recall_all(
        &self,
        token: Zeroizing<Vec<u8>>,
        renewal: Option<String>,
    ) -> Result<(), LeaseError> {
        let mut renewed = Ok(());
        if let Some(renewal) = renewal {
            let renewal = Zeroizing::new(renewal.into_bytes());
            let renewal = self.tools.strongbox.lend(renewal);
            renewed = self.recall(renewal.name(), "refresh_token").await;
        }
        let token = self.tools.strongbox.lend(token);
        let ended = self.recall(token.name(), "access_token").await;
        renewed.and(ended)
    }

    /// Has a token revoked.
    async fn recall(&self, token: SecretName, kind: &str) -> Result<(), LeaseError> {
        let endpoint = self.exchange.revocation_endpoint.as_ref();
        let endpoint = endpoint.ok_or_else(|| LeaseError::Refused(REVOKES_NONE.to_owned()))?;
        let hint = vec![("token_type_hint", kind.to_owned())];
        let reply = self.call(endpoint, hint, ("token", token)).await?;
        reply.good().map(drop)
    }

    async fn call(
        &self,
        url: &str,
        parameters: Vec<(&'static str, String)>,
        (name, secret): (&str, SecretName),
    ) -> Result<Reply, LeaseError> {
        let client = self.exchange.client_secret.clone();
        let pairs = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        let place = Place {
            method: Method::Post,
            url: url.to_owned(),
            headers: &[("accept", "application/json")],
            reach: self.exchange.reach,
        };
        let body = form(pairs.chain([("client_id", self.exchange.client_id.as_str())]));
        let fields = vec![
            ("client_secret".to_owned(), client),
            (name.to_owned(), secret),
        ];
        let parcel = place.parcel(body, Credential::FormFields(fields));
        call(&self.tools, parcel).await
    }
}

impl Issuer for Tokens {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        Wanted::read(scope, scope.mode).map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let wanted = Wanted::read(&ask.scope, ask.mode)?;
        let parameters = wanted.parameters().into_iter();
        let request = parameters.map(|(name, value)| (name.to_owned(), Value::from(value)));
        Ok(Asked {
            request: request.collect(),
        })
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        Box::pin(self.make(ask))
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        handle: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        let at = handle.and_then(|handle| handle.get("expires_at")?.as_str()?.parse().ok());
        Box::pin(self.end(ask, at))
    }
}

/// RFC 6749, 3.3.
const fn is_scope(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}
