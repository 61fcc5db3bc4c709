//! What a person sent, read strictly: every fault at once, each with its path.

pub(crate) mod body;
pub(crate) mod field;
pub(crate) mod id;
pub(crate) mod page;
pub(crate) mod permission_set;
pub(crate) mod query;
pub(crate) mod word;
