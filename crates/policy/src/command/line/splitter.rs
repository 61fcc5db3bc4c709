//! Reading a line from left to right, as a shell does.

use super::{Obstacle, Segment, draft::Draft};
use crate::visible::is_unseen;
use std::{iter::Peekable, str::CharIndices};

/// The most commands within commands.
const DEPTH_MAX: usize = 32;

/// Reads a line.
#[derive(Debug)]
pub(super) struct Splitter<'l> {
    line: &'l str,
    chars: Peekable<CharIndices<'l>>,
    done: Vec<(usize, Segment)>,
    outer: Vec<Frame>,
    frame: Frame,
}

/// A list of commands: the line itself, or what stands within another command.
#[derive(Debug)]
struct Frame {
    draft: Draft,
    close: Option<Close>,
    /// Whether a double quotation is open.
    quoted: bool,
    /// Whether the last operator asks for another command.
    waiting: bool,
}

/// What ends a list of commands within another command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Close {
    Parenthesis,
    Backtick,
}

impl Frame {
    const fn new(start: usize, close: Option<Close>) -> Self {
        Self {
            draft: Draft::new(start),
            close,
            quoted: false,
            waiting: false,
        }
    }
}

impl<'l> Splitter<'l> {
    pub(super) fn new(line: &'l str) -> Self {
        Self {
            line,
            chars: line.char_indices().peekable(),
            done: Vec::new(),
            outer: Vec::new(),
            frame: Frame::new(0, None),
        }
    }

    /// The commands, in the order in which they begin.
    pub(super) fn split(mut self) -> Vec<Segment> {
        while let Some((at, char)) = self.chars.next() {
            if self.frame.quoted {
                self.read_quoted(at, char);
            } else {
                self.read(at, char);
            }
        }
        self.finish();
        self.done.sort_by_key(|(start, _)| *start);
        let mut segments: Vec<_> = self.done.into_iter().map(|(_, segment)| segment).collect();
        if segments.is_empty() {
            segments.push(missing());
        }
        segments
    }

    /// Closes whatever is open at the end of the line.
    fn finish(&mut self) {
        let end = self.line.len();
        loop {
            if self.frame.quoted || self.frame.close.is_some() {
                self.frame.draft.obstruct(Obstacle::Unclosed);
            }
            self.end_command(end, end);
            if self.frame.waiting {
                self.done.push((end, missing()));
            }
            match self.outer.pop() {
                Some(outer) => self.frame = outer,
                None => return,
            }
        }
    }

    fn read(&mut self, at: usize, char: char) {
        let draft = &mut self.frame.draft;
        match char {
            ' ' | '\t' => draft.end_word(),
            '\n' => self.end_line(at),
            ';' | '&' | '|' => self.read_operator(at, char),
            '<' | '>' => self.redirect(char),
            '(' => self.enter(at, Obstacle::Subshell, Close::Parenthesis),
            ')' => self.leave(at, Close::Parenthesis),
            '`' => self.read_backtick(at),
            '\'' => self.read_literal(),
            '"' => {
                draft.open_quote();
                self.frame.quoted = true;
            }
            '\\' => self.read_escape(),
            '$' => self.read_dollar(at),
            '#' if !draft.in_word() => self.skip_comment(),
            _ => self.read_letter(char),
        }
    }

    /// A character that stands for itself, or for what only a shell knows.
    fn read_letter(&mut self, char: char) {
        let next = self.next();
        let draft = &mut self.frame.draft;
        let obstacle = match char {
            '*' | '?' | '[' => Some(Obstacle::Glob),
            '{' if !draft.in_word() && next == Some('}') => return self.read_pair(),
            '{' | '}' => Some(Obstacle::Braces),
            '~' if draft.last().is_none_or(|last| matches!(last, '=' | ':')) => {
                Some(Obstacle::Tilde)
            }
            '!' if !draft.in_word() && next.is_some_and(|next| !" \t\n".contains(next)) => {
                Some(Obstacle::History)
            }
            '!' if draft.in_word() => Some(Obstacle::History),
            char if is_unseen(char) => Some(Obstacle::Unseen),
            _ => None,
        };
        if let Some(obstacle) = obstacle {
            draft.obstruct(obstacle);
        }
        draft.push(char);
    }

    /// `{}` alone is no braces: `find` has a use for it.
    fn read_pair(&mut self) {
        self.chars.next();
        let ends = self.next().is_none_or(|next| " \t\n;&|".contains(next));
        let draft = &mut self.frame.draft;
        draft.push('{');
        draft.push('}');
        if !ends {
            draft.obstruct(Obstacle::Braces);
        }
    }

    fn read_quoted(&mut self, at: usize, char: char) {
        match char {
            '"' => self.frame.quoted = false,
            '\\' => match self.next() {
                Some('\n') => drop(self.chars.next()),
                Some(next @ ('$' | '`' | '"' | '\\')) => {
                    self.chars.next();
                    self.frame.draft.push_quoted(next);
                }
                _ => self.frame.draft.push_quoted('\\'),
            },
            '$' => self.read_dollar(at),
            '`' => self.read_backtick(at),
            '!' => {
                let next = self.next();
                if next.is_some_and(|next| !" \t\n\"=".contains(next)) {
                    self.frame.draft.obstruct(Obstacle::History);
                }
                self.frame.draft.push_quoted(char);
            }
            _ => self.push_literal(char),
        }
    }

