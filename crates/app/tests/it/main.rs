//! The real binary, from outside.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too; it times clients"
)]

mod bin;
mod browser;
mod crash;
mod demo;
mod doctor;
mod files;
mod flags;
mod guard;
mod help;
mod hook;
mod http;
mod json;
mod mcp;
mod openapi;
mod people;
mod policies;
mod shutdown;
mod single_use;
mod slack;
mod story;
mod tampering;
mod thewardn;
mod visitor;
