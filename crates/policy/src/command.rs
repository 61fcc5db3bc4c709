//! What a command does, as far as that can be told from the command itself, and which commands a
//! tenant allows or blocks.

pub mod account;
pub mod asked;
pub mod effect;
pub mod kinds;
pub mod line;
pub mod policy;
pub mod program;
mod tool;
mod tools;
pub mod understanding;
