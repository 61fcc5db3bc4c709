//! Runs the conformance cases: what is judged in each is data, and so is what must come out.
//!
//! The format is described in `conformance/README.md`.

mod case;
mod compare;
mod world;

use case::{Case, File};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn policies_do_what_their_cases_say() {
    run("policies");
}

#[test]
fn conflicts_are_found_and_resolved_as_their_cases_say() {
    run("conflicts");
}

#[test]
fn actions_get_the_tiers_their_cases_say() {
    run("tiers");
}

#[test]
fn tenant_policies_do_what_their_cases_say() {
    run("tenant");
}

/// Runs every case below a folder of `conformance/`, and tells all that fail.
fn run(folder: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance");
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    let (mut count, mut failures) = (0, Vec::new());
    for path in files {
        let name = path
            .strip_prefix(&root)
            .expect("below the root")
            .display()
            .to_string();
        for (at, case) in cases(&path).into_iter().enumerate() {
            count += 1;
            let wrong = case.and_then(|case| judge(&case).map_err(|wrong| (case.note, wrong)));
            if let Err((note, wrong)) = wrong {
                failures.push(format!("{name}, case {}: {note}\n{wrong}", at + 1));
            }
        }
    }
    assert!(count > 0, "no cases below {folder}");
    assert!(
        failures.is_empty(),
        "{} of {count} fail\n\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
}

/// The cases of a file; one that cannot be read is a failure of its own.
fn cases(path: &Path) -> Vec<Result<Case, (String, String)>> {
    let text = fs::read_to_string(path).expect("a text");
    match File::read(&text) {
        Ok(file) => file.cases(),
        Err(error) => vec![Err(("the file".to_owned(), error))],
    }
}

/// Judges a case: what differs from what it wants, line by line.
fn judge(case: &Case) -> Result<(), String> {
    let action = case.action()?;
    let rules = match (world::compile(case, false), &case.want.faults) {
        (Err(faults), Some(wanted)) => return compare::faults(&faults, wanted),
        (Err(faults), None) => return Err(format!("  does not load: {faults}")),
        (Ok(_), Some(_)) => return Err("  loads, but should not".to_owned()),
        (Ok(rules), None) => rules,
    };
    let facts = world::facts(case, &rules, &action)?;
    let judgement = rules.judge(&action, &facts);
    if rules.judge(&action, &facts) != judgement {
        return Err("  judging again says something else".to_owned());
    }
    compare::judgement(&judgement, rules.policies(), &case.want)?;
    // The order in which policies are listed must not matter.
    let turned = world::compile(case, true).map_err(|faults| faults.to_string())?;
    let facts = world::facts(case, &turned, &action)?;
    compare::judgement(
        &turned.judge(&action, &facts),
        turned.policies(),
        &case.want,
    )
    .map_err(|wrong| format!("  with the policies in reverse order:\n{wrong}"))
}
