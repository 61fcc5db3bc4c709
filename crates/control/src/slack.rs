//! Slack: holds are shown in a channel, and people decide them there.
//!
//! **What is this?** Messages in Block Kit ([`message`]), told from the records of the chain
//! ([`deliver`]); clicks over HTTP ([`router`]) or over a line the gate opens itself ([`socket`]),
//! and what is answered to them ([`click`]).
//!
//! **What will it never do?** Decide who may decide: a click carries a signed token to the firewall,
//! together with who Slack says pressed it. It sees no secret, and no verdict waits for it.
//!
//! **Where do I start reading?** At [`show`], which brings a hold's messages up to date, and at
//! [`click`].

pub mod api;
pub mod blocks;
pub mod click;
pub mod deliver;
pub mod desk;
pub mod desks;
mod door;
pub mod envelope;
pub mod linking;
pub mod links;
pub mod message;
mod pace;
pub mod refusals;
pub mod replay;
pub mod settings;
pub mod show;
pub mod signature;
pub mod socket;
mod text;

pub use door::router;
