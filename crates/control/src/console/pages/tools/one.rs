//! One tool: what its server says of it, beside what was accepted.
//!
//! All of it was written by somebody else and will be read by a model, so it stands apart, with
//! everything written out that an eye would not see.

use super::{Line, path, state};
use crate::console::{
    page::Crumb,
    parts::{
        badge::Tone,
        button::{Call, link, submit},
        code::{Block, block},
        diff,
        form::{Form, post},
        moment::moment,
        notice::notice,
        pairs::pairs,
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// What the page needs.
#[derive(Clone, Debug)]
pub struct OneTool {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The tool.
    pub line: Line,
    /// What waits to be accepted; nothing when the tool is as it was accepted.
    pub wait: Option<Wait>,
    /// Its description, compared with the one in use when another waits.
    pub description: Vec<diff::Line>,
    /// Everything its server says of it, as indented JSON, compared in the same way.
    pub definition: Vec<diff::Line>,
    /// Whether the reader may accept it.
    pub may_accept: bool,
}

/// A definition that waits.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wait {
    /// Its digest.
    pub digest: String,
    /// What people should know before they accept it.
    pub warnings: Vec<String>,
}

/// The way to the page of one tool.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Tools".to_owned(),
        path: paths::TOOLS.to_owned(),
    }]
}

/// The body of one tool's page.
#[must_use]
pub fn tool(view: &OneTool) -> Markup {
    html! {
        div class="stack" {
            @if let Some(wait) = &view.wait {
                @if !wait.warnings.is_empty() { (warnings(&wait.warnings)) }
            }
            (facts(view))
            (said(view))
            @if let Some(wait) = &view.wait { (decide(view, wait)) }
        }
    }
}

fn warnings(warnings: &[String]) -> Markup {
    notice(
        Tone::Bad,
        &html! {
            strong { "Look closely before you accept it." }
            ul class="bullets" { @for one in warnings { li { (words::line(one)) } } }
        },
    )
}

fn facts(view: &OneTool) -> Markup {
    let line = &view.line;
    let none = || html! { span class="quiet" { "none" } };
    let mut facts = vec![
        ("State", state(line.status)),
        ("Server", words::line(&line.server)),
        ("First seen", moment(line.seen_at, view.now)),
    ];
    if let Some((by, at)) = &line.accepted {
        facts.push((
            "Accepted",
            html! { (moment(*at, view.now)) " by " (by.draw()) },
        ));
    }
    let in_use = if line.digest.is_empty() {
        none()
    } else {
        words::digest("in-use", &line.digest)
    };
    facts.push(("Definition in use", in_use));
    if let Some(wait) = &view.wait {
        facts.push(("What it says now", words::digest("proposed", &wait.digest)));
    }
    html! { section class="card" aria-label="Facts" { (pairs(&facts)) } }
}

fn said(view: &OneTool) -> Markup {
    let full_path = format!("{}/json", path(&view.line));
    let part = |id: &str, name: &str, lines: &[diff::Line]| {
        block(&Block {
            id: id.to_owned(),
            name: name.to_owned(),
            lines: lines.to_vec(),
            full_path: full_path.clone(),
        })
    };
    let compares = view.wait.is_some() && !view.line.digest.is_empty();
    let body = html! {
        @if compares { p class="small quiet" { "Lines with − were accepted and are gone; lines with + are new." } }
        h3 { "Description" }
        (part("description", "Description", &view.description))
        h3 { "Everything it says: name, schemas, hints" }
        (part("definition", "Everything it says", &view.definition))
        p class="small" { a href=(full_path) { "Download it as JSON" } }
    };
    words::foreign("said", "Written by its server. Do not trust it.", &body)
}

fn decide(view: &OneTool, wait: &Wait) -> Markup {
    let form = Form {
        path: &format!("{}/accept", path(&view.line)),
        csrf: &view.csrf,
        confirm: "Agents may use it from now on, as far as the rules let them, as long as its server says exactly this.",
        ..Form::default()
    };
    let body = html! {
        input type="hidden" name="digest" value=(wait.digest);
        div class="row" {
            (submit(Call::Primary, "Accept exactly this"))
            (link(Call::Plain, paths::TOOLS, "Leave it refused"))
        }
    };
    html! {
        section class="card stack decide" aria-labelledby="decide" {
            h2 id="decide" { "Accept it?" }
            p {
                "Until an architect accepts it, no agent may use it. "
                "When its server says something else again, it is taken away again."
            }
            @if view.may_accept { (post(&form, &body)) }
        }
    }
}
