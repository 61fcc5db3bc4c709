//! The dialect of TheWARDN's client and of its documentation: one route under two names.

mod read;
mod render;
mod serve;

pub use serve::router;
