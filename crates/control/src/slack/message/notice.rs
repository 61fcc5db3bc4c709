//! What the team is told of, without being asked (risk tier 1 and above).

use super::Message;
use crate::slack::blocks::{Block, Span};
use jiff::Timestamp;

/// An action that happened, or was allowed to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notice {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub agent: String,
    /// For what.
    pub action_type: String,
    /// On what.
    pub target: String,
    /// Where.
    pub environment: String,
    /// How risky it is, 1 to 5.
    pub risk_tier: u8,
}

/// The most of each word, in bytes.
const WORD_MAX: usize = 300;

/// Tells that an agent may do something, without anybody being asked.
#[must_use]
pub fn notice(notice: &Notice) -> Message {
    let words = [
        &notice.agent,
        &notice.action_type,
        &notice.target,
        &notice.environment,
    ];
    let [agent, action, target, environment] = words.map(|word| Span::words(word, WORD_MAX));
    let small = format!(
        "Risk tier {}: nobody was asked. Record {}, ",
        notice.risk_tier, notice.seq
    );
    let text = format!(
        "{} may {} on {}",
        notice.agent, notice.action_type, notice.target
    );
    let blocks = vec![Block::paragraph(vec![
        Span::label("Agent "),
        agent,
        Span::label(" may "),
        action,
        Span::label(" on "),
        target,
        Span::label(" in "),
        environment,
        Span::words(&format!("\n{small}"), WORD_MAX),
        Span::moment(notice.at),
    ])];
    Message::new(&text, blocks)
}
