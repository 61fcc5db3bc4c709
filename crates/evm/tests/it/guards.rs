//! The guards of contracts, the guards of assets and the feeds.

pub(crate) mod abi;
mod assets;
mod attacks;
mod cases;
mod data;
mod encode;
mod feeds;
mod lab;
mod mirrored;
mod mutants;
mod names;
mod readers;
mod stubs;
