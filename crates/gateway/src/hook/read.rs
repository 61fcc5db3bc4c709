//! What a coding agent is about to do, read into an action.

use crate::wording::hex;
use axum::http::HeaderMap;
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    attempt::{Attempt, Door},
    canonical,
    digest::ActionDigest,
    error::GateError,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The longest wait for people, in seconds; the client gives up after ten minutes.
const WAIT_MAX_SECONDS: u32 = 300;

/// The header that says how the client was started; the settings of the hook have it filled in.
const ENTRYPOINT: &str = "x-claude-code-entrypoint";
/// How the ways begin that have nobody at a terminal.
const WITHOUT_TERMINAL: &str = "sdk-";

/// The event that is answered.
pub(super) const PRE_TOOL_USE: &str = "PreToolUse";

/// What the address of the hook says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookQuery {
    /// The environment of every action; `production` unless given.
    environment: Option<String>,
    /// The workspace of every action.
    workspace: Option<String>,
    /// How long to wait for people before a tool use is put off, in seconds.
    #[serde(default)]
    wait: u32,
    /// What is said about a CLEARED tool use.
    #[serde(default)]
    pub(super) cleared: Cleared,
    /// What is said about one that still waits for people.
    #[serde(default)]
    pub(super) held: Held,
}

/// What is said about a CLEARED tool use.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Cleared {
    /// It runs.
    #[default]
    Allow,
    /// The person at the keyboard is asked as well.
    Ask,
}

/// What is said about a tool use that waits for people.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Held {
    /// The session stops here, and is resumed when people have decided. Where the client does not
    /// stop, as [`Self::Deny`].
    #[default]
    Defer,
    /// It does not run, and the model hears why. The same tool use runs when it is asked for again
    /// after the approval.
    Deny,
}

/// How the client was started.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Start {
    has_terminal: bool,
}

impl Start {
    /// Fails closed: a client that does not say how it was started has a terminal. There `defer`
    /// is no answer, and the tool would run as if no hook had been asked.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut said = headers.get_all(ENTRYPOINT).iter();
        let word = said.next().and_then(|word| word.to_str().ok());
        let is_without = word.is_some_and(|word| word.starts_with(WITHOUT_TERMINAL));
        Self {
            has_terminal: !is_without || said.next().is_some(),
        }
    }
}

impl HookQuery {
    /// How long to wait, in milliseconds.
    ///
    /// # Errors
    /// 422 for longer than the client waits.
    pub(super) fn wait_ms(&self) -> Result<u64, Refusal> {
        if self.wait > WAIT_MAX_SECONDS {
            let message = format!("expected 0 to {WAIT_MAX_SECONDS} seconds");
            return Err(Refusal::invalid("wait", message));
        }
        Ok(u64::from(self.wait) * 1_000)
    }
}

/// One event. The client adds members from version to version: what does not say what will happen
/// is passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    session_id: String,
    tool_use_id: String,
    tool_name: String,
    tool_input: Map<String, Value>,
    #[serde(default)]
    cwd: String,
    /// The subagent that wants it, where one does.
    #[serde(default)]
    agent_id: Option<String>,
    #[serde(default)]
    mcp_server: Option<McpServer>,
}

/// Where a tool of an MCP server really comes from.
#[derive(Clone, Debug, Deserialize)]
struct McpServer {
    name: String,
    /// What the client started or connected to; a name can be taken by anybody's project.
    source: String,
}

/// The name of an event, when nothing else of it can be read.
#[derive(Debug, Deserialize)]
pub(super) struct EventName {
    pub(super) hook_event_name: String,
}

impl Event {
    /// Whether the session stops at this tool use when it is told to, to be resumed with it. A
    /// session does not stop for its subagents.
    pub(super) fn stops(&self, query: &HookQuery, start: Start) -> bool {
        query.held == Held::Defer && !start.has_terminal && self.agent_id.is_none()
    }

