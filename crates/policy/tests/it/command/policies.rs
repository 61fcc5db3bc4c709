//! What command policies decide, as `conformance/commands` says and as a plain reader of lists would.

use super::{
    properties::an_argv,
    understanding::{asked, read},
};
use portcullis_policy::command::{
    account::Account,
    asked::Asked,
    line::quote,
    policy::{
        Ask, CommandPolicy, CommandRules, Commands, Decision, Level, Mapping, SESSION_PATTERNS_MAX,
        SessionPatterns,
    },
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{select, subsequence},
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cells {
    #[serde(rename = "about")]
    _about: String,
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cell {
    system: Said,
    workspace: Said,
    project: Said,
    session: Said,
    want: String,
}

/// What one level says.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Said {
    Allow,
    Block,
    None,
}

impl Said {
    fn lists(self) -> (Vec<String>, Vec<String>) {
        let pattern = vec!["^kubectl get .*".to_owned()];
        match self {
            Self::Allow => (pattern, vec![]),
            Self::Block => (vec![], pattern),
            Self::None => (vec![], vec![]),
        }
    }
}

fn policy(name: &str, (allow_list, block_list): (Vec<String>, Vec<String>)) -> CommandPolicy {
    CommandPolicy {
        name: name.to_owned(),
        allow_list,
        block_list,
        ..CommandPolicy::default()
    }
}

fn mapping(name: &str, level: Level, target: Option<&str>) -> Mapping {
    Mapping {
        name: name.to_owned(),
        policy: name.to_owned(),
        level,
        targets: target.into_iter().map(str::to_owned).collect(),
        active: true,
    }
}

/// Lists at each level, and those of the session.
fn world(levels: [(Vec<String>, Vec<String>); 4]) -> (CommandRules, SessionPatterns) {
    let [system, workspace, project, (allow, block)] = levels;
    let commands = Commands {
        policies: vec![
            policy("s", system),
            policy("w", workspace),
            policy("p", project),
        ],
        mappings: vec![
            mapping("s", Level::System, None),
            mapping("w", Level::Workspace, Some("shop")),
            mapping("p", Level::Project, Some("move")),
        ],
    };
    let session = SessionPatterns {
        project: Some("move".to_owned()),
        allow,
        block,
        ..SessionPatterns::default()
    };
    (CommandRules::compile(&commands).unwrap(), session)
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allow(_) => "allow",
        Decision::Ask(_) => "ask",
        Decision::Deny(_) => "deny",
    }
}

/// The plain reader: one list after the other, by the words of the page.
pub(crate) fn plain(levels: &[(Vec<String>, Vec<String>); 4], account: &Account) -> &'static str {
    let found = |patterns: &[String], text: &str| {
        patterns
            .iter()
            .any(|pattern| regex::Regex::new(pattern).unwrap().is_match(text))
    };
    let parts: Vec<String> = account
        .parts
        .iter()
        .map(|part| part.segment.words.join(" "))
        .collect();
    let whole = || parts.iter().chain([&account.line]);
    if levels
        .iter()
        .any(|(_, block)| whole().any(|text| found(block, text)))
    {
        return "deny";
    }
    let mut ruled = levels
        .iter()
        .filter(|(allow, block)| !allow.is_empty() || !block.is_empty())
        .peekable();
    let is_ruled = ruled.peek().is_some();
    let allowed = ruled.all(|(allow, _)| parts.iter().all(|part| found(allow, part)));
    if is_ruled && allowed && account.is_clear() {
        "allow"
    } else {
        "ask"
    }
}

