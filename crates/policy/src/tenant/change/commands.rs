//! What changed in the command policies.

use super::compare::Changes;
use crate::command::policy::{CommandPolicy, Commands, Mapping};

impl Changes {
    /// Notes every policy and every mapping that changed.
    ///
    /// A pattern more in a list that allows loosens, and so does one less in a list that blocks, and
    /// whatever changes where a policy applies: what it held back may run there now.
    pub(super) fn commands(&mut self, old: Option<&Commands>, new: Option<&Commands>) {
        let none = Commands::default();
        let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
        let find = |commands: &Commands, name: &str| {
            commands
                .policies
                .iter()
                .find(|policy| policy.name == name)
                .cloned()
        };
        let silent = |name: &str| CommandPolicy {
            name: name.to_owned(),
            ..CommandPolicy::default()
        };
        for name in names(
            old,
            new,
            |commands| &commands.policies,
            |policy| &policy.name,
        ) {
            let (before, after) = (find(old, name), find(new, name));
            let path = format!("commands.policies[{name}]");
            let (before, after) = (
                before.unwrap_or_else(|| silent(name)),
                after.unwrap_or_else(|| silent(name)),
            );
            self.patterns(
                &format!("{path}.allow_list"),
                &before.allow_list,
                &after.allow_list,
                true,
            );
            self.patterns(
                &format!("{path}.block_list"),
                &before.block_list,
                &after.block_list,
                false,
            );
        }
        self.mappings(old, new);
    }

    fn patterns(&mut self, path: &str, old: &[String], new: &[String], allows: bool) {
        for pattern in old.iter().filter(|pattern| !new.contains(pattern)) {
            // The last pattern that allows takes the list with it, and no list asks for nothing.
            let loosens = !allows || new.is_empty();
            self.push(path.to_owned(), Some(pattern.clone()), None, loosens);
        }
        for pattern in new.iter().filter(|pattern| !old.contains(pattern)) {
            self.push(path.to_owned(), None, Some(pattern.clone()), allows);
        }
    }

    fn mappings(&mut self, old: &Commands, new: &Commands) {
        let find = |commands: &Commands, name: &str| {
            commands
                .mappings
                .iter()
                .find(|mapping| mapping.name == name)
                .map(shown)
        };
        for name in names(
            old,
            new,
            |commands| &commands.mappings,
            |mapping| &mapping.name,
        ) {
            let (before, after) = (find(old, name), find(new, name));
            let path = format!("commands.mappings[{name}]");
            self.push(path, before, after, true);
        }
    }
}

fn shown(mapping: &Mapping) -> String {
    let Mapping {
        policy,
        level,
        targets,
        active,
        ..
    } = mapping;
    let state = if *active { "active" } else { "not active" };
    if targets.is_empty() {
        format!("{policy} at {level}, {state}")
    } else {
        format!("{policy} at {level} [{}], {state}", targets.join(", "))
    }
}

/// Every name once, those of the old first.
fn names<'c, T: 'c>(
    old: &'c Commands,
    new: &'c Commands,
    list: impl Fn(&'c Commands) -> &'c Vec<T>,
    name: impl Fn(&'c T) -> &'c String,
) -> Vec<&'c str> {
    let mut names: Vec<&str> = Vec::new();
    for item in list(old).iter().chain(list(new)) {
        let name = name(item).as_str();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
