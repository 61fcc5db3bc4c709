//! Dynamic secrets of OpenBao or Vault: each lease has a token of its own there, which its secret
//! dies with.
//!
//! Sources: <https://openbao.org/api-docs/auth/token/>, <https://openbao.org/api-docs/system/leases/>.

use super::{
    Provider, Seen, Tools,
    call::{self, Place, Reply, call},
    digits, ended_since,
    filters::Filters,
    look, seconds_left,
};
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Credential, Method, Parcel, Reach, SecretName},
    ports::{Doing, Issuer},
    scope::{Mode, Scope},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};
use zeroize::Zeroizing;

/// The filters, by their keys.
const KEYS: &[&str] = &["read", "write"];
/// How far the provider's counting may be from the gate's.
const SKEW_SECONDS: i64 = 30;
/// The most tokens that are looked through for one without a handle.
const MOST_TOKENS: usize = 2_000;
/// What of a secret is no secret.
const OPEN: &[&str] = &["username", "user", "role_arn", "ca_chain"];

/// A server with dynamic secrets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where it is, e.g. `https://bao.example.com:8200`.
    pub address: String,
    /// The gate's own token. It may make tokens of `policy`, end leases, list the accessors of tokens
    /// and look them up.
    pub token: SecretName,
    /// The policy that the token of each lease has: reading `<engine>/creds/*` and nothing else.
    pub policy: String,
    /// Where the secrets engine is mounted.
    #[serde(default = "usual_engine")]
    pub engine: String,
    /// The namespace, where there are some.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Where the server may be.
    #[serde(default)]
    pub reach: Reach,
}

fn usual_engine() -> String {
    "database".to_owned()
}

impl Provider for Server {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![("token", &self.token)]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        vec![("address", self.address.clone(), self.reach)]
    }

    fn fault(&self) -> Option<(&'static str, String)> {
        let fits = !self.engine.is_empty() && self.engine.split('/').all(is_name);
        let due = "expected where an engine is mounted, such as `database`";
        (!fits).then(|| ("engine", due.to_owned()))
    }

    fn own_keys(&self) -> &'static [&'static str] {
        &["token"]
    }

    fn with_own(&self, own: &BTreeMap<&'static str, SecretName>) -> Option<Arc<dyn Provider>> {
        Some(Arc::new(Self {
            token: own.get("token")?.clone(),
            ..self.clone()
        }))
    }

    fn look<'a>(&'a self, tools: &'a Tools) -> Doing<'a, Result<Seen, LeaseError>> {
        let secrets = Secrets {
            server: self.clone(),
            tools: tools.clone(),
        };
        let parcel = secrets.parcel(Method::Get, "auth/token/lookup-self", None, None);
        Box::pin(look::with(tools, parcel))
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Secrets {
            server: self.clone(),
            tools: tools.clone(),
        })
    }
}

/// Asks for dynamic secrets.
#[derive(Debug)]
struct Secrets {
    server: Server,
    tools: Tools,
}

#[derive(Deserialize)]
struct Own {
    auth: Token,
}

#[derive(Deserialize)]
struct Token {
    client_token: String,
    accessor: String,
    policies: Vec<String>,
    lease_duration: i64,
    renewable: bool,
}

