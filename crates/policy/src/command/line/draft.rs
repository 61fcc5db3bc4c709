//! A command of a line while it is being read.

use super::{Obstacle, Segment, obstacle};

/// What has been read of one command.
#[derive(Debug)]
pub(super) struct Draft {
    /// Where it begins in the line.
    pub(super) start: usize,
    words: Vec<String>,
    word: Option<Word>,
    /// Whether the command itself has begun, and not only what may stand before one.
    begun: bool,
    obstacles: Vec<Obstacle>,
}

/// The word that is being read.
#[derive(Debug, Default)]
struct Word {
    text: String,
    /// Whether any of it was quoted or escaped.
    quoted: bool,
    /// Whether it is an assignment so far.
    assigns: bool,
}

impl Draft {
    pub(super) const fn new(start: usize) -> Self {
        Self {
            start,
            words: Vec::new(),
            word: None,
            begun: false,
            obstacles: Vec::new(),
        }
    }

    /// Notes why the command cannot be read.
    pub(super) fn obstruct(&mut self, obstacle: Obstacle) {
        if !self.obstacles.contains(&obstacle) {
            self.obstacles.push(obstacle);
        }
    }

    /// Takes a character as it stands.
    pub(super) fn push(&mut self, char: char) {
        let word = self.word.get_or_insert_default();
        if char == '=' && !word.quoted && is_name(word.text.trim_end_matches('+')) {
            word.assigns = true;
        }
        word.text.push(char);
    }

    /// Takes a character that was quoted or escaped.
    pub(super) fn push_quoted(&mut self, char: char) {
        let word = self.word.get_or_insert_default();
        word.quoted = true;
        word.text.push(char);
    }

    /// Begins a quotation, which makes a word even when nothing is in it.
    pub(super) fn open_quote(&mut self) {
        self.word.get_or_insert_default().quoted = true;
    }

    /// Whether a word has begun.
    pub(super) const fn in_word(&self) -> bool {
        self.word.is_some()
    }

    /// Whether nothing was read yet.
    pub(super) fn is_blank(&self) -> bool {
        self.word.is_none() && self.words.is_empty() && self.obstacles.is_empty()
    }

    /// The last character of the word that has begun.
    pub(super) fn last(&self) -> Option<char> {
        self.word.as_ref()?.text.chars().next_back()
    }

    /// Ends the word that has begun.
    pub(super) fn end_word(&mut self) {
        let Some(word) = self.word.take() else {
            return;
        };
        if !self.begun && word.assigns {
            self.obstruct(Obstacle::Assignment);
        } else if !self.begun && !word.quoted && obstacle::is_keyword(&word.text) {
            self.obstruct(Obstacle::Keyword);
        } else {
            self.begun = true;
        }
        self.words.push(word.text);
    }

    /// The command, which ends before `end` in the line; nothing when nothing was read.
    pub(super) fn finish(mut self, line: &str, end: usize) -> Option<(usize, Segment)> {
        self.end_word();
        if self.is_blank() {
            return None;
        }
        let text = line.get(self.start..end).unwrap_or_default().trim();
        let segment = Segment {
            text: text.to_owned(),
            words: self.words,
            obstacles: self.obstacles,
        };
        Some((self.start, segment))
    }
}

/// Whether a shell would take a word before a command for an assignment.
pub(super) fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| is_name(name.trim_end_matches('+')))
}

fn is_name(text: &str) -> bool {
    let text = text.split_once('[').map_or(text, |(name, _)| name);
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
}
