//! Ends what is left of a command where no PID namespace does.

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, wait};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// How often it is looked for what is left. Each look stops what it finds, so that a few are
/// enough.
const MOST_LOOKS: usize = 1_000;

/// Ends every process that this one started, and all that those started: orphans have become its
/// children.
pub(super) fn end_children() {
    // Most commands leave nobody behind, and then there is nothing to look for.
    if !reap() {
        return;
    }
    let me = getpid().as_raw_nonzero().get();
    for _ in 0..MOST_LOOKS {
        stop_all(me);
        for process in family(me) {
            // It may have ended in this moment, which is as good.
            let _ = kill_process(process, Signal::KILL);
        }
        if !reap() {
            return;
        }
    }
}

/// Stops until there is nobody left who could start anybody.
fn stop_all(me: i32) {
    let mut stopped = Vec::new();
    for _ in 0..MOST_LOOKS {
        let found: Vec<Pid> = family(me)
            .into_iter()
            .filter(|one| !stopped.contains(one))
            .collect();
        if found.is_empty() {
            return;
        }
        for process in found {
            let _ = kill_process(process, Signal::STOP);
            stopped.push(process);
        }
    }
}

/// Takes the ends of those that have ended; whether there are others.
fn reap() -> bool {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Everybody who descends from a process.
fn family(of: i32) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for process in processes() {
        if let Some(parent) = parent(process) {
            children.entry(parent).or_default().push(process);
        }
    }
    let mut found = Vec::new();
    let mut next = vec![of];
    while let Some(one) = next.pop() {
        for child in children.remove(&one).unwrap_or_default() {
            found.extend(Pid::from_raw(child));
            next.push(child);
        }
    }
    found
}

/// Who a process started, and who came to it as an orphan.
pub(super) fn children(of: Pid) -> Vec<Pid> {
    let of = of.as_raw_nonzero().get();
    let all = processes().into_iter();
    let found = all.filter(|process| parent(*process) == Some(of));
    found.filter_map(Pid::from_raw).collect()
}

fn processes() -> Vec<i32> {
    let Ok(list) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    list.flatten().filter_map(number).collect()
}

fn parent(process: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in brackets, may have anything in it: blanks and brackets too.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// The processes behind walls whose folder is in a room, or that have something of it open. Who
/// merely looks into a room is not behind walls.
fn with_something_in(room: &Path) -> Vec<Pid> {
    let me = getpid();
    let found = processes().into_iter().filter_map(Pid::from_raw);
    found
        .filter(|process| *process != me && is_walled(*process) && is_in(*process, room))
        .collect()
}

/// What no process loses once it has it.
fn is_walled(process: Pid) -> bool {
    let path = format!("/proc/{}/status", process.as_raw_nonzero());
    let status = fs::read_to_string(path).unwrap_or_default();
    ["NoNewPrivs:\t1", "Seccomp:\t2"]
        .into_iter()
        .all(|mark| status.lines().any(|line| line == mark))
}

fn is_in(process: Pid, room: &Path) -> bool {
    let of_process = PathBuf::from(format!("/proc/{}", process.as_raw_nonzero()));
    let leads_in = |link: PathBuf| fs::read_link(link).is_ok_and(|to| to.starts_with(room));
    let open = fs::read_dir(of_process.join("fd")).into_iter().flatten();
    ["cwd", "root", "exe"]
        .into_iter()
        .any(|link| leads_in(of_process.join(link)))
        || open.flatten().any(|entry| leads_in(entry.path()))
}

/// Kills every one of them; whether none was left.
pub(crate) fn end_all(room: &Path) -> bool {
    for _ in 0..MOST_LOOKS {
        let found = with_something_in(room);
        if found.is_empty() {
            return true;
        }
        for process in found {
            let _ = kill_process(process, Signal::KILL);
        }
        std::thread::yield_now();
    }
    false
}