#[test]
fn every_cell_of_the_matrix_is_decided() {
    let file: Cells = read("matrix.yaml");
    assert_eq!(file.cells.len(), 81);
    let account = Account::of(&asked(None, Some("kubectl get pods")));
    let mut seen = Vec::new();
    for cell in &file.cells {
        let said = [cell.system, cell.workspace, cell.project, cell.session];
        assert!(!seen.contains(&said), "{said:?} twice");
        seen.push(said);
        let levels = said.map(Said::lists);
        let (rules, session) = world(levels.clone());
        let decision = rules.decide(&account, Some("shop"), &session).unwrap();
        assert_eq!(word(&decision), cell.want, "{said:?}: {decision:?}");
        assert_eq!(plain(&levels, &account), cell.want, "{said:?}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    given: Map<String, Value>,
    cases: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(rename = "note")]
    _note: Option<String>,
    line: Option<String>,
    argv: Option<Vec<String>>,
    workspace: Option<String>,
    session: SessionPatterns,
    commands: Value,
    want: String,
    pattern: Option<String>,
    level: Option<Level>,
    mapping: Option<String>,
    why: Option<String>,
}

fn wrong(case: &Case) -> Option<String> {
    let account = Account::of(&asked(case.argv.as_ref(), case.line.as_deref()));
    let rules = CommandRules::compile(&commands(&case.commands)).unwrap();
    let answer = rules.decide(&account, case.workspace.as_deref(), &case.session);
    let (found, matched, why) = match &answer {
        Ok(decision @ Decision::Allow(all)) => (word(decision), all.last(), None),
        Ok(decision @ Decision::Deny(found)) => (word(decision), Some(found), None),
        Ok(decision @ Decision::Ask(ask)) => (word(decision), None, Some(ask.to_string())),
        Err(message) => ("refuse", None, Some(message.clone())),
    };
    let fits = found == case.want
        && case
            .pattern
            .as_ref()
            .is_none_or(|pattern| matched.is_some_and(|found| found.pattern == *pattern))
        && case
            .level
            .is_none_or(|level| matched.is_some_and(|found| found.level == level))
        && case
            .mapping
            .as_ref()
            .is_none_or(|name| matched.is_some_and(|found| found.mapping == *name))
        && case
            .why
            .as_ref()
            .is_none_or(|wanted| why.is_some_and(|why| why.contains(wanted)));
    let given = case
        .line
        .clone()
        .or_else(|| case.argv.as_ref().map(|argv| quote(argv)));
    (!fits).then(|| format!("{}: {answer:?}", given.unwrap_or_default()))
}

/// The section of a tenant policy.
fn commands(written: &Value) -> Commands {
    if written.as_object().is_some_and(Map::is_empty) {
        return Commands::default();
    }
    let policy = serde_json::json!({ "version": 1, "commands": written });
    let policy = portcullis_policy::tenant::read::from_value(&policy).unwrap();
    policy.commands.unwrap()
}

#[test]
fn commands_are_decided_as_their_cases_say() {
    let file: File = read("policies.yaml");
    let mut failures = Vec::new();
    for case in &file.cases {
        let mut whole = file.given.clone();
        whole.extend(case.clone());
        let case: Case = serde_json::from_value(Value::Object(whole)).unwrap();
        failures.extend(wrong(&case));
    }
    assert!(
        failures.is_empty(),
        "{} of {}\n{}",
        failures.len(),
        file.cases.len(),
        failures.join("\n")
    );
}

/// Lists of patterns without quotes, so that how a word is quoted does not matter to them.
pub(crate) fn lists() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let patterns = |all: &'static [&'static str]| {
        subsequence(all, 0..=2)
            .prop_map(|some| some.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let allow = patterns(&[
        "^kubectl get",
        "^kubectl",
        "^aws",
        "get",
        ".",
        "^git push",
        "list$",
    ]);
    let block = patterns(&[
        "delete",
        "^rm",
        "secret",
        "--force$",
        "^kubectl apply",
        "prod",
    ]);
    prop_oneof![2 => (allow, block), 1 => Just((vec![], vec![]))]
}

fn decided(levels: &[(Vec<String>, Vec<String>); 4], line: &str) -> &'static str {
    let (rules, session) = world(levels.clone());
    let account = Account::of(&Asked::Line(line.to_owned()));
    word(&rules.decide(&account, Some("shop"), &session).unwrap())
}

/// Words that quoting can neither hide nor make.
fn plain_argv() -> impl Strategy<Value = Vec<String>> {
    vec(
        select(vec![
            "kubectl",
            "get",
            "delete",
            "pods",
            "rm",
            "-rf",
            "aws",
            "ec2",
            "describe-instances",
            "--force",
            "secret",
            "x y",
        ]),
        1..5,
    )
    .prop_map(|words| words.into_iter().map(str::to_owned).collect())
}

/// How much stands in the way of a command; what no level speaks of is as free as what all allow.
fn in_the_way(decision: &Decision) -> u8 {
    match decision {
        Decision::Allow(_) | Decision::Ask(Ask::NoRules) => 0,
        Decision::Ask(_) => 1,
        Decision::Deny(_) => 2,
    }
}

