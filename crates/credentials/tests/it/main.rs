//! Calling out, for real: servers on loopback, certificates made here, a network that lies.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too; measured delays are told"
)]

mod addresses;
mod authority;
mod databases;
mod issuers;
mod launches;
mod lines;
mod mail;
mod mail_server;
mod network;
mod programs;
mod requests;
mod secrets;
mod server;
mod tls;
