//! The real binary, from outside.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too; it times clients"
)]

mod agents;
mod anvil;
mod apart;
mod bin;
mod browser;
mod chain;
mod chain_alloy;
mod chain_planted;
mod chain_red_team;
mod chain_signer;
mod chain_typed;
mod chat;
mod claude_code;
mod cloud;
mod commands;
mod conformance;
mod crash;
mod demo;
mod desk;
mod doctor;
mod embers;
mod encrypted;
mod files;
mod flags;
mod guard;
mod help;
mod hook;
mod http;
mod json;
mod mcp;
mod mcp_typescript;
mod openapi;
mod people;
mod planted;
mod policies;
mod shutdown;
mod single_use;
mod story;
mod tampering;
mod targets;
mod thewardn;
mod vault;
mod work;
