//! Nobody in particular: no root, no capabilities, and no way to either.

use super::{For, Refusal};
use crate::plan::Wall;
use rustix::{
    fs::{Gid, Uid},
    process::{DumpableBehavior, geteuid, getuid, set_dumpable_behavior},
    thread::{
        CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, no_new_privs,
        remove_capability_from_bounding_set, set_capabilities, set_no_new_privs, set_thread_groups,
        set_thread_res_gid, set_thread_res_uid,
    },
};

const NONE: CapabilitySets = CapabilitySets {
    effective: CapabilitySet::empty(),
    permitted: CapabilitySet::empty(),
    inheritable: CapabilitySet::empty(),
};

/// Becomes a user with no group but its own. Root alone can.
pub(super) fn become_user(id: u32) -> Result<(), Refusal> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    let doing = "becoming another user";
    set_thread_groups(&[]).of(Wall::Privileges, doing)?;
    set_thread_res_gid(group, group, group).of(Wall::Privileges, doing)?;
    set_thread_res_uid(user, user, user).of(Wall::Privileges, doing)
}

/// Hides the process's memory and environment from others of its user, or not.
pub(super) fn hide(hidden: bool) -> Result<(), Refusal> {
    let behavior = match hidden {
        true => DumpableBehavior::NotDumpable,
        false => DumpableBehavior::Dumpable,
    };
    set_dumpable_behavior(behavior).of(Wall::Privileges, "hiding its memory")
}

/// Lets go of every capability that this process has.
pub(super) fn drop_capabilities() -> Result<(), Refusal> {
    set_capabilities(None, NONE).of(Wall::Privileges, "letting capabilities go")
}

/// Lets go of every capability, for itself and all that it will start.
pub(super) fn give_up() -> Result<(), Refusal> {
    let doing = "letting capabilities go";
    clear_ambient_capability_set().of(Wall::Privileges, doing)?;
    let held = capabilities(None).of(Wall::Privileges, doing)?;
    if held.effective.contains(CapabilitySet::SETPCAP) {
        for one in CapabilitySet::all() {
            // The kernel may not know it yet; then nobody can have it.
            let _ = remove_capability_from_bounding_set(one);
        }
    }
    set_capabilities(None, NONE).of(Wall::Privileges, doing)?;
    set_no_new_privs(true).of(Wall::Privileges, "no new privileges")
}

/// Looks whether all of that holds.
pub(super) fn check() -> Result<(), Refusal> {
    let held = capabilities(None).of(Wall::Privileges, "the capabilities")?;
    let bound = no_new_privs().of(Wall::Privileges, "no new privileges")?;
    if getuid().is_root() || geteuid().is_root() {
        return Err(Refusal::of(Wall::Privileges, "no command runs as root"));
    }
    if held != NONE || !bound {
        return Err(Refusal::of(Wall::Privileges, "some are left"));
    }
    Ok(())
}
