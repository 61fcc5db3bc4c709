//! A hold that waits for people.

use super::{Message, action, facts};
use crate::slack::{
    blocks::{Block, Button, Confirm, Page, Span, Style},
    links::Links,
};
use portcullis_firewall::{
    approval::Choice,
    firewall::Buttons,
    sight::{Change, Line, Sight},
};

/// Room for what stands below the parameters: votes, times and buttons with two tokens.
const KEPT: (usize, usize) = (7, 5_500);
/// The most of the gate's reason, in bytes.
const WHY_MAX: usize = 600;
/// The most policies that are named.
const MOST_POLICIES: usize = 6;
/// The most workloads that are named.
const MOST_WORKLOADS: usize = 12;
/// The most budgets that are shown.
const MOST_BUDGETS: usize = 4;
/// The longest line of a list, in bytes.
const LINE_MAX: usize = 120;
/// The most of the agent's words, in bytes.
const WORDS_MAX: usize = 500;

/// Asks people. Without buttons, and when not all of the action can be shown here, it leads to the
/// console in place of offering an approval.
#[must_use]
pub fn request(sight: &Sight, buttons: Option<&Buttons>, links: &Links) -> Message {
    let title = title(sight);
    let mut page = Page::message().keeping(KEPT.0, KEPT.1);
    page.add(Block::header(&title));
    action_itself(&mut page, sight);
    let hidden = page.hidden_bytes();
    page.release(KEPT.0, KEPT.1);
    claims(&mut page, sight);
    facts::votes(&mut page, &sight.votes);
    page.add(progress(sight));
    if hidden > 0 {
        page.add(Block::small(&format!(
            "{hidden} bytes of this action are not shown here: approve it in the console, where \
             all of it is shown."
        )));
    }
    let here = actions(sight, buttons, hidden == 0, links);
    if !page.add(here) {
        page.add(actions(sight, None, false, links));
    }
    let asks = format!(
        "{title}: {} on {}, asked by {}",
        sight.action_type, sight.target, sight.agent_name
    );
    Message::new(&asks, page.finish())
}

