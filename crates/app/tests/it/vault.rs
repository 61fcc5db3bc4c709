//! The commands for vaults, on a chain of their own.

mod chain;
mod deploying;
mod leaving;
mod listed;
mod running;
mod seats;
