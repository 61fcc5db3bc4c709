//! The gate as an MCP server in front of other MCP servers.
//!
//! Agents speak MCP to the gate, in the era of handshakes (2025-11-25 and before) and in that of
//! self-contained requests (2026-07-28). Behind it are servers that the operator named: programs
//! on this machine, and servers over Streamable HTTP. What an agent asks of them becomes an action
//! and is judged; only `passage.rs` asks them anything that touches something, and only with a
//! permit that was spent.
//!
//! Start reading at `passage.rs`; `counter.rs` says which methods there are.

mod aside;
mod asks;
mod coded;
mod counter;
mod door;
mod era;
mod errands;
mod fault;
mod finished;
mod followed;
mod guest;
mod hands;
mod hearing;
mod held;
mod input;
mod kinds;
mod listener;
mod listening;
mod listing;
mod meaning;
mod message;
mod news;
mod order;
mod paper;
mod passage;
mod passed;
mod readers;
mod refused;
mod repeated;
mod schema;
mod screened;
mod server;
mod settings;
mod settled;
mod shop;
mod spaced;
mod talk;
mod tasks;
mod unjudged;
mod upstream;

pub use asks::Ask;
pub use counter::METHODS;
pub use door::{Address, router};
pub use meaning::is_tool_name;
pub use settings::{ServerSettings, ShopSettings, Transport};
pub use shop::{Parts, Shop};
pub use talk::{Ears, Mouth, talk};
