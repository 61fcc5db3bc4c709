//! Starts programs that get credentials, and hears what they say.

mod file;

use crate::{
    child::{self, unreachable},
    secrets::Secrets,
};
use file::Placed;
use portcullis_firewall::outside::{
    Awaited, Exit, Heard, Launch, Launcher, OutsideError, Running, Stop,
};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::{
    fmt,
    os::unix::process::ExitStatusExt,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// The most bytes that are heard at once.
const PIECE_BYTES: usize = 16 * 1024;
/// How long a program may leave what it is told unread.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long output is waited for when the program has ended: somebody else may hold its end open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The port [`Launcher`]: programs of this machine, each in a process group of its own.
#[derive(Clone, Debug)]
pub struct Launches {
    secrets: Secrets,
}

impl Launches {
    /// Programs with these secrets in their environments and files.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    async fn begin(&self, launch: Launch) -> Result<Box<dyn Running>, OutsideError> {
        let (name, arguments) = launch.command.split_first().ok_or_else(|| unfit("…"))?;
        let mut command = Command::new(name);
        command
            .args(arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        child::give(&mut command, &launch.variables, &self.secrets)?;
        let files = Placed::put(&launch, &self.secrets)?;
        let child = command
            .spawn()
            .map_err(|error| unreachable(name, error.kind()))?;
        let mut program = RunningProgram::over(name, child, files)?;
        program.tell(&launch.input).await?;
        Ok(Box::new(program))
    }
}

impl Launcher for Launches {
    fn launch(&self, launch: Launch) -> Awaited<'_, Box<dyn Running>> {
        Box::pin(self.begin(launch))
    }
}

/// A program that runs. Its standard input ends with it, and its files go.
struct RunningProgram {
    name: String,
    id: Option<Pid>,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    child: Child,
    exit: Option<Exit>,
    _files: Placed,
}

impl fmt::Debug for RunningProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunningProgram({})", self.name)
    }
}

impl RunningProgram {
    fn over(name: &str, mut child: Child, files: Placed) -> Result<Self, OutsideError> {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(unfit(name));
        };
        Ok(Self {
            name: name.to_owned(),
            id: id.and_then(Pid::from_raw),
            stdin: Some(stdin),
            stdout: Some(stdout),
            stderr: Some(stderr),
            child,
            exit: None,
            _files: files,
        })
    }

    async fn tell(&mut self, input: &[u8]) -> Result<(), OutsideError> {
        let Some(stdin) = self.stdin.as_mut() else {
            return Err(unfit(&self.name));
        };
        // A program that ends before it has listened says why itself.
        match timeout(PATIENCE, stdin.write_all(input)).await {
            Ok(Ok(()) | Err(_)) => Ok(()),
            Err(_) => Err(unreachable(&self.name, "it does not read")),
        }
    }

    async fn hear(&mut self) -> Result<Heard, OutsideError> {
        loop {
            if self.exit.is_some() {
                return Ok(self.last_words().await);
            }
            tokio::select! {
                biased;
                piece = more(&mut self.stdout) => if let Some(piece) = piece {
                    return Ok(Heard::Out(piece));
                },
                piece = more(&mut self.stderr) => if let Some(piece) = piece {
                    return Ok(Heard::Err(piece));
                },
                ended = self.child.wait() => {
                    let status = ended.map_err(|error| lost(&self.name, error.kind()))?;
                    self.exit = Some(exit(status).ok_or_else(|| lost(&self.name, "no end"))?);
                }
            }
        }
    }

    /// What is left to hear of a program that has ended.
    async fn last_words(&mut self) -> Heard {
        if let Ok(Some(piece)) = timeout(LAST_WORDS, more_or_none(&mut self.stdout)).await {
            return Heard::Out(piece);
        }
        self.stdout = None;
        if let Ok(Some(piece)) = timeout(LAST_WORDS, more_or_none(&mut self.stderr)).await {
            return Heard::Err(piece);
        }
        self.stderr = None;
        Heard::Ended(self.exit.unwrap_or(Exit::Signal(0)))
    }
}

impl Running for RunningProgram {
    fn next(&mut self) -> Awaited<'_, Heard> {
        Box::pin(self.hear())
    }

    fn stop(&mut self, how: Stop) {
        // A child that was waited for has given its number back; it may be somebody else's by now.
        let alive = self.exit.is_none() && matches!(self.child.try_wait(), Ok(None));
        let id = self.id.filter(|_| alive);
        // It may have ended in this moment, which is as good.
        let _ = match (how, id) {
            (Stop::Asked, Some(id)) => kill_process(id, Signal::TERM),
            (Stop::Interrupted, Some(id)) => kill_process(id, Signal::INT),
            (Stop::Killed, Some(id)) => kill_process_group(id, Signal::KILL),
            (Stop::Ended, _) => {
                self.stdin = None;
                Ok(())
            }
            (_, None) => Ok(()),
        };
    }
}

/// The next bytes of a stream; `None` once when it has ended, and then nothing ever.
async fn more(stream: &mut Option<impl AsyncRead + Unpin>) -> Option<Vec<u8>> {
    if stream.is_none() {
        return std::future::pending().await;
    }
    more_or_none(stream).await
}

async fn more_or_none(stream: &mut Option<impl AsyncRead + Unpin>) -> Option<Vec<u8>> {
    let open = stream.as_mut()?;
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    match open.read_buf(&mut piece).await {
        Ok(read) if read > 0 => Some(piece),
        Ok(_) | Err(_) => {
            *stream = None;
            None
        }
    }
}

fn exit(status: ExitStatus) -> Option<Exit> {
    let code = status.code().map(Exit::Code);
    code.or_else(|| status.signal().map(Exit::Signal))
}

fn lost(name: &str, why: impl fmt::Display) -> OutsideError {
    OutsideError::Unanswered {
        host: name.to_owned(),
        why: why.to_string(),
    }
}

fn unfit(name: &str) -> OutsideError {
    OutsideError::Unusable {
        host: name.to_owned(),
        why: "it cannot be started".to_owned(),
    }
}
