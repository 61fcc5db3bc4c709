//! Credentials that must end, and may live.

use super::Message;
use crate::{
    notify::notice::Unended,
    slack::blocks::{Block, Span},
};
use jiff::Timestamp;

/// The most of a name, in bytes.
const NAME_MAX: usize = 80;

/// Tells that a credential could not be ended, by a record.
#[must_use]
pub fn unended(lease: &Unended, seq: u64, at: Timestamp) -> Message {
    let mut spans = vec![Span::label("A credential may live that must not")];
    let rows = [
        ("lease", &lease.id),
        ("scope", &lease.scope),
        ("session", &lease.session),
        ("failure", &lease.code),
    ];
    for (name, value) in rows {
        spans.push(Span::words(&format!("\n• {name} "), 16));
        spans.push(Span::words(value, NAME_MAX));
    }
    let tries = format!(
        "\nTried {} times; the gate goes on. Record {seq}, ",
        lease.tries
    );
    spans.push(Span::words(&tries, 100));
    spans.push(Span::moment(at));
    let words = format!("A credential may live that must not: {}", lease.id);
    Message::new(&words, vec![Block::paragraph(spans)])
}
