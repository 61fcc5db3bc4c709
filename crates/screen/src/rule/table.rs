//! The rules made ready: where to look, and an automaton for each.

use super::{
    Edge, Rule,
    dfa::{Dfa, Walk},
    front::{Front, Rules},
    tail::Tail,
};
use crate::kind::Kind;
use std::sync::{Arc, LazyLock};

/// How far back a rule looks for its words.
pub(crate) const LOOK_BACK: usize = 48;

/// Every rule, ready.
pub(crate) struct Table {
    rules: Vec<Ready>,
    /// Where each may begin.
    pub front: Front,
}

struct Ready {
    rule: &'static Rule,
    /// One of its words, in the few bytes before it.
    words: Option<Dfa>,
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
        let mut front = Front::new();
        for (number, ready) in rules.iter().enumerate() {
            front.add(
                number,
                ready.rule,
                ready.lead.as_ref().unwrap_or(&ready.head),
            )?;
        }
        Some(Self { rules, front })
    }

    /// The rules for these kinds.
    pub(crate) fn of_kinds(&self, kinds: u16) -> Rules {
        let rules = self.rules.iter().enumerate();
        let wanted = rules.filter(|(_, ready)| ready.rule.kind.bit() & kinds != 0);
        wanted.fold(0, |rules, (number, _)| rules | 1 << number)
    }

    pub(crate) fn kind(&self, rule: usize) -> Kind {
        self.rules
            .get(rule)
            .map_or(Kind::Secret, |ready| ready.rule.kind)
    }

    pub(crate) fn name(&self, rule: usize) -> &'static str {
        self.rules.get(rule).map_or("", |ready| ready.rule.name)
    }

    /// Whether `rule` finds something at `at`, where its front allows it to begin.
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
            lead => Some(Dfa::new(lead)?),
        };
        let words = match rule.words {
            [] => None,
            words => Some(Dfa::new(&format!("(?is).*?(?:{})", words.join("|")))?),
        };
        Some(Self {
            rule,
            words,
            lead,
            head: Dfa::new(rule.head)?,
        })
    }

    fn ask(&self, text: &[u8], at: usize, over: bool) -> Answer {
        let start = match &self.lead {
            None => at,
            Some(lead) => match lead.walk(text, at, over) {
                Walk::Wait => return Answer::Wait,
                Walk::End(None) => return Answer::No,
                Walk::End(Some(end)) => end,
            },
        };
        let end = match self.head.walk(text, start, over) {
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
            _ if !self.has_words(text, at) => Answer::No,
            _ => Answer::Yes(Hit {
                start,
                end,
                tail: self.rule.tail,
            }),
        }
    }

    fn has_words(&self, text: &[u8], at: usize) -> bool {
        let before = text.get(at.saturating_sub(LOOK_BACK)..at);
        let before = before.unwrap_or_default();
        let words = self.words.as_ref();
        words.is_none_or(|words| matches!(words.walk(before, 0, true), Walk::End(Some(_))))
    }
}
