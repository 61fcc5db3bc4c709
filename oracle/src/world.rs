//! What a person was given and what they ask, in plain words that both sides read for themselves.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Given {
    pub(crate) active: bool,
    pub(crate) grants: Vec<Grant>,
    pub(crate) sets: Vec<Set>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Grant {
    pub(crate) role: String,
    pub(crate) workspace: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Set {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Entry {
    pub(crate) workspace: String,
    pub(crate) effect: String,
    pub(crate) agents: Vec<String>,
    pub(crate) scopes: Vec<String>,
}

impl Entry {
    pub(crate) fn denies(&self) -> bool {
        self.effect == "DENY"
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Request {
    pub(crate) verb: String,
    pub(crate) workspace: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) scope: Option<String>,
}
