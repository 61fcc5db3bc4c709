//! Flags as the tables write them.

/// A flag that was found in a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Flag {
    /// Its last name in the table.
    pub(super) name: &'static str,
    pub(super) takes: Takes,
}

/// Whether a value belongs to a flag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// Only with `=`.
    Attached,
}

/// The flag of this name in a list of flags.
pub(super) fn find(list: &'static str, name: &str) -> Option<Flag> {
    list.split_ascii_whitespace().find_map(|entry| {
        let (names, takes) = match (entry.strip_suffix('='), entry.strip_suffix('?')) {
            (Some(names), _) => (names, Takes::Value),
            (None, Some(names)) => (names, Takes::Attached),
            (None, None) => (entry, Takes::Nothing),
        };
        names.split(',').any(|known| known == name).then(|| Flag {
            name: names.rsplit(',').next().unwrap_or(names),
            takes,
        })
    })
}

/// Whether some flag of a list begins with this name, so that a lenient program may take the one
/// for the other.
pub(super) fn is_begun(list: &str, name: &str) -> bool {
    name.len() > 2
        && list
            .split([',', ' ', '\n', '=', '?'])
            .any(|known| known.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::{Flag, Takes, find, is_begun};

    #[test]
    fn flags_are_found_by_each_of_their_names() {
        let list = "-n,--namespace= -A,--all --color?";
        let flag = |name, takes| Some(Flag { name, takes });
        assert_eq!(find(list, "-n"), flag("--namespace", Takes::Value));
        assert_eq!(find(list, "--namespace"), flag("--namespace", Takes::Value));
        assert_eq!(find(list, "--all"), flag("--all", Takes::Nothing));
        assert_eq!(find(list, "--color"), flag("--color", Takes::Attached));
        assert_eq!(find(list, "--name"), None);
        assert_eq!(find(list, "-"), None);
        assert!(is_begun(list, "--name"));
        assert!(!is_begun(list, "--nope"));
        assert!(!is_begun(list, "--"));
    }
}
