//! Sessions of a role at AWS, each with a policy of its own.
//!
//! Sources: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>, and "Revoking
//! IAM role temporary security credentials" in the IAM user guide.

mod calls;
mod policy;

use super::{Provider, Seen, Tools, digits, ended, look, seconds_left};
use jiff::{SignedDuration, Timestamp};
use policy::SessionPolicy;
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{Reach, SecretName},
    ports::{Doing, Issuer},
    scope::Scope,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};
use zeroize::Zeroizing;

/// The least and the most seconds of a session.
const LEAST_SECONDS: i64 = 900;
const MOST_SECONDS: i64 = 43_200;
/// How far the provider's clock may be from the gate's.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// A role that sessions are made of, and the key that may assume it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// `arn:aws:iam::<account>:role/<name>`. Its trust policy has to allow `sts:AssumeRole`,
    /// `sts:TagSession` and `sts:SetSourceIdentity`.
    pub role_arn: String,
    /// The region whose STS is asked.
    pub region: String,
    /// The id of the key that assumes it.
    pub access_key_id: SecretName,
    /// The key.
    pub secret_access_key: SecretName,
    /// What the role's trust policy asks for besides.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Whether the key may put a policy on the role that denies everything to one session, which is
    /// how one is ended: `iam:PutRolePolicy`, `iam:ListRolePolicies` and `iam:DeleteRolePolicy` on
    /// that role.
    #[serde(default)]
    pub may_deny: bool,
    /// Where STS is; that of the region unless told otherwise.
    #[serde(default)]
    pub sts_endpoint: Option<String>,
    /// Where IAM is.
    #[serde(default)]
    pub iam_endpoint: Option<String>,
    /// Where they may be.
    #[serde(default)]
    pub reach: Reach,
}

impl Account {
    fn sts(&self) -> String {
        let usual = || format!("https://sts.{}.amazonaws.com/", self.region);
        self.sts_endpoint.clone().unwrap_or_else(usual)
    }

    fn iam(&self) -> String {
        let usual = || "https://iam.amazonaws.com/".to_owned();
        self.iam_endpoint.clone().unwrap_or_else(usual)
    }

    fn role_name(&self) -> &str {
        let name = self.role_arn.rsplit_once('/');
        name.map_or("", |(_, name)| name)
    }
}

impl Provider for Account {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![
            ("access_key_id", &self.access_key_id),
            ("secret_access_key", &self.secret_access_key),
        ]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        vec![
            ("sts_endpoint", self.sts(), self.reach),
            ("iam_endpoint", self.iam(), self.reach),
        ]
    }

    fn fault(&self) -> Option<(&'static str, String)> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if self.region.is_empty() || !self.region.bytes().all(plain) {
            return Some((
                "region",
                "expected a region such as `eu-central-1`".to_owned(),
            ));
        }
        let is_role = self.role_arn.starts_with("arn:") && self.role_arn.contains(":role/");
        (!is_role || self.role_name().is_empty()).then(|| {
            let due = "expected `arn:aws:iam::<account>:role/<name>`";
            ("role_arn", due.to_owned())
        })
    }

    fn own_keys(&self) -> &'static [&'static str] {
        &["access_key_id", "secret_access_key"]
    }

    fn with_own(&self, own: &BTreeMap<&'static str, SecretName>) -> Option<Arc<dyn Provider>> {
        Some(Arc::new(Self {
            access_key_id: own.get("access_key_id")?.clone(),
            secret_access_key: own.get("secret_access_key")?.clone(),
            ..self.clone()
        }))
    }

    fn look<'a>(&'a self, tools: &'a Tools) -> Doing<'a, Result<Seen, LeaseError>> {
        let sessions = Sessions {
            account: self.clone(),
            tools: tools.clone(),
        };
        Box::pin(look::with(tools, sessions.who_am_i()))
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Sessions {
            account: self.clone(),
            tools: tools.clone(),
        })
    }
}

/// Assumes the role.
#[derive(Debug)]
struct Sessions {
    account: Account,
    tools: Tools,
}

/// What STS granted.
struct Granted {
    key_id: Zeroizing<String>,
    key: Zeroizing<String>,
    token: Zeroizing<String>,
    expires_at: Timestamp,
    arn: String,
    source_identity: Option<String>,
    packed_percent: Option<u64>,
}

