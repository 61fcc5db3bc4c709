//! Gates that are wrong in one way each, to see that the comparison would notice.

use crate::{
    gate::{self, Decider},
    world::{Entry, Given, Request},
};

pub(crate) const ALL: [(&str, Decider); 5] = [
    ("forgets to deny", |given, requests| {
        let mut wrong = given.clone();
        for set in &mut wrong.sets {
            set.entries.retain(|entry| !entry.denies());
        }
        gate::decide(&wrong, requests)
    }),
    ("lets in who is not active", |given, requests| {
        let wrong = Given {
            active: true,
            ..given.clone()
        };
        gate::decide(&wrong, requests)
    }),
    (
        "takes an empty allow list for everything",
        |given, requests| changed(given, requests, |entry| !entry.denies(), &["regex:.*"]),
    ),
    ("takes an empty deny list for nothing", |given, requests| {
        changed(given, requests, Entry::denies, &["nothing"])
    }),
    ("binds no tenant-wide role", |given, requests| {
        let mut wrong = given.clone();
        if wrong.grants.iter().any(|grant| grant.workspace.is_none()) {
            wrong.sets.clear();
        }
        gate::decide(&wrong, requests)
    }),
];

/// Fills the empty lists of some entries.
fn changed(
    given: &Given,
    requests: &[Request],
    which: fn(&Entry) -> bool,
    with: &[&str],
) -> Result<Vec<bool>, String> {
    let mut wrong = given.clone();
    let entries = wrong.sets.iter_mut().flat_map(|set| &mut set.entries);
    for entry in entries.filter(|entry| which(entry)) {
        for list in [&mut entry.agents, &mut entry.scopes] {
            if list.is_empty() {
                list.extend(with.iter().map(|text| (*text).to_owned()));
            }
        }
    }
    gate::decide(&wrong, requests)
}