    /// Names the tool use, so that asking again about it is asking once.
    #[must_use]
    pub fn key(&self) -> String {
        let mut input = Vec::new();
        canonical::write_object(&self.tool_input, &mut input);
        let words: [&[u8]; 4] = [
            self.session_id.as_bytes(),
            self.tool_use_id.as_bytes(),
            self.tool_name.as_bytes(),
            &input,
        ];
        let mut hasher = Sha256::new();
        for word in words {
            hasher.update((word.len() as u64).to_be_bytes());
            hasher.update(word);
        }
        let digits = ActionDigest::new(hasher.finalize().into()).to_hex();
        format!("claude-code:{}", hex(&digits))
    }

    /// The action as agents ask for it. Where the session does not stop, it is the same when the
    /// model asks for it again: then it does not say by which tool use.
    #[must_use]
    pub fn wish(self, query: &HookQuery, stops: bool) -> Value {
        let (kind, target) = self.meant();
        let reasoning = self.tool_input.get("description").and_then(Value::as_str);
        let tool_use = stops.then_some(&self.tool_use_id);
        let mut wish = json!({
            "action_type": kind,
            "target_service": target,
            "session_id": self.session_id,
            "evidence": [{
                "kind": "tool_use", "tool": self.tool_name, "tool_use_id": tool_use,
                "folder": self.cwd,
            }],
        });
        if let Value::Object(members) = &mut wish {
            let mut maybe = |name: &str, text: Option<&str>| {
                if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                    members.insert(name.to_owned(), text.into());
                }
            };
            maybe("reasoning", reasoning);
            maybe("environment", query.environment.as_deref());
            maybe("workspace_id", query.workspace.as_deref());
            members.insert("parameters".to_owned(), Value::Object(self.tool_input));
        }
        wish
    }

    /// The same where it cannot be judged.
    #[must_use]
    pub fn attempt(self, why: &GateError) -> Attempt {
        let (_, target) = self.meant();
        Attempt {
            door: Door::Hook,
            agent: None,
            method: PRE_TOOL_USE.to_owned(),
            target,
            name: self.tool_name,
            code: why.code().to_owned(),
            because: why.to_string(),
            parameters: Value::Object(self.tool_input),
        }
    }

    /// The action type, and what is acted upon.
    fn meant(&self) -> (String, String) {
        let here = || non_empty(&self.cwd).unwrap_or("this machine").to_owned();
        let input = |name: &str| {
            let text = self.tool_input.get(name).and_then(Value::as_str);
            text.and_then(non_empty).map(str::to_owned)
        };
        let file = || {
            let named = ["file_path", "notebook_path", "path"].into_iter();
            let named = named.filter_map(input).next();
            named.map_or_else(here, |path| self.rooted(path))
        };
        let own = |kind: &str, target: String| (kind.to_owned(), target);
        match self.tool_name.as_str() {
            "Bash" => own("shell.run", here()),
            "Read" | "Glob" | "Grep" | "LS" | "NotebookRead" => own("file_read", file()),
            "Write" | "Edit" | "MultiEdit" | "NotebookEdit" => own("file_write", file()),
            "WebFetch" => own("http.get", input("url").unwrap_or_else(here)),
            "WebSearch" => own("web_search", "the web".to_owned()),
            name => match name
                .strip_prefix("mcp__")
                .and_then(|rest| rest.split_once("__"))
            {
                Some((server, tool)) => (
                    format!("mcp.{server}.{tool}"),
                    self.source().unwrap_or_else(|| server.to_owned()),
                ),
                None => (format!("claude_code.{}", snake_case(name)), here()),
            },
        }
    }

    /// A file by its whole path: the same name in another folder is another file.
    fn rooted(&self, path: String) -> String {
        let is_whole = path.starts_with(['/', '\\', '~']) || path.get(1..2) == Some(":");
        match non_empty(&self.cwd) {
            Some(folder) if !is_whole => format!("{folder}/{path}"),
            _ => path,
        }
    }

    /// Where an MCP tool comes from; the name alone when the client does not say.
    fn source(&self) -> Option<String> {
        let server = self.mcp_server.as_ref()?;
        let source = non_empty(&server.source).or_else(|| non_empty(&server.name));
        source.map(str::to_owned)
    }
}

fn non_empty(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}

/// `TodoWrite` as `todo_write`.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn a_tools_name_becomes_a_word() {
        assert_eq!(snake_case("TodoWrite"), "todo_write");
        assert_eq!(snake_case("task"), "task");
    }
}
