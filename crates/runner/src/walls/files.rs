//! Files by Landlock, which stands whether or not there are namespaces.

use super::{For, Refusal};
use crate::plan::{DEVICES, Network, Plan, Wall};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use std::path::{Path, PathBuf};

/// The newest rights that are asked for; a kernel that does not know them all holds those it does.
const NEWEST: ABI = ABI::V9;
/// What must be held for the wall to be one (Linux 5.13).
const OLDEST: ABI = ABI::V1;

/// Restricts this process and everything it starts.
pub(super) fn restrict(plan: &Plan) -> Result<(), Refusal> {
    let wall = Wall::Files;
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(OLDEST))
        .of(wall, "Landlock")?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))
        .of(wall, "Landlock")?;
    ruleset = ports(plan, ruleset)?;
    if plan.has(Wall::Scopes) {
        ruleset = ruleset
            .set_compatibility(CompatLevel::HardRequirement)
            .scope(Scope::AbstractUnixSocket | Scope::Signal)
            .of(Wall::Scopes, "Landlock")?
            .set_compatibility(CompatLevel::BestEffort);
    }
    let created = ruleset.create().of(wall, "Landlock")?;
    let created = grant(plan, created)?;
    let created = open_ports(plan, created)?;
    let status = created.restrict_self().of(wall, "Landlock")?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err(Refusal::of(wall, "the kernel has no Landlock")),
        RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced => Ok(()),
    }
}

/// Every port is refused that is not granted; where no network is to be had at all, this is one
/// more wall in front of the others, if the kernel has it.
fn ports(plan: &Plan, ruleset: Ruleset) -> Result<Ruleset, Refusal> {
    let level = match plan.has(Wall::Ports) {
        true => CompatLevel::HardRequirement,
        false => CompatLevel::BestEffort,
    };
    let ruleset = ruleset
        .set_compatibility(level)
        .handle_access(AccessNet::from_all(ABI::V4))
        .of(Wall::Ports, "Landlock")?;
    Ok(ruleset.set_compatibility(CompatLevel::BestEffort))
}

fn grant(plan: &Plan, created: RulesetCreated) -> Result<RulesetCreated, Refusal> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let run = read | AccessFs::Execute;
    let tools: Vec<&Path> = plan.readable().collect();
    let mut grants: Vec<(PathBuf, BitFlags<AccessFs>)> = Vec::new();
    grants.extend(tools.into_iter().map(|path| (path.to_owned(), run)));
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    grants.extend(DEVICES.iter().map(|path| (PathBuf::from(path), device)));
    for path in [plan.home_path(), plan.own_path()] {
        grants.push((path, in_room(plan)));
    }
    if plan.has(Wall::Mounts) {
        // In a view everything that can be named may be listed.
        grants.push((PathBuf::from("/"), AccessFs::ReadDir.into()));
        grants.push((PathBuf::from("/tmp"), in_room(plan)));
    }
    if plan.has(Wall::OwnProc) {
        grants.push((PathBuf::from("/proc"), read));
    }
    grants
        .into_iter()
        .try_fold(created, |created, (path, access)| {
            created.add_rules(path_beneath_rules([path], access))
        })
        .of(Wall::Files, "Landlock")
}

/// What may be done in the room: everything but running, unless the plan says so, and making
/// devices.
fn in_room(plan: &Plan) -> BitFlags<AccessFs> {
    let mut access = AccessFs::from_all(NEWEST);
    access.remove(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev);
    if !plan.run_own {
        access.remove(AccessFs::Execute);
    }
    access
}

fn open_ports(plan: &Plan, created: RulesetCreated) -> Result<RulesetCreated, Refusal> {
    let Network::Ports { ports, .. } = &plan.network else {
        return Ok(created);
    };
    ports
        .iter()
        .try_fold(created, |created, port| {
            created.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))
        })
        .of(Wall::Ports, "Landlock")
}
