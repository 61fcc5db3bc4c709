//! What changed in the command policies.

use super::compare::Changes;
use crate::command::policy::{Commands, Mapping};

impl Changes {
    /// Notes every policy and every mapping that changed.
    ///
    /// A pattern more in a list that allows loosens, and so does one less in a list that blocks, and
    /// a mapping that is gone or another: what it held back may run now. A new policy and a new
    /// mapping only ever hold back.
    pub(super) fn commands(&mut self, old: Option<&Commands>, new: Option<&Commands>) {
        let none = Commands::default();
        let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
        let find = |commands: &Commands, name: &str| {
            let mut policies = commands.policies.iter();
            policies.find(|policy| policy.name == name).cloned()
        };
        for name in names(
            old,
            new,
            |commands| &commands.policies,
            |policy| &policy.name,
        ) {
            let (before, after) = (find(old, name), find(new, name).unwrap_or_default());
            let is_new = before.is_none();
            let before = before.unwrap_or_default();
            let path = |list: &str| format!("commands.policies[{name}].{list}");
            let (was, is) = (&before.allow_list, &after.allow_list);
            // The last pattern that allows takes the list with it, and no list asks for nothing.
            self.patterns(&path("allow_list"), (was, is), (!is_new, is.is_empty()));
            let (was, is) = (&before.block_list, &after.block_list);
            self.patterns(&path("block_list"), (was, is), (false, true));
        }
        self.mappings(old, new);
    }

    /// Notes which patterns came and went, and whether that loosens.
    fn patterns(
        &mut self,
        path: &str,
        (old, new): (&[String], &[String]),
        (coming, going): (bool, bool),
    ) {
        for pattern in old.iter().filter(|pattern| !new.contains(pattern)) {
            self.push(path.to_owned(), Some(pattern.clone()), None, going);
        }
        for pattern in new.iter().filter(|pattern| !old.contains(pattern)) {
            self.push(path.to_owned(), None, Some(pattern.clone()), coming);
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
            let loosens = before.is_some();
            self.push(path, before, after, loosens);
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
