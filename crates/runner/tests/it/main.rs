//! Real programs behind real walls.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod credentials;
mod escapes;
mod hoarding;
mod house;
mod launcher;
mod leaving;
mod limits;
mod neighbours;
mod panics;
mod plans;
mod refusals;
mod rooms;
mod sockets;
mod telling;