fn title(sight: &Sight) -> String {
    let who = match sight.approvals_required {
        0 | 1 => "approval needed".to_owned(),
        2 => "dual approval needed".to_owned(),
        more => format!("{more} approvals needed"),
    };
    if sight.level > 1 {
        return format!(
            "Escalated (level {} of {}): {who}",
            sight.level, sight.levels
        );
    }
    let mut letters = who.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What the gate knows of the action; what is not shown of it is counted.
fn action_itself(page: &mut Page, sight: &Sight) {
    let (facts, hidden) = facts::facts(sight);
    if !page.add(facts) {
        page.hide(sight.target.len());
    }
    page.hide(hidden);
    page.hide(sight.hidden_bytes);
    page.add(why(sight));
    if sight.hidden_parts > 0 {
        page.add(Block::small(&format!(
            "{} hidden as secrets or personal data; they run as they came.",
            sight.hidden_parts
        )));
    }
    list(page, "Running workloads it touches", workloads(sight));
    list(page, "Left in the budgets", budgets(sight));
    parameters(page, sight);
}

fn why(sight: &Sight) -> Block {
    let mut spans = vec![
        Span::label("Why people decide: "),
        Span::words(&sight.why, WHY_MAX),
    ];
    for (name, reason) in sight.policies.iter().take(MOST_POLICIES) {
        let says = reason
            .as_deref()
            .map_or_else(String::new, |reason| format!(": {reason}"));
        spans.push(Span::words(&format!("\n• {name}{says}"), LINE_MAX));
    }
    spans.extend(more(sight.policies.len(), MOST_POLICIES));
    Block::paragraph(spans)
}

fn workloads(sight: &Sight) -> Vec<Span> {
    let shown = sight.workloads.iter().take(MOST_WORKLOADS);
    let lines = shown.map(|workload| {
        let about = workload.about.join(", ");
        let between = if about.is_empty() { "" } else { ": " };
        format!("\n• {}{between}{about}", workload.name)
    });
    let lines = lines.map(|line| Span::words(&line, LINE_MAX));
    lines
        .chain(more(sight.workloads.len(), MOST_WORKLOADS))
        .collect()
}

fn budgets(sight: &Sight) -> Vec<Span> {
    let shown = sight.budgets.iter().take(MOST_BUDGETS);
    let lines = shown.map(|budget| {
        let line = format!("\n• {}: {} of {}", budget.name, budget.left, budget.limit);
        Span::words(&line, LINE_MAX)
    });
    lines
        .chain(more(sight.budgets.len(), MOST_BUDGETS))
        .collect()
}

fn list(page: &mut Page, label: &str, lines: Vec<Span>) {
    if !lines.is_empty() {
        let mut spans = vec![Span::label(label)];
        spans.extend(lines);
        page.add(Block::paragraph(spans));
    }
}

fn more(all: usize, shown: usize) -> Option<Span> {
    let more = all.saturating_sub(shown);
    (more > 0).then(|| Span::words(&format!("\n… and {more} more, in Details"), LINE_MAX))
}

fn parameters(page: &mut Page, sight: &Sight) {
    let mut spans = vec![Span::label("Parameters")];
    if let Some(previous) = &sight.previous {
        spans.push(Span::words(
            &format!(", against decision {} of ", previous.seq),
            LINE_MAX,
        ));
        spans.push(Span::moment(previous.at));
    }
    page.add(Block::paragraph(spans));
    let lines: Vec<String> = sight.parameters.iter().map(marked).collect();
    page.add_lines(lines.iter().map(String::as_str));
}

/// A line with the mark of what became of it, as differences are written.
pub(super) fn marked(line: &Line) -> String {
    let mark = match line.change {
        Change::Same => ' ',
        Change::Added => '+',
        Change::Removed => '-',
    };
    format!("{mark} {}", line.text)
}

fn claims(page: &mut Page, sight: &Sight) {
    let Some(words) = &sight.words else { return };
    page.add(Block::small(
        "In the agent's own words, which nobody has checked:",
    ));
    page.add(Block::quote(words, WORDS_MAX));
}

/// How far it is, and until when.
fn progress(sight: &Sight) -> Block {
    let mut spans = Vec::new();
    if sight.approvals_required > 1 {
        let count = sight
            .votes
            .iter()
            .filter(|vote| vote.choice == Choice::Approve)
            .count();
        let words = format!("{count} of {} approvals. ", sight.approvals_required);
        spans.push(Span::label(&words));
    }
    if !sight.asked.is_empty() {
        let asked = format!("Asked: {}. ", sight.asked.join(", "));
        spans.push(Span::words(&asked, WHY_MAX));
    }
    let ends = if sight.level < sight.levels {
        "Without an answer, others are asked: "
    } else {
        "Without an answer, it is refused: "
    };
    spans.push(Span::words(ends, LINE_MAX));
    spans.push(Span::moment(sight.ends_at));
    Block::paragraph(spans)
}

fn actions(sight: &Sight, buttons: Option<&Buttons>, whole: bool, links: &Links) -> Block {
    let approve = buttons.filter(|_| whole).and_then(|buttons| {
        let press = Button::press("Approve", action::APPROVE, &buttons.approve)?;
        let question = format!("{} on {}", sight.action_type, sight.target);
        let confirm = Confirm::new("Approve this action?", &question, "Approve", "Back");
        Some(press.styled(Style::Primary).asking(confirm))
    });
    let reject = buttons.and_then(|buttons| {
        let press = Button::press("Reject…", action::REJECT, &buttons.reject)?;
        Some(press.styled(Style::Danger))
    });
    let details = format!("{}/{}", sight.tenant, sight.hold);
    let details = Button::press("Details", action::DETAILS, &details);
    let console = if approve.is_some() {
        "Console"
    } else {
        "Decide in the console"
    };
    let console = Button::open(console, action::OPEN, &links.hold(&sight.hold));
    Block::Actions {
        block_id: format!("{}/{}", sight.hold, sight.level),
        elements: [approve, reject, details, console]
            .into_iter()
            .flatten()
            .collect(),
    }
}
