//! Calling out, for real: servers on loopback, certificates made here, a network that lies.

mod addresses;
mod authority;
mod lines;
mod mail;
mod mail_server;
mod network;
mod requests;
mod secrets;
mod server;
mod tls;
