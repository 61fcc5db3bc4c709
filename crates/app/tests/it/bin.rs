//! Running the binary: once, or as a served gate in a directory of its own.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};
use tempfile::TempDir;

/// The binary, with nothing of the environment that could change what it does.
pub(crate) fn portcullis() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for (name, _) in std::env::vars() {
        if name.starts_with("PORTCULLIS_") {
            command.env_remove(name);
        }
    }
    command
        .env("COLUMNS", "100")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE");
    // Nothing is kept between two runs unless a test says where.
    for name in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Has a program call the gate itself, whatever this machine calls others by.
pub(crate) fn without_proxies(command: &mut Command) {
    for proxy in [
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        command.env_remove(proxy);
    }
}

/// What came of running it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The output, of a run that must have ended with this code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> String {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self.out
    }

    /// The output as JSON, of a run that must have ended with this code.
    #[track_caller]
    pub(crate) fn json(self, code: i32) -> Value {
        let out = self.ended(code);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }
}

/// Runs the binary with arguments.
pub(crate) fn run(args: &[&str]) -> Ran {
    Ran::of(portcullis().args(args))
}

/// The path of an example.
pub(crate) fn example(name: &str) -> String {
    format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A data directory with a first tenant.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) founded: Value,
}

impl House {
    /// A place for a house that the gate makes when it is first served.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            founded: Value::Null,
        }
    }

    /// A house with this tenant policy.
    pub(crate) fn new(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut command = portcullis();
        command
            .args(["init", "-o", "json", "--policy", policy])
            .arg("--data")
            .arg(&data);
        let founded = Ran::of(&mut command).json(0);
        Self { folder, founded }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn credential(&self, name: &str) -> &str {
        self.founded[name].as_str().unwrap()
    }

    pub(crate) fn serve(&self) -> Gate {
        Gate::serve(&self.data())
    }
}

/// A served gate; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) url: String,
    /// What it printed before it was open.
    pub(crate) greeting: Vec<Value>,
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Gate {
    pub(crate) fn serve(data: &Path) -> Self {
        Self::serve_with(data, &[])
    }

    /// The same with an environment.
    pub(crate) fn serve_with(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::serve_by(data, environment, None)
    }

    /// The same by an operator's file.
    pub(crate) fn serve_by(
        data: &Path,
        environment: &[(&str, &str)],
        config: Option<&Path>,
    ) -> Self {
        Self::serve_into(data, environment, config, Stdio::piped())
    }

    /// The same with its log put somewhere else than into a pipe, which may fill up.
    pub(crate) fn serve_into(
        data: &Path,
        environment: &[(&str, &str)],
        config: Option<&Path>,
        log: Stdio,
    ) -> Self {
        let mut command = portcullis();
        command.envs(environment.iter().copied());
        command
            .args(["serve", "-o", "json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = Vec::new();
        loop {
            match next_json(&mut stdout) {
                Some(value) => {
                    if let Some(url) = value["open"].as_str() {
                        return Self {
                            url: url.to_owned(),
                            greeting,
                            child,
                            stdout,
                        };
                    }
                    greeting.push(value);
                }
                None => {
                    let mut said = String::new();
                    child
                        .stderr
                        .take()
                        .unwrap()
                        .read_to_string(&mut said)
                        .unwrap();
                    child.wait().unwrap();
                    panic!("the gate did not open: {said}");
                }
            }
        }
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The address without the scheme.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// A command that asks this gate.
    pub(crate) fn ask(&self, token: &str, args: &[&str]) -> Ran {
        let mut command = portcullis();
        command
            .env("PORTCULLIS_URL", &self.url)
            .env("PORTCULLIS_TOKEN", token);
        Ran::of(command.args(args))
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(self) -> ExitStatus {
        self.stop_and_tell().0
    }

    /// The same; also what it said on standard error.
    pub(crate) fn stop_and_tell(mut self) -> (ExitStatus, String) {
        self.signal(Signal::TERM);
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nothing more is printed");
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (status, said)
    }

    /// Ends it without a chance to do anything.
    pub(crate) fn kill(mut self) {
        self.die();
        self.child.wait().unwrap();
    }

    /// The same while others are still asking it.
    pub(crate) fn die(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next JSON object of a stream that may be printed over many lines.
fn next_json(stream: &mut impl BufRead) -> Option<Value> {
    let mut text = String::new();
    loop {
        if stream.read_line(&mut text).unwrap() == 0 {
            return None;
        }
        if let Ok(value) = serde_json::from_str(&text) {
            return Some(value);
        }
    }
}
