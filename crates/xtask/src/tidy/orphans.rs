//! Every Rust file is part of its crate: a file that nobody declares is never compiled, and a test
//! in it never runs.

use crate::{
    finding::Finding,
    house::House,
    module::{Module, modules},
    token::tokens,
};

const RULE: &str = "orphans";

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &house.packages {
        findings.extend(undeclared(&modules(house, package, "src")));
        findings.extend(undeclared(&modules(house, package, "tests/it")));
        let loose = house
            .rust(&package.folder(), "tests")
            .filter(|(inner, _)| !inner.contains('/'));
        let advice = "move it into `tests/it/`: one test binary per crate links once";
        findings.extend(loose.map(|(_, file)| Finding::new(RULE, &file.path, 1, advice)));
    }
    findings
}

fn undeclared(modules: &[Module]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in modules {
        let Some((name, parent)) = module.path.split_last() else {
            continue;
        };
        let declared = modules
            .iter()
            .filter(|other| other.path == parent)
            .any(|other| declares(&other.text, name));
        if !declared {
            let advice = format!("declare `mod {name};` in the file above, or delete this one");
            findings.push(Finding::new(RULE, &module.file, 1, advice));
        }
    }
    findings
}

fn declares(text: &str, name: &str) -> bool {
    let found = tokens(text);
    let mut triples = found
        .iter()
        .zip(found.iter().skip(1))
        .zip(found.iter().skip(2));
    triples.any(|((a, b), c)| a.is("mod") && b.is(name) && c.is(";"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    #[test]
    fn declared_files_are_fine() {
        let house = house(&[
            ("crates/x/src/lib.rs", "pub mod a;"),
            ("crates/x/src/main.rs", "fn main() {}"),
            ("crates/x/src/a.rs", "#[cfg(test)] mod tests;"),
            ("crates/x/src/a/tests.rs", ""),
            ("crates/x/tests/it/main.rs", "mod b;"),
            ("crates/x/tests/it/b.rs", ""),
        ]);
        assert!(lines(&check(&house)).is_empty());
    }

    #[test]
    fn forgotten_files_are_found() {
        let house = house(&[
            ("crates/x/src/lib.rs", "// mod a;"),
            ("crates/x/src/a.rs", ""),
            ("crates/x/src/b/c.rs", ""),
            ("crates/x/tests/it/main.rs", ""),
            ("crates/x/tests/it/d.rs", ""),
            ("crates/x/tests/loose.rs", ""),
        ]);
        let found = lines(&check(&house));
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
