//! What every door over HTTP shares: who is calling, what they sent, and how they are told no.
//!
//! **What is this?** The extractors and the one layer that agents' and people's doors both stand
//! on: [`caller::Caller`] checks credentials, [`body::Payload`] reads a body, [`reply::Refusal`]
//! is the only way an error becomes bytes, and [`threshold::threshold`] makes every answer JSON
//! with a request id.
//!
//! **What will it never do?** Judge, open a socket, redirect, or let an internal text out: what
//! breaks inside goes to the log, and the caller gets a stable code.
//!
//! **Where do I start reading?** At [`reply`], the map from the gate's errors to HTTP.

pub mod body;
pub mod caller;
pub mod credential;
pub mod query;
pub mod reply;
pub mod request_id;
pub mod room;
pub mod threshold;
