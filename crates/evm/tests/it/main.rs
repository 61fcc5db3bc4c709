//! The contracts, tried on a chain in memory, and the pre-flight as those who use it see it.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod artifacts;
mod bytecode;
mod chain;
mod claims;
mod conditions;
mod execution;
mod explained;
mod facts;
mod files;
mod flown;
mod gas;
mod guards;
mod invariants;
mod judged;
mod manager;
mod matrix;
mod pauses;
mod piloted;
mod planted;
mod questions;
mod red_team;
mod red_team_agents;
mod red_team_exits;
mod red_team_fees;
mod red_team_leaving;
mod red_team_pauses;
mod red_team_roles;
mod red_team_seats;
mod reentrancy;
mod registry;
mod shareholders;
mod staging;
mod stand_ins;
mod surface;
mod walls;
mod ways;
mod words;
mod world;
