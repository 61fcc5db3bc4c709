//! The cases of `conformance/access/`.

use portcullis_firewall::access::{Pattern, PermissionSet, Resource, Rights, RoleGrant, Verb, Why};
use portcullis_policy::id::{AgentId, WorkspaceId};
use serde::Deserialize;
use serde_json::Value;

const FILES: [(&str, &str); 4] = [
    (
        "roles",
        include_str!("../../../../../conformance/access/roles.json"),
    ),
    (
        "allow",
        include_str!("../../../../../conformance/access/allow.json"),
    ),
    (
        "deny",
        include_str!("../../../../../conformance/access/deny.json"),
    ),
    (
        "patterns",
        include_str!("../../../../../conformance/access/patterns.json"),
    ),
];

const READING: &str = include_str!("../../../../../conformance/access/reading.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<G, C> {
    about: String,
    given: Option<G>,
    cases: Vec<C>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    active: bool,
    grants: Vec<RoleGrant>,
    sets: Vec<PermissionSet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    note: String,
    active: Option<bool>,
    grants: Option<Vec<RoleGrant>>,
    sets: Option<Vec<PermissionSet>>,
    ask: Ask,
    want: String,
    by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    verb: Verb,
    workspace: Option<WorkspaceId>,
    agent: Option<AgentId>,
    scope: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    note: String,
    pattern: Option<String>,
    set: Option<Value>,
    want: String,
}

impl Ask {
    fn resource(&self) -> Resource<'_> {
        Resource {
            workspace: self.workspace.as_ref(),
            agent: self.agent.as_ref(),
            scope: self.scope.as_deref(),
        }
    }
}

impl Case {
    fn rights(&self, given: &Given) -> Rights {
        let sets: Vec<_> = self.sets.as_ref().unwrap_or(&given.sets).iter().collect();
        Rights::of(
            self.active.unwrap_or(given.active),
            self.grants.as_ref().unwrap_or(&given.grants),
            &sets,
        )
    }
}

fn files() -> impl Iterator<Item = (Given, Vec<Case>)> {
    FILES.into_iter().map(|(name, text)| {
        let file: File<Given, Case> =
            serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(file.about.starts_with(name), "{name}: {}", file.about);
        (file.given.expect(name), file.cases)
    })
}

/// The set and the place of the deciding entry, as cases write them.
fn source(why: &Why<'_>) -> Option<String> {
    match why {
        Why::Granted { by, .. } => by.map(|by| format!("{}[{}]", by.set, by.place)),
        Why::Denied(by) => Some(format!("{}[{}]", by.set, by.place)),
        Why::Inactive | Why::NoRole | Why::NotAllowed(_) => None,
    }
}

#[test]
fn every_case_is_decided_as_it_says_and_by_what_it_says() {
    let mut wrong = Vec::new();
    for (given, cases) in files() {
        for case in cases {
            let rights = case.rights(&given);
            let why = rights.why(case.ask.verb, &case.ask.resource());
            assert_eq!(why.may(), rights.may(case.ask.verb, &case.ask.resource()));
            if (why.code(), source(&why)) != (&*case.want, case.by.clone()) {
                wrong.push(format!("{}: {why}", case.note));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_answer_reads_well() {
    let mut texts = std::collections::BTreeSet::new();
    for (given, cases) in files() {
        for case in &cases {
            let rights = case.rights(&given);
            texts.insert(rights.why(case.ask.verb, &case.ask.resource()).to_string());
        }
    }
    let texts: Vec<_> = texts.into_iter().collect();
    insta::assert_snapshot!("access_answers", texts.join("\n"));
}

#[test]
fn patterns_and_sets_are_read_strictly() {
    let file: File<Given, Reading> = serde_json::from_str(READING).unwrap();
    assert!(file.about.starts_with("reading"));
    let mut wrong = Vec::new();
    for case in file.cases {
        let outcome = match (&case.pattern, &case.set) {
            (Some(text), None) => {
                Pattern::new(text).map_or_else(|e| e.code().to_owned(), |_| "ok".to_owned())
            }
            (None, Some(set)) => {
                let text = set.to_string();
                serde_json::from_str::<PermissionSet>(&text)
                    .map_or_else(|e| e.to_string(), |_| "ok".to_owned())
            }
            _ => panic!("{}: give a pattern or a set", case.note),
        };
        if !outcome.contains(&case.want) {
            wrong.push(format!("{}: {outcome}", case.note));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_set_is_written_as_it_is_read() {
    for (given, cases) in files() {
        let sets = cases.into_iter().filter_map(|case| case.sets).flatten();
        for set in given.sets.into_iter().chain(sets) {
            let text = serde_json::to_string(&set).unwrap();
            assert_eq!(serde_json::from_str::<PermissionSet>(&text).unwrap(), set);
        }
    }
}

#[test]
fn a_set_has_bounds() {
    let entry = |scopes: usize| {
        let scopes: Vec<_> = (0..scopes).map(|n| format!("s{n}")).collect();
        serde_json::json!({ "workspace": "shop", "effect": "DENY", "agents": [], "scopes": scopes })
    };
    let set = |name: &str, entries: Vec<Value>| {
        let set = serde_json::json!({ "id": "set_a", "name": name, "entries": entries });
        serde_json::from_str::<PermissionSet>(&set.to_string()).map_err(|e| e.to_string())
    };
    assert!(set("a", vec![entry(0); 256]).is_ok());
    assert!(set("a", vec![entry(256); 2]).is_ok());
    let errors = [
        set("a", vec![entry(0); 257]),
        set("a", vec![entry(256), entry(257)]),
        set(&"a".repeat(129), Vec::new()),
    ];
    let errors: Vec<_> = errors.into_iter().filter_map(Result::err).collect();
    insta::assert_snapshot!("access_bounds", errors.join("\n"));
}

#[test]
fn a_refused_pattern_says_what_to_write() {
    let texts = [
        "",
        " site",
        "aws:.*",
        "Regex:aws",
        "regex:a)|(?:b",
        "regex:(a{100}){100}",
    ];
    let errors = texts.map(|text| Pattern::new(text).unwrap_err().to_string());
    insta::assert_snapshot!("access_patterns", errors.join("\n"));
}
