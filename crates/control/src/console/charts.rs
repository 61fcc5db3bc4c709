//! Plots, drawn as SVG on the server, for where looking beats reading.
//!
//! Each has a name and a sentence that says what is to be seen, and the same numbers in a table
//! below. Kinds are told apart by pattern as well as by colour. Everything is integer arithmetic
//! on a fixed canvas, so no count, however large, moves anything out of its place.

pub mod bars;
pub mod columns;
mod frame;
pub mod spark;
pub mod verdicts;
