//! Who approves on one level, and how long it may last.

use super::table::Table;
use crate::{fault::Faults, id::AgentId};
use std::ops::RangeInclusive;

/// How long one level of a hold may wait, in minutes.
pub(super) const EXPIRES_MINUTES: RangeInclusive<u32> = 1..=1440;

/// Who approves on one level; a list without groups has as many people as must approve.
pub(super) fn approvers(table: &Table<'_>, quorum: u8, faults: &mut Faults) -> Vec<String> {
    let approvers = table.texts("approvers", faults);
    for (at, approver) in approvers.iter().enumerate() {
        if !is_approver(approver) {
            let message = format!(
                "`{approver}` is neither a person (`person:…`), a group (`group:…`) nor a Slack user (`U…`)"
            );
            table.fault(&format!("approvers[{at}]"), message, faults);
        }
    }
    let people = approvers.len();
    let groups = approvers
        .iter()
        .any(|approver| approver.starts_with("group:"));
    if people > 0 && !groups && people < usize::from(quorum) {
        let message = format!("names {people} of the {quorum} people who must approve");
        table.fault("approvers", message, faults);
    }
    approvers
}

fn is_approver(text: &str) -> bool {
    let named = |prefix| {
        text.strip_prefix(prefix)
            .is_some_and(|id| AgentId::new(id).is_ok())
    };
    let slack = |id: &str| {
        !id.is_empty()
            && id
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    named("person:") || named("group:") || text.strip_prefix(['U', 'W']).is_some_and(slack)
}
