//! Our own API for agents, below `/v1`.

mod in_order;
mod openapi;
mod read;
mod render;
pub mod schema;
mod serve;

pub use openapi::openapi;
pub use serve::router;
