//! A plain redactor, obviously right and slow, that the real one must agree with.
//!
//! It knows the registered secrets alone: every start is compared with every way of writing every
//! one of them, what overlaps is joined, and each part is replaced.

use crate::registered::screen;
use proptest::prelude::*;

const SECRETS: [&str; 4] = ["aaaaaa", "aabaaab", "abababab", "baab/aa%"];

fn reference(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut hidden = vec![None; bytes.len()];
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for secret in SECRETS {
        for start in 0..bytes.len() {
            if bytes[start..].starts_with(secret.as_bytes()) {
                parts.push((start, start + secret.len()));
            }
        }
    }
    parts.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in parts {
        match joined.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    for (number, (start, end)) in joined.iter().enumerate() {
        hidden[*start..*end].fill(Some(number));
    }
    let mut out = Vec::new();
    let mut last = None;
    for (byte, part) in bytes.iter().zip(hidden) {
        match part {
            None => out.push(*byte),
            Some(_) if part != last => out.extend(b"[REDACTED]"),
            Some(_) => {}
        }
        last = part;
    }
    String::from_utf8(out).expect("text")
}

proptest! {
    #[test]
    fn the_screen_agrees_with_the_plain_one(text in "[ab]{0,60}(baab/aa%)?[ab]{0,9}") {
        let screen = screen(&SECRETS);
        prop_assert_eq!(screen.redact(&text).text, reference(&text));
    }

    #[test]
    fn clean_text_is_borrowed_and_dirty_text_is_not(text in "[ab c%]{0,40}") {
        let redacted = screen(&SECRETS).redact(&text).into_owned_text();
        prop_assert_eq!(redacted.0, redacted.1.is_empty());
    }
}

trait Owned {
    fn into_owned_text(self) -> (bool, Vec<portcullis_screen::finding::Finding>);
}

impl Owned for portcullis_screen::finding::Redacted<'_> {
    fn into_owned_text(self) -> (bool, Vec<portcullis_screen::finding::Finding>) {
        (
            matches!(self.text, std::borrow::Cow::Borrowed(_)),
            self.findings,
        )
    }
}
