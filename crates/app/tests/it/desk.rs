//! Somebody at a terminal.

use crate::bin::{Gate, Ran, portcullis};
use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

/// What everybody who joins chooses.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Somebody at a terminal with a folder for settings of their own.
pub(crate) struct Desk<'g> {
    gate: &'g Gate,
    settings: PathBuf,
}

impl Desk<'_> {
    pub(crate) fn run(&self, args: &[&str], typed: &str) -> Ran {
        let mut command = portcullis();
        command
            .env("PORTCULLIS_URL", &self.gate.url)
            .env("XDG_CONFIG_HOME", &self.settings)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who asks nothing may have gone before it is answered.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["-o", "json"]].concat(), "").json(0)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.settings.join("portcullis/login.json")
    }
}

pub(crate) fn desk<'g>(gate: &'g Gate, folder: &Path, name: &str) -> Desk<'g> {
    Desk {
        gate,
        settings: folder.join(name),
    }
}

/// Makes somebody known, lets them take up their invitation, and join the group.
pub(crate) fn join<'g>(admin: &Desk<'g>, folder: &Path, name: &str) -> Desk<'g> {
    admin.json(&["people", "add", name, "--role", "operator"]);
    admin.json(&["groups", "join", "leads", name]);
    let invitation = admin.json(&["people", "invite", name]);
    let code = invitation["code"].as_str().unwrap();
    let desk = desk(admin.gate, folder, name);
    let password = &format!("{PASSWORD}\n");
    desk.run(&["login", "--invitation", code], password)
        .ended(0);
    desk.run(&["logout"], "").ended(0);
    assert!(!desk.file().exists());
    let signed = desk.run(&["login", "--name", name], password).ended(0);
    assert!(signed.contains(name), "{signed}");
    desk
}
