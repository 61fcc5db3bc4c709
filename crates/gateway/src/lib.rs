//! The doors that agents come in by.
//!
//! **What is this?** One folder for each protocol an agent may speak, each of the same shape:
//! `read` turns bytes into a request, `render` turns an answer into bytes, `serve` joins the two
//! to the gate. [`http`] is our own API below `/v1`; [`thewardn`] speaks the dialect of
//! TheWARDN's client, [`hook`] that of a coding agent's hook. [`mcp`] is the gate as an MCP server,
//! in front of others, [`rpc`] the gate as a node of a chain.
//!
//! **What will it never do?** Judge, decide a hold, or say that an agent may act when the gate
//! has not sealed it. Whatever it cannot read is refused, and then nothing is judged or recorded.
//!
//! **Where do I start reading?** At `http/serve.rs`: how one action is governed.
//!
//! ```no_run
//! # fn wire(firewall: portcullis_firewall::firewall::Firewall, start: u64) -> axum::Router {
//! use portcullis_door::{request_id::RequestIds, threshold::threshold};
//! use portcullis_gateway::{http, thewardn};
//!
//! let doors = http::router(firewall.clone()).merge(thewardn::router(firewall));
//! threshold(doors, RequestIds::new(start))
//! # }
//! ```

mod desk;
mod events;
pub mod hook;
pub mod http;
mod idempotency;
pub mod mcp;
pub mod rpc;
pub mod thewardn;
mod wording;
