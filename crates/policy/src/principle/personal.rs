//! Personal data in a text, found by its shape in one pass.
//!
//! This is the coarse net of principle 11: what looks like a social security number, a payment
//! card or a mail address counts. Finer detection and redaction belong to the screen.

use smallvec::SmallVec;
use std::borrow::Cow;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Personal {
    /// `ddd-dd-dddd`
    SocialSecurityNumber,
    /// 13 to 19 digits, blanks and dashes allowed between them, with a right check digit.
    PaymentCard,
    /// `name@host.tld`
    MailAddress,
}

impl Personal {
    /// For people, with its article.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SocialSecurityNumber => "a social security number",
            Self::PaymentCard => "a payment card number",
            Self::MailAddress => "a mail address",
        }
    }
}

/// The first personal data in a text.
#[must_use]
pub fn find(text: &str) -> Option<Personal> {
    find_by(text, has_card)
}

/// The same in what a wallet on a chain wrote. Among enough bytes in hex some digits in a row pass for a card
/// by chance, and so do the parts of decimal numbers: these are no cards there.
///
/// For nothing else: with `0x` before it, a card is in no other text less of a card.
#[must_use]
pub fn find_in_wallets(text: &str) -> Option<Personal> {
    find_by(text, |bytes| has_card_beside_numbers(&without_hex(bytes)))
}

fn find_by(text: &str, has_card: impl FnOnce(&[u8]) -> bool) -> Option<Personal> {
    let bytes = text.as_bytes();
    if bytes.len() < SHORTEST {
        return None;
    }
    let (digits, ats) = signs(bytes);
    if digits >= SSN_DIGITS {
        if runs(bytes).any(is_social_security_number) {
            return Some(Personal::SocialSecurityNumber);
        }
        if has_card(bytes) {
            return Some(Personal::PaymentCard);
        }
    }
    (ats && has_address(bytes)).then_some(Personal::MailAddress)
}

/// The bytes of `a@b.cd`.
const SHORTEST: usize = 6;
const SSN_DIGITS: usize = 9;

/// How many digits a text has, and whether it has an `@`; most texts need no closer look.
fn signs(bytes: &[u8]) -> (usize, bool) {
    let (mut digits, mut ats) = (0, false);
    // Counts that fit a byte let the compiler look at many bytes at once.
    for chunk in bytes.chunks(128) {
        let (found, at) = chunk.iter().fold((0_u8, false), |(found, at), byte| {
            (
                found + u8::from(byte.is_ascii_digit()),
                at | (*byte == b'@'),
            )
        });
        digits += usize::from(found);
        ats |= at;
    }
    (digits, ats)
}

/// What has at least as many digits behind its `0x` as an address on a chain is bytes; no card has as many.
const HEX_DIGITS: usize = 40;

/// A text without bytes in hex, of which the `0x` stays.
fn without_hex(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut parts = Parts { rest: bytes };
    match parts.next() {
        Some(text) if text.len() < bytes.len() => {
            let mut kept = text.to_vec();
            parts.for_each(|text| kept.extend_from_slice(text));
            Cow::Owned(kept)
        }
        _ => Cow::Borrowed(bytes),
    }
}

/// The parts of a text between what is bytes in hex.
struct Parts<'t> {
    rest: &'t [u8],
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let marks = self.rest.windows(2).enumerate();
        for (at, _) in marks.filter(|(_, pair)| pair == b"0x") {
            let (text, hex) = self.rest.split_at_checked(at + 2)?;
            let digits = hex.iter().take_while(|byte| byte.is_ascii_hexdigit());
            let (digits, rest) = hex.split_at_checked(digits.count())?;
            if digits.len() >= HEX_DIGITS {
                self.rest = rest;
                return Some(text);
            }
        }
        Some(std::mem::take(&mut self.rest))
    }
}

/// Each longest run of digits, blanks and dashes; empty ones between other bytes.
fn runs(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let joins = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
    bytes.split(move |byte| !joins(byte))
}

fn has_card(bytes: &[u8]) -> bool {
    runs(bytes).any(is_payment_card)
}

