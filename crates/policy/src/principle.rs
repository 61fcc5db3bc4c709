//! The 21 principles: hard-coded, above every policy, setting and administrator.

use serde::Serialize;

/// One principle.
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

/// Where a principle's name comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Published by the vendor.
    Official,
    /// The vendor's text is not public; name and wording are ours.
    Ours,
}
