//! What people see of a command before they decide: made from its words alone, never from what
//! anybody says about it.

use super::{
    account::{Account, Part},
    effect::Effect,
    line::quote,
};
use crate::visible::{excerpt, visible_line};

/// The most words that are shown of one command.
pub const WORDS_SHOWN: usize = 200;
/// The most bytes that are shown of one word.
pub const WORD_SHOWN_MAX_BYTES: usize = 2_048;
/// The most commands of one line that are shown.
pub const PARTS_SHOWN: usize = 40;

/// A command as lines of plain text, each without anything that nobody sees.
///
/// Every word stands on a line of its own, so that no blank and no quote hides where it ends.
#[must_use]
pub fn lines(account: &Account) -> Vec<String> {
    let mut lines = vec![heading(account)];
    if account.is_line {
        lines.push(format!("as a line: {}", cut(&account.line)));
    }
    let count = account.parts.len();
    for (at, part) in account.parts.iter().take(PARTS_SHOWN).enumerate() {
        if count > 1 {
            lines.push(format!("command {} of {count}", at.saturating_add(1)));
        }
        show(part, &mut lines);
    }
    if let Some(more) = count.checked_sub(PARTS_SHOWN).filter(|more| *more > 0) {
        lines.push(format!("and {more} more commands, which are not shown"));
    }
    lines
}

/// The worst of it in one sentence.
fn heading(account: &Account) -> String {
    let does = match account.effect() {
        Effect::Read if account.parts.iter().any(|part| part.understanding.reveals) => {
            "it only reads, and what it reads may be secret"
        }
        Effect::Read => "it only reads",
        Effect::Write => "it changes something",
        Effect::NotUnderstood => {
            "CANNOT BE UNDERSTOOD: nobody can tell from its words what it does"
        }
        Effect::Destructive => "IT TAKES SOMETHING AWAY",
    };
    let also = if account.effect() == Effect::Destructive && !account.is_clear() {
        ", AND PART OF IT CANNOT BE UNDERSTOOD"
    } else {
        ""
    };
    format!("{does}{also} (risk tier {})", account.risk())
}

fn show(part: &Part, lines: &mut Vec<String>) {
    let understanding = &part.understanding;
    lines.push(format!(
        "  {}: {}",
        understanding.effect, understanding.what
    ));
    let words = &part.segment.words;
    for (at, word) in words.iter().take(WORDS_SHOWN).enumerate() {
        lines.push(format!("    {at}: {}{}", cut(word), remark(word)));
    }
    if let Some(more) = words
        .len()
        .checked_sub(WORDS_SHOWN)
        .filter(|more| *more > 0)
    {
        lines.push(format!("    and {more} more words, which are not shown"));
    }
    let unclear = understanding.unclear.iter();
    lines.extend(unclear.map(|why| format!("  cannot be understood: {}", cut(why))));
    let notes = understanding.notes.iter();
    lines.extend(notes.map(|note| format!("  note: {}", cut(note))));
    if let Some(trial) = &understanding.dry_run {
        lines.push(format!("  could be tried out: {}", cut(&quote(trial))));
    }
}

/// What an eye may miss of a word.
fn remark(word: &str) -> &'static str {
    if word.is_empty() {
        "(an empty word)"
    } else if visible_line(word) != word {
        "   <- holds characters that nobody sees, written out here"
    } else if word.trim() != word || word.contains("  ") {
        "   <- mind the blanks"
    } else if !word.is_ascii() {
        "   <- holds letters that may look like others"
    } else {
        ""
    }
}

/// A text on one line, its end left out when it is long.
fn cut(text: &str) -> String {
    let shown = excerpt(text, WORD_SHOWN_MAX_BYTES);
    let more = match shown.hidden_bytes {
        0 => String::new(),
        bytes => format!(" … and {bytes} more bytes, which are not shown"),
    };
    format!("{}{more}", visible_line(shown.text))
}
