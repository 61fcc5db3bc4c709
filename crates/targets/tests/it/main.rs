//! Targets as the gate meets them: obliging, slow, broken and hostile.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that is set up wrongly must stop at once"
)]

mod http;
mod paths;
