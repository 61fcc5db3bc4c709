//! A target as the operator names it.

use crate::{http::HttpTarget, postgres::PostgresTarget};

/// A system that the gate acts on, with the action types that are bound to it.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// What a target is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A service over HTTP.
    Http(HttpTarget),
    /// A database.
    Postgres(PostgresTarget),
}

impl Target {
    /// The action types that are bound to it.
    pub fn action_types(&self) -> impl Iterator<Item = &str> {
        let (http, postgres) = match &self.kind {
            Kind::Http(http) => (Some(http.actions.keys()), None),
            Kind::Postgres(postgres) => (None, Some(postgres.actions.keys())),
        };
        let names = http.into_iter().flatten();
        names
            .chain(postgres.into_iter().flatten())
            .map(String::as_str)
    }
}
