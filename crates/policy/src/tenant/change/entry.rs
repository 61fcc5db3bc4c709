//! What changed in the list of entries.

use super::compare::{Changes, Loosens};
use crate::tenant::{ActionEntry, Folders};
use std::collections::BTreeMap;

impl Changes {
    /// Pairs entries that say the same about the same action type, in their order; what is left
    /// over is gone or new.
    pub(super) fn actions(&mut self, old: &[ActionEntry], new: &[ActionEntry]) {
        let mut left: Vec<Option<&ActionEntry>> = new.iter().map(Some).collect();
        let mut take = |wanted: &dyn Fn(&ActionEntry) -> bool| {
            let place = left.iter_mut().find(|entry| entry.is_some_and(wanted))?;
            place.take()
        };
        let same: Vec<_> = old
            .iter()
            .map(|entry| take(&|other| other == entry))
            .collect();
        let mut changed = Vec::new();
        for (entry, same) in old.iter().zip(same) {
            if same.is_none() {
                let alike = |other: &ActionEntry| {
                    other.action == entry.action && other.allow == entry.allow
                };
                changed.push((entry, take(&alike)));
            }
        }
        for (entry, other) in changed {
            match other {
                Some(other) => self.entry(entry, other),
                None => self.push(name(entry), Some(stance(entry)), None, !entry.allow),
            }
        }
        for entry in left.into_iter().flatten() {
            self.push(name(entry), None, Some(stance(entry)), entry.allow);
        }
    }

    fn entry(&mut self, old: &ActionEntry, new: &ActionEntry) {
        let at = |key: &str| format!("{}.{key}", name(old));
        let allows = old.allow;
        self.members(
            &at("environments"),
            &old.environments,
            &new.environments,
            allows,
        );
        self.members(&at("workspaces"), &old.workspaces, &new.workspaces, allows);
        self.members(&at("agents"), &old.agents, &new.agents, allows);
        let tier = |entry: &ActionEntry| entry.tier.map(|tier| tier.number());
        self.number(at("tier"), tier(old), tier(new), Loosens::Down(0.0));
        for key in keys(&old.caps, &new.caps) {
            let (before, after) = (old.caps.get(key).copied(), new.caps.get(key).copied());
            self.number(at(&format!("caps.{key}")), before, after, Loosens::LIMIT);
        }
        self.sets(&at("limits"), &old.limits, &new.limits);
        self.sets(&at("scope"), &old.scope, &new.scope);
        self.folders(&at("folders"), (&old.folders, &new.folders));
    }

    /// Loosened by another folder to reach, or by one less to keep out of.
    fn folders(&mut self, path: &str, (old, new): (&Option<Folders>, &Option<Folders>)) {
        let within = |folders: &Option<Folders>| {
            let folders = folders.as_ref();
            folders.map_or_else(Vec::new, |folders| folders.within.clone())
        };
        let except = |folders: &Option<Folders>| {
            let folders = folders.as_ref();
            folders.map_or_else(Vec::new, |folders| folders.except.clone())
        };
        self.members(&format!("{path}.within"), &within(old), &within(new), true);
        let (before, after) = (except(old), except(new));
        let shown = |set: &[String]| (!set.is_empty()).then(|| format!("[{}]", set.join(", ")));
        let loosens = before.iter().any(|kept| !after.contains(kept));
        let path = format!("{path}.except");
        self.push(path, shown(&before), shown(&after), loosens);
    }

    fn sets(
        &mut self,
        path: &str,
        old: &BTreeMap<String, Vec<String>>,
        new: &BTreeMap<String, Vec<String>>,
    ) {
        let of = |sets: &BTreeMap<String, Vec<String>>, key| sets.get(key).cloned();
        for key in keys(old, new) {
            let (before, after) = (of(old, key), of(new, key));
            let path = format!("{path}.{key}");
            self.members(
                &path,
                &before.unwrap_or_default(),
                &after.unwrap_or_default(),
                true,
            );
        }
    }
}

fn keys<'m, T>(
    old: &'m BTreeMap<String, T>,
    new: &'m BTreeMap<String, T>,
) -> impl Iterator<Item = &'m String> {
    old.keys()
        .chain(new.keys().filter(|key| !old.contains_key(*key)))
}

fn name(entry: &ActionEntry) -> String {
    format!("actions[{}]", entry.action)
}

/// An entry in a few words.
fn stance(entry: &ActionEntry) -> String {
    let mut words = vec![if entry.allow { "allow" } else { "forbid" }.to_owned()];
    let mut sets = vec![];
    let labels: Vec<String> = entry.environments.iter().map(ToString::to_string).collect();
    sets.push(("in", labels));
    sets.push(("for", entry.agents.clone()));
    sets.push(("within", entry.workspaces.clone()));
    for (word, set) in sets.into_iter().filter(|(_, set)| !set.is_empty()) {
        words.push(format!("{word} {}", set.join(", ")));
    }
    words.extend(entry.tier.map(|tier| format!("at tier {}", tier.number())));
    words.extend(
        entry
            .caps
            .iter()
            .map(|(name, most)| format!("{name} {most}")),
    );
    for (name, set) in entry.limits.iter().chain(&entry.scope) {
        words.push(format!("{name} [{}]", set.join(", ")));
    }
    if let Some(folders) = &entry.folders {
        words.push(format!("folders [{}]", folders.within.join(", ")));
        if !folders.except.is_empty() {
            words.push(format!("except [{}]", folders.except.join(", ")));
        }
    }
    words.join(" ")
}
