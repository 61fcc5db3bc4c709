//! Tokens of a service account at Google Cloud, for some buckets alone where it is Cloud Storage.
//!
//! Sources: <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken>
//! and <https://cloud.google.com/iam/docs/downscoping-short-lived-credentials>.

mod boundary;

use super::{
    Provider, Tools,
    call::{Reply, call, form},
    digits, ended, seconds_left,
};
use crate::{jwt, strongbox::Lent};
use boundary::Wanted;
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Credential, Method, Parcel, Reach, SecretName},
    ports::{Doing, Issuer},
    scope::Scope,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The most seconds of a token, but for organisations that allow more.
const MOST_SECONDS: i64 = 3_600;
/// How long the gate's own assertion is good.
const OWN_SECONDS: i64 = 300;
/// How far the provider's clock may be from the gate's.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

const BEARER_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const EXCHANGE_GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";

/// A service account whose tokens are asked for, and the one that may ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Whose tokens are asked for: an account that may no more than all scopes together say.
    pub service_account: String,
    /// Who asks: an account with `roles/iam.serviceAccountTokenCreator` on the other.
    pub client_email: String,
    /// Its private key, in PEM.
    pub private_key: SecretName,
    /// Where the gate shows who it is.
    #[serde(default = "usual_token_uri")]
    pub token_uri: String,
    /// Where IAM Credentials is.
    #[serde(default = "usual_iam")]
    pub iam_endpoint: String,
    /// Where tokens are cut down.
    #[serde(default = "usual_sts")]
    pub sts_endpoint: String,
    /// Where they may be.
    #[serde(default)]
    pub reach: Reach,
}

fn usual_token_uri() -> String {
    "https://oauth2.googleapis.com/token".to_owned()
}

fn usual_iam() -> String {
    "https://iamcredentials.googleapis.com".to_owned()
}

fn usual_sts() -> String {
    "https://sts.googleapis.com/v1/token".to_owned()
}

impl Provider for Account {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![("private_key", &self.private_key)]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        vec![
            ("token_uri", self.token_uri.clone(), self.reach),
            ("iam_endpoint", self.iam_endpoint.clone(), self.reach),
            ("sts_endpoint", self.sts_endpoint.clone(), self.reach),
        ]
    }

    fn fault(&self) -> Option<(&'static str, String)> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._@".contains(&byte);
        let fits = self.service_account.contains('@') && self.service_account.bytes().all(plain);
        let due = "expected the address of a service account";
        (!fits).then(|| ("service_account", due.to_owned()))
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Tokens {
            account: self.clone(),
            tools: tools.clone(),
        })
    }
}

/// Asks for tokens of one account.
#[derive(Debug)]
struct Tokens {
    account: Account,
    tools: Tools,
}

#[derive(Deserialize)]
struct Own {
    access_token: String,
}

#[derive(Deserialize)]
struct Generated {
    #[serde(rename = "accessToken")]
    access_token: String,
    #[serde(rename = "expireTime")]
    expires_at: String,
}

