//! Raises the walls around itself, starts the command behind them, and waits for its end.

use super::{For, Refusal, calls, files, limits, privileges, say, view};
use crate::{
    frame::{FirstLine, STDIN_MAX_BYTES, read},
    plan::{PLAN_MAX_BYTES, Plan, Wall},
};
use nix::sys::signal::SigSet;
use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, chdir, set_parent_process_death_signal, setsid, wait,
};
use std::{
    fs::File,
    io::{self, Read, Write},
    os::{fd::AsFd, unix::process::CommandExt},
    process::{Child, Command, ExitCode, Stdio},
    sync::Arc,
    thread,
};

/// What the warden says first: that it ends when the keeper does.
pub(super) const HERE: u8 = b'h';

/// Has the allocator of the binary, mimalloc, take memory as it goes: what it sets aside at the
/// beginning would count against the bounds that the warden puts itself under.
pub(super) const MODEST: (&str, &str) = ("MIMALLOC_DISALLOW_ARENA_ALLOC", "1");

/// What a program is reported to have ended with when it could not be started, as in shells.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// How the command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Report {
    /// With this code.
    Code(u8),
    /// By this signal.
    Signal(i32),
}

impl Report {
    fn of(status: WaitStatus) -> Self {
        let code = status
            .exit_status()
            .and_then(|code| u8::try_from(code).ok());
        let signal = status.terminating_signal().unwrap_or(Signal::KILL.as_raw());
        code.map_or(Self::Signal(signal), Self::Code)
    }

    fn write(self, to: &mut impl Write) -> io::Result<()> {
        let (kind, number) = match self {
            Self::Code(code) => (b'c', code),
            Self::Signal(signal) => (b's', u8::try_from(signal).unwrap_or(0)),
        };
        to.write_all(&[kind, number])
    }

    /// Reads one; `None` when there is none.
    pub(super) fn read(from: &mut impl Read) -> Option<Self> {
        let mut bytes = [0; 2];
        from.read_exact(&mut bytes).ok()?;
        match bytes {
            [b'c', code] => Some(Self::Code(code)),
            [b's', signal] => Some(Self::Signal(i32::from(signal))),
            _ => None,
        }
    }
}

/// Raises every wall of the plan and runs its command.
pub(super) fn guard() -> Result<ExitCode, Refusal> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(Refusal::plain)?;
    privileges::hide(true)?;
    let mut keeper = io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .map(File::from)
        .map_err(Refusal::plain)?;
    keeper.write_all(&[HERE]).map_err(Refusal::plain)?;
    let plan = read(&mut keeper, PLAN_MAX_BYTES).map_err(Refusal::plain)?;
    let stdin = read(&mut keeper, STDIN_MAX_BYTES).map_err(Refusal::plain)?;
    let plan: Plan = serde_json::from_slice(&plan).map_err(Refusal::plain)?;
    setsid().map_err(Refusal::plain)?;
    raise(&plan)?;
    hear_again().map_err(Refusal::plain)?;
    // Before the command can say anything.
    say(&FirstLine::Raised).map_err(Refusal::plain)?;
    let report = run(&plan, stdin);
    report.write(&mut keeper).map_err(Refusal::plain)?;
    Ok(ExitCode::SUCCESS)
}

fn raise(plan: &Plan) -> Result<(), Refusal> {
    if plan.has(Wall::HostName) {
        rustix::system::sethostname(b"room").of(Wall::HostName, "the machine's name")?;
    }
    if plan.has(Wall::Mounts) {
        view::build(plan)?;
    }
    chdir(plan.home_path()).of(Wall::Files, "the room cannot be entered")?;
    limits::set(plan)?;
    if !plan.has(Wall::Users)
        && let Some(user) = plan.user
    {
        privileges::become_user(user)?;
        // Becoming somebody else cuts the tie to the keeper.
        set_parent_process_death_signal(Some(Signal::KILL)).map_err(Refusal::plain)?;
        privileges::hide(true)?;
        chdir(plan.home_path()).of(
            Wall::Privileges,
            "the room cannot be entered by its own user: let others pass through the folders above",
        )?;
    }
    privileges::give_up()?;
    privileges::check()?;
    files::restrict(plan)?;
    calls::restrict(plan)
}

/// Has the command begin with the usual end by every signal that is passed on to it, also where the gate was
/// started with some of them ignored, as shells do with what runs in the background: what is caught
/// here is as usual in the program that starts next (execve(2)).
fn hear_again() -> io::Result<()> {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        signal_hook::flag::register(signal.as_raw(), Arc::default())?;
    }
    Ok(())
}

/// Runs the command, and waits until it has ended.
fn run(plan: &Plan, stdin: Vec<u8>) -> Report {
    let Some((program, arguments)) = plan.argv.split_first() else {
        return Report::Code(NOT_RUN);
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .process_group(0)
        .env_remove(MODEST.0)
        .stdin(match stdin.is_empty() {
            true => Stdio::null(),
            false => Stdio::piped(),
        });
    // The command hears signals again; the warden hears none while it waits.
    let deaf = SigSet::all();
    let _ = deaf.thread_unblock();
    let started = command.spawn();
    let _ = deaf.thread_block();
    match started {
        Ok(child) => wait_for(child, stdin),
        Err(error) => {
            let _ = writeln!(
                io::stderr(),
                "portcullis: `{program}` cannot be run: {error}"
            );
            let missing = error.kind() == io::ErrorKind::NotFound;
            Report::Code(if missing { NOT_FOUND } else { NOT_RUN })
        }
    }
}

fn wait_for(mut child: Child, stdin: Vec<u8>) -> Report {
    if let Some(mut to_child) = child.stdin.take() {
        thread::spawn(move || to_child.write_all(&stdin));
    }
    let command = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if Some(ended) == command => return Report::of(status),
            // Somebody who was left behind, which process 1 has to take.
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Report::Signal(Signal::KILL.as_raw()),
        }
    }
}