    /// What stands between single quotes.
    fn read_literal(&mut self) {
        self.frame.draft.open_quote();
        loop {
            match self.chars.next() {
                Some((_, '\'')) => return,
                Some((_, char)) => self.push_literal(char),
                None => return self.frame.draft.obstruct(Obstacle::Unclosed),
            }
        }
    }

    fn push_literal(&mut self, char: char) {
        if char == '\0' {
            self.frame.draft.obstruct(Obstacle::Unseen);
        }
        self.frame.draft.push_quoted(char);
    }

    fn read_escape(&mut self) {
        match self.chars.next() {
            Some((_, '\n')) => {}
            Some((_, char)) => self.push_literal(char),
            None => self.frame.draft.obstruct(Obstacle::Unclosed),
        }
    }

    fn read_dollar(&mut self, at: usize) {
        let quoted = self.frame.quoted;
        match self.next() {
            Some('(') => {
                let open = self.chars.next().map_or(at, |(open, _)| open);
                self.push('$');
                self.enter(open, Obstacle::Substitution, Close::Parenthesis);
            }
            Some('\'' | '"') if !quoted => self.frame.draft.obstruct(Obstacle::DollarQuote),
            Some(next) if next.is_ascii_alphanumeric() || "_{@*#?-$![".contains(next) => {
                self.frame.draft.obstruct(Obstacle::Variable);
                self.push('$');
            }
            _ => self.push('$'),
        }
    }

    fn read_backtick(&mut self, at: usize) {
        if self.frame.close == Some(Close::Backtick) {
            self.leave(at, Close::Backtick);
        } else {
            self.enter(at, Obstacle::Substitution, Close::Backtick);
        }
    }

    fn redirect(&mut self, char: char) {
        if self.next() == Some('(') {
            let open = self.chars.next().map_or(0, |(open, _)| open);
            return self.enter(open, Obstacle::ProcessSubstitution, Close::Parenthesis);
        }
        let mut count = 1;
        while self.next() == Some(char) {
            self.chars.next();
            count += 1;
        }
        if matches!(self.next(), Some('&' | '|' | '>' | '-')) {
            self.chars.next();
        }
        self.frame.draft.end_word();
        self.frame.draft.obstruct(match (char, count) {
            ('<', 2) => Obstacle::Heredoc,
            ('<', 3..) => Obstacle::HereString,
            _ => Obstacle::Redirection,
        });
    }

    fn skip_comment(&mut self) {
        self.frame.draft.obstruct(Obstacle::Comment);
        while self.next().is_some_and(|next| next != '\n') {
            self.chars.next();
        }
    }

    fn read_operator(&mut self, at: usize, char: char) {
        if char == '&' && self.next() == Some('>') {
            // One shell redirects both outputs, another puts the command behind and redirects nothing.
            self.frame.draft.obstruct(Obstacle::Redirection);
        }
        let doubled = self.next() == Some(char) || (char == '|' && self.next() == Some('&'));
        if doubled {
            self.chars.next();
        }
        if char == ';' && doubled {
            // Ends a branch of `case`, and stands nowhere else.
            self.frame.draft.obstruct(Obstacle::Keyword);
        }
        let after = self.position();
        if !self.end_command(at, after) {
            self.done.push((at, missing()));
        }
        self.frame.waiting = char == '|' || (char == '&' && doubled);
    }

    fn end_line(&mut self, at: usize) {
        let after = self.position();
        let waiting = self.frame.waiting;
        let ended = self.end_command(at, after);
        self.frame.waiting = waiting && !ended;
    }

    /// Ends the command that is being read; whether there was one.
    fn end_command(&mut self, end: usize, after: usize) -> bool {
        let draft = std::mem::replace(&mut self.frame.draft, Draft::new(after));
        let Some(segment) = draft.finish(self.line, end) else {
            return false;
        };
        self.done.push(segment);
        self.frame.waiting = false;
        true
    }

    /// Begins a list of commands within the command that is being read.
    fn enter(&mut self, open: usize, obstacle: Obstacle, close: Close) {
        self.frame.draft.obstruct(obstacle);
        if self.outer.len() >= DEPTH_MAX {
            return self.frame.draft.obstruct(Obstacle::TooDeep);
        }
        self.push('…');
        let inner = Frame::new(open.saturating_add(1), Some(close));
        self.outer.push(std::mem::replace(&mut self.frame, inner));
    }

    /// Ends a list of commands within another command.
    fn leave(&mut self, at: usize, close: Close) {
        let after = at.saturating_add(1);
        if self.frame.close != Some(close) {
            self.frame.draft.obstruct(Obstacle::Unbalanced);
            self.end_command(at, after);
            return;
        }
        if self.frame.quoted {
            self.frame.draft.obstruct(Obstacle::Unclosed);
        }
        let ended = self.end_command(at, after);
        if !ended && self.frame.waiting {
            self.done.push((at, missing()));
        }
        if let Some(outer) = self.outer.pop() {
            self.frame = outer;
        }
    }

    fn push(&mut self, char: char) {
        if self.frame.quoted {
            self.frame.draft.push_quoted(char);
        } else {
            self.frame.draft.push(char);
        }
    }

    fn next(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, char)| *char)
    }

    fn position(&mut self) -> usize {
        self.chars.peek().map_or(self.line.len(), |(at, _)| *at)
    }
}

/// A place where a command should be.
fn missing() -> Segment {
    Segment {
        text: String::new(),
        words: Vec::new(),
        obstacles: vec![Obstacle::Missing],
    }
}
