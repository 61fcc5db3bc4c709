//! The integration tests of the rules.

mod cham;
mod windows;
