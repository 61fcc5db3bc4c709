//! Which policies apply to an action: found by look-up, however many there are.
//!
//! Every policy stands in one bucket for each pair of an action type and an environment it names
//! (or for any), and for its agent (or any). An action falls into at most one bucket of each
//! shape, and only shapes that some policy has are looked up.

use super::shelves::{Kind, Shelves, Span};
use crate::{
    action::Action, conflict::reach::Reach, id::AgentId, label::Label, principle::words::Words,
};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use smallvec::SmallVec;
use std::{borrow::Borrow, hash::Hash};

/// Numbers for names, from 1; 0 stands for any.
#[derive(Debug)]
pub(super) struct Names<N>(HashMap<N, u32, FixedState>);

impl<N> Default for Names<N> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<N: Clone + Eq + Hash + Borrow<str>> Names<N> {
    /// The number of a name, new or known.
    fn number(&mut self, name: &N) -> u32 {
        if let Some(known) = self.find(name) {
            return known;
        }
        let number = u32::try_from(self.0.len() + 1).unwrap_or(u32::MAX);
        self.0.insert(name.clone(), number);
        number
    }

    /// Something about each name, in the order of the numbers.
    fn in_order<T>(&self, about: impl Fn(&N) -> T) -> Vec<T> {
        let mut names: Vec<(u32, &N)> = self
            .0
            .iter()
            .map(|(name, number)| (*number, name))
            .collect();
        names.sort_unstable_by_key(|(number, _)| *number);
        names.into_iter().map(|(_, name)| about(name)).collect()
    }

    /// The number of a known name.
    pub(super) fn find(&self, name: &N) -> Option<u32> {
        self.0.get::<N>(name).copied()
    }
}

/// An action type, an environment and an agent by number, 0 for any.
type Key = u128;

const fn key(kind: u32, environment: u32, agent: u32) -> Key {
    (kind as u128) << 64 | (environment as u128) << 32 | agent as u128
}

/// Which parts of a key are not "any": bit 0 the type, bit 1 the environment, bit 2 the agent.
type Shape = u8;

/// The policies with one key.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// For one agent only.
    pub(super) scoped: bool,
    /// The types of which a policy here is enforced; bits of [`Kind`].
    pub(super) binding: u8,
    /// All places, in the order of the types.
    pub(super) places: Span,
    spans: [Span; 8],
}

impl Bucket {
    /// The entries of one type.
    pub(super) fn span(&self, kind: Kind) -> Span {
        self.spans.get(kind as usize).copied().unwrap_or_default()
    }
}

/// All buckets.
#[derive(Debug, Default)]
pub(super) struct Index {
    kinds: Names<Label>,
    /// The words of each known action type, by its number less one.
    words: Vec<Words>,
    environments: Names<Label>,
    agents: Names<AgentId>,
    shapes: SmallVec<[Shape; 8]>,
    buckets: HashMap<Key, Bucket, FixedState>,
}

/// The buckets one action falls into: at most one for each shape.
pub(super) type Matching<'r> = SmallVec<[&'r Bucket; 8]>;

impl Index {
    /// The number of an action type; `None` when no policy names it.
    pub(super) fn kind(&self, kind: &Label) -> Option<u32> {
        self.kinds.find(kind)
    }

    /// The words of an action type.
    pub(super) fn words(&self, kind: &Label) -> Words {
        let known = self
            .kind(kind)
            .and_then(|number| self.words.get((number as usize).checked_sub(1)?));
        known.copied().unwrap_or_else(|| Words::of(kind.as_str()))
    }

