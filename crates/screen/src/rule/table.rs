//! The rules made ready: where to look, and an automaton for each.

use super::{Edge, Rule, Starts, tail::Tail};
use crate::kind::Kind;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex_automata::{
    Anchored,
    dfa::{Automaton, StartKind, dense},
    util::{start, syntax},
};
use std::sync::{Arc, LazyLock};

/// How far back a rule looks for its words.
pub(crate) const LOOK_BACK: usize = 48;

type Dfa = dense::DFA<Vec<u32>>;

/// Every rule, ready.
pub(crate) struct Table {
    rules: Vec<Ready>,
    literals: AhoCorasick,
    /// The rules of each literal.
    of_literal: Vec<Vec<usize>>,
    numbers: Vec<usize>,
    words: Vec<usize>,
    /// Of both.
    classes: Vec<usize>,
    longest_literal: usize,
}

struct Ready {
    rule: &'static Rule,
    lead: Option<Dfa>,
    head: Dfa,
}

/// What a rule says at one place.
pub(crate) enum Answer {
    No,
    /// More text is needed to tell.
    Wait,
    Yes(Hit),
}

/// Where a rule found its head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub start: usize,
    pub end: usize,
    pub tail: Tail,
}

/// The table; it is made once, for it never changes.
pub(crate) fn table() -> Option<Arc<Table>> {
    static TABLE: LazyLock<Option<Arc<Table>>> = LazyLock::new(|| Table::new().map(Arc::new));
    TABLE.clone()
}

impl Table {
    fn new() -> Option<Self> {
        let rules: Vec<Ready> = super::all().map(Ready::new).collect::<Option<_>>()?;
        let mut literals: Vec<String> = Vec::new();
        let (mut of_literal, mut numbers, mut words) = (Vec::<Vec<usize>>::new(), vec![], vec![]);
        for (number, ready) in rules.iter().enumerate() {
            let starts = match ready.rule.starts {
                Starts::Number => {
                    numbers.push(number);
                    continue;
                }
                Starts::Word => {
                    words.push(number);
                    continue;
                }
                Starts::At(starts) => starts,
            };
            for start in starts.iter().map(|start| start.to_ascii_lowercase()) {
                match literals.iter().position(|known| *known == start) {
                    Some(place) => of_literal.get_mut(place)?.push(number),
                    None => {
                        literals.push(start);
                        of_literal.push(vec![number]);
                    }
                }
            }
        }
        let mut builder = AhoCorasick::builder();
        builder
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard);
        Some(Self {
            longest_literal: literals.iter().map(String::len).max()?,
            literals: builder
                .kind(Some(AhoCorasickKind::DFA))
                .build(&literals)
                .ok()?,
            classes: numbers.iter().chain(&words).copied().collect(),
            rules,
            of_literal,
            numbers,
            words,
        })
    }

    /// Every place from `from` on where a rule for `kinds` is to be asked, and the rule.
    pub(crate) fn places<'t>(
        &'t self,
        text: &'t [u8],
        from: usize,
        kinds: u16,
    ) -> impl Iterator<Item = (usize, usize)> + 't {
        let rest = text.get(from..).unwrap_or_default();
        let literal = self
            .literals
            .find_overlapping_iter(rest)
            .flat_map(move |found| {
                let rules = self.of_literal.get(found.pattern().as_usize());
                let rules = rules.map(Vec::as_slice).unwrap_or_default();
                rules.iter().map(move |rule| (from + found.start(), *rule))
            });
        let personal = if self.wants_classes(kinds) { rest } else { &[] };
        let class = personal.iter().zip(from..).flat_map(move |(byte, at)| {
            let before = at.checked_sub(1).and_then(|at| text.get(at));
            self.at_class(before.copied(), *byte)
                .iter()
                .map(move |rule| (at, *rule))
        });
        literal
            .chain(class)
            .filter(move |(_, rule)| self.is_on(*rule, kinds))
    }

    fn wants_classes(&self, kinds: u16) -> bool {
        self.classes.iter().any(|rule| self.is_on(*rule, kinds))
    }

    fn is_on(&self, rule: usize, kinds: u16) -> bool {
        self.rules
            .get(rule)
            .is_some_and(|ready| ready.rule.kind.bit() & kinds != 0)
    }

    /// The rules to be asked where a number or a word begins.
    fn at_class(&self, before: Option<u8>, byte: u8) -> &[usize] {
        match byte {
            b'(' | b'+' => &self.numbers,
            _ if !Edge::Word.allows(before) => &[],
            b'0'..=b'9' => &self.classes,
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | b':' => &self.words,
            _ => &[],
        }
    }

    /// How long the longest literal is.
    pub(crate) const fn longest_literal(&self) -> usize {
        self.longest_literal
    }

    pub(crate) fn kind(&self, rule: usize) -> Kind {
        self.rules
            .get(rule)
            .map_or(Kind::Secret, |ready| ready.rule.kind)
    }

    pub(crate) fn name(&self, rule: usize) -> &'static str {
        self.rules.get(rule).map_or("", |ready| ready.rule.name)
    }

    /// Whether `rule` finds something at `at`.
    pub(crate) fn ask(&self, rule: usize, text: &[u8], at: usize, over: bool) -> Answer {
        self.rules
            .get(rule)
            .map_or(Answer::No, |ready| ready.ask(text, at, over))
    }
}

