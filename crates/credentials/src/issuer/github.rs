//! Installation tokens of a GitHub App, for some repositories and some permissions.
//!
//! Source: <https://docs.github.com/en/rest/apps/apps>, "Create an installation access token for an
//! app", and <https://docs.github.com/en/rest/apps/installations>, "Revoke an installation access token".

use super::{
    Provider, Seen, Tools,
    call::{Place, Reply, call},
    digits, ended,
    filters::Filters,
    held, look, seconds_left,
};
use crate::{jwt, strongbox::Lent};
use jiff::Timestamp;
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Credential, Method, Parcel, Reach, SecretName},
    ports::{Doing, Issuer},
    scope::{Mode, Scope},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, mem, sync::Arc};
use zeroize::Zeroizing;

/// The filters, by their keys.
const KEYS: &[&str] = &["permissions", "repositories"];
/// How long a token of the App's own is good, and how far back it is dated for clocks that are behind.
const OWN_SECONDS: i64 = 300;
const BACK_SECONDS: i64 = 60;
/// How long GitHub's tokens live; nobody can ask for less.
const HOUR_SECONDS: i64 = 3_600;

/// An App that is installed somewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Its client id or number.
    pub app_id: String,
    /// The number of the installation.
    pub installation_id: u64,
    /// Its private key, in PEM.
    pub private_key: SecretName,
    /// Where the API is.
    #[serde(default = "usual_api")]
    pub api: String,
    /// Where it may be.
    #[serde(default)]
    pub reach: Reach,
}

fn usual_api() -> String {
    "https://api.github.com".to_owned()
}

impl Provider for App {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![("private_key", &self.private_key)]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        vec![("api", self.api.clone(), self.reach)]
    }

    fn only_holders_end(&self) -> bool {
        true
    }

    fn look<'a>(&'a self, tools: &'a Tools) -> Doing<'a, Result<Seen, LeaseError>> {
        let installation = Installation {
            app: self.clone(),
            tools: tools.clone(),
        };
        Box::pin(async move {
            let token = installation.introduction()?;
            let parcel = installation.parcel(Method::Get, "/app", Vec::new(), token.name());
            look::with(tools, parcel).await
        })
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Installation {
            app: self.clone(),
            tools: tools.clone(),
        })
    }
}

/// Asks for tokens of one installation.
#[derive(Debug)]
struct Installation {
    app: App,
    tools: Tools,
}

/// What is asked for.
#[derive(Debug)]
struct Wanted {
    repositories: BTreeSet<String>,
    permissions: Map<String, Value>,
}

#[derive(Deserialize)]
struct Granted {
    token: String,
    expires_at: String,
    #[serde(default)]
    permissions: Map<String, Value>,
    #[serde(default)]
    repository_selection: String,
    #[serde(default)]
    repositories: Vec<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    name: String,
}

impl Wanted {
    fn read(scope: &Scope, mode: Mode) -> Result<Self, LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        let repositories = filters.must_texts("repositories")?;
        if let Some(at) = repositories
            .iter()
            .position(|name| name.contains(['/', '*']))
        {
            let due = "expected the name of a repository, without its owner";
            return Err(filters.wrong(&format!("repositories[{at}]"), due));
        }
        let mut permissions = Map::new();
        for (name, level) in filters.pairs("permissions")? {
            if !["read", "write"].contains(&level) {
                let due = "expected `read` or `write`";
                return Err(filters.wrong(&format!("permissions.{name}"), due));
            }
            let level = if mode == Mode::Read { "read" } else { level };
            permissions.insert(name.to_owned(), json!(level));
        }
        if permissions.is_empty() {
            return Err(filters.wrong("permissions", "is required"));
        }
        let repositories = repositories.into_iter().map(str::to_owned);
        Ok(Self {
            repositories: repositories.collect(),
            permissions,
        })
    }

    fn body(&self) -> Value {
        json!({"repositories": self.repositories, "permissions": self.permissions})
    }

    /// *Fails closed:* another repository, or a permission that was not asked for, is more. Every token
    /// may read metadata.
    fn compare(&self, granted: &Granted) -> Result<(), LeaseError> {
        let exceeded = |what: String| Err(LeaseError::Exceeded(what));
        if granted.repository_selection != "selected" {
            return exceeded("all repositories".to_owned());
        }
        let mut repositories = granted.repositories.iter();
        if let Some(more) = repositories.find(|one| !self.repositories.contains(&one.name)) {
            return exceeded(format!("the repository `{}`", more.name));
        }
        let within = |name: &str, level: &Value| match self.permissions.get(name) {
            Some(asked) => level == asked || level == "read",
            None => name == "metadata" && level == "read",
        };
        let mut permissions = granted.permissions.iter();
        match permissions.find(|(name, level)| !within(name, level)) {
            Some((name, level)) => exceeded(format!("`{name}`: {level}")),
            None => Ok(()),
        }
    }
}

