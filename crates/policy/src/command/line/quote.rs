//! A command as a line.

use super::{draft, obstacle};
use std::borrow::Cow;

/// Writes a command so that every shell reads exactly these words again.
#[must_use]
pub fn quote(argv: &[String]) -> String {
    let words = argv.iter().enumerate();
    let quoted: Vec<_> = words.map(|(at, word)| quote_word(word, at == 0)).collect();
    quoted.join(" ")
}

fn quote_word(word: &str, first: bool) -> Cow<'_, str> {
    let plain = |char: char| char.is_ascii_alphanumeric() || "_@%+=:,./-".contains(char);
    let is_taken = first && (obstacle::is_keyword(word) || draft::is_assignment(word));
    if !word.is_empty() && word.chars().all(plain) && !is_taken {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}
