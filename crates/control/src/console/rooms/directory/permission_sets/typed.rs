//! The entries of a permission set in a form: one part each, one line for each pattern.

use crate::{
    console::{
        pages::directory::sheet::Part,
        parts::field::{Field, Kind, choices},
        rooms::{
            directory::form::{Filled, places, plain},
            fields::Fields,
        },
    },
    intake::{body::read, permission_set::SetBody},
};
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    access::{self, Effect, Pattern},
    turn::SetDraft,
    workspace::Workspace,
};
use serde_json::{Value, json};

/// One entry as it stands in the form.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    workspace: String,
    effect: String,
    /// One pattern a line.
    agents: String,
    scopes: String,
}

impl From<&access::Entry> for Typed {
    fn from(entry: &access::Entry) -> Self {
        let lines = |patterns: &[Pattern]| {
            let texts: Vec<&str> = patterns.iter().map(Pattern::as_str).collect();
            texts.join("\n")
        };
        let effect = match entry.effect {
            Effect::Allow => "ALLOW",
            Effect::Deny => "DENY",
        };
        Self {
            workspace: entry.workspace.to_string(),
            effect: effect.to_owned(),
            agents: lines(&entry.agents),
            scopes: lines(&entry.scopes),
        }
    }
}

/// The name of a field of an entry: the path that a fault of it has.
fn field(at: usize, name: &str) -> String {
    format!("entries[{at}].{name}")
}

/// The entries that were sent, without those to be left out.
pub(super) fn typed(sent: &Fields) -> Vec<Typed> {
    let there = (0..).take_while(|at| sent.has(&field(*at, "effect")));
    let kept = there.filter(|at| sent.one(&field(*at, "leave_out")).is_empty());
    let read = |at: usize| Typed {
        workspace: sent.one(&field(at, "workspace")).to_owned(),
        effect: sent.one(&field(at, "effect")).to_owned(),
        agents: sent.verbatim(&field(at, "agents")).to_owned(),
        scopes: sent.verbatim(&field(at, "scopes")).to_owned(),
    };
    kept.map(read).collect()
}

/// What was sent, read as the API reads it: both refuse the same, in the same words.
pub(super) fn draft(sent: &Fields, entries: &[Typed]) -> Result<SetDraft, Refusal> {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let entry = |one: &Typed| {
        json!({
            "workspace": one.workspace,
            "effect": one.effect,
            "agents": lines(&one.agents),
            "scopes": lines(&one.scopes),
        })
    };
    let body = json!({
        "name": sent.one("name"),
        "description": sent.one("description"),
        "entries": entries.iter().map(entry).collect::<Vec<Value>>(),
    });
    read::<SetBody>(body)?.draft()
}

/// What a form with entries is made of.
pub(super) struct Drawing<'d> {
    pub filled: Filled<'d>,
    pub entries: Vec<Typed>,
    pub workspaces: Vec<Workspace>,
}

impl Drawing<'_> {
    pub(super) fn parts(&self) -> Vec<Part> {
        let name = self.filled.line("name", "Name").required();
        let what = self
            .filled
            .line("description", "What it is for")
            .kind(Kind::Text);
        let mut parts = vec![plain(vec![name, what])];
        let entries = self.entries.iter().enumerate();
        parts.extend(entries.map(|(at, one)| self.entry(at, one)));
        parts
    }

    fn entry(&self, at: usize, one: &Typed) -> Part {
        let line = |name: &str, label: &str, value: &str| {
            Field::new("form", &field(at, name), label).value(value)
        };
        let effects = [("ALLOW", "Allow"), ("DENY", "Deny")];
        Part {
            legend: format!("Entry {}", at.saturating_add(1)),
            hint: "In each list one a line: a name, or regex: and a regular expression over the whole name; regex:.* is every one. \
                   To allow takes both lists. To deny, an empty list stands for all."
                .to_owned(),
            fields: vec![
                line("effect", "Effect", &one.effect).kind(choices(&effects)),
                line("workspace", "Workspace", &one.workspace).kind(places(&self.workspaces, &one.workspace)),
                line("agents", "Ids of agents", &one.agents).kind(Kind::Code),
                line("scopes", "Scopes: of an action, its target", &one.scopes).kind(Kind::Code),
            ],
            leave_out: Some((field(at, "leave_out"), false)),
        }
    }
}
