//! One role, named after its lease.

use super::{digits, lack, quoted};
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError},
    scope::Mode,
};
use std::time::Duration;
use tokio::time::sleep;
use tokio_postgres::{Client, Transaction};

/// How long one statement may take, and a transaction may lie still.
const STATEMENT_SECONDS: u32 = 60;
/// How long a session may lie still.
const SESSION_SECONDS: u32 = 300;
/// How many sessions it may have.
const SESSIONS: u32 = 4;

/// How often it is looked whether sessions have ended.
const LOOKS: u32 = 250;
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// A role.
#[derive(Debug)]
pub(super) struct Role(String);

impl Role {
    pub(super) fn of(ask: &LeaseAsk) -> Result<Self, LeaseError> {
        Ok(Self(format!("portcullis_{}", digits(ask)?)))
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }

    pub(super) fn quoted(&self) -> String {
        quoted(&self.0)
    }

    /// What makes it. Everything in here is ours, or a moment in RFC 3339.
    pub(super) fn statements(&self, ask: &LeaseAsk, verifier: &str) -> Vec<String> {
        let role = self.quoted();
        let mut statements = vec![format!(
            "CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION \
             CONNECTION LIMIT {SESSIONS} PASSWORD '{verifier}' VALID UNTIL '{}'",
            ask.ends_at
        )];
        let mut settings = vec![
            format!("statement_timeout = '{STATEMENT_SECONDS}s'"),
            format!("idle_in_transaction_session_timeout = '{STATEMENT_SECONDS}s'"),
            format!("idle_session_timeout = '{SESSION_SECONDS}s'"),
            format!("application_name = 'portcullis {}'", ask.id),
        ];
        if ask.mode == Mode::Read {
            // A help for whoever writes by mistake; it is the grants that refuse.
            settings.push("default_transaction_read_only = on".to_owned());
        }
        let set = settings
            .iter()
            .map(|setting| format!("ALTER ROLE {role} SET {setting}"));
        statements.extend(set);
        statements
    }

    pub(super) async fn create(
        &self,
        transaction: &Transaction<'_>,
        ask: &LeaseAsk,
        verifier: &str,
    ) -> Result<(), LeaseError> {
        let statements = self.statements(ask, verifier).join("; ");
        transaction.batch_execute(&statements).await.map_err(lack)
    }

    /// Lets nobody in any more, ends what is open, and drops it with all it owns. Says whether it was
    /// there.
    pub(super) async fn drop(&self, client: &Client) -> Result<bool, LeaseError> {
        let known = "SELECT 1 FROM pg_roles WHERE rolname = $1::name";
        let known = client.query_opt(known, &[&self.0]).await.map_err(lack)?;
        if known.is_none() {
            return Ok(false);
        }
        let role = self.quoted();
        // Who is no superuser ends the sessions of roles that it is a member of.
        let shut = format!("ALTER ROLE {role} NOLOGIN; GRANT {role} TO CURRENT_USER");
        client.batch_execute(&shut).await.map_err(lack)?;
        self.end_sessions(client).await?;
        let gone = format!("DROP OWNED BY {role}; DROP ROLE {role}");
        client.batch_execute(&gone).await.map_err(lack)?;
        Ok(true)
    }

    async fn end_sessions(&self, client: &Client) -> Result<(), LeaseError> {
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE usename = $1::name";
        for _ in 0..LOOKS {
            let row = client.query_one(end, &[&self.0]).await.map_err(lack)?;
            let open: i64 = row.try_get(0).map_err(lack)?;
            if open == 0 {
                return Ok(());
            }
            sleep(PAUSE).await;
        }
        let why = "a session of the role does not end".to_owned();
        Err(LeaseError::Unanswered(why))
    }
}
