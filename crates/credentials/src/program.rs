//! Starts programs and talks with them line by line.

use crate::{
    child::{self, unreachable},
    secrets::Secrets,
};
use portcullis_firewall::outside::{Awaited, Line, OutsideError, Program, Starter};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{fmt, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::mpsc,
    task::JoinSet,
    time::timeout,
};

/// What a program keeps of the gate's environment: how to find others, where its user is at home,
/// and how to speak. None of it is secret.
const KEPT: &[&str] = &["HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ"];

/// How many lines may wait on each way.
const WAITING: usize = 64;

/// How long a program may leave what it is told unread.
const PATIENCE: Duration = Duration::from_secs(10);

/// The port [`Starter`]: programs of this machine, each in a process group of its own that is
/// killed with its line.
#[derive(Clone, Debug)]
pub struct Programs {
    secrets: Secrets,
}

impl Programs {
    /// Programs with these secrets in their environments.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    fn begin(&self, program: &Program) -> Result<Box<dyn Line>, OutsideError> {
        let (name, arguments) = program.command.split_first().ok_or_else(|| unfit("…"))?;
        let mut command = Command::new(name);
        command
            .args(arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        for kept in KEPT {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        if let Some(folder) = &program.folder {
            command.current_dir(folder);
        }
        child::give(&mut command, &program.variables, &self.secrets)?;
        let child = command
            .spawn()
            .map_err(|error| unreachable(name, error.kind()))?;
        ProgramLine::over(name, child, program.most_bytes)
            .map(|line| Box::new(line) as Box<dyn Line>)
    }
}

impl Starter for Programs {
    fn start(&self, program: Program) -> Awaited<'_, Box<dyn Line>> {
        Box::pin(async move { self.begin(&program) })
    }
}

/// A talk with a program. When it is dropped, the program and everything it started are killed.
struct ProgramLine {
    name: String,
    heard: mpsc::Receiver<Result<String, &'static str>>,
    said: mpsc::Sender<String>,
    /// Reads and writes; ends with the line.
    _porters: JoinSet<()>,
    _group: Group,
}

impl fmt::Debug for ProgramLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProgramLine({})", self.name)
    }
}

impl ProgramLine {
    fn over(name: &str, mut child: Child, most_bytes: usize) -> Result<Self, OutsideError> {
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(unfit(name));
        };
        let group = Group::of(child);
        let (tell, heard) = mpsc::channel(WAITING);
        let (said, to_say) = mpsc::channel(WAITING);
        let mut porters = JoinSet::new();
        porters.spawn(listen(BufReader::new(stdout), most_bytes, tell));
        porters.spawn(speak(stdin, to_say));
        Ok(Self {
            name: name.to_owned(),
            heard,
            said,
            _porters: porters,
            _group: group,
        })
    }
}

impl Line for ProgramLine {
    fn hear(&mut self) -> Awaited<'_, Option<String>> {
        Box::pin(async {
            match self.heard.recv().await {
                Some(Ok(line)) => Ok(Some(line)),
                Some(Err(why)) => Err(OutsideError::Unusable {
                    host: self.name.clone(),
                    why: why.to_owned(),
                }),
                None => Ok(None),
            }
        })
    }

    fn say(&mut self, text: String) -> Awaited<'_, ()> {
        Box::pin(async {
            if text.contains('\n') {
                return Err(unfit(&self.name));
            }
            match timeout(PATIENCE, self.said.send(text)).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(unreachable(&self.name, "it has ended")),
                Err(_) => Err(unreachable(&self.name, "it does not read")),
            }
        })
    }
}

/// A child and everything it started, killed together.
struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Group {
    fn of(child: Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            id: id.and_then(Pid::from_raw),
            child,
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A child that was waited for has given its number back; it may be somebody else's by now.
        if matches!(self.child.try_wait(), Ok(None))
            && let Some(id) = self.id
        {
            // It may have ended in this moment, which is as good.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Hears line by line until the program ends, or says something that cannot be heard.
async fn listen(
    mut stream: impl AsyncRead + AsyncBufReadExt + Unpin,
    most: usize,
    tell: mpsc::Sender<Result<String, &'static str>>,
) {
    loop {
        let heard = match next_line(&mut stream, most).await {
            Ok(Some(line)) => String::from_utf8(line).map_err(|_| "it does not write UTF-8"),
            Ok(None) => return,
            Err(why) => Err(why),
        };
        let is_last = heard.is_err();
        if tell.send(heard).await.is_err() || is_last {
            return;
        }
    }
}

/// The next line without its break; `None` at the end. Half a line at the end is none.
async fn next_line(
    stream: &mut (impl AsyncBufReadExt + Unpin),
    most: usize,
) -> Result<Option<Vec<u8>>, &'static str> {
    let mut line = Vec::new();
    loop {
        let read = stream.fill_buf().await.map_err(|_| "it cannot be read")?;
        if read.is_empty() {
            return Ok(None);
        }
        let end = read.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(read.len());
        if line.len().saturating_add(taken) > most {
            return Err("a line is too long");
        }
        line.extend_from_slice(read.get(..taken).unwrap_or_default());
        stream.consume(end.map_or(taken, |end| end + 1));
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(Some(line));
        }
    }
}

async fn speak(mut stdin: ChildStdin, mut to_say: mpsc::Receiver<String>) {
    while let Some(mut text) = to_say.recv().await {
        text.push('\n');
        let written = stdin.write_all(text.as_bytes()).await;
        if written.is_err() || stdin.flush().await.is_err() {
            return;
        }
    }
}

fn unfit(name: &str) -> OutsideError {
    OutsideError::Unusable {
        host: name.to_owned(),
        why: "it cannot be talked with".to_owned(),
    }
}
