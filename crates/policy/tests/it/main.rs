//! The integration tests of the rules.

mod cham;
mod conflicts;
mod conformance;
mod judge;
mod judge_world;
mod packs;
mod principles;
mod properties;
mod reference;
mod windows;
