//! Databases that speak PostgreSQL: one statement for an action, in a transaction of its own.

mod cell;
pub mod kind;
mod lack;
pub mod opener;
mod statement;
mod value;
mod work;

pub use opener::{Database, Opener, Opening, Session};
pub use statement::Deed;

use crate::means::means;
use kind::Kind;
use portcullis_policy::fault::Faults;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use work::Bounds;

/// The most rows that may be asked for.
pub const MOST_ROWS: usize = 100_000;
/// The most seconds that a statement may take.
pub const MOST_SECONDS: u64 = 300;

/// A database.
#[derive(Clone, Debug)]
pub struct PostgresTarget {
    /// Where it is.
    pub database: Database,
    /// The provider whose roles open it, by the operator's name: who the gate is there comes with the
    /// order, in the place of the user and the password.
    pub lease: Option<String>,
    /// How long a transaction may take until it is committed.
    pub timeout: Duration,
    /// How many rows of an answer are kept.
    pub max_rows: usize,
    /// What each action type means there.
    pub actions: BTreeMap<String, PostgresAction>,
}

/// What an action type means at a database.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PostgresAction {
    /// What is said.
    pub wording: Wording,
    /// What it may do.
    pub access: Access,
}

/// Whose words a statement is in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wording {
    /// The operator's; the agent gives the values.
    Fixed {
        /// The statement, with `$1`, `$2` … for values.
        statement: String,
        /// The parameters whose values go into these places, in order.
        values: Vec<String>,
    },
    /// The agent's: the parameter `statement`, with the list `values`.
    OfTheAgent,
}

/// What a statement may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// It reads; the server refuses anything else.
    Read,
    /// It may change rows.
    Write,
}

/// Where statements go.
#[derive(Debug)]
pub(crate) struct Base {
    name: String,
    database: Database,
    lease: Option<String>,
    bounds: Bounds,
    opener: Arc<dyn Opener>,
}

impl PostgresTarget {
    /// Everything that is wrong with it, with paths below the target.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        let seconds = self.timeout.as_secs();
        if !(1..=MOST_SECONDS).contains(&seconds) {
            let why = format!("expected from 1 to {MOST_SECONDS} seconds");
            faults.add("postgres.timeout_seconds", why);
        }
        if !(1..=MOST_ROWS).contains(&self.max_rows) {
            let why = format!("expected from 1 to {MOST_ROWS} rows");
            faults.add("postgres.max_rows", why);
        }
        for (action_type, action) in &self.actions {
            if let Wording::Fixed { statement, .. } = &action.wording {
                let path = format!("actions.{action_type}.statement");
                match Kind::of(statement) {
                    Err(unfit) => faults.add(path, unfit.to_string()),
                    Ok(Kind::Change) if action.access == Access::Read => {
                        faults.add(path, "it changes rows, and the action only reads");
                    }
                    Ok(_) => {}
                }
            }
        }
        faults
    }

    /// What is done there, by action types.
    pub(crate) fn deeds(self, name: &str, opener: &Arc<dyn Opener>) -> Vec<(String, Deed)> {
        let base = Arc::new(Base {
            name: name.to_owned(),
            bounds: Base::bounds(self.timeout, self.max_rows),
            database: self.database,
            lease: self.lease,
            opener: Arc::clone(opener),
        });
        let deed = |(action_type, action): (String, PostgresAction)| {
            let means = means(&said(&base, &action));
            (action_type, Deed::new(Arc::clone(&base), action, means))
        };
        self.actions.into_iter().map(deed).collect()
    }
}

/// Everything that says how an action is carried out; the password by its name.
fn said(base: &Base, action: &PostgresAction) -> Value {
    let (statement, values) = match &action.wording {
        Wording::Fixed { statement, values } => (Some(statement), values.as_slice()),
        Wording::OfTheAgent => (None, Default::default()),
    };
    let database = &base.database;
    let mut said = json!({
        "access": match action.access { Access::Read => "read", Access::Write => "write" },
        "database": database.name,
        "host": database.host,
        "password": database.password.as_ref().map(|name| name.as_str()),
        "port": database.port,
        "statement": statement,
        "target": base.name,
        "tls": database.tls,
        "user": database.user,
        "values": values,
    });
    // Without one, what was said before there were any is said.
    if let (Some(said), Some(provider)) = (said.as_object_mut(), &base.lease) {
        said.insert("lease".to_owned(), json!(provider));
    }
    said
}
