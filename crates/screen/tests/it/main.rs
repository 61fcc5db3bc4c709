//! The integration tests of the screen.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod conformance;
mod cutting;
mod reference;
mod registered;
mod values;
