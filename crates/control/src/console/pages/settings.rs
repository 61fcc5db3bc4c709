//! The settings of the tenant: how it is governed.

use crate::console::{
    pages::policies::rules,
    parts::{
        badge::Tone,
        button::{Call, submit},
        code::{Block, block},
        diff::Line,
        field::{Field, Kind, choices},
        form::{Form, post},
        moment::{clock, moment},
        notice::notice,
        pairs::pairs,
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::visible::visible_block;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// When audit-only mode ends, if that is how the tenant is governed now.
    pub audit_only_until: Option<Timestamp>,
    /// Who set the mode, and when; nothing when nobody ever did.
    pub mode_set: Option<(String, Timestamp)>,
    /// What is in each field, and what was wrong with it.
    pub fields: Vec<Entry>,
    /// The settings the form was made from, as JSON.
    pub seen: String,
    /// What somebody else changed meanwhile; empty is nothing.
    pub moved: Vec<Line>,
    /// Whether the reader may change them.
    pub may_change: bool,
}

/// One field.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entry {
    /// Its name in what is sent.
    pub name: &'static str,
    /// What is in it.
    pub value: String,
    /// What was wrong with it; may be empty.
    pub error: String,
}

/// How a setting is drawn: its label, what helps, and what it may be; a line when that is empty.
struct Face {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    choices: &'static [(&'static str, &'static str)],
}

const FACES: [Face; 8] = [
    Face {
        name: "mode",
        label: "Mode",
        hint: "In audit-only mode policies note what they would have done. The tenant policy, the principles and approvals bind all the same.",
        choices: &[("ENFORCED", "Enforced"), ("AUDIT_ONLY", "Audit only")],
    },
    Face {
        name: "mode_expires_at",
        label: "Audit only until (UTC)",
        hint: "A day or a moment, such as 2026-04-10 or 2026-04-10T18:00:00Z; then the mode is enforced again. Audit-only mode always has an end.",
        choices: &[],
    },
    Face {
        name: "scope_mode",
        label: "An agent's own policy",
        hint: "Whether it may loosen one of the same type that is for every agent.",
        choices: &[
            ("strict", "Only tightens: the stricter of the two binds"),
            ("override", "Stands in for the other"),
        ],
    },
    Face {
        name: "autonomy_reset",
        label: "Breaking a principle costs an agent",
        hint: "Besides the violation, which is always on record.",
        choices: &[
            ("off", "Nothing more"),
            ("raise_to_b", "People decide all it does"),
            ("block_agent", "It is blocked"),
        ],
    },
    Face {
        name: "step_up",
        label: "Approving a critical action asks for a passkey",
        hint: "Critical is risk tier 4.",
        choices: &[
            ("never", "From nobody"),
            ("when_registered", "From who has one"),
            ("always", "From everybody"),
        ],
    },
    Face {
        name: "permit_seconds",
        label: "A permit lives for seconds",
        hint: "1 to 3600.",
        choices: &[],
    },
    Face {
        name: "retry_seconds",
        label: "The same request counts as a retry for seconds",
        hint: "At most 3600.",
        choices: &[],
    },
    Face {
        name: "rules_seconds",
        label: "A copy of the rules lives where an agent runs for seconds",
        hint: "10 to 3600.",
        choices: &[],
    },
];

impl Settings {
    fn entry(&self, name: &str) -> Entry {
        let found = self.fields.iter().find(|entry| entry.name == name);
        found.cloned().unwrap_or_default()
    }
}

/// The page's body.
#[must_use]
pub fn settings(view: &Settings) -> Markup {
    html! {
        (rules(paths::SETTINGS))
        div class="stack" {
            (mode(view))
            @if !view.moved.is_empty() { (meanwhile(&view.moved)) }
            @if view.may_change { (form(view)) } @else { (facts(view)) }
        }
    }
}

fn mode(view: &Settings) -> Markup {
    let set = html! {
        @if let Some((by, at)) = &view.mode_set { " Set by " (words::line(by)) ", " (moment(*at, view.now)) "." }
    };
    match view.audit_only_until {
        Some(end) => notice(
            Tone::Warning,
            &html! { strong { "Audit only until " (clock(end)) "." } " Policies bind nobody until then." (set) },
        ),
        None => notice(
            Tone::Good,
            &html! { strong { "Enforced." } " Every rule binds." (set) },
        ),
    }
}

fn meanwhile(lines: &[Line]) -> Markup {
    let lines = Block {
        id: "moved-lines".to_owned(),
        name: "What changed meanwhile".to_owned(),
        lines: lines.to_vec(),
        full_path: String::new(),
    };
    html! {
        section class="card stack" aria-labelledby="moved" {
            h2 id="moved" { "Somebody changed them meanwhile" }
            (notice(Tone::Bad, &html! { "Nothing of yours was saved. What you chose is below: look again, and save it in the place of theirs." }))
            (block(&lines))
        }
    }
}

fn form(view: &Settings) -> Markup {
    let form = Form {
        path: paths::SETTINGS,
        csrf: &view.csrf,
        confirm: "The settings hold from the next judgement on.",
        ..Form::default()
    };
    let field = |face: &Face| {
        let entry = view.entry(face.name);
        let kind = if face.choices.is_empty() {
            Kind::Line
        } else {
            choices(face.choices)
        };
        Field::new("settings", face.name, face.label)
            .hint(face.hint)
            .kind(kind)
            .value(&entry.value)
            .error(&entry.error)
            .draw()
    };
    let body = html! {
        input type="hidden" name="seen" value=(visible_block(&view.seen));
        @for face in &FACES { (field(face)) }
        div { (submit(Call::Primary, "Save the settings")) }
    };
    html! { section class="card narrow" aria-label="Settings" { (post(&form, &body)) } }
}

/// For who may not change them.
fn facts(view: &Settings) -> Markup {
    let told = |face: &Face| {
        let value = view.entry(face.name).value;
        let known = face.choices.iter().find(|(word, _)| *word == value);
        let text = known.map_or(value.as_str(), |(_, name)| name).to_owned();
        (
            face.label,
            html! { @if text.is_empty() { span class="quiet" { "–" } } @else { (words::line(&text)) } },
        )
    };
    html! { section class="card" aria-label="Settings" { (pairs(&FACES.iter().map(told).collect::<Vec<_>>())) } }
}
