//! Who is asked next when nobody decides.

use super::{
    approver::{EXPIRES_MINUTES, approvers},
    table::Table,
};
use crate::{
    fault::Faults,
    tenant::{EscalationStep, TierApproval},
};

/// The longest that all levels may last together: seven days.
const MOST_CEILING_MINUTES: u32 = 7 * 24 * 60;

/// The longest name of a Slack channel, in characters.
const MOST_NAME: usize = 80;

/// How long all levels of a tier may last together, when it says so rightly: the first must fit.
pub(super) fn ceiling(table: &Table<'_>, first: u32, faults: &mut Faults) -> Option<u32> {
    let key = "ceiling_minutes";
    let minutes = table.whole(key, 1..=MOST_CEILING_MINUTES, faults)?;
    if minutes < first {
        let message =
            format!("`{minutes}` ends before the first level, which lasts {first} minutes");
        table.fault(key, message, faults);
    }
    (minutes >= first).then_some(minutes)
}

/// The levels after the first, of which each must ask somebody and begin before the ceiling.
pub(super) fn steps(
    table: &Table<'_>,
    quorum: u8,
    (first, ceiling): (u32, Option<u32>),
    faults: &mut Faults,
) -> Vec<EscalationStep> {
    let key = "escalate";
    let listed = table.list(key, faults);
    if listed.is_empty() && table.value(key).is_some_and(serde_json::Value::is_array) {
        table.fault(key, "is empty; leave it out or fill it", faults);
    }
    if listed.len() > TierApproval::MOST_STEPS {
        let most = TierApproval::MOST_STEPS;
        let message = format!("has {} levels; {most} are the most", listed.len());
        table.fault(key, message, faults);
        return Vec::new();
    }
    // A ceiling that is wrong is one mistake, not one more for each level.
    let ceiling = if ceiling.is_none() && table.has("ceiling_minutes") {
        u32::MAX
    } else {
        TierApproval::ceiling(ceiling, first)
    };
    let (mut begins, mut lasts) = (first, first);
    let mut steps = Vec::new();
    for (value, path) in listed {
        if begins >= ceiling {
            let message = format!(
                "would begin after {begins} minutes, when the ceiling of {ceiling} has ended all"
            );
            faults.add(path.clone(), message);
        }
        let Some(table) = Table::open(
            value,
            path.clone(),
            &["approvers", "channel", "minutes"],
            faults,
        ) else {
            continue;
        };
        let step = step(&table, quorum, faults);
        if !table.has("approvers") && !table.has("channel") {
            faults.add(path, "asks nobody else: name `approvers` or a `channel`");
        }
        lasts = step.minutes.unwrap_or(lasts);
        begins = begins.saturating_add(lasts);
        steps.push(step);
    }
    steps
}

fn step(table: &Table<'_>, quorum: u8, faults: &mut Faults) -> EscalationStep {
    let channel = table.text("channel", faults);
    if let Some(name) = channel.filter(|name| !is_channel(name)) {
        let message = format!("`{name}` is neither a channel's name (`#…`) nor its id (`C…`)");
        table.fault("channel", message, faults);
    }
    EscalationStep {
        approvers: approvers(table, quorum, faults),
        channel: channel.map(str::to_owned),
        minutes: table.whole("minutes", EXPIRES_MINUTES, faults),
    }
}

/// Names as Slack permits them: no capitals, blanks or punctuation.
fn is_channel(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() && !c.is_uppercase() || c == '-' || c == '_';
    let id = |id: &str| {
        let letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        !id.is_empty() && id.bytes().all(letter)
    };
    text.strip_prefix('#').map_or_else(
        || text.strip_prefix(['C', 'G']).is_some_and(id),
        |name| (1..=MOST_NAME).contains(&name.chars().count()) && name.chars().all(plain),
    )
}
