//! Our own API for agents, below `/v1`.

mod in_order;
mod read;
mod render;
pub mod schema;
mod serve;

pub use schema::openapi;
pub use serve::router;
