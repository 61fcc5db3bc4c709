//! Stays outside of the walls, passes on what the gate wants, and sees to it that nothing is left.

use super::{
    For, Refusal, WARDEN, descriptors, limits, namespaces, privileges, sweep,
    warden::{self, HERE, Report},
};
use crate::{
    frame::{STDIN_MAX_BYTES, framed, read},
    plan::{PLAN_MAX_BYTES, Plan, Wall},
};
use nix::sys::{
    signal::{SigSet, Signal as NixSignal},
    signalfd::{SfdFlags, SignalFd},
};
use rustix::{
    event::{PollFd, PollFlags, poll},
    process::{
        Pid, Resource, Rlimit, Signal, WaitOptions, chdir, getpid, kill_process,
        kill_process_group, set_child_subreaper, setrlimit, waitpid,
    },
};
use std::{
    fs::File,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Command, ExitCode, Stdio},
};

/// What the gate may want of a command.
const PASSED_ON: [NixSignal; 4] = [
    NixSignal::SIGHUP,
    NixSignal::SIGINT,
    NixSignal::SIGQUIT,
    NixSignal::SIGTERM,
];

/// Reads the plan, starts the warden, and waits for the end.
pub(super) fn keep() -> Result<ExitCode, Refusal> {
    descriptors::close()?;
    limits::end_first()?;
    privileges::hide(true)?;
    let mut input = io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .map(File::from)
        .map_err(Refusal::plain)?;
    let plan_bytes = read(&mut input, PLAN_MAX_BYTES).map_err(Refusal::plain)?;
    let stdin = read(&mut input, STDIN_MAX_BYTES).map_err(Refusal::plain)?;
    let plan: Plan = serde_json::from_slice(&plan_bytes)
        .map_err(|error| Refusal::plain(format_args!("the plan cannot be read: {error}")))?;
    plan.check()?;
    // Before becoming somebody who may not pass through the folders above.
    chdir(&plan.room).of(Wall::Files, "the room")?;
    if plan.has(Wall::Users) {
        plan.user.map_or(Ok(()), privileges::become_user)?;
    }
    namespaces::make(&plan)?;
    let signals = listen()?;
    let (warden, to_warden) = start()?;
    if plan.has(Wall::Users) {
        privileges::drop_capabilities()?;
    }
    let mut kept = Kept {
        warden,
        to_warden,
        input,
        signals,
        in_namespace: plan.has(Wall::Processes),
    };
    kept.tell(&plan_bytes, &stdin);
    let report = kept.watch();
    Ok(kept.end(report))
}

/// Hears signals instead of ending by them.
fn listen() -> Result<SignalFd, Refusal> {
    let mut heard: SigSet = PASSED_ON.into_iter().collect();
    heard.add(NixSignal::SIGCHLD);
    heard.thread_block().map_err(Refusal::plain)?;
    let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
    SignalFd::with_flags(&heard, flags).map_err(Refusal::plain)
}

/// Starts the warden, with one end of a pair of sockets as its standard input.
fn start() -> Result<(Pid, UnixStream), Refusal> {
    let me = getpid();
    set_child_subreaper(Some(me)).map_err(Refusal::plain)?;
    let (mine, theirs) = UnixStream::pair().map_err(Refusal::plain)?;
    let child = Command::new("/proc/self/exe")
        .arg(WARDEN)
        .env(warden::MODEST.0, warden::MODEST.1)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .spawn()
        .of(Wall::Processes, "starting within it")?;
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| Refusal::plain("the warden has no number"))?;
    Ok((id, mine))
}

struct Kept {
    warden: Pid,
    to_warden: UnixStream,
    /// What the gate holds open while it lives.
    input: File,
    signals: SignalFd,
    in_namespace: bool,
}

impl Kept {
    /// Tells the warden everything, once it has tied its life to this one's.
    fn tell(&mut self, plan: &[u8], stdin: &[u8]) {
        let mut here = [0];
        // A warden that ends before it has listened has said why itself.
        if self.to_warden.read_exact(&mut here).is_ok() && here == [HERE] {
            let _ = self.to_warden.write_all(&framed(plan));
            let _ = self.to_warden.write_all(&framed(stdin));
        }
    }

    /// Waits for the warden's report; `None` when it ended without one.
    fn watch(&mut self) -> Option<Report> {
        loop {
            let mut ready = [
                PollFd::new(&self.to_warden, PollFlags::IN),
                PollFd::new(&self.signals, PollFlags::IN),
                PollFd::new(&self.input, PollFlags::IN),
            ];
            if poll(&mut ready, None).is_err() {
                continue;
            }
            let [report, signal, gone] = ready.map(|one| !one.revents().is_empty());
            if report {
                return Report::read(&mut self.to_warden);
            }
            if signal {
                self.pass_on();
            }
            if gone {
                // Nothing more is to be said: the gate is gone, or wants the end.
                let _ = kill_process(self.warden, Signal::KILL);
                return None;
            }
        }
    }

    fn pass_on(&self) {
        while let Ok(Some(heard)) = self.signals.read_signal() {
            let number = i32::try_from(heard.ssi_signo).unwrap_or(0);
            let signal = PASSED_ON.into_iter().find(|one| *one as i32 == number);
            // The command leads a group of its own. The warden hears nothing.
            if let Some(signal) = signal.and_then(|one| Signal::from_named_raw(one as i32)) {
                for command in sweep::children(self.warden) {
                    let _ = kill_process_group(command, signal);
                }
            }
        }
    }

    /// Ends whatever is left, and then this process as the command did.
    fn end(&self, report: Option<Report>) -> ExitCode {
        let code = self.last_of_warden();
        if !self.in_namespace {
            sweep::end_children();
        }
        match report {
            Some(Report::Code(code)) => ExitCode::from(code),
            Some(Report::Signal(signal)) => end_by(signal),
            None => code.map_or_else(|| end_by(Signal::KILL.as_raw()), ExitCode::from),
        }
    }

    /// Waits for the warden; what it ended with, when that says anything.
    fn last_of_warden(&self) -> Option<u8> {
        loop {
            match waitpid(Some(self.warden), WaitOptions::empty()) {
                Ok(Some((_, status))) => {
                    return status
                        .exit_status()
                        .and_then(|code| u8::try_from(code).ok());
                }
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return None,
            }
        }
    }
}

/// Ends this process by a signal, so that whoever waits for it sees what ended the command.
fn end_by(signal: i32) -> ExitCode {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    let _ = SigSet::all().thread_unblock();
    if PASSED_ON.into_iter().any(|one| one as i32 == signal) {
        // It may have been ignored already where the gate was started.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    if let Some(signal) = Signal::from_named_raw(signal) {
        // The first one may go to the handler that looks for the end of the stack.
        for _ in 0..2 {
            let _ = kill_process(getpid(), signal);
        }
    }
    // Signals that end nobody, such as those for stopping, end here.
    let _ = kill_process(getpid(), Signal::KILL);
    ExitCode::FAILURE
}