    /// The buckets an action falls into.
    pub(super) fn matching(&self, action: &Action) -> Matching<'_> {
        let kind = self.kinds.find(&action.kind);
        let environment = self.environments.find(&action.environment);
        let agent = self.agents.find(&action.agent);
        let part = |shape: Shape, bit: u8, number: Option<u32>| {
            if shape & bit == 0 { Some(0) } else { number }
        };
        let keys = self.shapes.iter().filter_map(|shape| {
            let kind = part(*shape, 1, kind)?;
            Some(key(
                kind,
                part(*shape, 2, environment)?,
                part(*shape, 4, agent)?,
            ))
        });
        keys.filter_map(|key| self.buckets.get(&key)).collect()
    }
}

/// A policy in a bucket, before the buckets are known; sorts into their order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Slip {
    key: Key,
    kind: Kind,
    place: u32,
    log_only: bool,
}

/// Makes an index.
#[derive(Debug, Default)]
pub(super) struct Indexer {
    index: Index,
    slips: Vec<Slip>,
}

/// The most places in all buckets together; beyond, policies name too many pairs of action types
/// and environments to be held in memory.
pub(super) const MAX_SLIPS: usize = 1 << 21;

impl Indexer {
    /// Notes where a policy stands; whether there was room for it.
    pub(super) fn note(
        &mut self,
        place: u32,
        kind: Kind,
        log_only: bool,
        reach: &Reach<'_>,
    ) -> bool {
        let index = &mut self.index;
        let agent = reach.agent.map_or(0, |agent| index.agents.number(agent));
        let kinds = numbers(&mut index.kinds, &reach.kinds);
        let environments = numbers(&mut index.environments, &reach.environments);
        let pairs = kinds.len().saturating_mul(environments.len());
        if self.slips.len().saturating_add(pairs) > MAX_SLIPS {
            return false;
        }
        for number in &kinds {
            for environment in &environments {
                let key = key(*number, *environment, agent);
                self.slips.push(Slip {
                    key,
                    kind,
                    place,
                    log_only,
                });
            }
        }
        true
    }

    /// Numbers an action type that only a rule within a policy names.
    pub(super) fn number_kind(&mut self, kind: &Label) {
        self.index.kinds.number(kind);
    }

    /// Fills the buckets; `shelve` puts one policy on the shelves.
    pub(super) fn finish(
        mut self,
        shelves: &mut Shelves,
        mut shelve: impl FnMut(&mut Shelves, &Index, u32) -> Span,
    ) -> Index {
        self.slips.sort_unstable();
        let mut shapes = [false; 8];
        let buckets = self.slips.chunk_by(|first, second| first.key == second.key);
        let mut filled = HashMap::default();
        for slips in buckets {
            let mut bucket = Bucket {
                places: shelves.places.extend(slips.iter().map(|slip| slip.place)),
                ..Bucket::default()
            };
            let Some(first) = slips.first() else { continue };
            bucket.scoped = first.key & u128::from(u32::MAX) != 0;
            for slip in slips {
                let span = shelve(shelves, &self.index, slip.place);
                if let Some(known) = bucket.spans.get_mut(slip.kind as usize) {
                    known.grow(span);
                }
                if !slip.log_only {
                    bucket.binding |= slip.kind.bit();
                }
            }
            if let Some(used) = shapes.get_mut(usize::from(shape(first.key))) {
                *used = true;
            }
            filled.insert(first.key, bucket);
        }
        self.index.words = self.index.kinds.in_order(|kind| Words::of(kind.as_str()));
        self.index.buckets = filled;
        self.index.shapes = (0..8)
            .zip(shapes)
            .filter(|(_, used)| *used)
            .map(|(shape, _)| shape)
            .collect();
        self.index
    }
}

fn numbers(names: &mut Names<Label>, labels: &[&Label]) -> SmallVec<[u32; 4]> {
    if labels.is_empty() {
        return SmallVec::from_slice(&[0]);
    }
    labels.iter().map(|label| names.number(label)).collect()
}

fn shape(key: Key) -> Shape {
    let number = Key::from(u32::MAX);
    let part = |shift: u32, bit: u8| if key >> shift & number == 0 { 0 } else { bit };
    part(64, 1) | part(32, 2) | part(0, 4)
}
