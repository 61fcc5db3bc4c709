//! What a command does, as far as that can be told from the command itself, and which commands a
//! tenant allows or blocks.

pub mod line;
