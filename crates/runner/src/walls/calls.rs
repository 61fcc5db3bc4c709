//! System calls by seccomp: those in a table, without the ways in which they lead out.
//!
//! What is not in the table does not exist for the command (`ENOSYS`), so that libraries fall back
//! on what does: among it are `ptrace`, `process_vm_readv`, mounts, namespaces, `bpf`, keys,
//! `perf_event_open`, `userfaultfd`, `io_uring`, modules, and every call that is newer than the
//! table. What is in the table and would lead out is refused (`EPERM`).

mod table;

use super::{For, Refusal};
use crate::plan::{Network, Plan, Wall};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch, apply_filter,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Restricts this process and everything it starts.
pub(super) fn restrict(plan: &Plan) -> Result<(), Refusal> {
    let refused = filter(
        refusals(plan)?,
        SeccompAction::Allow,
        SeccompAction::Errno(EPERM),
    )?;
    let known = table::known(plan);
    let known = known.into_iter().map(|call| (call, Vec::new())).collect();
    let known = filter(known, SeccompAction::Errno(ENOSYS), SeccompAction::Allow)?;
    // The second could not be raised behind the first.
    apply_filter(&refused).of(Wall::Calls, "seccomp")?;
    apply_filter(&known).of(Wall::Calls, "seccomp")
}

const EPERM: u32 = libc::EPERM.unsigned_abs();
const ENOSYS: u32 = libc::ENOSYS.unsigned_abs();

fn filter(
    rules: Rules,
    otherwise: SeccompAction,
    then: SeccompAction,
) -> Result<BpfProgram, Refusal> {
    let here = TargetArch::try_from(std::env::consts::ARCH).of(Wall::Calls, "this processor")?;
    let filter = SeccompFilter::new(rules, otherwise, then, here).of(Wall::Calls, "seccomp")?;
    BpfProgram::try_from(filter).of(Wall::Calls, "seccomp")
}

/// The calls of the table that are refused, and with which arguments.
fn refusals(plan: &Plan) -> Result<Rules, Refusal> {
    let mut rules = Rules::new();
    namespaces(&mut rules)?;
    sockets(plan, &mut rules)?;
    // Typing into somebody's terminal, and handing it to another driver.
    for request in [libc::TIOCSTI, TIOCLINUX, libc::TIOCSETD] {
        refuse(&mut rules, libc::SYS_ioctl, &[(1, Is::Eq, request)])?;
    }
    // The bounds of other processes; those of its own a command may lower.
    refuse(&mut rules, libc::SYS_prlimit64, &[(0, Is::Ne, 0)])?;
    // Devices; a pipe with a name may be made.
    for (call, mode) in table::MAKING_NODES {
        for kind in [libc::S_IFCHR, libc::S_IFBLK] {
            let is = Is::MaskedEq(u64::from(libc::S_IFMT));
            refuse(&mut rules, *call, &[(*mode, is, u64::from(kind))])?;
        }
    }
    if !plan.has(Wall::Processes) && !plan.has_own_user() {
        others(&mut rules, plan.has(Wall::Scopes))?;
    }
    if !table::may_change_rights(plan) {
        // Of a file that it has open a command may change the times: without a path, by no pointer.
        let path = SeccompCondition::new(1, Length::Qword, Is::Ne, 0).of(Wall::Calls, "seccomp")?;
        let rule = SeccompRule::new(vec![path]).of(Wall::Calls, "seccomp")?;
        rules.entry(libc::SYS_utimensat).or_default().push(rule);
    }
    Ok(rules)
}

const TIOCLINUX: u64 = 0x541C;

/// A process in a namespace of its own is root there, and root reaches much of the kernel.
fn namespaces(rules: &mut Rules) -> Result<(), Refusal> {
    let flags = [
        libc::CLONE_NEWCGROUP,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWUTS,
    ];
    for flag in flags {
        let flag = u64::from(flag.unsigned_abs());
        refuse(rules, libc::SYS_clone, &[(0, Is::MaskedEq(flag), flag)])?;
    }
    Ok(())
}

/// Which sockets can be made at all. What reaches out by an address of the file system, or by one
/// without, is possible only where nobody else's can be named.
fn sockets(plan: &Plan, rules: &mut Rules) -> Result<(), Refusal> {
    let mut families = Vec::new();
    let no_abstract = plan.has(Wall::Network) || plan.has(Wall::Scopes);
    if plan.has(Wall::Mounts) && no_abstract {
        families.push(libc::AF_UNIX);
    }
    if let Network::Ports { datagrams, .. } = plan.network {
        for family in [libc::AF_INET, libc::AF_INET6] {
            families.push(family);
            internet(family, datagrams, rules)?;
        }
    }
    let foreign: Vec<Condition> = families
        .iter()
        .map(|family| (0, Is::Ne, number(*family)))
        .collect();
    refuse(rules, libc::SYS_socket, &foreign)?;
    let pair = (0, Is::Ne, number(libc::AF_UNIX));
    refuse(rules, libc::SYS_socketpair, &[pair])
}

