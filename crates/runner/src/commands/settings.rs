//! What the operator says about commands.

use crate::plan::{Limits, Network, Wall};
use std::{collections::BTreeSet, path::PathBuf, time::Duration};

/// What the operator says about commands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// The command that starts the launcher: this binary and [`crate::walls::KEEPER`].
    pub launcher: Vec<String>,
    /// The walls without which nothing runs, besides those that always stand.
    pub required: BTreeSet<Wall>,
    /// What the kernel holds.
    pub limits: Limits,
    /// How long a command may take by the clock.
    pub deadline: Duration,
    /// How long a command may take to end when it is asked to.
    pub grace: Duration,
    /// How many bytes of a command's output are kept; the rest is thrown away.
    pub keep_bytes: usize,
    /// The bytes of output by which a command is ended.
    pub most_bytes: u64,
    /// The free bytes on the room's disk without which nothing runs, so that the gate keeps its
    /// own: it writes records there.
    pub spare_bytes: u64,
    /// What may be called.
    pub network: Network,
    /// More folders that may be read and run from.
    pub read: Vec<PathBuf>,
    /// Whether programs that were written into the room may run.
    pub run_own: bool,
    /// The variable `PATH`.
    pub path: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            launcher: Vec::new(),
            required: BTreeSet::new(),
            limits: Limits::default(),
            deadline: Duration::from_secs(300),
            grace: Duration::from_secs(5),
            keep_bytes: 256 * 1024,
            most_bytes: 64 * 1024 * 1024,
            spare_bytes: 256 * 1024 * 1024,
            network: Network::None,
            read: Vec::new(),
            run_own: false,
            path: "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin".to_owned(),
        }
    }
}