impl Ready {
    fn new(rule: &'static Rule) -> Option<Self> {
        let lead = match rule.lead {
            "" => None,
            lead => Some(dfa(lead)?),
        };
        Some(Self {
            rule,
            lead,
            head: dfa(rule.head)?,
        })
    }

    fn ask(&self, text: &[u8], at: usize, over: bool) -> Answer {
        let before = at.checked_sub(1).and_then(|at| text.get(at)).copied();
        if !self.rule.before.allows(before) || !self.has_words(text, at) {
            return Answer::No;
        }
        let start = match &self.lead {
            None => at,
            Some(lead) => match walk(lead, text, at, over) {
                Walk::Wait => return Answer::Wait,
                Walk::End(None) => return Answer::No,
                Walk::End(Some(end)) => end,
            },
        };
        let end = match walk(&self.head, text, start, over) {
            Walk::Wait => return Answer::Wait,
            Walk::End(None) => return Answer::No,
            Walk::End(Some(end)) => end,
        };
        let value = text.get(start..end).unwrap_or_default();
        let Some(length) = (self.rule.check)(value).filter(|length| *length > 0) else {
            return Answer::No;
        };
        let end = start + length;
        match text.get(end) {
            None if !over && self.rule.after != Edge::Any => Answer::Wait,
            next if !self.rule.after.allows(next.copied()) => Answer::No,
            _ => Answer::Yes(Hit {
                start,
                end,
                tail: self.rule.tail,
            }),
        }
    }

    fn has_words(&self, text: &[u8], at: usize) -> bool {
        let words = self.rule.words;
        if words.is_empty() {
            return true;
        }
        let before = text
            .get(at.saturating_sub(LOOK_BACK)..at)
            .unwrap_or_default();
        let before = before.to_ascii_lowercase();
        words.iter().any(|word| {
            before
                .windows(word.len())
                .any(|window| window == word.as_bytes())
        })
    }
}

fn dfa(pattern: &str) -> Option<Dfa> {
    let config = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .accelerate(false);
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let mut builder = dense::Builder::new();
    builder.configure(config).syntax(syntax).build(pattern).ok()
}

enum Walk {
    Wait,
    End(Option<usize>),
}

/// Walks the automaton from `from` until it can match no further. Every expression is bounded, so
/// the walk is too.
fn walk(dfa: &Dfa, text: &[u8], from: usize, over: bool) -> Walk {
    let start = start::Config::new().anchored(Anchored::Yes);
    let Ok(mut state) = dfa.start_state(&start) else {
        return Walk::End(None);
    };
    let mut end = None;
    let rest = text.get(from..).unwrap_or_default();
    for (byte, at) in rest.iter().zip(from..) {
        state = dfa.next_state(state, *byte);
        if dfa.is_match_state(state) {
            end = Some(at);
        } else if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
            return Walk::End(end);
        }
    }
    if !over {
        return Walk::Wait;
    }
    if dfa.is_match_state(dfa.next_eoi_state(state)) {
        end = Some(text.len());
    }
    Walk::End(end)
}
