//! Where the client works: a project, a home of its own, a model, and the gate's hook.

use super::model::Model;
use crate::bin::{Gate, Ran, portcullis};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// How often the client is looked at before it is given up, ten times a second.
const LOOKS: usize = 1_200;
/// The key that is shown to the model's stand-in.
const API_KEY: &str = "sk-none";

/// The binary of the client.
fn claude() -> String {
    std::env::var("PORTCULLIS_CLAUDE").unwrap_or_else(|_| {
        panic!(
            "PORTCULLIS_CLAUDE names no binary of Claude Code: run `make test`, which installs \
             its package from npm"
        )
    })
}

/// How the client asks the gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Http,
    Command,
}

pub(super) const FORMS: [Form; 2] = [Form::Http, Form::Command];

pub(super) struct Workplace {
    folder: TempDir,
    pub(super) model: Model,
    key: String,
    form: Form,
}

/// What came of one run of the client.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    /// `end_turn`, or `tool_deferred` when it stopped.
    pub(super) stopped: String,
}

impl Workplace {
    pub(super) fn new(form: Form, key: &str, model: Model) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["project", "home", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            model,
            key: key.to_owned(),
            form,
        }
    }

    /// The same place with another model.
    pub(super) fn with(self, model: Model) -> Self {
        Self { model, ..self }
    }

    /// The path of something in the project.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("project").join(name)
    }

    /// What is in a file of the project.
    pub(super) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// Puts the hook into the project's settings with the gate's own command.
    pub(super) fn install(&self, gate: &str, options: &[&str]) {
        let mut command = portcullis();
        command
            .current_dir(self.path(""))
            .env("PORTCULLIS_URL", gate)
            .args(["hook", "install"])
            .args(options);
        if self.form == Form::Http {
            command.args(["--form", "http"]);
        }
        Ran::of(&mut command).ended(0);
    }

    /// Changes the settings.
    pub(super) fn settings(&self, change: impl FnOnce(String) -> String) {
        let path = self.path(".claude/settings.json");
        let settings = fs::read_to_string(&path).unwrap();
        fs::write(&path, change(settings)).unwrap();
    }

    /// The client with nothing of this machine but its programs.
    fn client(&self, program: &str) -> Command {
        let at = |name: &str| self.folder.path().join(name);
        let mut client = Command::new(program);
        client
            .env_clear()
            .current_dir(at("project"))
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", at("home"))
            .env("TMPDIR", at("tmp"))
            .env("CLAUDE_CONFIG_DIR", at("home"))
            .env("CLAUDE_CODE_TMPDIR", at("tmp"))
            .env("ANTHROPIC_BASE_URL", self.model.url())
            .env("ANTHROPIC_API_KEY", API_KEY)
            .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
            .env("DISABLE_AUTOUPDATER", "1")
            .env("PORTCULLIS_AGENT_KEY", &self.key)
            .stdin(Stdio::null());
        client
    }

    /// Has the client do what its model wants, without a terminal.
    pub(super) fn run(&self, args: &[&str]) -> Session {
        let ran = self.tried(args);
        let lines = ran.ended(0);
        let mut lines = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let result = lines.rfind(|line| line["type"] == "result").unwrap();
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        Session {
            id: text("session_id"),
            stopped: text("stop_reason"),
        }
    }

    /// The same, however it ends.
    pub(super) fn tried(&self, args: &[&str]) -> Ran {
        let mut client = self.client(&claude());
        // The person at this machine lets their agent do all of this: the gate alone is in its way.
        client
            .args(["--output-format", "stream-json", "--verbose"])
            .args(["--allowedTools", "Bash", "Write", "-p"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = client.spawn().unwrap();
        let pid = Pid::from_child(&child);
        let (done, ended) = std::sync::mpsc::channel::<()>();
        let watch = thread::spawn(move || {
            let most = Duration::from_millis(100) * u32::try_from(LOOKS).unwrap();
            if ended.recv_timeout(most).is_err() {
                let _ = kill_process(pid, Signal::KILL);
            }
        });
        let output = child.wait_with_output().unwrap();
        done.send(()).unwrap();
        watch.join().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Has the client do what its model wants with somebody at a terminal, until the model has
    /// heard what came of it.
    pub(super) fn run_at_a_terminal(&self) {
        self.be_known();
        let python = std::env::var("PORTCULLIS_PYTHON").unwrap();
        let mut client = self.client(&python);
        client
            .env("TERM", "xterm-256color")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(format!(
                "{}/tests/it/claude_code/terminal.py",
                env!("CARGO_MANIFEST_DIR")
            ))
            .args([&claude(), "--allowedTools", "Bash", "--", "go on"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let _client = Ended(client.spawn().unwrap());
        for _ in 0..LOOKS {
            if !self.model.heard().is_empty() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the model never heard what came of its tool");
    }

    /// Has been through what the client asks whoever starts it for the first time.
    fn be_known(&self) {
        let project = fs::canonicalize(self.path("")).unwrap();
        let mut known = serde_json::json!({
            "hasCompletedOnboarding": true, "theme": "dark", "projects": {},
            "customApiKeyResponses": {"approved": [API_KEY], "rejected": []},
        });
        known["projects"][project.to_str().unwrap()] =
            serde_json::json!({"hasTrustDialogAccepted": true});
        let file = self.folder.path().join("home/.claude.json");
        fs::write(file, known.to_string()).unwrap();
    }
}

/// A terminal; it and its program are ended when it is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let _ = self.0.wait();
    }
}

/// The hold that waits.
pub(super) fn waiting(gate: &Gate, admin: &str) -> String {
    let holds = gate.ask(admin, &["holds", "list", "-o", "json"]).json(0);
    let holds = holds["holds"].as_array().unwrap();
    let mut waiting = holds.iter().filter(|hold| hold["status"] == "HELD");
    let hold = waiting.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(waiting.next().is_none(), "{holds:?}");
    hold
}
