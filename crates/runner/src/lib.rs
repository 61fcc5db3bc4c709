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
//! of its own; [`commands`] is what the firewall acts by.
//!
//! ```
//! use portcullis_runner::plan::{Limits, Network, Plan, Wall};
//!
//! let mut plan = Plan {
//!     walls: Wall::ALWAYS.into(),
//!     room: "/srv/rooms/t-acme/s-1".into(),
//!     home: "home".into(),
//!     own: "run/1".into(),
//!     user: None,
//!     argv: vec!["kubectl".to_owned(), "get".to_owned(), "pods".to_owned()],
//!     read: Vec::new(),
//!     run_own: false,
//!     network: Network::None,
//!     limits: Limits::default(),
//! };
//! assert!(plan.check().is_ok());
//! plan.walls.remove(&Wall::Files);
//! assert!(plan.check().is_err(), "no command runs without it");
//! ```

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
