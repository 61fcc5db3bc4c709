//! Everything about a hold, in a modal.

use super::{action, facts, request::marked};
use crate::slack::{
    blocks::{Block, Page, Span, View},
    links::Links,
};
use portcullis_firewall::sight::Sight;

/// The most of a text here, in bytes.
const SAID_MAX: usize = 2_900;
/// Room for the line that says what is not shown.
const KEPT: (usize, usize) = (1, 1_000);

/// Shows all that the gate shows of a hold; what does not fit is counted, and found in the console.
#[must_use]
pub fn details(sight: &Sight, links: &Links) -> View {
    let mut page = Page::modal().keeping(KEPT.0, KEPT.1);
    let (facts, hidden) = facts::facts(sight);
    page.add(facts);
    page.hide(hidden);
    page.hide(sight.hidden_bytes);
    said(&mut page, "Why people decide", &sight.why);
    lines(&mut page, "Policies that fired", &policies(sight));
    lines(&mut page, "What the command does", &sight.command);
    lines(&mut page, "Running workloads it touches", &workloads(sight));
    lines(&mut page, "Left in the budgets", &budgets(sight));
    lines(
        &mut page,
        "Parameters",
        &sight.parameters.iter().map(marked).collect::<Vec<_>>(),
    );
    lines(&mut page, "Evidence the agent names", &sight.evidence);
    lines(
        &mut page,
        "How sure the agent says it is",
        &confidence(sight),
    );
    if let Some(words) = &sight.words {
        lines(
            &mut page,
            "The agent's own words",
            &words.lines().map(str::to_owned).collect::<Vec<_>>(),
        );
    }
    facts::votes(&mut page, &sight.votes);
    let hidden = page.hidden_bytes();
    page.release(KEPT.0, KEPT.1);
    page.add(ending(sight, hidden, links));
    View::to_read("Details", action::ALL, page.finish())
}

fn said(page: &mut Page, label: &str, words: &str) {
    let spans = vec![
        Span::label(&format!("{label}: ")),
        Span::words(words, SAID_MAX),
    ];
    page.add(Block::paragraph(spans));
}

fn lines(page: &mut Page, label: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.add(Block::paragraph(vec![Span::label(label)]));
    page.add_lines(lines.iter().map(String::as_str));
}

fn policies(sight: &Sight) -> Vec<String> {
    let says = |(name, reason): &(String, Option<String>)| match reason {
        Some(reason) => format!("{name}: {reason}"),
        None => name.clone(),
    };
    sight.policies.iter().map(says).collect()
}

fn workloads(sight: &Sight) -> Vec<String> {
    let line = |name: &str, about: &[String]| {
        let between = if about.is_empty() { "" } else { ": " };
        format!("{name}{between}{}", about.join(", "))
    };
    sight
        .workloads
        .iter()
        .map(|one| line(&one.name, &one.about))
        .collect()
}

fn budgets(sight: &Sight) -> Vec<String> {
    let line = |name: &str, left: &str, limit: &str| format!("{name}: {left} of {limit}");
    sight
        .budgets
        .iter()
        .map(|one| line(&one.name, &one.left, &one.limit))
        .collect()
}

fn confidence(sight: &Sight) -> Vec<String> {
    let line = |(dimension, value): &(String, f64)| format!("{dimension}: {value}");
    sight.confidence.iter().map(line).collect()
}

fn ending(sight: &Sight, hidden: usize, links: &Links) -> Block {
    let words = if hidden == 0 {
        "This is all of it. ".to_owned()
    } else {
        format!("{hidden} bytes are not shown here. ")
    };
    Block::paragraph(vec![
        Span::words(&words, SAID_MAX),
        Span::link("Open it in the console", &links.hold(&sight.hold)),
    ])
}