impl Sessions {
    /// The parameters of the call, but for what all calls have.
    fn parameters(&self, ask: &LeaseAsk) -> Result<Vec<(String, String)>, LeaseError> {
        let policy = SessionPolicy::of(ask)?;
        let mut parameters = vec![
            ("RoleArn".to_owned(), self.account.role_arn.clone()),
            ("RoleSessionName".to_owned(), session_name(ask)?),
            ("Policy".to_owned(), policy.text()?),
            ("DurationSeconds".to_owned(), seconds(ask)?.to_string()),
            // Kept through role chaining and in CloudTrail; it is what a session is ended by.
            ("SourceIdentity".to_owned(), ask.id.clone()),
        ];
        let external = self.account.external_id.clone();
        parameters.extend(external.map(|id| ("ExternalId".to_owned(), id)));
        let tags = [
            ("portcullis:lease", ask.id.as_str()),
            ("portcullis:tenant", ask.tenant.as_str()),
            ("portcullis:session", ask.session.as_str()),
            ("portcullis:agent", ask.agent.as_str()),
        ];
        for (number, (key, value)) in (1..).zip(tags) {
            parameters.push((format!("Tags.member.{number}.Key"), key.to_owned()));
            parameters.push((format!("Tags.member.{number}.Value"), tag_value(value)));
        }
        Ok(parameters)
    }

    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        seconds_left(ask, self.tools.clock.now())?;
        let parameters = self.parameters(ask)?;
        let granted = self.assume_role(&parameters).await?;
        let parts = [
            ("access_key_id", &granted.key_id),
            ("secret_access_key", &granted.key),
            ("session_token", &granted.token),
        ];
        let parts = parts.map(|(part, text)| {
            let bytes = Zeroizing::new(text.as_bytes().to_vec());
            (part.to_owned(), bytes)
        });
        let kept = self.tools.strongbox.keep(ask, parts.into());
        let compared = kept.and_then(|secrets| self.compare(ask, &granted).map(|()| secrets));
        let secrets = match compared {
            Ok(secrets) => secrets,
            Err(why) => {
                // Whether it could be ended or not: it is not used.
                drop(self.end(ask).await);
                self.tools.strongbox.forget(ask, Some(granted.expires_at));
                return Err(why);
            }
        };
        Ok(Minted {
            secrets,
            open: vec![("region".to_owned(), self.account.region.clone())],
            granted: Map::from_iter([
                ("arn".to_owned(), json!(granted.arn)),
                ("source_identity".to_owned(), json!(granted.source_identity)),
                (
                    "packed_policy_percent".to_owned(),
                    json!(granted.packed_percent),
                ),
            ]),
            expires_at: Some(granted.expires_at),
            handle: Map::from_iter([(
                "expires_at".to_owned(),
                json!(granted.expires_at.to_string()),
            )]),
        })
    }

    /// *Fails closed:* a session of another role, of another name or of a longer life is more than
    /// was asked.
    fn compare(&self, ask: &LeaseAsk, granted: &Granted) -> Result<(), LeaseError> {
        let exceeded = |what: &str| Err(LeaseError::Exceeded(what.to_owned()));
        let due = format!(
            ":assumed-role/{}/{}",
            self.account.role_name(),
            session_name(ask)?
        );
        if !granted.arn.ends_with(&due) {
            return exceeded("a session of another role or name");
        }
        let other = |id: &String| *id != ask.id;
        if granted.source_identity.as_ref().is_some_and(other) {
            return exceeded("a session with another source identity");
        }
        let longest = self.tools.clock.now() + SignedDuration::from_secs(seconds(ask)?) + SKEW;
        if granted.expires_at > longest {
            return exceeded("a longer life");
        }
        Ok(())
    }

    /// Ends it where the operator lets the gate do so.
    async fn end(&self, ask: &LeaseAsk) -> Result<Revoked, LeaseError> {
        let latest = latest_end(ask)?;
        self.tools.strongbox.forget(ask, Some(latest));
        if latest <= self.tools.clock.now() {
            return Ok(ended("it has expired", true));
        }
        if !self.account.may_deny {
            let how = "AWS ends no single session, and the gate may not put a policy on the role";
            return Ok(ended(how, false));
        }
        self.deny(ask, latest).await?;
        self.tools.strongbox.forget(ask, None);
        let how = "denied by its source identity on the role (IAM PutRolePolicy); IAM takes some \
                   seconds to spread this";
        Ok(ended(how, true))
    }
}

impl Issuer for Sessions {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        SessionPolicy::read(scope, scope.mode)?.text().map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let parameters = self.parameters(ask)?.into_iter();
        let request = parameters.map(|(name, value)| (name, Value::from(value)));
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
        _: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        // The source identity is the lease's id, so that nothing else is needed to find it.
        Box::pin(self.end(ask))
    }
}

/// How long a session is asked for: as short as AWS allows. The shorter end is kept by the gate.
fn seconds(ask: &LeaseAsk) -> Result<i64, LeaseError> {
    let seconds = seconds_left(ask, ask.asked_at)?;
    if seconds > MOST_SECONDS {
        let why = format!("a session lasts {MOST_SECONDS} seconds at most");
        return Err(LeaseError::TooMuch(why));
    }
    Ok(seconds.max(LEAST_SECONDS))
}

/// When no session of this lease lives any more, even if it was made late.
fn latest_end(ask: &LeaseAsk) -> Result<Timestamp, LeaseError> {
    Ok(ask.asked_at + SignedDuration::from_secs(seconds(ask)?) + SKEW)
}

fn session_name(ask: &LeaseAsk) -> Result<String, LeaseError> {
    Ok(format!("portcullis-{}", digits(ask)?))
}

/// As tags take it: 256 characters of a few kinds.
fn tag_value(text: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "_.:/=+-@".contains(one);
    let characters = text.chars().take(256);
    characters
        .map(|one| if plain(one) { one } else { '_' })
        .collect()
}
