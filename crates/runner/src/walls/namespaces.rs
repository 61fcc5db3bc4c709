//! Namespaces: what has no name cannot be reached.

use super::{For, Refusal, privileges};
use crate::plan::{Plan, Wall};
use nix::sched::{CloneFlags, unshare};
use rustix::{
    process::{getgid, getuid},
    thread::{
        CapabilitySet, CapabilitySets, configure_capability_in_ambient_set, set_capabilities,
    },
};
use std::fs;

/// What the warden needs to finish what is begun here: mounting, and dropping for good.
const FOR_THE_WARDEN: [CapabilitySet; 2] = [CapabilitySet::SYS_ADMIN, CapabilitySet::SETPCAP];

/// Makes the plan's namespaces. Processes that are started from now on are in all of them.
pub(super) fn make(plan: &Plan) -> Result<(), Refusal> {
    if !plan.has(Wall::Users) {
        return Ok(());
    }
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    // Who is hidden does not own what is below `/proc/self`.
    privileges::hide(false)?;
    unshare(CloneFlags::CLONE_NEWUSER).of(Wall::Users, "a user namespace")?;
    map("setgroups", "deny")?;
    map("uid_map", &format!("{user} {user} 1"))?;
    map("gid_map", &format!("{group} {group} 1"))?;
    privileges::hide(true)?;
    for (wall, flag) in OTHERS {
        if plan.has(wall) {
            unshare(flag).of(wall, "a namespace")?;
        }
    }
    pass_on()
}

/// All but the one for mounts, which the warden makes: the keeper goes on seeing what there is.
const OTHERS: [(Wall, CloneFlags); 4] = [
    (Wall::Processes, CloneFlags::CLONE_NEWPID),
    (Wall::Network, CloneFlags::CLONE_NEWNET),
    (Wall::Ipc, CloneFlags::CLONE_NEWIPC),
    (Wall::HostName, CloneFlags::CLONE_NEWUTS),
];

fn map(file: &str, line: &str) -> Result<(), Refusal> {
    fs::write(format!("/proc/self/{file}"), line).of(Wall::Users, file)
}

/// Has the warden keep a few capabilities within the new namespaces, though it is nobody's root.
fn pass_on() -> Result<(), Refusal> {
    let kept = FOR_THE_WARDEN
        .into_iter()
        .fold(CapabilitySet::empty(), CapabilitySet::union);
    let sets = CapabilitySets {
        effective: kept,
        permitted: kept,
        inheritable: kept,
    };
    let doing = "capabilities within it";
    set_capabilities(None, sets).of(Wall::Users, doing)?;
    for one in FOR_THE_WARDEN {
        configure_capability_in_ambient_set(one, true).of(Wall::Users, doing)?;
    }
    Ok(())
}
