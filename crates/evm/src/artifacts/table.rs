//! Written by `contracts/build.mjs`: every contract that is deployed, with the text of its artifact.

/// Name and text, in the order of names.
pub(super) const TABLE: &[(&str, &str)] = &[];
