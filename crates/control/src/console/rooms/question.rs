//! What an address asks for, and the pages of lists.

use crate::{
    console::{parts::pager::Pager, paths, rooms::answer::Refused},
    intake::word::Word,
    rights::Gate,
};
use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use portcullis_firewall::{
    batch::StoredRecord, error::GateError, principal::Principal, query::RecordQuery,
};
use std::collections::BTreeMap;

/// The most entries of a page.
const PAGE: usize = 50;
/// The longest word, in bytes.
const WORD_MAX_BYTES: usize = 512;

/// The words of an address. An empty word asks for nothing, as forms send every field.
#[derive(Clone, Debug)]
pub(super) struct Question {
    path: String,
    words: BTreeMap<String, String>,
}

impl<S: Sync> FromRequestParts<S> for Question {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let fault = |message| Refused::from(GateError::invalid("address", message));
        let read: Result<Query<Vec<(String, String)>>, _> = Query::try_from_uri(&parts.uri);
        let Ok(Query(pairs)) = read else {
            return Err(fault("cannot be decoded"));
        };
        let mut words = BTreeMap::new();
        for (name, word) in pairs {
            if word.len() > WORD_MAX_BYTES {
                return Err(fault("holds too long a word"));
            }
            if words.insert(name, word.trim().to_owned()).is_some() {
                return Err(fault("says something twice"));
            }
        }
        Ok(Self {
            path: parts.uri.path().to_owned(),
            words,
        })
    }
}

impl Question {
    /// A word; empty when it is not given.
    pub(super) fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }

    /// A word that is one of ours; nothing when it is empty.
    ///
    /// # Errors
    /// 422 for any other.
    pub(super) fn one<T: Word>(&self, name: &str) -> Result<Option<T>, GateError> {
        match self.word(name) {
            "" => Ok(None),
            word => T::read(word)
                .map(Some)
                .map_err(|e| GateError::invalid(name, e)),
        }
    }

    /// A word that a person types: what is wrong with it belongs to its field.
    pub(super) fn typed<T: Word>(&self, name: &str) -> (Option<T>, String) {
        match self.one(name) {
            Ok(word) => (word, String::new()),
            Err(GateError::Invalid(faults)) => {
                let message = faults.0.first().map(|fault| fault.message.clone());
                (None, message.unwrap_or_default())
            }
            Err(error) => (None, error.to_string()),
        }
    }

    /// A number, 0 when it is not given.
    ///
    /// # Errors
    /// 422 for what is none.
    pub(super) fn number(&self, name: &str) -> Result<u64, GateError> {
        Ok(self.one::<u64>(name)?.unwrap_or_default())
    }

    /// This address with words in the place of those that say where in the list one is.
    fn turned(&self, name: &str, value: &str) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .words
            .iter()
            .map(|(name, word)| (name.as_str(), word.as_str()))
            .filter(|(name, _)| !["page", "before", "after"].contains(name))
            .collect();
        pairs.push((name, value));
        paths::with_query(&self.path, &pairs)
    }

    /// The page of a list that is there as a whole, by `?page=`.
    ///
    /// # Errors
    /// 422 for a page that is no number.
    pub(super) fn cut<T>(&self, all: Vec<T>) -> Result<(Vec<T>, Pager), GateError> {
        let page = usize::try_from(self.number("page")?.max(1)).unwrap_or(usize::MAX);
        let skipped = (page - 1).saturating_mul(PAGE);
        let total = all.len();
        let items: Vec<T> = all.into_iter().skip(skipped).take(PAGE).collect();
        let link = |there: bool, page: usize| {
            if there {
                self.turned("page", &page.to_string())
            } else {
                String::new()
            }
        };
        let pager = Pager {
            shown: count(items.len()),
            total: Some(count(total)),
            back: link(page > 1, page.saturating_sub(1)),
            on: link(
                skipped.saturating_add(items.len()) < total,
                page.saturating_add(1),
            ),
        };
        Ok((items, pager))
    }

    /// A page of records, newest first, by `?before=` and `?after=` a record's number.
    ///
    /// # Errors
    /// As [`portcullis_firewall::firewall::Firewall::records`], and 422 for what is no number.
    pub(super) async fn records(
        &self,
        (gate, caller): (&Gate, &Principal),
        filter: RecordQuery,
    ) -> Result<(Vec<StoredRecord>, Pager), GateError> {
        let (before, after) = (self.number("before")?, self.number("after")?);
        let ask = |beyond, newest_first| RecordQuery {
            beyond,
            newest_first,
            limit: PAGE + 1,
            ..filter.clone()
        };
        if after > 0 {
            let mut newer = gate.records(caller, ask(after, false)).await?;
            if newer.len() > PAGE {
                newer.truncate(PAGE);
                newer.reverse();
                let pager = self.around(&newer, (true, true));
                return Ok((newer, pager));
            }
        }
        let before = if after > 0 { 0 } else { before };
        let mut records = gate.records(caller, ask(before, true)).await?;
        let has_older = records.len() > PAGE;
        records.truncate(PAGE);
        let pager = self.around(&records, (before > 0, has_older));
        Ok((records, pager))
    }

    fn around(&self, records: &[StoredRecord], (newer, older): (bool, bool)) -> Pager {
        let link = |there: bool, name: &str, record: Option<&StoredRecord>| match record {
            Some(record) if there => self.turned(name, &record.seq.to_string()),
            _ => String::new(),
        };
        Pager {
            shown: count(records.len()),
            total: None,
            back: link(newer, "after", records.first()),
            on: link(older, "before", records.last()),
        }
    }
}

/// A length as pages tell it.
pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
