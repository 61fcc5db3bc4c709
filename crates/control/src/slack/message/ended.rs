//! A hold that is over: who decided what, and when.

use super::{Message, facts};
use crate::slack::{
    blocks::{Block, Page, Span},
    links::Links,
};
use portcullis_firewall::{
    approval::Choice,
    hold::HoldStatus,
    sight::{Ending, Sight},
};

/// The most of a reason, in bytes.
const REASON_MAX: usize = 1_000;

/// Tells how it ended, in place of the request. There is nothing left to press.
#[must_use]
pub fn ended(sight: &Sight, links: &Links) -> Message {
    let title = title(sight);
    let mut page = Page::message();
    page.add(Block::header(title));
    page.add(facts::facts(sight).0);
    facts::votes(&mut page, &sight.votes);
    if let Some(ending) = &sight.ending {
        if !by_people(sight) {
            page.add(who(title, ending));
        }
        if let Some(reason) = &ending.reason {
            page.add(Block::quote(reason, REASON_MAX));
        }
    }
    let hold = Span::link("The whole request and its record", &links.hold(&sight.hold));
    page.add(Block::paragraph(vec![hold]));
    let words = format!(
        "{title} by {}: {} on {}",
        deciders(sight),
        sight.action_type,
        sight.target
    );
    Message::new(&words, page.finish())
}

/// Whether the votes that are shown are what ended it.
fn by_people(sight: &Sight) -> bool {
    let ending = match sight.status {
        HoldStatus::Released => Choice::Approve,
        HoldStatus::Killed => Choice::Reject,
        HoldStatus::Held | HoldStatus::TimedOut | HoldStatus::Superseded => return false,
    };
    sight.votes.iter().any(|vote| vote.choice == ending)
}

fn deciders(sight: &Sight) -> String {
    if sight.status == HoldStatus::Released && by_people(sight) {
        let names: Vec<&str> = sight.votes.iter().map(|vote| vote.name.as_str()).collect();
        return names.join(" and ");
    }
    sight
        .ending
        .as_ref()
        .map_or_else(|| GATE.to_owned(), |ending| ending.by.clone())
}

/// The gate names itself when no person decided.
pub(super) const GATE: &str = "portcullis";

const fn title(sight: &Sight) -> &'static str {
    match sight.status {
        HoldStatus::Held => "Waiting",
        HoldStatus::Released => "Approved",
        HoldStatus::Killed => "Rejected",
        HoldStatus::TimedOut => "Expired and refused",
        HoldStatus::Superseded => "Overtaken and refused",
    }
}

fn who(title: &str, ending: &Ending) -> Block {
    Block::paragraph(vec![
        Span::label(&format!("{title} by ")),
        Span::words(&ending.by, REASON_MAX),
        Span::words(", ", 8),
        Span::moment(ending.at),
    ])
}