#[test]
fn patterns_of_a_session_are_looked_at_when_it_is_opened() {
    let faults = |patterns: SessionPatterns| {
        let found = patterns
            .check("commands")
            .map_or_else(|faults| faults.0, |()| Vec::new());
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let list = |pattern: &str, count: usize| vec![pattern.to_owned(); count];
    assert_eq!(faults(SessionPatterns::default()), Vec::<String>::new());
    let found = faults(SessionPatterns {
        allow: vec!["^kubectl get ".to_owned(), "^(?!kubectl)".to_owned()],
        block: vec![" ".to_owned(), "(".to_owned()],
        project: Some(" ".to_owned()),
        ..SessionPatterns::default()
    });
    let paths: Vec<_> = found
        .iter()
        .filter_map(|fault| fault.split(": ").next())
        .collect();
    assert_eq!(
        paths,
        [
            "commands.allow[1]",
            "commands.block[0]",
            "commands.block[1]",
            "commands.project"
        ]
    );
    assert!(
        found[0].contains("a negative look-ahead, at character 2, is not taken"),
        "{found:?}"
    );
    let many = SessionPatterns {
        allow: list("x", SESSION_PATTERNS_MAX + 1),
        ..SessionPatterns::default()
    };
    assert_eq!(
        faults(many),
        ["commands.allow: a list has at most 20 patterns"]
    );
    // Each is taken by itself.
    let large = SessionPatterns {
        block: list("[a-z]{800}", SESSION_PATTERNS_MAX),
        ..SessionPatterns::default()
    };
    assert_eq!(
        faults(large),
        ["commands: the patterns are too large together: count less, or list less"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_a_session_says_it_only_narrows(
        levels in [lists(), lists(), lists(), lists()], argv in an_argv(), project in any::<bool>(),
        approve_all in any::<bool>(), reject_all in any::<bool>(),
    ) {
        let (rules, said) = world(levels);
        let project = project.then(|| "move".to_owned());
        let account = Account::of(&Asked::Argv(argv));
        let decided = |session: &SessionPatterns| in_the_way(&rules.decide(&account, Some("shop"), session).unwrap());
        let silent = SessionPatterns { project: project.clone(), ..SessionPatterns::default() };
        let said = SessionPatterns { approve_all, reject_all, project, ..said };
        prop_assert!(decided(&said) >= decided(&silent));
        prop_assert!(decided(&silent) >= decided(&SessionPatterns::default()));
    }

    #[test]
    fn a_plain_reader_of_lists_decides_the_same(levels in [lists(), lists(), lists(), lists()], argv in plain_argv()) {
        let account = Account::of(&Asked::Argv(argv.clone()));
        prop_assert_eq!(decided(&levels, &quote(&argv)), plain(&levels, &account));
    }

    #[test]
    fn what_is_blocked_stays_blocked_whatever_is_appended(
        levels in [lists(), lists(), lists(), lists()], argv in an_argv(),
        separator in select(vec![";", "&", "|", "&&", "||", "\n", " ; "]), more in any::<String>(),
    ) {
        let line = quote(&argv);
        if decided(&levels, &line) == "deny" {
            let longer = format!("{line}{separator}{more}");
            prop_assert_eq!(decided(&levels, &longer), "deny", "{}", longer);
        }
    }

    #[test]
    fn what_is_not_allowed_is_not_allowed_with_more(
        levels in [lists(), lists(), lists(), lists()], argv in an_argv(), more in an_argv(),
        separator in select(vec!["; ", " & ", " | ", " && ", " || ", "\n"]),
    ) {
        if decided(&levels, &quote(&argv)) != "allow" {
            let before = format!("{}{separator}{}", quote(&more), quote(&argv));
            prop_assert_ne!(decided(&levels, &before), "allow", "{}", before);
        }
    }

    #[test]
    fn adding_quotes_changes_no_decision(levels in [lists(), lists(), lists(), lists()], argv in plain_argv()) {
        let single: Vec<_> = argv.iter().map(|word| format!("'{word}'")).collect();
        let double: Vec<_> = argv.iter().map(|word| format!("\"{word}\"")).collect();
        let plain = decided(&levels, &quote(&argv));
        prop_assert_eq!(decided(&levels, &single.join(" ")), plain);
        prop_assert_eq!(decided(&levels, &double.join("  ")), plain);
    }

    #[test]
    fn another_block_never_loosens(levels in [lists(), lists(), lists(), lists()], argv in an_argv(), at in 0..4_usize) {
        let line = quote(&argv);
        let mut stricter = levels.clone();
        stricter[at].1.push("pods".to_owned());
        let hardness = |word| ["allow", "ask", "deny"].iter().position(|known| *known == word);
        prop_assert!(hardness(decided(&stricter, &line)) >= hardness(decided(&levels, &line)));
    }
}
