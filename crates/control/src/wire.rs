//! The gate's nouns as JSON, described for the documentation.

pub(crate) mod access;
pub(crate) mod agent;
pub(crate) mod budget;
pub(crate) mod config;
pub(crate) mod conflict;
pub(crate) mod evidence;
pub(crate) mod execution;
pub(crate) mod fault;
pub(crate) mod group;
pub(crate) mod hold;
pub(crate) mod key;
pub(crate) mod mcp_server;
pub(crate) mod me;
pub(crate) mod moment;
pub(crate) mod person;
pub(crate) mod policy;
pub(crate) mod reason;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod sight;
pub(crate) mod tenant;
pub(crate) mod tool;
pub(crate) mod violation;
pub(crate) mod words;
pub(crate) mod workspace;
