//! Bounded expressions over bytes, matched from one place on.

use regex_automata::{
    Anchored,
    dfa::{Automaton, StartKind, dense},
    util::{primitives::StateID, start, syntax},
};
use std::collections::BTreeSet;

pub(super) struct Dfa {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
}

/// How far an expression matches.
pub(super) enum Walk {
    /// More text is needed to tell.
    Wait,
    End(Option<usize>),
}

impl Dfa {
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let config = dense::Config::new()
            .start_kind(StartKind::Anchored)
            .accelerate(false);
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let mut builder = dense::Builder::new();
        let automaton = builder.configure(config).syntax(syntax).build(pattern);
        let automaton = automaton.ok()?;
        let start = start::Config::new().anchored(Anchored::Yes);
        let start = automaton.start_state(&start).ok()?;
        Some(Self { automaton, start })
    }

    /// Where every match begins.
    pub(super) const fn start(&self) -> StateID {
        self.start
    }

    /// Walks the automaton from `from` until it can match no further. Every expression is bounded,
    /// so the walk is too.
    pub(super) fn walk(&self, text: &[u8], from: usize, over: bool) -> Walk {
        let automaton = &self.automaton;
        let (mut state, mut end) = (self.start, None);
        let rest = text.get(from..).unwrap_or_default();
        for (byte, at) in rest.iter().zip(from..) {
            state = automaton.next_state(state, *byte);
            if !automaton.is_special_state(state) {
                continue;
            }
            if automaton.is_match_state(state) {
                end = Some(at);
            } else if automaton.is_dead_state(state) || automaton.is_quit_state(state) {
                return Walk::End(end);
            }
        }
        if !over {
            return Walk::Wait;
        }
        if automaton.is_match_state(automaton.next_eoi_state(state)) {
            end = Some(text.len());
        }
        Walk::End(end)
    }

    /// Tells with which bytes a match goes on from `states`, and gives the states then; none once it
    /// may be over, and anything may follow.
    pub(super) fn after(
        &self,
        states: &BTreeSet<StateID>,
        tell: &mut impl FnMut(u8),
    ) -> BTreeSet<StateID> {
        let mut next = BTreeSet::new();
        let mut over = states.is_empty();
        for state in states {
            for byte in 0..=u8::MAX {
                let state = self.automaton.next_state(*state, byte);
                over |= self.automaton.is_match_state(state);
                if !self.automaton.is_dead_state(state) {
                    tell(byte);
                    next.insert(state);
                }
            }
        }
        if over {
            (0..=u8::MAX).for_each(tell);
            next.clear();
        }
        next
    }
}