impl Tokens {
    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        digits(ask)?;
        let now = self.tools.clock.now();
        seconds_left(ask, now)?;
        let (wanted, seconds) = wanted(ask)?;
        let own = self.own().await?;
        let generated = self.generate(&wanted, seconds, own.name()).await?;
        drop(own);
        let expires_at: Option<Timestamp> = generated.expires_at.parse().ok();
        let token = Zeroizing::new(generated.access_token.into_bytes());
        let longest = now + SignedDuration::from_secs(seconds) + SKEW;
        let Some(expires_at) = expires_at.filter(|at| *at <= longest) else {
            return Err(LeaseError::Exceeded("a longer life".to_owned()));
        };
        let token = match wanted.boundary() {
            None => token,
            Some(boundary) => self.cut_down(token, &boundary).await?,
        };
        let secrets = self
            .tools
            .strongbox
            .keep(ask, vec![("token".to_owned(), token)])?;
        Ok(Minted {
            secrets,
            open: Vec::new(),
            granted: Map::from_iter([
                ("expires_at".to_owned(), json!(generated.expires_at)),
                ("request".to_owned(), wanted.said()),
            ]),
            expires_at: Some(expires_at),
            handle: Map::from_iter([("expires_at".to_owned(), json!(generated.expires_at))]),
        })
    }

    /// The gate's own token, for asking (RFC 7523).
    async fn own(&self) -> Result<Lent, LeaseError> {
        let refused = |why: &str| LeaseError::Refused(why.to_owned());
        let key = self.tools.secrets.read(&self.account.private_key);
        let key = key.map_err(|error| refused(&error.to_string()))?;
        let now = self.tools.clock.now().as_second();
        let claims = json!({
            "aud": self.account.token_uri,
            "exp": now + OWN_SECONDS,
            "iat": now,
            "iss": self.account.client_email,
            "scope": CLOUD,
            "sub": self.account.client_email,
        });
        let assertion = jwt::signed(&key, &claims);
        let assertion = assertion.ok_or_else(|| refused("the private key is not usable"))?;
        let assertion = self.tools.strongbox.lend(assertion);
        let pairs = [("grant_type", BEARER_GRANT)];
        let secret = ("assertion", assertion.name());
        let reply = self.form(&self.account.token_uri, &pairs, secret).await?;
        let Own { access_token } = reply.good()?.json()?;
        let token = Zeroizing::new(access_token.into_bytes());
        Ok(self.tools.strongbox.lend(token))
    }

    async fn generate(
        &self,
        wanted: &Wanted<'_>,
        seconds: i64,
        own: SecretName,
    ) -> Result<Generated, LeaseError> {
        let (iam, account) = (&self.account.iam_endpoint, &self.account.service_account);
        let iam = iam.trim_end_matches('/');
        let body = json!({"lifetime": format!("{seconds}s"), "scope": wanted.scopes()});
        let parcel = Parcel {
            method: Method::Post,
            url: format!("{iam}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
            credential: Some(Credential::Bearer(own)),
            reach: self.account.reach,
        };
        call(&self.tools, parcel).await?.good()?.json()
    }

    /// A token that may no more than the boundary says.
    async fn cut_down(
        &self,
        token: Zeroizing<Vec<u8>>,
        boundary: &Value,
    ) -> Result<Zeroizing<Vec<u8>>, LeaseError> {
        let whole = self.tools.strongbox.lend(token);
        let options = boundary.to_string();
        let pairs = [
            ("grant_type", EXCHANGE_GRANT),
            ("options", options.as_str()),
            ("requested_token_type", ACCESS_TOKEN),
            ("subject_token_type", ACCESS_TOKEN),
        ];
        let secret = ("subject_token", whole.name());
        let reply = self
            .form(&self.account.sts_endpoint, &pairs, secret)
            .await?;
        let Own { access_token } = reply.good()?.json()?;
        Ok(Zeroizing::new(access_token.into_bytes()))
    }

    async fn form(
        &self,
        url: &str,
        pairs: &[(&str, &str)],
        (name, secret): (&str, SecretName),
    ) -> Result<Reply, LeaseError> {
        let name = name.to_owned();
        let parcel = Parcel {
            method: Method::Post,
            url: url.to_owned(),
            headers: Vec::new(),
            body: form(pairs.iter().copied()),
            credential: Some(Credential::FormField { name, secret }),
            reach: self.account.reach,
        };
        call(&self.tools, parcel).await
    }

    fn end(&self, ask: &LeaseAsk) -> Result<Revoked, LeaseError> {
        let latest = ask.asked_at + SignedDuration::from_secs(wanted(ask)?.1) + SKEW;
        self.tools.strongbox.forget(ask, Some(latest));
        let over = latest < self.tools.clock.now();
        let how = if over {
            "it has expired"
        } else {
            "Google ends no single token; it lives until it expires"
        };
        Ok(ended(how, over))
    }
}

impl Issuer for Tokens {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        Wanted::read(scope, scope.mode).map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let (wanted, seconds) = wanted(ask)?;
        let account = &self.account.service_account;
        Ok(Asked {
            request: Map::from_iter([
                ("boundary".to_owned(), json!(wanted.boundary())),
                ("lifetime".to_owned(), json!(format!("{seconds}s"))),
                ("scope".to_owned(), json!(wanted.scopes())),
                ("service_account".to_owned(), json!(account)),
            ]),
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
        Box::pin(std::future::ready(self.end(ask)))
    }
}

/// What is asked for, and for how many seconds.
fn wanted(ask: &LeaseAsk) -> Result<(Wanted<'_>, i64), LeaseError> {
    let seconds = seconds_left(ask, ask.asked_at)?;
    if seconds > MOST_SECONDS {
        let why = format!("a token lives for {MOST_SECONDS} seconds at most");
        return Err(LeaseError::TooMuch(why));
    }
    Ok((Wanted::read(&ask.scope, ask.mode)?, seconds))
}
