//! A scope in a form: its filters as JSON, and one part for each workspace.

use crate::{
    console::{
        pages::directory::sheet::Part,
        parts::field::{Field, Kind, choices},
        rooms::{
            directory::form::{Filled, places, plain},
            fields::Fields,
        },
    },
    intake::body::read,
    rest::scopes::{NewScope, ScopeChange},
};
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    kept_scope::{Attachment, KeptScope, ScopeDraft},
    strict,
    workspace::Workspace,
};
use serde_json::{Map, Value, json};

/// One workspace as it stands in the form.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    workspace: String,
    agents: String,
}

impl From<&Attachment> for Typed {
    fn from(place: &Attachment) -> Self {
        Self {
            workspace: place.workspace.to_string(),
            agents: place
                .agents
                .map_or_else(String::new, |mode| mode.as_str().to_owned()),
        }
    }
}

/// The name of a field of a workspace: the path that a fault of it has.
fn field(at: usize, name: &str) -> String {
    format!("workspaces[{at}].{name}")
}

/// The workspaces that were sent, without those to be left out.
pub(super) fn typed(sent: &Fields) -> Vec<Typed> {
    let there = (0..).take_while(|at| sent.has(&field(*at, "workspace")));
    let kept = there.filter(|at| sent.one(&field(*at, "leave_out")).is_empty());
    let read = |at: usize| Typed {
        workspace: sent.one(&field(at, "workspace")).to_owned(),
        agents: sent.one(&field(at, "agents")).to_owned(),
    };
    kept.map(read).collect()
}

/// What a scope has, as the fields of its form.
pub(super) fn known(kept: &KeptScope) -> Vec<(String, String)> {
    let scope = &kept.scope;
    let fields = [
        ("name", scope.name.clone()),
        ("description", scope.description.clone()),
        ("provider", scope.provider.clone()),
        ("environment", scope.environment.to_string()),
        ("mode", scope.mode.as_str().to_owned()),
        ("filters", filters(&scope.filters)),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Filters to be read and typed; nothing when there are none.
pub(super) fn filters(filters: &Map<String, Value>) -> String {
    if filters.is_empty() {
        return String::new();
    }
    serde_json::to_string_pretty(filters).unwrap_or_default()
}

/// A scope to be added, read as the API reads it: both refuse the same, in the same words.
pub(super) fn draft(sent: &Fields, places: &[Typed]) -> Result<ScopeDraft, Refusal> {
    let mut body = body(sent, places)?;
    body.insert("name".to_owned(), sent.one("name").into());
    read::<NewScope>(Value::Object(body))?.draft()
}

/// A scope as it is to be, read in the same way.
pub(super) fn changed(sent: &Fields, places: &[Typed], name: &str) -> Result<ScopeDraft, Refusal> {
    let body = Value::Object(body(sent, places)?);
    read::<ScopeChange>(body)?.named(name.to_owned()).draft()
}

fn body(sent: &Fields, places: &[Typed]) -> Result<Map<String, Value>, Refusal> {
    let place = |one: &Typed| {
        // An empty choice is not sent: agents take nothing.
        let agents = Some(one.agents.as_str()).filter(|mode| !mode.is_empty());
        json!({"workspace": one.workspace, "agents": agents})
    };
    let mut body = Map::new();
    for name in ["description", "provider", "environment", "mode"] {
        body.insert(name.to_owned(), sent.one(name).into());
    }
    let typed = sent.one("filters");
    if !typed.is_empty() {
        let value = strict::parse(typed.as_bytes(), &strict::Limits::default())
            .map_err(|error| Refusal::invalid("filters", error.to_string()))?;
        body.insert("filters".to_owned(), value);
    }
    body.insert("workspaces".to_owned(), places.iter().map(place).collect());
    Ok(body)
}

/// What a form of a scope is made of.
pub(super) struct Drawing<'d> {
    pub(super) filled: Filled<'d>,
    pub(super) places: Vec<Typed>,
    pub(super) workspaces: Vec<Workspace>,
}

impl Drawing<'_> {
    /// Its parts; the name is asked for once.
    pub(super) fn parts(&self, is_new: bool) -> Vec<Part> {
        let name = self
            .filled
            .line("name", "Name")
            .hint(
                "Lower case letters, digits and -_.: It never changes: sessions and rules name it.",
            )
            .required();
        let mut fields: Vec<Field> = is_new.then_some(name).into_iter().collect();
        fields.extend(self.lines());
        let mut parts = vec![plain(fields)];
        let places = self.places.iter().enumerate();
        parts.extend(places.map(|(at, one)| self.place(at, one)));
        parts
    }

    fn lines(&self) -> [Field; 5] {
        let line = |name, label| self.filled.line(name, label);
        [
            line("description", "What it is for"),
            line("provider", "Provider")
                .hint("As the operator's file names it.")
                .required(),
            line("environment", "Environment")
                .hint("An action of another environment gets nothing from it.")
                .required(),
            line("mode", "At most")
                .kind(choices(&[("read", "Read"), ("write", "Read and write")])),
            line("filters", "How it narrows the provider, as JSON")
                .hint("What the words mean is for the kind of provider to say. A secret has no place here.")
                .kind(Kind::Code),
        ]
    }

    fn place(&self, at: usize, one: &Typed) -> Part {
        let line = |name: &str, label: &str, value: &str| {
            Field::new("form", &field(at, name), label).value(value)
        };
        let agents = [
            ("", "Nothing: a person gives it"),
            ("read", "Read"),
            ("write", "Read and write"),
        ];
        Part {
            legend: format!("Workspace {}", at.saturating_add(1)),
            hint: String::new(),
            fields: vec![
                line("workspace", "Where it may be used", &one.workspace)
                    .kind(places(&self.workspaces, &one.workspace)),
                line(
                    "agents",
                    "What agents there take by themselves",
                    &one.agents,
                )
                .kind(choices(&agents)),
            ],
            leave_out: Some((field(at, "leave_out"), false)),
        }
    }
}
