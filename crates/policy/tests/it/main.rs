//! The integration tests of the rules.

mod cham;
mod packs;
mod windows;
