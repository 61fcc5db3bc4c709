//! What the gate acts on by itself.

pub mod postgres;
pub mod target;
