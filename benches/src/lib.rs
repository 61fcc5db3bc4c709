//! What the benchmarks share: rule sets and actions, a gate to measure, and a table of ratios.
//!
//! **What is this?** Measurements of the gate beside peers, in one run, as ratios.
//!
//! **What will it never do?** Judge by a figure: a benchmark reports, and no test asserts a time.
//!
//! **Where do I start reading?** At `judge.rs`.

pub mod cpu;
pub mod fixture;
pub mod gate;
pub mod ratio;
pub mod text;
pub mod wire;
