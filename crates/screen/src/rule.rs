//! What a secret or personal data looks like when nobody has registered it.
//!
//! The rules are data: [`cloud`], [`services`], [`context`] and [`personal`]. A rule is bounded: it is
//! a `lead` that stays, a `head` that is hidden, and a `tail` that goes on for as long as its bytes do.
//! So a text may be cut anywhere. Where a rule is looked for, [`front`] tells from its first bytes.

/// What stands between a word and what is assigned to it.
macro_rules! sep {
    () => {
        r#"\\{0,4}["'`]?\]?(?:[ \t]{0,8}(?:=>|:=|[=:])[ \t]{0,8}|>)"#
    };
}

/// A quote before a value, escaped or not.
macro_rules! quote {
    () => {
        r#"\\{0,4}["'`]?"#
    };
}

/// A word for a password.
macro_rules! password {
    () => {
        "(?i)(?:password|passwd|passphrase|pwd)"
    };
}

/// A word that begins with a capital, of Latin letters.
macro_rules! capitalised {
    () => {
        "(?:[A-Z]|\\xC3[\\x80-\\x9E])(?:[A-Za-z'-]|\\xC3[\\x9F-\\xBF]|[\\xC4\\xC5][\\x80-\\xBF]){1,24}"
    };
}

pub(crate) mod check;
mod cloud;
mod context;
mod dfa;
pub(crate) mod front;
mod personal;
mod services;
pub(crate) mod table;
pub(crate) mod tail;

use crate::kind::Kind;
use check::Check;
use tail::Tail;

/// One format. See [`RULE`] for what holds unless a rule says otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub name: &'static str,
    pub kind: Kind,
    /// What must not stand before it.
    pub before: Edge,
    /// A bounded expression over bytes that is kept.
    pub lead: &'static str,
    /// A bounded expression over bytes that is hidden.
    pub head: &'static str,
    /// Says how much of the head is meant, if any.
    pub check: Check,
    /// What must not stand after the head.
    pub after: Edge,
    pub tail: Tail,
    /// Whether every head has an `@` among its first 129 bytes.
    pub has_at: bool,
    /// Words of which one must stand shortly before it, in small letters; none if empty.
    pub words: &'static [&'static str],
}

/// A rule that finds nothing yet.
const RULE: Rule = Rule {
    name: "",
    kind: Kind::Token,
    before: Edge::Word,
    lead: "",
    head: "",
    check: check::any,
    after: Edge::Any,
    tail: Tail::None,
    has_at: false,
    words: &[],
};

/// What must not stand beside a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Any,
    /// A letter, a digit or `_`.
    Word,
    /// What could belong to the first part of a mail address.
    Address,
    /// A letter, a digit, or what a longer number would go on with.
    Number,
}

impl Edge {
    /// Whether a finding may have `neighbour` at this side.
    pub(crate) fn allows(self, neighbour: Option<u8>) -> bool {
        let Some(byte) = neighbour else {
            return true;
        };
        let word = byte.is_ascii_alphanumeric() || byte == b'_';
        match self {
            Self::Any => true,
            Self::Word => !word,
            Self::Address => !word && !matches!(byte, b'.' | b'%' | b'+' | b'-'),
            Self::Number => !word && !matches!(byte, b'-' | b'+' | b'/' | b'.'),
        }
    }
}

/// Every rule, in the order of its tables.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    [
        cloud::RULES,
        services::RULES,
        context::RULES,
        personal::RULES,
    ]
    .into_iter()
    .flatten()
}
