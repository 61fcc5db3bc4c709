//! Bounds of the kernel on what a command uses up.

use super::{For, Refusal};
use crate::plan::{Plan, Wall};
use rustix::{
    fs::Mode,
    process::{Resource, Rlimit, getuid, nice, setrlimit, umask},
};
use std::{fs, io, os::unix::fs::MetadataExt};

/// How much nicer a command is to the gate than the gate to it.
const NICER: i32 = 5;

/// Has the kernel end a command before anything else when memory runs out. To be asked while the
/// process still owns what is below `/proc/self`.
pub(super) fn end_first() -> Result<(), Refusal> {
    fs::write("/proc/self/oom_score_adj", "1000").of(Wall::Limits, "who ends first without memory")
}

/// Sets every bound, for good.
pub(super) fn set(plan: &Plan) -> Result<(), Refusal> {
    let limits = &plan.limits;
    let bounds = [
        (Resource::Cpu, limits.cpu_seconds),
        (Resource::Data, limits.memory_bytes),
        (Resource::As, limits.address_bytes()),
        (Resource::Nproc, processes(plan)?),
        (Resource::Fsize, limits.file_bytes),
        (Resource::Nofile, limits.open_files),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Rtprio, 0),
        // One byte and not none: the kernel takes one for "no dump, not even into a pipe".
        (Resource::Core, 1),
    ];
    for (resource, most) in bounds {
        let bound = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, bound).of(Wall::Limits, &format!("{resource:?}"))?;
    }
    umask(Mode::from_raw_mode(0o077));
    nice(NICER).of(Wall::Limits, "nice").map(drop)
}

/// The kernel counts the processes of a user, within a user namespace since Linux 5.14. Where the
/// user is not this session's alone, what others run is added.
fn processes(plan: &Plan) -> Result<u64, Refusal> {
    let asked = plan.limits.processes;
    if plan.has(Wall::Users) {
        return Ok(asked);
    }
    let user = plan.user.unwrap_or_else(|| getuid().as_raw());
    let others = running(user).of(Wall::Limits, "who runs")?;
    Ok(asked.saturating_add(others))
}

/// How many threads a user runs.
fn running(user: u32) -> io::Result<u64> {
    let mut count = 0;
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let name = entry.file_name();
        if name
            .to_str()
            .is_none_or(|name| name.parse::<u32>().is_err())
        {
            continue;
        }
        // A process that has ended since runs no more.
        if entry.metadata().is_ok_and(|found| found.uid() == user) {
            let threads = fs::read_dir(entry.path().join("task"));
            count += threads.map_or(0, |threads| threads.count() as u64);
        }
    }
    Ok(count)
}
