//! Commands inside walls.
//!
//! **What is this?** Hands for the firewall: the action type `command.run` is a program with fixed
//! arguments, started in the private directory of its session behind walls of the kernel, with the
//! credential of its lease and nothing else.
//!
//! **What will it never do?** Ask a shell; run a command behind fewer walls than the plan names;
//! run one as root; leave anything running; show output that was not screened.
//!
//! **Where do I start reading?** At [`plan`], the walls as data; [`walls`] raises them, in a process
//! of its own.

pub mod commands;
pub mod frame;
pub mod offer;
pub mod plan;
pub mod rooms;
pub mod stream;
pub mod walls;

pub use commands::{Commands, Settings};
pub use offer::Offer;
pub use rooms::Rooms;
