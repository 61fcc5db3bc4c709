//! What is shown around a draft after it was sent.

use crate::console::{
    page::Flash,
    pages::draft::{Moved, Review},
    parts::faults::Fault,
    rooms::{answer::bad, drafts},
};
use axum::http::StatusCode;
use portcullis_policy::fault::Faults;

/// What is shown around a draft.
pub(in crate::console::rooms) struct Shown {
    pub status: StatusCode,
    pub flash: Vec<Flash>,
    pub faults: Vec<Fault>,
    pub review: Option<Review>,
    pub moved: Option<Moved>,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            flash: Vec::new(),
            faults: Vec::new(),
            review: None,
            moved: None,
        }
    }
}

impl Shown {
    /// Everything that is wrong with it.
    pub(in crate::console::rooms) fn faults(faults: Faults) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            faults: drafts::faults(faults),
            ..Self::default()
        }
    }

    /// What it would do.
    pub(in crate::console::rooms) fn review(review: Review) -> Self {
        Self {
            review: Some(review),
            ..Self::default()
        }
    }

    /// The same, as an answer to who would save it without having seen that.
    pub(in crate::console::rooms) fn first(words: &str, review: Review) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            flash: vec![bad(words)],
            ..Self::review(review)
        }
    }

    /// What somebody else did meanwhile.
    pub(in crate::console::rooms) fn moved(moved: Moved) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            moved: Some(moved),
            ..Self::default()
        }
    }
}
