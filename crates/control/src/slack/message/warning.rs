//! Budgets that are nearly used up.

use super::Message;
use crate::slack::blocks::{Block, Span};
use jiff::Timestamp;

/// The most of a sentence, in bytes.
const SENTENCE_MAX: usize = 200;
/// The most sentences: of an agent, its workspace and the tenant, by day and month, in both units.
const SENTENCES_MAX: usize = 12;

/// Tells that budgets have passed their warning lines, a sentence each, by a record.
#[must_use]
pub fn warning(budgets: &[String], seq: u64, at: Timestamp) -> Message {
    let mut spans = vec![Span::label("Budgets are nearly used up")];
    for budget in budgets.iter().take(SENTENCES_MAX) {
        spans.push(Span::words("\n• ", 8));
        spans.push(Span::words(budget, SENTENCE_MAX));
    }
    spans.push(Span::words(&format!("\nRecord {seq}, "), 40));
    spans.push(Span::moment(at));
    let words = budgets.join("; ");
    let words = format!("Budgets are nearly used up: {words}");
    Message::new(&words, vec![Block::paragraph(spans)])
}
