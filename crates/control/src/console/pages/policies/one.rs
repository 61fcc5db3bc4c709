//! One policy: what it says, how it performs, and every version of it.

use super::{Mode, Policy, scope};
use crate::console::{
    charts::bars::{self, Bar},
    figure,
    pages::draft::sentences,
    parts::{
        badge::Tone,
        button::{Call, link, submit},
        code::{Block, block},
        diff::Line as CodeLine,
        form::{Form, one_button},
        moment::last,
        notice::notice,
        pager::Pager,
        pairs::pairs,
        table::words as column,
        versions::{Line, Pick, Seal, history, pick},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// What the page of one policy needs.
#[derive(Clone, Debug)]
pub struct OnePolicy {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The policy.
    pub policy: Policy,
    /// What it says, in words.
    pub words: Vec<String>,
    /// How often it was used as a grant, of how many uses; nothing when it is none.
    pub uses: Option<(u32, u32)>,
    /// Its text, compared with another version when one is asked for.
    pub text: Vec<CodeLine>,
    /// What the text above shows.
    pub pick: Pick,
    /// Its versions, newest first.
    pub versions: Vec<Version>,
    /// Before and after.
    pub pager: Pager,
    /// Whether the reader may change it.
    pub may_change: bool,
}

/// One version.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number.
    pub number: u32,
    /// What it was called.
    pub name: String,
    /// What it did.
    pub mode: Mode,
    /// Who made it, and when.
    pub seal: Seal,
}

/// The body of one policy's page.
#[must_use]
pub fn policy(view: &OnePolicy) -> Markup {
    let path = paths::one(paths::POLICIES, &view.policy.id);
    let text = Block {
        id: "text".to_owned(),
        name: view.pick.name(),
        lines: view.text.clone(),
        full_path: format!("{path}/text"),
    };
    html! {
        div class="stack" {
            div class="split" {
                div class="stack" {
                    @if view.pick.version != view.policy.version {
                        (notice(Tone::Warning, &html! { "This is not in force: version " (view.policy.version) " is. " a href=(path) { "Show it" } }))
                    }
                    section class="card stack" aria-labelledby="says" {
                        h2 id="says" { "What it says" }
                        (sentences(&view.words))
                    }
                    section class="card stack" aria-labelledby="rule" {
                        h2 id="rule" { (view.pick.name()) }
                        (block(&text))
                        (pick(&path, &view.pick))
                    }
                }
                aside class="stack" { (metrics(view)) (switch(view, &path)) }
            }
            (versions(view, &path))
        }
    }
}

fn metrics(view: &OnePolicy) -> Markup {
    let policy = &view.policy;
    let mut facts = vec![
        ("State", policy.mode.badge()),
        ("Type", words::code(&policy.kind)),
        ("For", scope(policy)),
        ("Id", words::code(&policy.id)),
        ("Evaluated", html! { (figure::full(policy.evaluations)) }),
        ("Fired", html! { (figure::full(policy.fired)) }),
        (
            "Fire rate",
            html! { (figure::share(policy.fired, policy.evaluations)) },
        ),
        ("Last fired", last(policy.fired_at, view.now)),
    ];
    if let Some((used, of)) = view.uses {
        facts.push(("Uses", html! { (used) " of " (of) }));
    }
    let [cleared, held, blocked] = policy.verdicts;
    let bar = |(name, count): (&str, u64)| Bar {
        name: name.to_owned(),
        count,
        whole: policy.fired,
    };
    let impact = [("Cleared", cleared), ("Held", held), ("Blocked", blocked)].map(bar);
    html! {
        section class="card stack" aria-labelledby="metrics" {
            h2 id="metrics" { "Metrics" }
            (pairs(&facts))
            @if policy.fired > 0 {
                h3 { "Verdicts of what it fired on" }
                (bars::lying("impact", "Verdicts of what it fired on", "Fired", &impact))
            }
        }
    }
}

fn switch(view: &OnePolicy, path: &str) -> Markup {
    if !view.may_change {
        return html! { (link(Call::Normal, &simulator(view), "Try it on an action")) };
    }
    let button = |deed: &str, call, words, confirm| {
        let form = Form {
            path: &format!("{path}/{deed}"),
            csrf: &view.csrf,
            confirm,
            ..Form::default()
        };
        let sent = html! {
            input type="hidden" name="version" value=(view.policy.version);
            (submit(call, words))
        };
        one_button(&form, &sent)
    };
    let mode = view.policy.mode;
    html! {
        section class="card stack" aria-labelledby="switch" {
            h2 id="switch" { "Change" }
            p class="small quiet" { "It binds from the next judgement on. Holds that a change concerns end, and agents must ask again." }
            div class="row" {
                (link(Call::Normal, &format!("{path}/edit"), "Edit"))
                (link(Call::Normal, &simulator(view), "Try it on an action"))
                @if mode != Mode::Enforced { (button("enforce", Call::Normal, "Enforce", "The policy binds from the next judgement on.")) }
                @if mode != Mode::LogOnly { (button("log-only", if mode == Mode::Off { Call::Normal } else { Call::Danger }, "Log only", "The policy does not bind: it only notes what it would have done.")) }
                @if mode != Mode::Off { (button("off", Call::Danger, "Switch off", "The policy is no longer evaluated.")) }
            }
        }
    }
}

fn simulator(view: &OnePolicy) -> String {
    paths::with_query(paths::SIMULATOR, &[("policy", &view.policy.id)])
}

fn versions(view: &OnePolicy, path: &str) -> Markup {
    let lines = view.versions.iter().map(|one| Line {
        number: one.number,
        cells: vec![html! { (one.mode.badge()) " " (words::line(&one.name)) }],
        seal: &one.seal,
    });
    history(
        (path, view.now),
        &[column("Was")],
        lines.collect(),
        &view.pager,
    )
}
