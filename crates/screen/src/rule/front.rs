//! Where rules may begin.
//!
//! One table for each place at the front of a rule says of every byte which rules may have it there,
//! one bit for each rule. The tables are read off the rules' own automata, so that they cannot leave
//! out a place where a rule would match. A few fetches tell of most places that no rule begins there,
//! in capitals or not, however many rules there are.

use super::{Rule, dfa::Dfa};
use std::{collections::BTreeSet, ops::Range};

/// The most rules.
const MOST_RULES: usize = 64;

/// How many bytes from the first on are looked at.
const DEPTH: usize = 12;

/// How many bytes behind a place are looked at in any case.
pub(crate) const AHEAD: usize = 3;

/// The bytes after which it is looked anew whether an `@` is near.
const STRETCH: usize = 256;

/// How far behind its start a rule that has an `@` has it.
const REACH: usize = 128;

/// Rules, one bit each.
pub(crate) type Rules = u64;

type Level = [Rules; 256];

pub(crate) struct Front {
    before: Level,
    levels: [Level; DEPTH],
    /// Those that have an `@`.
    has_at: Rules,
}

impl Front {
    /// The front of no rule.
    pub(super) const fn new() -> Self {
        Self {
            before: [0; 256],
            levels: [[0; 256]; DEPTH],
            has_at: 0,
        }
    }

    /// Adds the rule with this number, which begins with what `first` matches.
    pub(super) fn add(&mut self, number: usize, rule: &Rule, first: &Dfa) -> Option<()> {
        let bit = (number < MOST_RULES).then(|| 1 << number)?;
        for (byte, rules) in (0..=u8::MAX).zip(&mut self.before) {
            if rule.before.allows(Some(byte)) {
                *rules |= bit;
            }
        }
        if rule.has_at {
            self.has_at |= bit;
        }
        let mut states = BTreeSet::from([first.start()]);
        for level in &mut self.levels {
            let mut note = |byte: u8| {
                if let Some(rules) = level.get_mut(usize::from(byte)) {
                    *rules |= bit;
                }
            };
            states = first.after(&states, &mut note);
        }
        Some(())
    }

    /// Tells of every place within `range` where one of `wanted` may begin, and which may.
    pub(crate) fn places(
        &self,
        (text, over): (&[u8], bool),
        range: Range<usize>,
        wanted: Rules,
        tell: &mut impl FnMut(usize, Rules),
    ) {
        let mut start = range.start;
        while start < range.end {
            let end = (start + STRETCH).min(range.end);
            let near = text.get(start..text.len().min(end + REACH));
            let is_near = || near.unwrap_or_default().contains(&b'@');
            let unknown = !over && end + REACH > text.len();
            let here = match wanted & self.has_at {
                0 => wanted,
                _ if unknown || is_near() => wanted,
                has_at => wanted & !has_at,
            };
            self.stretch(text, start..end, here, tell);
            start = end;
        }
    }

    fn stretch(
        &self,
        text: &[u8],
        range: Range<usize>,
        wanted: Rules,
        tell: &mut impl FnMut(usize, Rules),
    ) {
        let start = range.start.max(1).min(range.end);
        let end = text.len().saturating_sub(AHEAD).clamp(start, range.end);
        let mut ask = |at: usize| {
            let rules = self.rules(text, at) & wanted;
            if rules != 0 {
                tell(at, rules);
            }
        };
        (range.start..start).for_each(&mut ask);
        let mut next = start;
        while let Some(skipped) = self.first(text.get(next - 1..end + AHEAD), wanted) {
            ask(next + skipped);
            next += skipped + 1;
        }
        (end..range.end).for_each(&mut ask);
    }

    /// The first place behind the first byte where one of `wanted` may begin, as far as five bytes
    /// tell. By itself, for this loop is where most time goes: it must not share registers.
    #[inline(never)]
    fn first(&self, text: Option<&[u8]>, wanted: Rules) -> Option<usize> {
        let ([before, a, b, c], rest) = text?.split_first_chunk()?;
        let mut last = [*before, *a, *b, *c];
        rest.iter().position(|next| {
            let [before, a, b, c] = last;
            last = [a, b, c, *next];
            self.quick([before, a, b, c, *next]) & wanted != 0
        })
    }

    /// The rules that may begin at the second of five bytes, as far as these tell.
    fn quick(&self, [before, a, b, c, d]: [u8; 2 + AHEAD]) -> Rules {
        let [first, second, third, fourth, ..] = &self.levels;
        look(&self.before, before)
            & look(first, a)
            & look(second, b)
            & look(third, c)
            & look(fourth, d)
    }

    /// The rules that may begin at `at`; bytes that have not come yet may be any.
    fn rules(&self, text: &[u8], at: usize) -> Rules {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let mut rules = before.map_or(Rules::MAX, |before| look(&self.before, *before));
        let rest = text.get(at..).unwrap_or_default();
        for (level, byte) in self.levels.iter().zip(rest) {
            rules &= look(level, *byte);
            if rules == 0 {
                break;
            }
        }
        rules
    }
}

fn look(level: &Level, byte: u8) -> Rules {
    level.get(usize::from(byte)).copied().unwrap_or(Rules::MAX)
}
