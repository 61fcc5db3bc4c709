//! One action type at one database.

use super::{
    Access, Base, Database, PostgresAction, Wording,
    kind::Kind,
    lack::Lack,
    work::{self, Asked, Bounds, Ran, rows},
};
use crate::lease;
use portcullis_firewall::{
    digest::Means,
    order::{Check, DryRun, Effect, Ended, Order},
};
use serde_json::{Value, json};
use std::{borrow::Cow, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long the server may take to commit.
const COMMIT: Duration = Duration::from_secs(30);

/// What an action type means at a database.
#[derive(Debug)]
pub struct Deed {
    base: Arc<Base>,
    action: PostgresAction,
    means: Means,
}

/// The checks that are made before any row is looked at.
const BEFORE_ROWS: [&str; 3] = ["session", "statement", "values"];

/// How a transaction ended.
enum Close {
    Commit,
    Rollback(Lack),
}

impl Deed {
    pub(super) const fn new(base: Arc<Base>, action: PostgresAction, means: Means) -> Self {
        Self {
            base,
            action,
            means,
        }
    }

    pub(crate) const fn means(&self) -> Means {
        self.means
    }

    pub(crate) fn writes(&self) -> bool {
        self.action.access == Access::Write
    }

    /// Does it.
    ///
    /// *Fails closed:* whatever goes wrong before the server is told to commit leaves nothing
    /// behind; from then on, what the server does not say is not known.
    pub(crate) async fn execute(&self, order: Order) -> Effect {
        let place = &self.base.name;
        match self.done(&order).await {
            Ok(ran) => Effect {
                truncated: ran.truncated,
                output: answer(&ran, self.action.access),
                ..Effect::new(
                    Ended::Done,
                    format!("{place}: done, {}", said(&ran, self.action.access)),
                )
            },
            Err((Ended::Unknown, lack)) => Effect::new(
                Ended::Unknown,
                format!("{place}: told to commit, and it is not known whether it did, {lack}"),
            ),
            Err((ended, lack)) => Effect {
                output: lack.output(),
                ..Effect::new(ended, format!("{place}: not done, {lack}"))
            },
        }
    }

    async fn done(&self, order: &Order) -> Result<Ran, (Ended, Lack)> {
        let failed = |lack| (Ended::Failed, lack);
        let asked = self.asked(order).map_err(failed)?;
        let mut session = self.session(order).await.map_err(failed)?;
        let bounds = self.base.bounds;
        let client = session.client();
        let begun = timeout(bounds.time, async {
            let transaction = work::begin(client, asked.access, bounds).await?;
            let statement = work::prepare(&transaction, &asked).await?;
            let bound = work::bind(&statement, &asked.values)?;
            let ran = work::run(&transaction, &asked, (&statement, &bound), bounds).await?;
            Ok((transaction, ran))
        });
        let (transaction, ran) = begun.await.unwrap_or(Err(Lack::Late)).map_err(failed)?;
        let close = close(&ran, asked.access, order.expected_rows);
        let ended = match close {
            Close::Rollback(lack) => {
                // Dropping it rolls it back as well, when this takes too long.
                let _ = timeout(bounds.time, transaction.rollback()).await;
                Err(failed(lack))
            }
            Close::Commit => match timeout(COMMIT, transaction.commit()).await {
                Ok(Ok(())) => Ok(ran),
                Ok(Err(error)) => Err(unless_certain(error.into(), asked.access)),
                Err(_) => Err(unless_certain(Lack::Late, asked.access)),
            },
        };
        session.close().await;
        ended
    }

    /// Looks at what it would do, by doing it and taking it back.
    ///
    /// *Fails closed:* what cannot be looked at has not passed.
    pub(crate) async fn rehearse(&self, order: Order) -> DryRun {
        let mut found = DryRun::default();
        let looked = match self.asked(&order) {
            Ok(asked) => self.look(&order, &asked, &mut found).await,
            Err(lack) => Err(("statement", lack)),
        };
        if let Err((name, lack)) = looked {
            // Behind these the server's words may repeat what stands in rows, and whoever asks hears them
            // before people have decided.
            let is_before_rows = BEFORE_ROWS.contains(&name);
            let words = is_before_rows.then(|| lack.detail());
            let words = words.unwrap_or_else(|| lack.to_string());
            found.checks.push(check(name, false, words));
        }
        found.passed = found.checks.iter().all(|check| check.passed);
        found
    }

    async fn look(
        &self,
        order: &Order,
        asked: &Asked,
        found: &mut DryRun,
    ) -> Result<(), (&'static str, Lack)> {
        let mut session = self
            .session(order)
            .await
            .map_err(|lack| ("session", lack))?;
        let limit = self.base.bounds.time;
        let looked = timeout(limit, self.try_out(session.client(), asked, found)).await;
        session.close().await;
        looked.unwrap_or(Err(("time", Lack::Late)))
    }

    async fn try_out(
        &self,
        client: &mut tokio_postgres::Client,
        asked: &Asked,
        found: &mut DryRun,
    ) -> Result<(), (&'static str, Lack)> {
        let at = |name| move |lack| (name, lack);
        let bounds = self.base.bounds;
        let begun = work::begin(client, asked.access, bounds).await;
        let transaction = begun.map_err(at("session"))?;
        let statement = work::prepare(&transaction, asked).await;
        let statement = statement.map_err(at("statement"))?;
        found
            .checks
            .push(check("statement", true, kind_said(asked)));
        let bound = work::bind(&statement, &asked.values).map_err(at("values"))?;
        let plan = work::plan(&transaction, asked, &bound).await;
        found.plan = Some(format!("{:#}", plan.map_err(at("plan"))?));
        let ran = work::run(&transaction, asked, (&statement, &bound), bounds).await;
        let ran = ran.map_err(at("run"))?;
        found
            .checks
            .push(check("run", true, "it ran, and was taken back".to_owned()));
        if asked.access == Access::Write {
            found.rows = Some(ran.changed);
            found.changes = ran.changes;
            // What would be looked at when it commits.
            let now = transaction
                .batch_execute("SET CONSTRAINTS ALL IMMEDIATE")
                .await;
            now.map_err(|error| ("constraints", error.into()))?;
            found
                .checks
                .push(check("constraints", true, "they hold".to_owned()));
        }
        let back = transaction.rollback().await;
        back.map_err(|error| ("rollback", error.into()))
    }

    async fn session(&self, order: &Order) -> Result<super::opener::Session, Lack> {
        let database = self.database(order).map_err(Lack::Refused)?;
        let opening = self.base.opener.open(&database);
        let opened = timeout(self.base.bounds.time, opening).await;
        let opened = opened.map_err(|_| Lack::Late)?;
        opened.map_err(|error| Lack::Refused(error.to_string()))
    }

    /// Where the order goes, and as whom.
    ///
    /// *Fails closed:* a password that was minted for one database is shown at no other.
    fn database(&self, order: &Order) -> Result<Cow<'_, Database>, String> {
        let Some(provider) = &self.base.lease else {
            return Ok(Cow::Borrowed(&self.base.database));
        };
        let lease = lease::of(order, provider)?;
        let mut database = self.base.database.clone();
        let port = database.port.to_string();
        let own = [
            ("database", &database.name),
            ("host", &database.host),
            ("port", &port),
        ];
        for (part, here) in own {
            if lease::open(lease, part).is_some_and(|there| there != here) {
                return Err(format!("the credential is for another {part}"));
            }
        }
        let user = lease::open(lease, "user").or_else(|| lease::open(lease, "username"));
        let user = user.ok_or_else(|| "the credential names no user".to_owned())?;
        user.clone_into(&mut database.user);
        database.password = Some(lease::secret(lease, "password")?);
        Ok(Cow::Owned(database))
    }

    /// The statement and the values that an order asks for.
    fn asked(&self, order: &Order) -> Result<Asked, Lack> {
        let refused = |why: String| Lack::Refused(why);
        let given = |name: &str| {
            let missing = || refused(format!("parameter `{name}` is missing"));
            order.parameters.get(name).ok_or_else(missing)
        };
        let (statement, values) = match &self.action.wording {
            Wording::Fixed { statement, values } => {
                let values = values.iter().map(|name| given(name).cloned());
                (statement.clone(), values.collect::<Result<_, _>>()?)
            }
            Wording::OfTheAgent => {
                let statement = given("statement")?.as_str();
                let no_text = || refused("parameter `statement` is no text".to_owned());
                let values = match order.parameters.get("values") {
                    None => Vec::new(),
                    Some(Value::Array(values)) => values.clone(),
                    Some(_) => return Err(refused("parameter `values` is no list".to_owned())),
                };
                (statement.ok_or_else(no_text)?.to_owned(), values)
            }
        };
        let kind = Kind::of(&statement).map_err(|unfit| refused(unfit.to_string()))?;
        let access = self.action.access;
        if access == Access::Read && kind == Kind::Change {
            return Err(refused("this action only reads".to_owned()));
        }
        Ok(Asked {
            statement,
            values,
            kind,
            access,
        })
    }
}

