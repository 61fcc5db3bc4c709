//! What kind of statement a text is, by its first word.
//!
//! The server reads the statement itself, takes no more than one, and says what it does; the first
//! word says only which ones are never handed to it.

use std::fmt;

/// The longest statement, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;

/// What a statement may do, as far as its first word tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A query: it gives rows, and may still change some in a `WITH`.
    Query,
    /// It changes rows.
    Change,
}

/// The first words that are let through. `COPY`, `DO`, `CALL`, `SET`, `EXPLAIN`, the words that
/// begin and end transactions and those that change what a database is are not among them.
const WORDS: &[(&str, Kind)] = &[
    ("select", Kind::Query),
    ("values", Kind::Query),
    ("table", Kind::Query),
    ("with", Kind::Query),
    ("insert", Kind::Change),
    ("update", Kind::Change),
    ("delete", Kind::Change),
    ("merge", Kind::Change),
];

/// Why a text is not handed to a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unfit {
    /// It is longer than [`MOST_BYTES`], or has a character that no statement has.
    Text,
    /// It does not begin with a word that is let through.
    Word,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "the statement is longer than 64 KiB, or has a zero character in it",
            Self::Word => {
                "the statement has to begin with one of SELECT, VALUES, TABLE, WITH, INSERT, \
                 UPDATE, DELETE and MERGE"
            }
        })
    }
}

impl Kind {
    /// The kind of a statement.
    ///
    /// *Fails closed:* a first word that is not on the list is refused.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn of(statement: &str) -> Result<Self, Unfit> {
        if statement.len() > MOST_BYTES || statement.contains('\0') {
            return Err(Unfit::Text);
        }
        let first = first_word(statement).ok_or(Unfit::Word)?;
        let known = WORDS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(first));
        known.map(|(_, kind)| *kind).ok_or(Unfit::Word)
    }
}

/// The first word behind blanks, comments and opening brackets, as the server's own scanner reads
/// them (PostgreSQL, 4.1.5 and `scan.l`): a comment in dashes ends at any line break, and the other
/// ones nest.
fn first_word(statement: &str) -> Option<&str> {
    let mut rest = statement;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}', '(']);
        if let Some(comment) = rest.strip_prefix("--") {
            let end = comment.find(['\n', '\r'])?;
            rest = comment.get(end..)?;
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = behind(comment)?;
        } else {
            break;
        }
    }
    let part_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let end = rest.find(|c| !part_of_word(c)).unwrap_or(rest.len());
    rest.get(..end).filter(|word| !word.is_empty())
}

/// What follows a comment whose beginning was taken off.
fn behind(mut comment: &str) -> Option<&str> {
    let mut depth = 1_u32;
    while depth > 0 {
        let place = comment.find(['/', '*'])?;
        let here = comment.get(place..)?;
        if let Some(rest) = here.strip_prefix("/*") {
            depth = depth.checked_add(1)?;
            comment = rest;
        } else if let Some(rest) = here.strip_prefix("*/") {
            depth -= 1;
            comment = rest;
        } else {
            comment = here.get(1..)?;
        }
    }
    Some(comment)
}