fn has_card_beside_numbers(bytes: &[u8]) -> bool {
    let mut runs = runs(bytes).peekable();
    let (mut before, mut end) = (None, 0);
    while let Some(run) = runs.next() {
        end += run.len();
        let point = bytes.get(end) == Some(&b'.');
        end += 1;
        let after = runs.peek().filter(|_| point).and_then(|next| next.first());
        if is_payment_card(beside_points(before, run, after)) {
            return true;
        }
        before = run.last().filter(|_| point);
    }
    false
}

/// A run without the parts of decimal numbers; `before` and `after` stand beyond a point beside it.
fn beside_points<'r>(before: Option<&u8>, mut run: &'r [u8], after: Option<&u8>) -> &'r [u8] {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    if digit(before) {
        while let [b'0'..=b'9', rest @ ..] = run {
            run = rest;
        }
    }
    if digit(after) {
        while let [rest @ .., b'0'..=b'9'] = run {
            run = rest;
        }
    }
    run
}

/// Whether a run holds a word `ddd-dd-dddd`.
fn is_social_security_number(run: &[u8]) -> bool {
    run.split(|byte| *byte == b' ').any(|word| {
        let digit = |byte: &u8| byte.is_ascii_digit();
        match word {
            [area @ .., b'-', g1, g2, b'-', s1, s2, s3, s4] => {
                area.len() == 3
                    && area.iter().all(digit)
                    && [g1, g2, s1, s2, s3, s4].into_iter().all(digit)
                    && !matches!(area, b"000" | b"666")
            }
            _ => false,
        }
    })
}

/// Whether a run holds a card number, in one piece or in the groups cards print.
fn is_payment_card(run: &[u8]) -> bool {
    let words: SmallVec<[&[u8]; 16]> = run.split(|byte| !byte.is_ascii_digit()).collect();
    (0..words.len()).any(|start| {
        let rest = words.get(start..).unwrap_or_default();
        rest.iter().take(1).any(|word| is_card(&[word]))
            || CARD_GROUPS.iter().any(|lengths| {
                let groups = rest.get(..lengths.len()).unwrap_or_default();
                groups
                    .iter()
                    .map(|word| word.len())
                    .eq(lengths.iter().copied())
                    && is_card(groups)
            })
    })
}

const CARD_GROUPS: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];

/// Whether these digits are a card number by length, first digit and check digit (Luhn).
///
/// Without the first digit every tenth time in milliseconds would pass for a card.
fn is_card(groups: &[&[u8]]) -> bool {
    let count: usize = groups.iter().map(|group| group.len()).sum();
    let first = groups.iter().find_map(|group| group.first());
    let begins = match count {
        13 => first == Some(&b'4'),
        14..=19 => matches!(first, Some(b'2'..=b'6')),
        _ => false,
    };
    let digits = groups
        .iter()
        .rev()
        .flat_map(|group| group.iter().rev())
        .enumerate();
    begins
        && digits
            .map(|(at, byte)| match (at % 2, u32::from(byte - b'0')) {
                (0, digit) => digit,
                (_, digit) => digit * 2 - if digit > 4 { 9 } else { 0 },
            })
            .sum::<u32>()
            .is_multiple_of(10)
}

/// Whether some `@` stands between a name and a host with a dot and letters after it.
fn has_address(bytes: &[u8]) -> bool {
    let ats = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'@');
    for (at, _) in ats {
        let (Some(before), Some(after)) = (bytes.get(..at), bytes.get(at + 1..)) else {
            continue;
        };
        let named = before.last().is_some_and(|byte| is_name(*byte));
        let host = after
            .iter()
            .position(|byte| !is_host(*byte))
            .unwrap_or(after.len());
        // `git@host:path` names a place, not a person.
        let place = after.get(host) == Some(&b':');
        let labels = after.get(..host.min(MAX_HOST)).unwrap_or_default();
        if named && !place && ends_in_domain(labels) {
            return true;
        }
    }
    false
}

/// The longest host name there is; a longer run is no address and is not read further.
const MAX_HOST: usize = 254;

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-')
}

const fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

fn ends_in_domain(host: &[u8]) -> bool {
    let mut labels = host
        .split(|byte| *byte == b'.')
        .filter(|label| !label.is_empty());
    let first = labels.next();
    let last = labels.next_back();
    first.is_some()
        && last.is_some_and(|tld| tld.len() >= 2 && tld.iter().all(u8::is_ascii_alphabetic))
}
