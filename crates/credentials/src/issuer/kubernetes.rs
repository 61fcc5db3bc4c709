//! Tokens of service accounts that live as long as one lease, with roles of their own.
//!
//! Sources: <https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/>,
//! <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/> (bound tokens) and
//! <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.

mod objects;
mod rules;

use super::{
    Provider, Seen, Tools,
    call::{self, Place, Reply, call},
    digits, ended_since, look, seconds_left,
};
use jiff::{SignedDuration, Timestamp};
use objects::Objects;
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Credential, Method, Parcel, Reach, SecretName},
    ports::{Doing, Issuer},
    scope::Scope,
};
use rules::Rules;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};
use zeroize::Zeroizing;

/// The least seconds of a token; the API server takes no less.
const LEAST_SECONDS: i64 = 600;
/// How far the API server's clock may be from the gate's.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// A cluster, and who makes service accounts and roles there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The API server, e.g. `https://k8s.example.com:6443`.
    pub server: String,
    /// The token of the gate's own service account.
    pub token: SecretName,
    /// The namespace where the service accounts of leases live.
    pub namespace: String,
    /// For whom the tokens are; the API server's own audience unless told otherwise.
    #[serde(default)]
    pub audience: Option<String>,
    /// Where the API server may be.
    #[serde(default)]
    pub reach: Reach,
}

impl Provider for Cluster {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![("token", &self.token)]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        vec![("server", self.server.clone(), self.reach)]
    }

    fn fault(&self) -> Option<(&'static str, String)> {
        let due = "expected the name of a namespace".to_owned();
        (!rules::is_name(&self.namespace)).then_some(("namespace", due))
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
        let accounts = Accounts {
            cluster: self.clone(),
            tools: tools.clone(),
        };
        let body = json!({"spec": {"namespace": self.namespace}});
        let rules = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
        let parcel = accounts.parcel(Method::Post, rules, Some(&body), None);
        Box::pin(look::with(tools, parcel))
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Accounts {
            cluster: self.clone(),
            tools: tools.clone(),
        })
    }
}

/// Makes service accounts and takes them away.
#[derive(Debug)]
struct Accounts {
    cluster: Cluster,
    tools: Tools,
}

#[derive(Deserialize)]
struct Created {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    uid: String,
}

#[derive(Deserialize)]
struct TokenRequest {
    status: TokenStatus,
}

#[derive(Deserialize)]
struct TokenStatus {
    token: String,
    #[serde(rename = "expirationTimestamp")]
    expires_at: String,
}

