//! The gate as a node of a chain, for the wallet libraries of agents.
//!
//! Agents speak Ethereum's JSON-RPC to the gate. What only reads is passed on to the node behind it, and
//! the answer is screened; what would be signed becomes an action, is judged, and is signed inside. What
//! is neither is refused.
//!
//! Start reading at `counter.rs`: which methods there are, and what becomes of each.

mod attempts;
mod counter;
mod door;
mod fault;
mod line;
mod message;
mod passed;
mod rate;
mod remembered;
mod wishes;

pub use counter::{Kind, METHODS};
pub use door::{PATH, router};
pub use fault::Fault;
pub use line::{Line, Settings};
pub use message::{Asked, Body, read};
pub use wishes::wish;
