//! The guards of contracts, the guards of assets and the feeds.

mod cases;
mod data;
mod encode;
mod names;
mod stubs;
