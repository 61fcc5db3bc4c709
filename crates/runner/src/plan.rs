//! Walls as data: what the gate tells the launcher.
//!
//! A plan is written by the gate, and read by the same binary on the other side of a pipe: neither
//! the list of processes nor an environment shows it.

mod limits;
mod network;
mod wall;

pub use limits::Limits;
pub use network::Network;
pub use wall::Wall;

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

/// The most bytes of a plan.
pub const PLAN_MAX_BYTES: usize = 4 * 1024 * 1024;

/// The user that owns nothing, whom all sessions share where there are no numbers for each.
pub const NOBODY: u32 = 65_534;

/// What a command may run from and read besides its room, on every machine.
pub const SYSTEM_FOLDERS: &[&str] = &[
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
];

/// What a command may read of `/etc`: certificates, names of users and hosts, where libraries
/// are, and the time zone. Nothing of it is secret.
pub const SYSTEM_FILES: &[&str] = &[
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
];

/// The devices that a command may read and write.
pub const DEVICES: &[&str] = &[
    "/dev/full",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
];

/// One command, and the walls around it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The walls to be raised, all of them; without one the command does not run.
    pub walls: BTreeSet<Wall>,
    /// The session's directory. A command sees two folders of it, and nothing else.
    pub room: PathBuf,
    /// The folder that all commands of the session share, below the room: where the command runs.
    pub home: PathBuf,
    /// The folder that is this one command's, below the room: its temporary files and credentials.
    pub own: PathBuf,
    /// The user and group to become; `None` to stay who one is.
    pub user: Option<u32>,
    /// The program and its arguments. No shell reads them.
    pub argv: Vec<String>,
    /// More folders that may be read and run from, e.g. `/opt/google-cloud-sdk`.
    pub read: Vec<PathBuf>,
    /// Whether programs that were written into the room may run.
    pub run_own: bool,
    /// What may be called.
    pub network: Network,
    /// What it may use up.
    pub limits: Limits,
}

/// What is wrong with a plan.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct PlanFault(&'static str);

impl Plan {
    /// Whether it can be kept to.
    ///
    /// Fails closed: a plan that contradicts itself raises no walls and runs nothing.
    ///
    /// # Errors
    /// [`PlanFault`].
    pub fn check(&self) -> Result<(), PlanFault> {
        let first = self.argv.first().map_or("", String::as_str);
        if first.is_empty() || self.argv.iter().any(|one| one.contains('\0')) {
            return Err(PlanFault("the command cannot be run"));
        }
        if !Wall::ALWAYS.iter().all(|wall| self.walls.contains(wall)) {
            return Err(PlanFault("a wall is left out that every command has"));
        }
        let lacks = |needed: &Wall| !self.walls.contains(needed);
        if self.walls.iter().any(|wall| wall.needs().iter().any(lacks)) {
            return Err(PlanFault("a wall is asked for without what it stands on"));
        }
        if !self.limits.leave_room() {
            return Err(PlanFault(
                "a bound leaves no room for what raises the walls",
            ));
        }
        if self.user == Some(0) {
            return Err(PlanFault("no command runs as root"));
        }
        let inner = |path: &Path| !path.as_os_str().is_empty() && is_plain(path, false);
        if !is_plain(&self.room, true) || !inner(&self.home) || !inner(&self.own) {
            return Err(PlanFault("the room is no path of plain names"));
        }
        if self.home.starts_with(&self.own) || self.own.starts_with(&self.home) {
            return Err(PlanFault("the folders of the room are in one another"));
        }
        if !self.read.iter().all(|path| is_plain(path, true)) {
            return Err(PlanFault("a folder to read is no path of plain names"));
        }
        if self.readable().any(|path| overlap(path, &self.room)) {
            return Err(PlanFault("the room lies where every command may read"));
        }
        self.check_network()
    }

    fn check_network(&self) -> Result<(), PlanFault> {
        let has = |wall| self.walls.contains(&wall);
        match &self.network {
            Network::None => Ok(()),
            Network::Ports { .. } if has(Wall::Network) => Err(PlanFault(
                "ports are opened in a network of its own, where nobody is",
            )),
            Network::Ports { .. } if !has(Wall::Ports) => Err(PlanFault(
                "ports are opened without the wall that holds the others",
            )),
            Network::Ports { .. } => Ok(()),
        }
    }

    /// Every folder and file that may be read, besides the room.
    pub fn readable(&self) -> impl Iterator<Item = &Path> {
        let system = SYSTEM_FOLDERS.iter().chain(SYSTEM_FILES).map(Path::new);
        system.chain(self.read.iter().map(PathBuf::as_path))
    }

    /// The folder where the command runs.
    #[must_use]
    pub fn home_path(&self) -> PathBuf {
        self.room.join(&self.home)
    }

    /// The folder that is this one command's.
    #[must_use]
    pub fn own_path(&self) -> PathBuf {
        self.room.join(&self.own)
    }

    /// Whether nobody but its session is the user that the command becomes.
    #[must_use]
    pub fn has_own_user(&self) -> bool {
        self.user.is_some_and(|user| user != NOBODY)
    }

    /// Whether a wall is in it.
    #[must_use]
    pub fn has(&self, wall: Wall) -> bool {
        self.walls.contains(&wall)
    }
}

/// Whether a path is made of plain names, from the root or not.
fn is_plain(path: &Path, absolute: bool) -> bool {
    let mut components = path.components();
    let rooted = path.is_absolute() && components.next() == Some(Component::RootDir);
    let named = components.all(|one| matches!(one, Component::Normal(_)));
    // Components are without single dots and doubled slashes: they must be all that was there.
    let whole: PathBuf = path.components().collect();
    rooted == absolute && named && whole.as_os_str() == path.as_os_str()
}

fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

#[cfg(test)]
mod tests;
