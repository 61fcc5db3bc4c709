//! Which entries can be about an action type, without looking at all of them.

use crate::{glob::Glob, label::Label, tenant::ActionEntry};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// Places of entries in the list.
type Places = SmallVec<[usize; 2]>;

/// Entries by the action types they are about.
#[derive(Debug, Default)]
pub(super) struct Index {
    exact: HashMap<Label, Places, RandomState>,
    /// `workloads.*` under `workloads`.
    prefixes: HashMap<Box<str>, Places, RandomState>,
    /// `*`
    everything: Places,
    globs: Vec<(Glob, usize)>,
}

impl Index {
    pub(super) fn new(entries: &[ActionEntry]) -> Self {
        let mut index = Self::default();
        for (place, entry) in entries.iter().enumerate() {
            let name = entry.action.as_str();
            let prefix = name
                .strip_suffix(".*")
                .filter(|prefix| !Glob::is_glob(prefix));
            if let Some(prefix) = prefix {
                index.prefixes.entry(prefix.into()).or_default().push(place);
            } else if name == "*" {
                index.everything.push(place);
            } else if Glob::is_glob(name) {
                index.globs.push((Glob::new(entry.action.clone()), place));
            } else {
                index
                    .exact
                    .entry(entry.action.clone())
                    .or_default()
                    .push(place);
            }
        }
        index
    }

    /// Hands over the place of every entry about an action type, each once.
    pub(super) fn candidates(&self, kind: &str, mut take: impl FnMut(usize)) {
        if let Some(places) = self.exact.get(kind) {
            places.iter().copied().for_each(&mut take);
        }
        if !self.prefixes.is_empty() {
            for (_, places) in prefixes(kind).filter_map(|p| self.prefixes.get_key_value(p)) {
                places.iter().copied().for_each(&mut take);
            }
        }
        self.everything.iter().copied().for_each(&mut take);
        for (_, place) in self.globs.iter().filter(|(glob, _)| glob.matches(kind)) {
            take(*place);
        }
    }
}

/// What stands before each dot.
fn prefixes(kind: &str) -> impl Iterator<Item = &str> {
    kind.match_indices('.')
        .filter_map(|(dot, _)| kind.get(..dot))
}

#[cfg(test)]
mod tests {
    use super::Index;
    use crate::{glob::Glob, label::Label, tenant::read};
    use proptest::prelude::*;
    use serde_json::json;

    const PATTERNS: [&str; 11] = [
        "*",
        "mcp.*",
        "mcp.git.*",
        "mcp.git.get",
        "mcp.*.get",
        "mcp.g*",
        "*.get",
        "*.*",
        "http.get",
        "http.*",
        "mcp.git.*.*",
    ];
    const KINDS: [&str; 8] = [
        "mcp.git.get",
        "mcp.git",
        "mcp.git.get.all",
        "mcp",
        "http.get",
        "mcp.",
        "other",
        ".get",
    ];

    proptest! {
        #[test]
        fn the_index_finds_what_a_walk_over_the_list_finds(
            chosen in proptest::sample::subsequence(PATTERNS.to_vec(), 0..=PATTERNS.len()),
        ) {
            let entries: Vec<_> = chosen.iter().map(|action| json!({ "action": action })).collect();
            let policy = read::from_value(&json!({ "version": 1, "actions": entries })).unwrap();
            let index = Index::new(&policy.actions);
            for kind in KINDS {
                let walk = chosen
                    .iter()
                    .enumerate()
                    .filter(|(_, pattern)| Glob::new(Label::new(pattern)).matches(kind))
                    .map(|(place, _)| place);
                let mut found = Vec::new();
                index.candidates(kind, |place| found.push(place));
                found.sort_unstable();
                prop_assert_eq!(found, walk.collect::<Vec<_>>(), "{}", kind);
            }
        }
    }
}