impl Installation {
    /// Shows that the gate is the App.
    fn introduction(&self) -> Result<Lent, LeaseError> {
        let refused = |why: &str| LeaseError::Refused(why.to_owned());
        let key = self.tools.secrets.read(&self.app.private_key);
        let key = key.map_err(|error| refused(&error.to_string()))?;
        let now = self.tools.clock.now().as_second();
        let claims = json!({
            "exp": now + OWN_SECONDS,
            "iat": now - BACK_SECONDS,
            "iss": self.app.app_id,
        });
        let token = jwt::signed(&key, &claims);
        let token = token.ok_or_else(|| refused("the App's private key is not usable"))?;
        Ok(self.tools.strongbox.lend(token))
    }

    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        digits(ask)?;
        seconds_left(ask, self.tools.clock.now())?;
        let wanted = Wanted::read(&ask.scope, ask.mode)?;
        let own = self.introduction()?;
        let path = format!(
            "/app/installations/{}/access_tokens",
            self.app.installation_id
        );
        let body = wanted.body().to_string().into_bytes();
        let reply = self.call(Method::Post, &path, body, own.name()).await?;
        drop(own);
        let mut granted: Granted = reply.good()?.json()?;
        let token = Zeroizing::new(mem::take(&mut granted.token).into_bytes());
        let taken_in = held::take_in(&self.tools, ask, &token).await;
        let taken_in = taken_in.and_then(|names| wanted.compare(&granted).map(|()| names));
        let secrets = match taken_in {
            Ok(secrets) => secrets,
            Err(why) => {
                let token = self.tools.strongbox.lend(token);
                let ended = self.delete(token.name()).await;
                return Err(held::given_back(&self.tools, ask, why, ended).await);
            }
        };
        let expires_at: Option<Timestamp> = granted.expires_at.parse().ok();
        let names = granted.repositories.into_iter().map(|one| one.name);
        Ok(Minted {
            secrets,
            open: vec![("api".to_owned(), self.app.api.clone())],
            granted: Map::from_iter([
                ("permissions".to_owned(), Value::Object(granted.permissions)),
                ("repositories".to_owned(), names.collect()),
            ]),
            expires_at,
            handle: Map::new(),
        })
    }

    async fn end(&self, ask: &LeaseAsk) -> Result<Revoked, LeaseError> {
        let strongbox = &self.tools.strongbox;
        if strongbox.has_ended(ask) {
            return Ok(ended("it was ended before", true));
        }
        let over = ask.ends_at.as_second().saturating_add(HOUR_SECONDS);
        if over < self.tools.clock.now().as_second() {
            strongbox.forget(ask, None);
            return Ok(ended("it has expired", true));
        }
        let Some(token) = strongbox.name(ask, held::PART) else {
            let how = "GitHub ends a token for whoever holds it alone, and the gate does not any \
                       more; it lives for an hour at most";
            return Ok(ended(how, false));
        };
        self.delete(token).await?;
        strongbox.forget(ask, None);
        Ok(ended("DELETE /installation/token", true))
    }

    /// Has a token ended.
    async fn delete(&self, token: SecretName) -> Result<(), LeaseError> {
        let path = "/installation/token";
        let reply = self.call(Method::Delete, path, Vec::new(), token).await?;
        // Whom GitHub does not know any more is ended as well.
        if reply.status != 401 {
            reply.good()?;
        }
        Ok(())
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        token: SecretName,
    ) -> Result<Reply, LeaseError> {
        call(&self.tools, self.parcel(method, path, body, token)).await
    }

    fn parcel(&self, method: Method, path: &str, body: Vec<u8>, token: SecretName) -> Parcel {
        let headers = [
            ("accept", "application/vnd.github+json"),
            ("content-type", "application/json"),
            ("x-github-api-version", "2022-11-28"),
        ];
        let place = Place {
            method,
            url: format!("{}{path}", self.app.api.trim_end_matches('/')),
            headers: &headers,
            reach: self.app.reach,
        };
        place.parcel(body, Credential::Bearer(token))
    }
}

impl Issuer for Installation {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        Wanted::read(scope, scope.mode).map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let wanted = Wanted::read(&ask.scope, ask.mode)?;
        Ok(Asked {
            request: Map::from_iter([("body".to_owned(), wanted.body())]),
        })
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        Box::pin(self.make(ask))
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        _: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        Box::pin(self.end(ask))
    }
}
