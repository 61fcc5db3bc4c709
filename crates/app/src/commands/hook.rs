//! `portcullis hook`: puts the gate before every tool of a coding agent.

mod ask;
mod settings;

use super::desk::Desk;
use crate::{client::Query, exit};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The variable that holds the agent's key where the client itself asks the gate.
const KEY_VARIABLE: &str = "PORTCULLIS_AGENT_KEY";
/// The variable by which the client says how it was started, and the header that tells the gate.
const ENTRYPOINT_VARIABLE: &str = "CLAUDE_CODE_ENTRYPOINT";
const ENTRYPOINT_HEADER: &str = "x-claude-code-entrypoint";
/// How long the client waits beyond what the gate waits for people, in seconds.
const LEEWAY_SECONDS: u32 = 30;

/// Puts the gate before every tool of a coding agent (Claude Code).
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis hook install --environment development\n  \
    portcullis hook install --user --form http --wait 120\n  \
    portcullis hook uninstall")]
pub(super) struct Hook {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the hook into the settings of Claude Code; whatever else is there stays.
    Install(Install),
    /// Takes the hook out of the settings again.
    #[command(after_help = "Example:\n  portcullis hook uninstall --user")]
    Uninstall(Place),
    /// Answers one event from standard input; what the settings of `--form command` run.
    #[command(
        name = "claude-code",
        after_help = "Example:\n  portcullis hook claude-code --wait 60 < event.json"
    )]
    ClaudeCode(Event),
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis hook install --environment development --wait 120")]
struct Install {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    wish: Wish,
    /// How the gate is asked: `command`, by this binary, or `http`, by the client itself, which takes some answers that are not the gate's for no opinion.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    form: Form,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    #[default]
    Command,
    Http,
}

/// Which settings.
#[derive(Args, Debug)]
struct Place {
    /// Those of the person, for every project, in place of those of this project.
    #[arg(long, conflicts_with = "file")]
    user: bool,
    /// Another file, e.g. the managed settings of a machine.
    #[arg(long)]
    file: Option<PathBuf>,
}

impl Place {
    fn path(&self) -> anyhow::Result<PathBuf> {
        if let Some(file) = &self.file {
            return Ok(file.clone());
        }
        let folder = if self.user {
            std::env::var_os("HOME").context("HOME is not set: say where with `--file`")?
        } else {
            ".".into()
        };
        Ok(Path::new(&folder).join(".claude/settings.json"))
    }
}

/// One event, and whose it is.
#[derive(Args, Debug)]
struct Event {
    #[command(flatten)]
    wish: Wish,
    /// The agent's own key, in place of a token or a login; better given as PORTCULLIS_AGENT_KEY, where others cannot see it.
    #[arg(long, value_name = "KEY", env = KEY_VARIABLE, hide_env_values = true)]
    agent_key: Option<String>,
}

/// How tool uses are judged and answered.
#[derive(Args, Debug)]
struct Wish {
    /// The environment of every action; `production` unless given.
    #[arg(long)]
    environment: Option<String>,
    /// The workspace of every action.
    #[arg(long)]
    workspace: Option<String>,
    /// How long to wait for people before a tool use is put off, in seconds, at most 300.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=300))]
    wait: Option<u32>,
    /// What becomes of one that still waits: `defer` stops a session without a terminal until it is resumed, `deny` lets it go on without.
    #[arg(long, value_name = "WORD", value_parser = ["defer", "deny"], hide_possible_values = true)]
    held: Option<String>,
    /// What becomes of one that is cleared: `allow` runs it, `ask` asks the person at the keyboard too.
    #[arg(long, value_name = "WORD", value_parser = ["allow", "ask"], hide_possible_values = true)]
    cleared: Option<String>,
}

impl Wish {
    fn query(&self) -> Query {
        Query::of("/v1/hooks/claude-code")
            .and("environment", self.environment.as_deref())
            .and("workspace", self.workspace.as_deref())
            .and("wait", self.wait)
            .and("held", self.held.as_deref())
            .and("cleared", self.cleared.as_deref())
    }

    /// The same as options of this command, each a word that no shell reads otherwise.
    fn options(&self) -> String {
        let wait = self.wait.map(|wait| wait.to_string());
        let named = [
            ("--environment", self.environment.as_deref()),
            ("--workspace", self.workspace.as_deref()),
            ("--wait", wait.as_deref()),
            ("--held", self.held.as_deref()),
            ("--cleared", self.cleared.as_deref()),
        ];
        named
            .into_iter()
            .filter_map(|(name, value)| Some(format!(" {name} {}", quoted(value?))))
            .collect()
    }
}

/// A word as a POSIX shell takes it to the letter.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

impl Hook {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        match self.command {
            Command::Install(install) => install.run(desk),
            Command::Uninstall(place) => {
                let path = place.path()?;
                let was_there = settings::remove(&path)?;
                let word = if was_there { "taken out of" } else { "not in" };
                desk.output
                    .line(&format!("The hook is {word} `{}`.", path.display()))?;
                Ok(exit::OK)
            }
            Command::ClaudeCode(event) => {
                let key = event.agent_key.as_deref();
                Ok(ask::answer(desk, key, &event.wish.query()).await)
            }
        }
    }
}

impl Install {
    fn run(&self, desk: &Desk) -> anyhow::Result<u8> {
        let path = self.place.path()?;
        settings::put(&path, &self.hook(desk)?)?;
        desk.output
            .line(&format!("The hook is in `{}`.", path.display()))?;
        desk.output.line(&format!(
            "Start the agent with its key in {KEY_VARIABLE}; without it every tool is refused."
        ))?;
        Ok(exit::OK)
    }

    /// The entry of the settings. Either form refuses when the gate does not answer.
    fn hook(&self, desk: &Desk) -> anyhow::Result<Value> {
        let timeout = self.wish.wait.unwrap_or_default() + LEEWAY_SECONDS;
        let address = desk.address()?;
        let address = address.trim_end_matches('/');
        Ok(match self.form {
            Form::Http => {
                json!({
                    "type": "http",
                    "url": format!("{address}{}", self.wish.query().as_str()),
                    "headers": {
                        "Authorization": format!("Bearer ${KEY_VARIABLE}"),
                        ENTRYPOINT_HEADER: format!("${ENTRYPOINT_VARIABLE}"),
                    },
                    "allowedEnvVars": [KEY_VARIABLE, ENTRYPOINT_VARIABLE],
                    "timeout": timeout,
                    "onFailure": "block",
                })
            }
            Form::Command => {
                let own = std::env::current_exe().context("cannot tell where this binary is")?;
                let own = own
                    .to_str()
                    .context("the path of this binary is not UTF-8")?;
                json!({
                    "type": "command",
                    // Only 2 blocks: a binary that is gone, or dies, must not let the tool run.
                    "command": format!(
                        "{} --url {} hook claude-code{} || exit 2",
                        quoted(own),
                        quoted(address),
                        self.wish.options(),
                    ),
                    "timeout": timeout,
                    "onFailure": "block",
                })
            }
        })
    }
}
