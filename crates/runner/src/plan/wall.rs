//! The walls by their names.

use serde::{Deserialize, Serialize};

/// One wall.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wall {
    /// Nothing that the gate has open is open to the command.
    Descriptors,
    /// No capabilities, never new ones, and never root.
    Privileges,
    /// Bounds on time, memory, processes and files of the kernel.
    Limits,
    /// Files by Landlock: the system's to read, the room's to write.
    Files,
    /// System calls by seccomp.
    Calls,
    /// Landlock: no signals and no abstract sockets out of the walls (Linux 6.12).
    Scopes,
    /// Landlock: TCP to named ports alone (Linux 6.7).
    Ports,
    /// A user namespace, in which the rest can be made without being root.
    Users,
    /// A mount namespace: a file system in which nothing else exists.
    Mounts,
    /// A PID namespace: no other process has a number, and all end together.
    Processes,
    /// A `/proc` of its own, with its own processes alone.
    OwnProc,
    /// A network namespace without any network.
    Network,
    /// An IPC namespace: no shared memory or queues of others.
    Ipc,
    /// A UTS namespace: the machine's name is not told.
    HostName,
}

impl Wall {
    /// All of them, from the ground up.
    pub const ALL: [Self; 14] = [
        Self::Descriptors,
        Self::Privileges,
        Self::Limits,
        Self::Files,
        Self::Calls,
        Self::Scopes,
        Self::Ports,
        Self::Users,
        Self::Mounts,
        Self::Processes,
        Self::OwnProc,
        Self::Network,
        Self::Ipc,
        Self::HostName,
    ];

    /// Those that stand around every command.
    pub const ALWAYS: [Self; 5] = [
        Self::Descriptors,
        Self::Privileges,
        Self::Limits,
        Self::Files,
        Self::Calls,
    ];

    /// The name, as in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Descriptors => "descriptors",
            Self::Privileges => "privileges",
            Self::Limits => "limits",
            Self::Files => "files",
            Self::Calls => "calls",
            Self::Scopes => "scopes",
            Self::Ports => "ports",
            Self::Users => "users",
            Self::Mounts => "mounts",
            Self::Processes => "processes",
            Self::OwnProc => "own_proc",
            Self::Network => "network",
            Self::Ipc => "ipc",
            Self::HostName => "host_name",
        }
    }

    /// The walls that it stands on.
    #[must_use]
    pub const fn needs(self) -> &'static [Self] {
        match self {
            Self::Mounts | Self::Processes | Self::Network | Self::Ipc | Self::HostName => {
                &[Self::Users]
            }
            Self::OwnProc => &[Self::Mounts, Self::Processes],
            Self::Descriptors
            | Self::Privileges
            | Self::Limits
            | Self::Files
            | Self::Calls
            | Self::Scopes
            | Self::Ports
            | Self::Users => &[],
        }
    }
}
