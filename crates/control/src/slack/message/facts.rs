//! Pieces that several messages show.

use crate::slack::blocks::{Block, Page, Span};
use portcullis_firewall::{
    approval::{Choice, Way},
    sight::{Sight, Vote},
};

/// The most of what names the action, in bytes; more is hidden, and then nobody approves here.
const NAME_MAX: usize = 500;
/// The most of what the gate says about it.
const SAID_MAX: usize = 400;

/// Who wants to do what, on what, where: the block, and how many bytes of it are not shown.
pub(super) fn facts(sight: &Sight) -> (Block, usize) {
    let mut lines = Lines::default();
    lines.name("Agent", &format!("{} ({})", sight.agent_name, sight.agent));
    lines.name("Action", &sight.action_type);
    lines.name("Target", &sight.target);
    lines.name("Environment", &sight.environment);
    if let Some(workspace) = &sight.workspace {
        lines.name("Workspace", workspace);
    }
    if let Some(scope) = &sight.scope {
        lines.name("Credential", scope);
    }
    if let Some(person) = &sight.works_for {
        lines.name("Works for", person);
    }
    lines.say(
        "Risk",
        &format!(
            "tier {} · decided by people ({})",
            sight.risk_tier, sight.tier
        ),
    );
    if let Some(cost) = &sight.cost {
        lines.say("Cost", cost);
    }
    if let Some(dry_run) = &sight.dry_run {
        lines.say("Dry run", &dry_run.line());
    }
    lines.say("Action digest", &sight.digest);
    (Block::paragraph(lines.spans), lines.hidden_bytes)
}

/// Lines with a label each.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) spans: Vec<Span>,
    hidden_bytes: usize,
}

impl Lines {
    /// A line that must be read whole.
    fn name(&mut self, label: &str, words: &str) {
        let hidden = crate::slack::text::fit(words, NAME_MAX).hidden_bytes;
        self.hidden_bytes = self.hidden_bytes.saturating_add(hidden);
        self.line(label, words, NAME_MAX);
    }

    /// A line that may be cut.
    pub(super) fn say(&mut self, label: &str, words: &str) {
        self.line(label, words, SAID_MAX);
    }

    fn line(&mut self, label: &str, words: &str, most: usize) {
        let start = if self.spans.is_empty() { "" } else { "\n" };
        self.spans.push(Span::label(&format!("{start}{label}: ")));
        self.spans.push(Span::words(words, most));
    }
}

/// What people said so far, a line each.
pub(super) fn votes(page: &mut Page, votes: &[Vote]) {
    let mut spans = Vec::new();
    for vote in votes {
        if !spans.is_empty() {
            spans.push(Span::words("\n", 8));
        }
        let did = match vote.choice {
            Choice::Approve => "Approved by ",
            Choice::Reject => "Rejected by ",
        };
        spans.push(Span::label(did));
        spans.push(Span::words(&vote.name, SAID_MAX));
        spans.push(Span::words(", ", 8));
        spans.push(Span::moment(vote.at));
        spans.push(Span::words(&format!(", {}", place(vote.way)), 40));
    }
    if !spans.is_empty() {
        page.add(Block::paragraph(spans));
    }
}

const fn place(way: Way) -> &'static str {
    match way {
        Way::Console => "in the console",
        Way::Slack => "in Slack",
        Way::Api => "over the API",
    }
}
