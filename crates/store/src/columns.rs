//! Our nouns as columns, and back.
//!
//! Fails closed: a value that is not one of ours is unreadable, never guessed.

use crate::fault::Fault;
use jiff::Timestamp;
use portcullis_firewall::{
    batch::{DocumentKind, RecordKind},
    chain::Hash,
};
use portcullis_policy::tier::{Tier, Verdict};

const NANOS_PER_MS: i128 = 1_000_000;

/// The whole milliseconds of a moment.
pub(crate) fn ms(at: Timestamp) -> i64 {
    whole(at.as_nanosecond().div_euclid(NANOS_PER_MS))
}

/// The first whole millisecond that is not before a moment.
pub(crate) fn ms_not_before(at: Timestamp) -> i64 {
    whole(-(-at.as_nanosecond()).div_euclid(NANOS_PER_MS))
}

fn whole(ms: i128) -> i64 {
    i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN } else { i64::MAX })
}

/// A moment from its milliseconds.
pub(crate) fn moment(ms: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_millisecond(ms).map_err(|_| Fault::Unreadable(format!("`{ms}` is no moment")))
}

/// A hash from its bytes.
pub(crate) fn hash(bytes: &[u8]) -> Result<Hash, Fault> {
    <[u8; 32]>::try_from(bytes)
        .map(Hash::new)
        .map_err(|_| Fault::Unreadable(format!("a hash has 32 bytes, not {}", bytes.len())))
}

/// A kind of record from its name.
pub(crate) fn record_kind(name: &str) -> Result<RecordKind, Fault> {
    RecordKind::from_name(name).ok_or_else(|| unknown("kind of record", name))
}

/// A kind of document from its name.
pub(crate) fn document_kind(name: &str) -> Result<DocumentKind, Fault> {
    DocumentKind::from_name(name).ok_or_else(|| unknown("kind of document", name))
}

/// A verdict from its word.
pub(crate) fn verdict(word: Option<String>) -> Result<Option<Verdict>, Fault> {
    const ALL: [Verdict; 3] = [Verdict::Cleared, Verdict::Held, Verdict::Blocked];
    one_of(word, &ALL, Verdict::as_str, "verdict")
}

/// A tier from its letter.
pub(crate) fn tier(letter: Option<String>) -> Result<Option<Tier>, Fault> {
    const ALL: [Tier; 4] = [Tier::A, Tier::B, Tier::C, Tier::X];
    one_of(letter, &ALL, Tier::as_str, "tier")
}

fn one_of<T: Copy>(
    word: Option<String>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    noun: &str,
) -> Result<Option<T>, Fault> {
    let Some(word) = word else {
        return Ok(None);
    };
    let found = all.iter().copied().find(|item| name(*item) == word);
    found.map(Some).ok_or_else(|| unknown(noun, &word))
}

fn unknown(noun: &str, name: &str) -> Fault {
    Fault::Unreadable(format!("`{name}` is no {noun}"))
}

/// A count as SQLite takes it.
pub(crate) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_millisecond_are_cut_and_bounds_are_raised() {
        let at = Timestamp::from_nanosecond(1_500_000).unwrap();
        assert_eq!((ms(at), ms_not_before(at)), (1, 2));
        let before_1970 = Timestamp::from_nanosecond(-1_500_000).unwrap();
        assert_eq!((ms(before_1970), ms_not_before(before_1970)), (-2, -1));
        let whole = Timestamp::from_millisecond(1_744_295_521_007).unwrap();
        assert_eq!(ms(whole), ms_not_before(whole));
    }

    #[test]
    fn every_name_is_read_back_and_no_other() {
        for word in [Verdict::Cleared, Verdict::Held, Verdict::Blocked] {
            assert_eq!(verdict(Some(word.as_str().to_owned())).unwrap(), Some(word));
        }
        for letter in [Tier::A, Tier::B, Tier::C, Tier::X] {
            assert_eq!(
                tier(Some(letter.as_str().to_owned())).unwrap(),
                Some(letter)
            );
        }
        assert_eq!(tier(None).unwrap(), None);
        assert!(verdict(Some("cleared".to_owned())).is_err());
        assert!(tier(Some(String::new())).is_err());
        assert!(hash(&[0; 31]).is_err());
        assert!(moment(i64::MAX).is_err());
    }
}
