//! The texts of a command that patterns are looked for in.

use crate::command::{
    account::{Account, Part},
    line, program,
};

/// What an allowed part must match: the words, quoted where they need it, with the program by its
/// bare name.
pub(super) fn of_part(part: &Part) -> String {
    line::quote(&bare(&part.segment.words, false))
}

/// What a block is looked for in: the whole as it is written, and every part in every form it may
/// be meant in, so that neither quotes, folders, wrappers nor letter case hide it.
pub(super) fn all(account: &Account) -> Vec<String> {
    let mut texts = vec![account.line.clone()];
    for part in &account.parts {
        texts.push(part.segment.text.clone());
        let words = part.segment.words.as_slice();
        let bare_words = part.segment.bare_words();
        for argv in [words, bare_words, program::inner(bare_words)] {
            add(argv, &mut texts);
        }
    }
    if account
        .parts
        .iter()
        .any(|part| part.segment.argv().is_none())
    {
        texts.extend(line::pieces(&account.line).map(str::to_owned));
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn add(argv: &[String], texts: &mut Vec<String>) {
    for argv in [argv.to_vec(), bare(argv, false), bare(argv, true)] {
        texts.push(argv.join(" "));
        texts.push(line::quote(&argv));
    }
}

/// The words with the program by its bare name, in lower case or as it is.
fn bare(argv: &[String], lower: bool) -> Vec<String> {
    let mut words = argv.to_vec();
    if let Some(first) = words.first_mut() {
        let name = first.rsplit('/').next().unwrap_or_default();
        *first = if lower {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
    }
    words
}
