//! The commands for vaults, on a chain of their own.

mod chain;
mod deploying;
mod running;
