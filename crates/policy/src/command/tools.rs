//! Every program that is known, each in a table of its own.

mod aws;
mod clouds;
mod docker;
mod files;
mod gh;
mod git;
mod helm;
mod kubectl;
mod network;
mod places;
mod psql;
mod system;
mod terraform;

use super::tool::Tool;

/// Programs with tables of their own.
static TOOLS: &[Tool] = &[
    kubectl::TOOL,
    helm::TOOL,
    aws::TOOL,
    clouds::GCLOUD,
    clouds::AZ,
    terraform::TOOL,
    git::TOOL,
    gh::TOOL,
    docker::TOOL,
    psql::TOOL,
    system::SYSTEMCTL,
    system::JOURNALCTL,
    network::CURL,
    network::WGET,
];

/// Small programs, many to a table.
static SMALL: &[&[Tool]] = &[files::TOOLS, system::PLAIN, network::LOOKUPS];

/// Every program.
pub(super) fn all() -> impl Iterator<Item = &'static Tool> {
    TOOLS.iter().chain(SMALL.iter().copied().flatten())
}

/// The program of this name.
pub(super) fn find(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::all;
    use std::collections::BTreeSet;

    #[test]
    fn every_program_stands_in_one_table() {
        let mut names = BTreeSet::new();
        for name in all().flat_map(|tool| tool.names) {
            assert!(names.insert(name), "{name} twice");
        }
    }

    #[test]
    fn tables_are_well_written() {
        for tool in all() {
            let of_verbs = tool.verbs.iter().flat_map(|verb| {
                let means = verb.means.iter().map(|(list, _)| *list);
                means.chain([verb.plain])
            });
            let of_tool = tool.means.iter().map(|(list, _)| *list);
            for list in of_tool.chain([tool.plain]).chain(of_verbs) {
                for name in list
                    .split_ascii_whitespace()
                    .flat_map(|entry| entry.split(','))
                {
                    let name = name.trim_end_matches(['=', '?']);
                    let plain = |char: char| char.is_ascii_alphanumeric() || "-_.:#".contains(char);
                    assert!(
                        name.starts_with('-') && name.len() > 1,
                        "{:?} {name}",
                        tool.names
                    );
                    assert!(name.chars().all(plain), "{:?} {name}", tool.names);
                }
            }
            let mut words = BTreeSet::new();
            for verb in tool.verbs {
                assert!(
                    words.insert(verb.words),
                    "{:?} {} twice",
                    tool.names,
                    verb.words
                );
                assert_eq!(
                    verb.says.matches('{').count(),
                    verb.says.matches('}').count()
                );
                assert!(verb.says.matches('{').count() <= 1, "{}", verb.says);
            }
        }
    }
}