/// Of the internet's sockets those for TCP alone, and for UDP when datagrams may be sent: no wall
/// for ports holds the others, SCTP and MPTCP among them.
fn internet(family: i32, datagrams: bool, rules: &mut Rules) -> Result<(), Refusal> {
    let family = (0, Is::Eq, number(family));
    let kind = |kind: i32| (1, Is::MaskedEq(SOCKET_TYPE), number(kind));
    let others = (1..=SOCK_KIND_MAX).filter(|kind| match *kind {
        libc::SOCK_STREAM => false,
        libc::SOCK_DGRAM => !datagrams,
        _ => true,
    });
    for other in others {
        refuse(rules, libc::SYS_socket, &[family.clone(), kind(other)])?;
    }
    for (of, protocol) in [
        (libc::SOCK_STREAM, libc::IPPROTO_TCP),
        (libc::SOCK_DGRAM, libc::IPPROTO_UDP),
    ] {
        let foreign = [(2, Is::Ne, 0), (2, Is::Ne, number(protocol))];
        let all = [vec![family.clone(), kind(of)], foreign.to_vec()].concat();
        refuse(rules, libc::SYS_socket, &all)?;
    }
    Ok(())
}

/// The kinds of sockets that there are, by their numbers from 1; the last is for packets.
const SOCK_KIND_MAX: i32 = 10;
/// The bits of a socket's type that are not flags.
const SOCKET_TYPE: u64 = 0xF;

/// What could hurt other processes of the same user, the gate among them, where neither a
/// namespace nor a user of its own keeps the command from naming them. Signals, those of files too,
/// may be held by Landlock.
fn others(rules: &mut Rules, signals_are_held: bool) -> Result<(), Refusal> {
    for call in table::ABOUT_OTHERS {
        refuse(rules, *call, &[(0, Is::Ne, 0)])?;
    }
    let priority = (1, Is::Ne, 0);
    refuse(rules, libc::SYS_setpriority, &[priority])?;
    // Nought is the caller's user here, and that is all its processes.
    let of_user = (0, Is::Eq, number(PRIO_USER));
    refuse(rules, libc::SYS_setpriority, &[of_user])?;
    if signals_are_held {
        return Ok(());
    }
    for call in table::SIGNALS {
        // The group of its own, by the number nought, is the one that may be named.
        refuse(rules, *call, &[(0, Is::Ne, 0)])?;
    }
    owners(rules)
}

/// Whoever owns an open file is sent a signal when something happens to it, and which one is the
/// choice of whoever named the owner.
fn owners(rules: &mut Rules) -> Result<(), Refusal> {
    for command in [F_SETOWN, F_SETOWN_EX] {
        refuse(rules, libc::SYS_fcntl, &[(1, Is::Eq, command)])?;
    }
    for request in [FIOSETOWN, SIOCSPGRP] {
        refuse(rules, libc::SYS_ioctl, &[(1, Is::Eq, request)])?;
    }
    Ok(())
}

/// As `sys/resource.h` has it; the type of libc's differs between systems.
const PRIO_USER: i32 = 2;
/// As Linux has them in `asm-generic/fcntl.h` and `asm-generic/sockios.h`; libc names not all of them.
const F_SETOWN: u64 = 8;
const F_SETOWN_EX: u64 = 15;
const FIOSETOWN: u64 = 0x8901;
const SIOCSPGRP: u64 = 0x8902;

/// An argument's place, and what it must be compared with.
type Condition = (u8, Is, u64);

fn refuse(rules: &mut Rules, call: i64, when: &[Condition]) -> Result<(), Refusal> {
    let conditions = when
        .iter()
        .map(|(place, is, value)| SeccompCondition::new(*place, Length::Dword, is.clone(), *value));
    let conditions: Vec<_> = conditions
        .collect::<Result<_, _>>()
        .of(Wall::Calls, "seccomp")?;
    let chain = rules.entry(call).or_default();
    if conditions.is_empty() {
        // Without conditions a call is refused whatever is asked of it.
        chain.clear();
        return Ok(());
    }
    chain.push(SeccompRule::new(conditions).of(Wall::Calls, "seccomp")?);
    Ok(())
}

fn number(constant: i32) -> u64 {
    u64::from(constant.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::{refusals, table};
    use crate::plan::{Limits, NOBODY, Network, Plan, Wall};

    fn plan(user: Option<u32>) -> Plan {
        Plan {
            walls: Wall::ALWAYS.into(),
            room: "/srv/rooms/acme/s1".into(),
            home: "home".into(),
            own: "run/1".into(),
            user,
            argv: vec!["true".to_owned()],
            read: Vec::new(),
            run_own: false,
            network: Network::None,
            limits: Limits::default(),
        }
    }

    #[test]
    fn where_sessions_share_a_user_none_touches_what_is_another_s() {
        let shared = |user| {
            let plan = plan(user);
            let refused = refusals(&plan).expect("rules");
            let signals = table::SIGNALS.iter().all(|call| refused.contains_key(call));
            let rights = table::known(&plan).contains(&libc::SYS_fchmodat);
            signals && !rights
        };
        assert!(shared(None));
        assert!(shared(Some(NOBODY)));
        assert!(!shared(Some(0x7000_0000)));
    }
}
