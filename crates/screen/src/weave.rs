//! The text with what was found replaced.
//!
//! Parts that overlap are joined and replaced by one placeholder, so that no tail of the shorter
//! one is left, in whatever order they were found.

use crate::{
    aliases::Aliases,
    finding::{Finding, REDACTED},
    kind::Kind,
};
use std::cmp::Reverse;

/// The most bytes of personal data that get a placeholder of their own; more is hidden as a secret.
pub(crate) const MOST_PERSONAL: u64 = 512;

/// One part of a text that a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub start: u64,
    pub end: u64,
    pub kind: Kind,
    pub rule: &'static str,
    /// Which rule speaks where two begin at the same place.
    pub rank: usize,
}

impl Part {
    /// Secrets come first, then what begins first, then the longer personal data.
    fn order(&self) -> impl Ord {
        let secret = self.kind.is_secret();
        let length = if secret { 0 } else { self.end - self.start };
        (!secret, self.start, Reverse(length), self.rank)
    }
}

/// The parts found so far that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Weave {
    parts: Vec<Part>,
    /// Parts that overlap, as one: who speaks for it, and where it ends.
    open: Option<Cluster>,
    /// Up to where the text is written.
    written: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cluster {
    start: u64,
    end: u64,
    speaker: Part,
}

/// The text that is at hand, and how far it is decided.
pub(crate) struct Known<'a> {
    pub text: &'a [u8],
    /// Where `text` begins in the whole.
    pub base: u64,
    /// No part that is not known yet begins before this.
    pub decided: u64,
    /// Where the parts begin whose end has not come yet.
    pub unended: &'a [u64],
    pub over: bool,
}

impl<'a> Known<'a> {
    /// All of a text.
    pub(crate) const fn whole(text: &'a [u8]) -> Self {
        Self {
            text,
            base: 0,
            decided: text.len() as u64,
            unended: &[],
            over: true,
        }
    }

    const fn end(&self) -> u64 {
        self.base + self.text.len() as u64
    }

    fn slice(&self, from: u64, to: u64) -> &[u8] {
        let place = |at: u64| usize::try_from(at.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.text.get(place(from)..place(to)).unwrap_or_default()
    }
}

impl Weave {
    pub(crate) fn add(&mut self, part: Part) {
        self.parts.push(part);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// From where on the text must be kept.
    pub(crate) fn keeps(&self) -> u64 {
        match self.open {
            Some(open) if !open.is_secret() => open.start,
            Some(open) => open.end,
            None => self.written,
        }
    }

    /// Writes what is decided.
    pub(crate) fn write(
        &mut self,
        known: &Known<'_>,
        aliases: &mut Aliases,
        out: &mut Vec<u8>,
        findings: &mut Vec<Finding>,
    ) {
        self.parts
            .sort_unstable_by_key(|part| (part.start, part.end, part.rank));
        let mut parts = std::mem::take(&mut self.parts).into_iter().peekable();
        loop {
            if self.open.is_none() {
                let Some(part) = parts.next_if(|part| part.start < known.decided) else {
                    break;
                };
                out.extend_from_slice(known.slice(self.written, part.start));
                self.written = part.start;
                self.open = Some(Cluster::new(part));
            }
            let Some(open) = self.open.as_mut() else {
                break;
            };
            while let Some(part) = parts.next_if(|part| part.start < open.end) {
                open.join(part);
            }
            if known.unended.iter().any(|start| *start < open.end) {
                open.end = open.end.max(known.end());
                while let Some(part) = parts.next_if(|part| part.start < open.end) {
                    open.join(part);
                }
            }
            let ended = open.end < known.decided
                || open.end == known.decided && known.unended.is_empty()
                || known.over;
            if !ended {
                break;
            }
            let open = *open;
            open.replace(known, aliases, out, findings);
            self.written = open.end;
            self.open = None;
        }
        self.parts = parts.collect();
        if self.open.is_none() && self.written < known.decided {
            out.extend_from_slice(known.slice(self.written, known.decided));
            self.written = known.decided;
        }
    }
}

impl Cluster {
    const fn new(part: Part) -> Self {
        Self {
            start: part.start,
            end: part.end,
            speaker: part,
        }
    }

    fn join(&mut self, part: Part) {
        self.end = self.end.max(part.end);
        if part.order() < self.speaker.order() {
            self.speaker = part;
        }
    }

    fn is_secret(&self) -> bool {
        self.speaker.kind.is_secret() || self.end - self.start > MOST_PERSONAL
    }

    fn replace(
        &self,
        known: &Known<'_>,
        aliases: &mut Aliases,
        out: &mut Vec<u8>,
        findings: &mut Vec<Finding>,
    ) {
        let kind = self.speaker.kind;
        if self.is_secret() {
            out.extend_from_slice(REDACTED.as_bytes());
        } else {
            let name = aliases.name(kind, known.slice(self.start, self.end));
            out.extend_from_slice(name.as_bytes());
        }
        let place = |at| usize::try_from(at).unwrap_or(usize::MAX);
        findings.push(Finding {
            kind,
            span: place(self.start)..place(self.end),
            rule: self.speaker.rule,
        });
    }
}
