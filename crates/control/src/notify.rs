//! Tells people and programs outside what the chain says, beside the gate and never in its way.
//!
//! A [`follower`] reads the chain and hands each record to a [`channel`]; a channel makes a
//! [`notice`] of it and sends it as a signed [`webhook`] or as [`mail`]. Whatever fails here fails
//! here alone: a hold stays a hold, and still ends refused when nobody decides.

pub mod channel;
pub mod event;
pub mod follower;
mod gate;
mod letter;
pub mod link;
pub mod mail;
pub mod notice;
mod patience;
pub(crate) mod progress;
pub mod signature;
pub mod source;
pub mod standing;
pub mod subject;
pub mod webhook;
