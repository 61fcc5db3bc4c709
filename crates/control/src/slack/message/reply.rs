//! Answers to a click that only the one who clicked sees.

use super::{Message, ended::GATE};
use crate::slack::{
    blocks::{Block, Span},
    links::Links,
};
use portcullis_firewall::{
    hold::HoldStatus,
    sight::{Ending, Sight},
};

/// The most of a text, in bytes.
const SAID_MAX: usize = 1_500;

/// What is said to somebody who clicked.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply<'s> {
    /// Somebody was first, or the time is over.
    AlreadyHandled(&'s Sight),
    /// The gate does not know who this is.
    NotLinked,
    /// It does not count, and why.
    Refused(&'s str),
    /// It does not count here, and why; it may in the console, where this hold is.
    InConsole(&'s str, &'s str),
    /// The gate could not take it; nothing is decided.
    Unavailable,
    /// A modal could not be opened.
    NoModal(&'s str),
}

impl Reply<'_> {
    /// The words.
    #[must_use]
    pub fn message(&self, links: &Links) -> Message {
        let console = |hold: &str| Some(("Open it in the console", links.hold(hold)));
        let (words, link) = match self {
            Self::AlreadyHandled(sight) => return already_handled(sight, links),
            Self::NotLinked => (NOT_LINKED.to_owned(), Some(("Link it", links.account()))),
            Self::InConsole(why, hold) => (format!("This did not count: {why}."), console(hold)),
            Self::Refused(why) => (format!("This did not count: {why}."), None),
            Self::Unavailable => (UNAVAILABLE.to_owned(), None),
            Self::NoModal(hold) => (NO_MODAL.to_owned(), console(hold)),
        };
        let mut spans = vec![Span::words(&words, SAID_MAX)];
        let Some((label, url)) = link else {
            return Message::new(&words, vec![Block::paragraph(spans)]);
        };
        spans.extend([Span::words(" ", 8), Span::link(label, &url)]);
        Message::new(&format!("{words} {url}"), vec![Block::paragraph(spans)])
    }
}

const NOT_LINKED: &str = "Your Slack account is not linked to a person of this gate, so this did \
                          not count. Link it, then press again:";
const UNAVAILABLE: &str = "The gate cannot record a decision now. Nothing is decided; please press \
                           again in a moment.";
const NO_MODAL: &str =
    "A window could not be opened here. Nothing is decided; go on in the console:";

fn already_handled(sight: &Sight, links: &Links) -> Message {
    let mut spans = vec![Span::label("This is already handled: ")];
    let ending = sight.ending.as_ref();
    spans.extend(how(sight.status, ending));
    if let Some(reason) = ending.and_then(|ending| ending.reason.as_deref()) {
        spans.push(Span::words(" Reason: ", 40));
        spans.push(Span::words(reason, SAID_MAX));
    }
    spans.push(Span::words(" ", 8));
    spans.push(Span::link(
        "Follow what becomes of it",
        &links.hold(&sight.hold),
    ));
    let words = format!(
        "This is already handled: {} on {}",
        sight.action_type, sight.target
    );
    Message::new(&words, vec![Block::paragraph(spans)])
}

fn how(status: HoldStatus, ending: Option<&Ending>) -> Vec<Span> {
    let did = match status {
        HoldStatus::Held => {
            return vec![Span::words("it still waits, but not for this button.", 80)];
        }
        HoldStatus::Released => "approved",
        HoldStatus::Killed => "rejected",
        HoldStatus::TimedOut => "nobody decided in time, and it was refused",
        HoldStatus::Superseded => "it is no longer what was asked, and it was refused",
    };
    let mut spans = vec![Span::words(did, SAID_MAX)];
    if let Some(ending) = ending {
        if ending.by != GATE {
            spans.push(Span::words(&format!(" by {}", ending.by), SAID_MAX));
        }
        spans.push(Span::words(", ", 8));
        spans.push(Span::moment(ending.at));
    }
    spans.push(Span::words(".", 8));
    spans
}