impl Accounts {
    fn objects(&self, ask: &LeaseAsk) -> Result<Objects, LeaseError> {
        Ok(Objects {
            name: format!("portcullis-{}", digits(ask)?),
            home: self.cluster.namespace.clone(),
            rules: Rules::read(&ask.scope, ask.mode)?,
        })
    }

    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        let objects = self.objects(ask)?;
        let now = self.tools.clock.now();
        let seconds = seconds_left(ask, now)?.max(LEAST_SECONDS);
        match self.try_make(ask, &objects, seconds).await {
            Ok(minted) => Ok(minted),
            Err(why) => {
                self.tools.strongbox.forget(ask, Some(ask.ends_at));
                // Half of a lease is none; what cannot be taken away now is found by its name later.
                drop(self.take_away(&objects).await);
                Err(why)
            }
        }
    }

    async fn try_make(
        &self,
        ask: &LeaseAsk,
        objects: &Objects,
        seconds: i64,
    ) -> Result<Minted, LeaseError> {
        let mut uid = String::new();
        for (path, object) in objects.all(ask) {
            let reply = self.call(Method::Post, &path, Some(object), None).await?;
            let created: Created = reply.good()?.json()?;
            if path.ends_with("/secrets") {
                uid = created.metadata.uid;
            }
        }
        let wanted = objects.token_request(seconds, &uid, self.cluster.audience.as_deref());
        let path = objects.token_path();
        let reply = self.call(Method::Post, &path, Some(wanted), None).await?;
        let TokenRequest { status } = reply.good()?.json()?;
        let token = Zeroizing::new(status.token.into_bytes());
        let expires_at: Option<Timestamp> = status.expires_at.parse().ok();
        let secrets = self
            .tools
            .strongbox
            .keep(ask, vec![("token".to_owned(), token)])?;
        let longest = self.tools.clock.now() + SignedDuration::from_secs(seconds) + SKEW;
        if expires_at.is_none_or(|at| at > longest) {
            return Err(LeaseError::Exceeded("a longer life".to_owned()));
        }
        let granted = self.compare(ask, objects).await?;
        Ok(Minted {
            secrets,
            open: vec![("server".to_owned(), self.cluster.server.clone())],
            granted,
            expires_at,
            handle: Map::from_iter([("name".to_owned(), json!(objects.name))]),
        })
    }

    /// Asks the API server what the token may really do, as its holder.
    ///
    /// Fails closed: a right more, by whatever binding, is more than was asked.
    async fn compare(
        &self,
        ask: &LeaseAsk,
        objects: &Objects,
    ) -> Result<Map<String, Value>, LeaseError> {
        let token = self.tools.strongbox.name(ask, "token");
        let token = token.ok_or_else(|| LeaseError::TooMuch("it has ended".to_owned()))?;
        let mut granted = Map::new();
        for namespace in objects.reached() {
            let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
            let review = json!({
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectRulesReview",
                "spec": {"namespace": namespace},
            });
            let reply = self
                .call(Method::Post, path, Some(review), Some(token.clone()))
                .await?;
            let review: rules::Review = reply.good()?.json()?;
            let held = objects.rules.compare(namespace, review)?;
            granted.insert(namespace.to_owned(), held);
        }
        Ok(granted)
    }

    async fn end(&self, ask: &LeaseAsk) -> Result<Revoked, LeaseError> {
        let objects = self.objects(ask)?;
        let began = self.tools.clock.now();
        self.tools.strongbox.forget(ask, Some(ask.ends_at));
        let was_there = self.take_away(&objects).await?;
        self.tools.strongbox.forget(ask, None);
        let how = if was_there {
            "its bindings, roles, bound Secret and service account were deleted; the API server may know \
             the token, which may do nothing any more, for some seconds still"
        } else {
            "there is no such service account"
        };
        let now = self.tools.clock.now();
        Ok(ended_since(began, now, (how, was_there)))
    }

    /// Takes away everything of a lease, its rights first; whether there was anything.
    async fn take_away(&self, objects: &Objects) -> Result<bool, LeaseError> {
        let mut was_there = false;
        for path in objects.paths() {
            let reply = self.call(Method::Delete, &path, None, None).await?;
            if reply.status != 404 {
                was_there = true;
                reply.good()?;
            }
        }
        Ok(was_there)
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
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        let place = Place {
            method,
            url: format!("{}{path}", self.cluster.server.trim_end_matches('/')),
            headers: &headers,
            reach: self.cluster.reach,
        };
        let token = token.unwrap_or_else(|| self.cluster.token.clone());
        place.parcel(call::json(body), Credential::Bearer(token))
    }
}

impl Issuer for Accounts {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        Rules::read(scope, scope.mode).map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let objects = self.objects(ask)?;
        let seconds = seconds_left(ask, ask.asked_at)?.max(LEAST_SECONDS);
        let token = objects.token_request(seconds, "…", self.cluster.audience.as_deref());
        let all = objects.all(ask).into_iter().map(|(_, object)| object);
        let all: Vec<Value> = all.chain([token]).collect();
        Ok(Asked {
            request: Map::from_iter([("objects".to_owned(), Value::from(all))]),
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
        // Everything is named after the lease, so that nothing else is needed to find it.
        Box::pin(self.end(ask))
    }
}
