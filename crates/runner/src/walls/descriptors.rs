//! Nothing that was open before stays open.

use super::{For, Refusal};
use crate::plan::Wall;
use rustix::process::{Resource, getrlimit};
use std::{fs, os::fd::RawFd};

/// The highest number that is looked at when the system does not list what is open.
const MOST: u64 = 1 << 16;

/// Closes everything but the standard streams. Nothing of this process may be open yet.
pub(super) fn close() -> Result<(), Refusal> {
    for open in listed()? {
        // One of them was the list itself, and is closed already.
        let _ = nix::unistd::close(open);
    }
    let left = listed()?.into_iter().filter(|open| *open > 3).count();
    match left {
        0 => Ok(()),
        _ => Err(Refusal::of(Wall::Descriptors, "something stays open")),
    }
}

fn listed() -> Result<Vec<RawFd>, Refusal> {
    let Ok(list) = fs::read_dir("/proc/self/fd") else {
        let most = getrlimit(Resource::Nofile)
            .current
            .unwrap_or(MOST)
            .min(MOST);
        let most = RawFd::try_from(most).of(Wall::Descriptors, "the bound of open files")?;
        return Ok((3..most).collect());
    };
    let mut open = Vec::new();
    for entry in list {
        let name = entry.of(Wall::Descriptors, "what is open")?.file_name();
        let number = name.to_str().and_then(|name| name.parse().ok());
        open.extend(number.filter(|number: &RawFd| *number > 2));
    }
    Ok(open)
}
