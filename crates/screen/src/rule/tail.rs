//! How far a finding goes on behind its head.
//!
//! A tail is fed with the text as it comes and has no bound, so that a value that is longer than
//! any head is hidden to its end.

/// What follows a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    None,
    /// Letters, digits, `_`.
    Word,
    /// These, `-` and `.`.
    Token,
    /// Base64 of both alphabets, and its `%` escapes.
    Base64,
    /// Whatever is no blank, quote, bracket or separator.
    Bare,
    /// To the end of the line or the next quote.
    Line,
    /// To the quote that ends the string, or the end of the line; starts over at the head.
    Quoted(u8),
    /// To the end of a PEM block, or of the text.
    Pem,
}

/// A tail that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    tail: Tail,
    escaped: bool,
    end_seen: bool,
}

impl Tail {
    pub(crate) const fn read(self) -> Reading {
        Reading {
            tail: self,
            escaped: false,
            end_seen: false,
        }
    }

    /// Whether where it ends depends on nothing but where it stands.
    pub(crate) const fn is_run(self) -> bool {
        !matches!(self, Self::None | Self::Quoted(_) | Self::Pem)
    }

    const fn holds(self, byte: u8) -> bool {
        match self {
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::Token => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::Base64 => {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-' | b'%' | b'.' | b'~')
            }
            Self::Bare => !matches!(
                byte,
                0..=b' '
                    | b'"'
                    | b'\''
                    | b'`'
                    | b','
                    | b';'
                    | b'<'
                    | b'>'
                    | b'&'
                    | b'\\'
                    | b')'
                    | b'}'
                    | b']'
            ),
            Self::Line => !matches!(byte, b'\r' | b'\n' | b'"' | b'\'' | b'\\'),
            Self::None | Self::Quoted(_) | Self::Pem => false,
        }
    }
}

impl Reading {
    /// Reads `text` from `at` on: how far it got, and whether it ends there.
    pub(crate) fn advance(&mut self, text: &[u8], at: usize) -> (usize, bool) {
        let rest = text.get(at..).unwrap_or_default();
        match self.tail {
            Tail::None => (at, true),
            Tail::Quoted(quote) => self.quoted(quote, rest, at),
            Tail::Pem => self.pem(rest, at),
            run => match rest.iter().position(|byte| !run.holds(*byte)) {
                Some(length) => (at + length, true),
                None => (text.len(), false),
            },
        }
    }

    fn quoted(&mut self, quote: u8, rest: &[u8], at: usize) -> (usize, bool) {
        for (byte, offset) in rest.iter().zip(0..) {
            if matches!(byte, b'\r' | b'\n') || (*byte == quote && !self.escaped) {
                return (at + offset, true);
            }
            self.escaped = *byte == b'\\' && !self.escaped;
        }
        (at + rest.len(), false)
    }

    fn pem(&mut self, mut rest: &[u8], mut at: usize) -> (usize, bool) {
        const END: &[u8] = b"-----END";
        const DASHES: &[u8] = b"-----";
        if !self.end_seen {
            let Some(place) = find(rest, END) else {
                return (at + rest.len().saturating_sub(END.len() - 1), false);
            };
            self.end_seen = true;
            at += place + END.len();
            rest = rest.get(place + END.len()..).unwrap_or_default();
        }
        match find(rest, DASHES) {
            Some(place) => (at + place + DASHES.len(), true),
            None => (at + rest.len().saturating_sub(DASHES.len() - 1), false),
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
