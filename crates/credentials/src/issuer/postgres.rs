//! Roles at a PostgreSQL server, made for one lease and dropped with it.
//!
//! Sources: <https://www.postgresql.org/docs/current/sql-createrole.html>, `sql-grant.html`,
//! `sql-drop-owned.html` and `functions-info.html` beside it.

mod grants;
mod role;
mod sessions;

use super::{Provider, Seen, Tools, digits, ended_since, password, seconds_left};
use crate::database::DatabaseSettings;
use grants::Grants;
use jiff::Timestamp;
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::{OutsideError, Reach, SecretName},
    ports::{Doing, Issuer},
    scope::Scope,
};
use role::Role;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sessions::{Session, Sessions};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// For minting or ending one role, from beginning to end.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A PostgreSQL server and who makes roles there: an ordinary role with `CREATEROLE` that may grant
/// what scopes ask for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    #[serde(default = "usual_port")]
    pub port: u16,
    /// Who makes roles there.
    pub user: String,
    /// The password.
    pub password: SecretName,
    /// Whether the line is encrypted, and the server shows who it is.
    #[serde(default = "usual_tls")]
    pub tls: bool,
    /// Where the server may be.
    #[serde(default)]
    pub reach: Reach,
}

const fn usual_port() -> u16 {
    5432
}

const fn usual_tls() -> bool {
    true
}

impl Server {
    fn login(&self, database: &str) -> DatabaseSettings {
        DatabaseSettings {
            host: self.host.clone(),
            port: self.port,
            name: database.to_owned(),
            user: self.user.clone(),
            password: Some(self.password.clone()),
            tls: self.tls,
            reach: self.reach,
        }
    }
}

impl Provider for Server {
    fn secrets(&self) -> Vec<(&'static str, &SecretName)> {
        vec![("password", &self.password)]
    }

    fn addresses(&self) -> Vec<(&'static str, String, Reach)> {
        Vec::new()
    }

    fn fault(&self) -> Option<(&'static str, String)> {
        let fault = self.login("postgres").fault()?;
        Some(("host", fault.to_owned()))
    }

    fn look<'a>(&'a self, tools: &'a Tools) -> Doing<'a, Result<Seen, LeaseError>> {
        Box::pin(async {
            let roles = Roles::at(self, tools);
            let looked = async {
                let session = roles.open("postgres").await?;
                let now = "select extract(epoch from clock_timestamp())::bigint";
                let row = session.client.query_one(now, &[]).await.map_err(lack)?;
                let clock = row.try_get(0).ok();
                Ok(Seen {
                    accepted: Some(true),
                    clock: clock.and_then(|second| Timestamp::from_second(second).ok()),
                })
            };
            let looked = timeout(TIMEOUT, looked).await;
            looked.unwrap_or_else(|_| Err(late()))
        })
    }

    fn issuer(&self, tools: &Tools) -> Arc<dyn Issuer> {
        Arc::new(Roles::at(self, tools))
    }
}

/// Makes roles and drops them.
#[derive(Debug)]
struct Roles {
    server: Server,
    tools: Tools,
    sessions: Sessions,
}

impl Roles {
    fn at(server: &Server, tools: &Tools) -> Self {
        Self {
            server: server.clone(),
            tools: tools.clone(),
            sessions: Sessions::default(),
        }
    }

    /// A session in a database: one that was kept, or a new one.
    async fn session(&self, database: &str) -> Result<Session, LeaseError> {
        match self.sessions.take(database).await {
            Some(session) => Ok(session),
            None => self.open(database).await,
        }
    }

    async fn open(&self, database: &str) -> Result<Session, LeaseError> {
        let opened = self
            .tools
            .databases
            .open(&self.server.login(database))
            .await;
        opened.map(Session::new).map_err(|error| match error {
            OutsideError::Forbidden { .. } | OutsideError::NoSecret(_) => {
                LeaseError::Refused(error.to_string())
            }
            _ => LeaseError::Unanswered(error.to_string()),
        })
    }

