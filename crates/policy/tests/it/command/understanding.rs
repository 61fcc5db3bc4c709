//! What commands do, as `conformance/commands/understanding.yaml` says.

use portcullis_policy::{
    command::{account::Account, asked::Asked, effect::Effect, line::quote},
    tier::RiskTier,
    yaml,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    line: Option<String>,
    argv: Option<Vec<String>>,
    does: String,
    risk: Option<u8>,
    what: Option<String>,
    why: Option<String>,
    note: Option<String>,
    trial: Option<String>,
}

pub(crate) fn asked(argv: Option<&Vec<String>>, line: Option<&str>) -> Asked {
    let argv = argv.map(|argv| ("argv".to_owned(), Value::from(argv.clone())));
    let line = line.map(|line| ("line".to_owned(), Value::from(line)));
    let parameters: Map<_, _> = argv.into_iter().chain(line).collect();
    Asked::read(&parameters).unwrap()
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/commands");
    let text = fs::read_to_string(root.join(name)).unwrap();
    serde_json::from_value(yaml::read(&text).unwrap()).unwrap()
}

fn wrong(case: &Case) -> Option<String> {
    let account = Account::of(&asked(case.argv.as_ref(), case.line.as_deref()));
    let does = serde_json::to_value(account.effect()).unwrap();
    let risk = case.risk.unwrap_or_else(|| match account.effect() {
        Effect::Read => 0,
        Effect::Write | Effect::NotUnderstood => 3,
        Effect::Destructive => 4,
    });
    let parts = || account.parts.iter().map(|part| &part.understanding);
    let has = |wanted: &Option<String>,
               of: fn(
        &portcullis_policy::command::understanding::Understanding,
    ) -> &Vec<String>| {
        wanted
            .as_ref()
            .is_none_or(|wanted| parts().flat_map(of).any(|text| text.contains(wanted)))
    };
    let fits = does == case.does.as_str()
        && account.risk() == RiskTier::try_from(risk).unwrap()
        && case
            .what
            .as_ref()
            .is_none_or(|what| account.parts.len() == 1 && parts().all(|part| part.what == *what))
        && case.trial.as_ref().is_none_or(|trial| {
            parts()
                .any(|part| part.dry_run.as_ref().map(|argv| quote(argv)).as_ref() == Some(trial))
        })
        && has(&case.why, |part| &part.unclear)
        && has(&case.note, |part| &part.notes)
        && (case.why.is_none() || !account.is_clear())
        && (does != "not_understood" || !account.is_clear());
    let found: Vec<_> = parts()
        .map(|part| serde_json::to_string(part).unwrap())
        .collect();
    let given = case
        .line
        .clone()
        .or_else(|| case.argv.as_ref().map(|argv| quote(argv)));
    (!fits).then(|| {
        format!(
            "{}\n    {}",
            given.unwrap_or_default(),
            found.join("\n    ")
        )
    })
}

#[test]
fn commands_are_understood_as_their_cases_say() {
    let file: File = read("understanding.yaml");
    let wrong: Vec<_> = file.cases.iter().filter_map(wrong).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} fail\n{}",
        wrong.len(),
        file.cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_plan_is_as_bad_as_its_worst_command() {
    let account =
        |parameters: Value| Account::read(parameters.as_object().unwrap()).expect("a command");
    let reads = json!({ "plan": [["kubectl", "get", "pods"], ["ls"]] });
    assert_eq!(account(reads).effect(), Effect::Read);
    let deletes = json!({ "plan": [["ls"], ["kubectl", "delete", "pod", "web-1"]] });
    assert_eq!(account(deletes).effect(), Effect::Destructive);
    for odd in [
        json!({ "plan": [] }),
        json!({ "plan": ["ls"] }),
        json!({ "plan": [["ls"], []] }),
        json!({ "plan": [["ls"]], "argv": ["ls"] }),
    ] {
        assert!(Account::read(odd.as_object().unwrap()).is_err(), "{odd}");
    }
}

#[test]
fn nobody_understands_what_is_fed_to_a_command() {
    let fed = json!({ "argv": ["cat"], "stdin": "anything" });
    let account = Account::read(fed.as_object().unwrap()).expect("a command");
    assert_eq!(account.effect(), Effect::NotUnderstood);
    assert!(!account.is_clear());
}
