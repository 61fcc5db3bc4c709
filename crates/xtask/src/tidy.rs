//! The house rules, each in a file of its own.
//!
//! To add one: a file below `tidy/` with a function from the house to findings and a test that
//! breaks it, and a line in [`RULES`].

mod arrows;
mod circles;
mod coverage;
mod decisions;
mod floors;
mod headers;
mod links;
mod orphans;
mod shape;
mod words;

use crate::{finding::Finding, house::House};

/// One rule: looks at the house and says what breaks it.
pub type Rule = fn(&House) -> Vec<Finding>;

/// All rules.
pub const RULES: &[Rule] = &[
    arrows::check,
    circles::check,
    coverage::check,
    decisions::check,
    floors::check,
    headers::check,
    links::check,
    orphans::check,
    shape::check,
    words::check,
];

/// Everything in `house` that breaks a rule, by place.
#[must_use]
pub fn findings(house: &House) -> Vec<Finding> {
    let mut all: Vec<Finding> = RULES.iter().flat_map(|rule| rule(house)).collect();
    all.sort();
    all.dedup();
    all
}

/// Small houses for the tests of the rules.
#[cfg(test)]
mod sample {
    use crate::{
        house::{House, TextFile},
        manifest::{Dependency, Package},
    };

    /// A house with these files and, for every crate among them, a manifest without dependencies.
    pub(super) fn house(files: &[(&str, &str)]) -> House {
        let mut house = House::default();
        for (path, text) in files {
            house.files.push(TextFile {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            });
            house.paths.push((*path).to_owned());
            let noun = path
                .strip_prefix("crates/")
                .and_then(|rest| rest.split('/').next());
            if let Some(noun) = noun
                && !house.packages.iter().any(|package| package.noun() == noun)
            {
                house.packages.push(package(noun, vec![]));
            }
        }
        house
    }

    pub(super) fn package(noun: &str, dependencies: Vec<Dependency>) -> Package {
        Package {
            name: format!("portcullis-{noun}"),
            manifest_path: format!("/house/crates/{noun}/Cargo.toml").into(),
            dependencies,
        }
    }

    pub(super) fn dependency(name: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            kind: None,
            features: vec![],
            uses_default_features: false,
        }
    }

    pub(super) fn dev(name: &str) -> Dependency {
        Dependency {
            kind: Some("dev".to_owned()),
            ..dependency(name)
        }
    }

    /// The findings as a person reads them.
    pub(super) fn lines(findings: &[crate::finding::Finding]) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }
}
