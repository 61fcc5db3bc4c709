//! What is shown around a draft after it was sent.

use crate::console::{
    page::Flash,
    pages::draft::{Moved, Review},
    parts::faults::Fault,
    rooms::{answer::bad, drafts, fields::Fields},
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

    fn review(review: Review) -> Self {
        Self {
            review: Some(review),
            ..Self::default()
        }
    }

    /// What is shown in the place of saving a good draft: to who only checks it, and to who has
    /// not seen what is said about it. `first` is what tells them, if there is anything they must
    /// see; nothing is shown when it is to be saved.
    pub(in crate::console::rooms) fn before_saving(
        sent: &Fields,
        review: Review,
        first: Option<&str>,
    ) -> Option<Self> {
        if sent.one("deed") != "save" {
            return Some(Self::review(review));
        }
        let words = first.filter(|_| sent.one("looked_at") != review.digest)?;
        Some(Self {
            status: StatusCode::CONFLICT,
            flash: vec![bad(words)],
            ..Self::review(review)
        })
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
