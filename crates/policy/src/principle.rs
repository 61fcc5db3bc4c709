//! The 21 principles: hard-coded, above every policy, setting and administrator.
//!
//! The table says what each demands and where the house enforces it. What can be read off an
//! action alone is recognised by [`words`] (in its type) and [`personal`] (in its texts).

pub mod personal;
mod table;
pub mod words;

pub use table::table;

use serde::Serialize;
use std::fmt;

/// One principle; shown as `SGP-13`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Principle {
    /// 1 to 21.
    pub number: u8,
    /// The book it stands in, 1 to 3.
    pub book: u8,
    /// Its name.
    pub name: &'static str,
    /// Whether the name is published or our own.
    pub provenance: Provenance,
    /// What it demands, in our words.
    pub demands: &'static str,
    /// How it is enforced.
    pub enforcement: &'static str,
}

impl fmt::Display for Principle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SGP-{}", self.number)
    }
}

/// Where a principle's name comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Published by the vendor.
    Official,
    /// The vendor's text is not public; name and wording are ours.
    Ours,
}