    async fn make(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        let grants = Grants::read(&ask.scope, ask.mode)?;
        let role = Role::of(ask)?;
        seconds_left(ask, self.tools.clock.now())?;
        let password = password(self.tools.entropy.as_ref())?;
        // The server, and whoever reads its log, see no more than this of the password.
        let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
        let part = Zeroizing::new(password.as_bytes().to_vec());
        let secrets = self
            .tools
            .strongbox
            .keep(ask, vec![("password".to_owned(), part)])?;
        let made = async {
            let mut session = self.session(&grants.database).await?;
            let transaction = session.client.transaction().await.map_err(lack)?;
            role.create(&transaction, ask, &verifier).await?;
            grants.give(&transaction, &role).await?;
            // Compared before it is committed: a role that may do more never exists.
            let granted = grants.compare(&transaction, &role).await?;
            transaction.commit().await.map_err(lack)?;
            self.sessions.keep(&grants.database, session);
            Ok(granted)
        };
        let made = timeout(TIMEOUT, made).await;
        let granted = made.unwrap_or_else(|_| Err(late()));
        let granted =
            granted.inspect_err(|_| self.tools.strongbox.forget(ask, Some(ask.ends_at)))?;
        let handle = Map::from_iter([("role".to_owned(), json!(role.name()))]);
        let open = [
            ("user", role.name().to_owned()),
            ("host", self.server.host.clone()),
            ("port", self.server.port.to_string()),
            ("database", grants.database.clone()),
        ];
        Ok(Minted {
            secrets,
            open: open.map(|(name, value)| (name.to_owned(), value)).into(),
            granted,
            // `VALID UNTIL` stops new sessions alone; open ones go on.
            expires_at: None,
            handle,
        })
    }

    async fn end(&self, ask: &LeaseAsk) -> Result<Revoked, LeaseError> {
        let grants = Grants::read(&ask.scope, ask.mode)?;
        let role = Role::of(ask)?;
        self.tools.strongbox.forget(ask, Some(ask.ends_at));
        let began = self.tools.clock.now();
        let ended = async {
            let session = self.session(&grants.database).await?;
            let was_there = role.drop(&session.client).await?;
            self.sessions.keep(&grants.database, session);
            Ok(was_there)
        };
        let was_there = timeout(TIMEOUT, ended)
            .await
            .unwrap_or_else(|_| Err(late()))?;
        self.tools.strongbox.forget(ask, None);
        let how = if was_there {
            "NOLOGIN, its sessions terminated, DROP OWNED, DROP ROLE"
        } else {
            "there is no such role"
        };
        let now = self.tools.clock.now();
        Ok(ended_since(began, now, (how, was_there)))
    }
}

impl Issuer for Roles {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        Grants::read(scope, scope.mode).map(drop)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        let grants = Grants::read(&ask.scope, ask.mode)?;
        let role = Role::of(ask)?;
        let statements: Vec<Value> = role
            .statements(ask, "…")
            .into_iter()
            .chain(grants.statements(&role))
            .map(Value::from)
            .collect();
        let request = Map::from_iter([("statements".to_owned(), Value::from(statements))]);
        Ok(Asked { request })
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        Box::pin(self.make(ask))
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        _: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        // The role is named after the lease, so that nothing else is needed to find it.
        Box::pin(self.end(ask))
    }
}

fn late() -> LeaseError {
    LeaseError::Unanswered("the server does not answer in time".to_owned())
}

/// In our own words: the server's may repeat what was sent.
#[expect(
    clippy::needless_pass_by_value,
    reason = "that is how an error is handed over to be mapped"
)]
fn lack(error: tokio_postgres::Error) -> LeaseError {
    match error.code() {
        Some(code) => LeaseError::Refused(format!("it answers with code {}", code.code())),
        None => LeaseError::Unanswered("the line broke".to_owned()),
    }
}

/// A name as it stands in a statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