/// Whether what was done is what was looked at.
fn close(ran: &Ran, access: Access, expected: Option<u64>) -> Close {
    match expected {
        Some(expected) if access == Access::Write && expected != ran.changed => {
            Close::Rollback(Lack::Refused(format!(
                "it changed {} where the dry run found {expected}, and was taken back",
                rows(ran.changed)
            )))
        }
        _ => Close::Commit,
    }
}

/// A read that is not committed has left nothing behind either.
fn unless_certain(lack: Lack, access: Access) -> (Ended, Lack) {
    if access == Access::Read || lack.is_certain() {
        (Ended::Failed, lack)
    } else {
        (Ended::Unknown, lack)
    }
}

fn answer(ran: &Ran, access: Access) -> Vec<u8> {
    let mut answer = json!({"rows": ran.rows});
    if access == Access::Write {
        answer = json!({"changes": ran.changes, "rows": ran.rows, "rows_changed": ran.changed});
    }
    answer.to_string().into_bytes()
}

fn said(ran: &Ran, access: Access) -> String {
    match access {
        Access::Read => {
            let count = u64::try_from(ran.rows.len()).unwrap_or(u64::MAX);
            format!("{} read", rows(count))
        }
        Access::Write => format!("{} changed", rows(ran.changed)),
    }
}

fn kind_said(asked: &Asked) -> String {
    let kind = match asked.access {
        Access::Read => "one statement, in a transaction that only reads",
        Access::Write => "one statement, in a transaction that may write",
    };
    kind.to_owned()
}

fn check(name: &str, passed: bool, detail: String) -> Check {
    Check {
        name: name.to_owned(),
        passed,
        detail,
    }
}

impl Base {
    pub(super) const fn bounds(time: Duration, rows: usize) -> Bounds {
        Bounds { time, rows }
    }
}
