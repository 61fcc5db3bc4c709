//! A launcher for tests: secrets out of a table, and files written plainly.

use portcullis_firewall::outside::{
    Awaited, Exit, Heard, Launch, Launcher, OutsideError, Part, Running, SecretName, Stop, Variable,
};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::{
    collections::HashMap,
    fs,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::ExitStatusExt,
    },
    path::PathBuf,
    process::Stdio,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
};

#[derive(Debug, Default)]
pub(crate) struct Programs {
    pub(crate) secrets: HashMap<String, String>,
}

impl Programs {
    fn secret(&self, name: &SecretName) -> Result<String, OutsideError> {
        let found = self.secrets.get(name.as_str()).cloned();
        found.ok_or_else(|| OutsideError::NoSecret(name.as_str().to_owned()))
    }

    async fn begin(&self, launch: Launch) -> Result<Box<dyn Running>, OutsideError> {
        let mut command = Command::new(&launch.command[0]);
        command
            .args(&launch.command[1..])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        for (name, value) in &launch.variables {
            match value {
                Variable::Plain(text) => command.env(name, text),
                Variable::Secret(secret) => command.env(name, self.secret(secret)?),
            };
        }
        let mut files = Vec::new();
        for file in &launch.files {
            let path = launch.folder.join(&file.path);
            let mut content = String::new();
            for part in &file.parts {
                match part {
                    Part::Text(text) => content.push_str(text),
                    Part::Quoted(name) => content.push_str(&format!("{:?}", self.secret(name)?)),
                    Part::Secret(name) | Part::Escaped(name) => {
                        content.push_str(&self.secret(name)?);
                    }
                }
            }
            fs::write(&path, content).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its rights");
            if let Some(owner) = launch.owner {
                chown(&path, Some(owner), Some(owner)).expect("its owner");
            }
            files.push(path);
        }
        let mut child = command.spawn().map_err(|error| OutsideError::Unreachable {
            host: launch.command[0].clone(),
            why: error.to_string(),
        })?;
        let mut stdin = child.stdin.take().expect("a pipe");
        // One that ends early says why itself.
        let _ = stdin.write_all(&launch.input).await;
        Ok(Box::new(Program {
            stdin: Some(stdin),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            child,
            files,
        }))
    }
}

impl Launcher for Programs {
    fn launch(&self, launch: Launch) -> Awaited<'_, Box<dyn Running>> {
        Box::pin(self.begin(launch))
    }
}

#[derive(Debug)]
struct Program {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    child: Child,
    files: Vec<PathBuf>,
}

impl Program {
    async fn hear(&mut self) -> Heard {
        loop {
            if self.stdout.is_none() && self.stderr.is_none() {
                let status = self.child.wait().await.expect("an end");
                let signal = || Exit::Signal(status.signal().expect("a signal"));
                return Heard::Ended(status.code().map_or_else(signal, Exit::Code));
            }
            tokio::select! {
                biased;
                piece = more(&mut self.stdout) => if let Some(piece) = piece {
                    return Heard::Out(piece);
                },
                piece = more(&mut self.stderr) => if let Some(piece) = piece {
                    return Heard::Err(piece);
                },
            }
        }
    }
}

impl Running for Program {
    fn next(&mut self) -> Awaited<'_, Heard> {
        Box::pin(async { Ok(self.hear().await) })
    }

    fn stop(&mut self, how: Stop) {
        let Some(id) = self.child.id() else { return };
        let id = Pid::from_raw(i32::try_from(id).expect("a number")).expect("a number");
        let _ = match how {
            Stop::Asked => kill_process(id, Signal::TERM),
            Stop::Interrupted => kill_process(id, Signal::INT),
            Stop::Killed => kill_process_group(id, Signal::KILL),
            Stop::Ended => {
                self.stdin = None;
                Ok(())
            }
        };
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
    }
}

async fn more(stream: &mut Option<impl AsyncRead + Unpin>) -> Option<Vec<u8>> {
    let Some(open) = stream else {
        return std::future::pending().await;
    };
    let mut piece = Vec::with_capacity(16 * 1024);
    match open.read_buf(&mut piece).await {
        Ok(read) if read > 0 => Some(piece),
        _ => {
            *stream = None;
            None
        }
    }
}
