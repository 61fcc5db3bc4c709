//! The doors for people, from outside: real routers over a gate in memory.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod agents;
mod audit;
mod bad_input;
mod console;
mod described;
mod docs;
mod export;
mod groups;
mod holds;
mod house;
mod isolation;
mod keys;
mod notify;
mod oidc;
mod openapi;
mod packs;
mod passkey;
mod people;
mod permission_sets;
mod policies;
mod replay;
mod roles;
mod seen;
mod sessions;
mod settings;
mod shapes;
mod sign_in;
mod slack;
mod tables;
mod tenant_policy;
mod thewardn;
mod violations;
mod workspaces;