#[derive(Deserialize)]
struct Made {
    lease_id: String,
    lease_duration: i64,
    data: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Listed {
    data: Keys,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct Looked {
    data: About,
}

#[derive(Deserialize)]
struct About {
    #[serde(default)]
    meta: Option<BTreeMap<String, String>>,
}

impl Secrets {
    /// What the token of a lease is asked to be.
    fn wanted(&self, ask: &LeaseAsk, seconds: i64) -> Value {
        json!({
            "display_name": ask.id,
            "explicit_max_ttl": format!("{seconds}s"),
            "meta": {
                "agent": ask.agent.as_str(),
                "lease": ask.id,
                "session": ask.session.as_str(),
                "tenant": ask.tenant.as_str(),
            },
            "no_default_policy": true,
            "policies": [self.server.policy],
            "renewable": false,
            "ttl": format!("{seconds}s"),
        })
    }

    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        digits(ask)?;
        let now = self.tools.clock.now();
        let seconds = seconds_left(ask, now)?;
        let role = role(&ask.scope, ask.mode)?;
        let wanted = self.wanted(ask, seconds);
        let reply = self
            .call(Method::Post, "auth/token/create", Some(wanted), None)
            .await?;
        let Own { auth } = reply.good()?.json()?;
        let own = Zeroizing::new(auth.client_token.into_bytes());
        let minted = if auth.policies != [self.server.policy.clone()]
            || auth.lease_duration > seconds + SKEW_SECONDS
            || auth.renewable
        {
            Err(LeaseError::Exceeded("the lease's own token".to_owned()))
        } else {
            self.read(ask, role, own).await
        };
        let (made, secrets, open) = match minted {
            Ok(minted) => minted,
            Err(why) => {
                self.tools.strongbox.forget(ask, Some(ask.ends_at));
                self.end_token(&auth.accessor).await?;
                return Err(why);
            }
        };
        let life = made.lease_duration.min(auth.lease_duration);
        Ok(Minted {
            secrets,
            open,
            granted: Map::from_iter([
                ("lease_duration".to_owned(), json!(life)),
                ("policies".to_owned(), json!(auth.policies)),
                ("role".to_owned(), json!(role)),
            ]),
            expires_at: expiry(now, life),
            handle: Map::from_iter([
                ("accessor".to_owned(), json!(auth.accessor)),
                ("lease_id".to_owned(), json!(made.lease_id)),
            ]),
        })
    }

    /// Reads the secret with the lease's own token.
    async fn read(
        &self,
        ask: &LeaseAsk,
        role: &str,
        own: Zeroizing<Vec<u8>>,
    ) -> Result<Kept, LeaseError> {
        let own = self.tools.strongbox.lend(own);
        let path = format!("{}/creds/{role}", self.server.engine);
        let reply = self
            .call(Method::Get, &path, None, Some(own.name()))
            .await?;
        let mut made: Made = reply.good()?.json()?;
        let (mut secrets, mut open) = (Vec::new(), Vec::new());
        for (part, value) in std::mem::take(&mut made.data) {
            let Value::String(text) = value else { continue };
            if OPEN.contains(&part.as_str()) {
                open.push((part, text));
            } else {
                secrets.push((part, Zeroizing::new(text.into_bytes())));
            }
        }
        let secrets = self.tools.strongbox.keep(ask, secrets)?;
        Ok((made, secrets, open))
    }

    async fn end(
        &self,
        ask: &LeaseAsk,
        handle: Option<&Map<String, Value>>,
    ) -> Result<Revoked, LeaseError> {
        self.tools.strongbox.forget(ask, Some(ask.ends_at));
        let began = self.tools.clock.now();
        let part = |name| handle.and_then(|handle| handle.get(name)?.as_str());
        if let Some(lease) = part("lease_id") {
            let body = json!({"lease_id": lease, "sync": true});
            let path = "sys/leases/revoke";
            self.call(Method::Put, path, Some(body), None)
                .await?
                .good()?;
        }
        let accessor = match part("accessor") {
            Some(accessor) => Some(accessor.to_owned()),
            None => self.find(ask).await?,
        };
        if let Some(accessor) = &accessor {
            self.end_token(accessor).await?;
        }
        self.tools.strongbox.forget(ask, None);
        let how = match (handle, &accessor) {
            (Some(_), _) => "sys/leases/revoke, and the lease's own token",
            (None, Some(_)) => "the lease's own token, with all that it made",
            (None, None) => "there is no such token",
        };
        let now = self.tools.clock.now();
        Ok(ended_since(began, now, (how, accessor.is_some())))
    }

    /// The accessor of the token that was made for a lease.
    async fn find(&self, ask: &LeaseAsk) -> Result<Option<String>, LeaseError> {
        let path = "auth/token/accessors?list=true";
        let reply = self.call(Method::Get, path, None, None).await?;
        let listed: Listed = reply.good()?.json()?;
        let accessors = listed.data.keys;
        if accessors.len() > MOST_TOKENS {
            let why = format!("there are more than {MOST_TOKENS} tokens to look through");
            return Err(LeaseError::Unanswered(why));
        }
        for accessor in accessors {
            let body = json!({"accessor": accessor});
            let path = "auth/token/lookup-accessor";
            let reply = self.call(Method::Post, path, Some(body), None).await?;
            // One that has just ended is not the one.
            if !reply.is_good() {
                continue;
            }
            let Looked { data } = reply.json()?;
            let lease = data.meta.as_ref().and_then(|meta| meta.get("lease"));
            if lease == Some(&ask.id) {
                return Ok(Some(accessor));
            }
        }
        Ok(None)
    }

    async fn end_token(&self, accessor: &str) -> Result<(), LeaseError> {
        let body = json!({"accessor": accessor});
        let path = "auth/token/revoke-accessor";
        let reply = self.call(Method::Post, path, Some(body), None).await?;
        // The server says so when there is none any more.
        if matches!(reply.status, 400 | 403 | 404) && self.is_gone(accessor).await? {
            return Ok(());
        }
        reply.good().map(drop)
    }

    async fn is_gone(&self, accessor: &str) -> Result<bool, LeaseError> {
        let reply = self
            .call(Method::Get, "auth/token/accessors?list=true", None, None)
            .await?;
        let listed: Listed = reply.good()?.json()?;
        Ok(!listed.data.keys.iter().any(|known| known == accessor))
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        token: Option<SecretName>,
    ) -> Result<Reply, LeaseError> {
        call(&self.tools, self.parcel(method, path, body.as_ref(), token)).await
    }

    fn parcel(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        token: Option<SecretName>,
    ) -> Parcel {
        let mut headers = vec![("x-vault-request", "true")];
        let namespace = self.server.namespace.as_deref();
        headers.extend(namespace.map(|name| ("x-vault-namespace", name)));
        let place = Place {
            method,
            url: format!("{}/v1/{path}", self.server.address.trim_end_matches('/')),
            headers: &headers,
            reach: self.server.reach,
        };
        let credential = Credential::Header {
            name: "x-vault-token".to_owned(),
            secret: token.unwrap_or_else(|| self.server.token.clone()),
        };
        place.parcel(call::json(body), credential)
    }
}

/// What was made, and the names of its parts: secret and open ones.
type Kept = (Made, Vec<(String, SecretName)>, Vec<(String, String)>);

impl Issuer for Secrets {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        role(scope, Mode::Read)?;
        role(scope, scope.mode).map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let role = role(&ask.scope, ask.mode)?;
        let seconds = seconds_left(ask, ask.asked_at)?;
        let path = format!("{}/creds/{role}", self.server.engine);
        Ok(Asked {
            request: Map::from_iter([
                ("path".to_owned(), json!(path)),
                ("token".to_owned(), self.wanted(ask, seconds)),
            ]),
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
        Box::pin(self.end(ask, handle))
    }
}

/// The role that a secret is made of: one that reads, and one that writes.
fn role(scope: &Scope, mode: Mode) -> Result<&str, LeaseError> {
    let filters = Filters::open(scope, KEYS)?;
    let role = filters.must_text(mode.as_str())?;
    if !is_name(role) {
        return Err(filters.wrong(mode.as_str(), "expected the name of a role"));
    }
    Ok(role)
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.bytes().all(plain)
}

fn expiry(now: Timestamp, seconds: i64) -> Option<Timestamp> {
    now.checked_add(SignedDuration::from_secs(seconds)).ok()
}
