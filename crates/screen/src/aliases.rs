//! Placeholders for personal data that stay the same within a session.

use crate::kind::Kind;
use std::{cmp::Ordering, collections::BTreeMap, fmt};
use zeroize::Zeroizing;

/// The most values that get a number of their own.
const MOST: usize = 10_000;

/// Which value each placeholder stands for: `[EMAIL_1]` is the same mail address each time.
///
/// The caller holds one for each session, so that an agent can speak of a value that it does not
/// see, and whoever may act for it can put the value back. The values are wiped when it is dropped,
/// and never shown by `Debug`.
#[derive(Default, Clone)]
pub struct Aliases {
    numbers: BTreeMap<(Kind, Value), usize>,
    counts: BTreeMap<Kind, usize>,
}

#[derive(Clone, PartialEq, Eq)]
struct Value(Zeroizing<Vec<u8>>);

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_slice().cmp(other.0.as_slice())
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Aliases {
    /// No placeholders yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What `placeholder` stands for, if it is one of these.
    #[must_use]
    pub fn resolve(&self, placeholder: &str) -> Option<&[u8]> {
        let inside = placeholder.strip_prefix('[')?.strip_suffix(']')?;
        let (name, number) = inside.rsplit_once('_')?;
        let number: usize = number.parse().ok()?;
        let found = self
            .numbers
            .iter()
            .find(|((kind, _), at)| **at == number && kind.name() == name)?;
        Some(&found.0.1.0)
    }

    /// How many values have a placeholder.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no value has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The placeholder of `value`. When the table is full, new values share one without a number.
    pub(crate) fn name(&mut self, kind: Kind, value: &[u8]) -> String {
        let key = (kind, Value(Zeroizing::new(value.to_vec())));
        if let Some(number) = self.numbers.get(&key) {
            return format!("[{}_{number}]", kind.name());
        }
        if self.numbers.len() >= MOST {
            return format!("[{}]", kind.name());
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        self.numbers.insert(key, *count);
        format!("[{}_{count}]", kind.name())
    }
}

impl fmt::Debug for Aliases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aliases")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
