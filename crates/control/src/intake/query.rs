//! Queries: what stands behind the question mark, every parameter known and given once.

use super::word::Word;
use axum::{extract::FromRequestParts, http::request::Parts};
use portcullis_door::reply::Refusal;
use portcullis_policy::fault::Faults;
use std::collections::{BTreeMap, btree_map::Entry};

/// The parameters of one query, taken out one by one; what is left is unknown.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    left: BTreeMap<String, String>,
    /// What is wrong so far.
    pub faults: Faults,
}

impl Pairs {
    fn of(parts: &Parts) -> Result<Self, Refusal> {
        let read: Result<axum::extract::Query<Vec<(String, String)>>, _> =
            axum::extract::Query::try_from_uri(&parts.uri);
        let Ok(axum::extract::Query(read)) = read else {
            return Err(Refusal::invalid("query", "cannot be decoded"));
        };
        let mut pairs = Self::default();
        for (name, value) in read {
            match pairs.left.entry(name) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(taken) => pairs.faults.add(taken.key().as_str(), "is given twice"),
            }
        }
        Ok(pairs)
    }

    /// Takes a parameter out; `None` when it is not given or not readable.
    pub(crate) fn take<T: Word>(&mut self, name: &str) -> Option<T> {
        let name = name.trim_start_matches("r#");
        let text = self.left.remove(name)?;
        match T::read(&text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.faults.add(name, message);
                None
            }
        }
    }
}

/// Something a query can ask for.
pub(crate) trait Question: Sized {
    /// Takes its parameters out.
    fn read(pairs: &mut Pairs) -> Self;
}

impl<A: Question, B: Question> Question for (A, B) {
    fn read(pairs: &mut Pairs) -> Self {
        (A::read(pairs), B::read(pairs))
    }
}

/// A query, read strictly.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub T);

impl<S: Sync, T: Question> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut pairs = Pairs::of(parts)?;
        let question = T::read(&mut pairs);
        for name in pairs.left.into_keys() {
            pairs.faults.add(name, "is not a known parameter");
        }
        pairs.faults.or(Self(question)).map_err(Refusal::from)
    }
}

/// Refuses a query where none is understood.
///
/// # Errors
/// 422.
pub(crate) fn refuse_any(parts: &Parts) -> Result<(), Refusal> {
    match parts.uri.query() {
        None | Some("") => Ok(()),
        Some(_) => Err(Refusal::invalid("query", "this route takes no parameters")),
    }
}

/// Declares a query: a struct with its documentation and its strict reader.
///
/// Each parameter is optional; its documented type stands behind `as` when it is not the type's
/// own.
macro_rules! query {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        $vis struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
        }

        impl $crate::intake::query::Question for $name {
            fn read(pairs: &mut $crate::intake::query::Pairs) -> Self {
                Self { $($field: pairs.take::<$type>(stringify!($field)),)* }
            }
        }
    };
}

pub(crate) use query;
