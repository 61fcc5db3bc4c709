//! Commands as agents write them.

use portcullis_policy::{
    command::{
        account::Account,
        asked::Asked,
        effect::Effect,
        line::{quote, split},
        policy::{
            CommandPolicy, CommandRules, Commands, Decision, Level, Mapping, SessionPatterns,
        },
        sight,
    },
    visible::is_unseen,
};
use std::sync::LazyLock;

/// A line for a shell.
///
/// # Panics
/// When the commands of a line, quoted, read as others, a command that nobody understands is
/// allowed, a blocked one is not blocked with more behind it, or people would be shown what nobody
/// sees.
#[must_use]
pub fn command(bytes: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(bytes) else {
        return false;
    };
    let segments = split(line);
    assert!(!segments.is_empty());
    let fixed: Option<Vec<_>> = segments.iter().map(|segment| segment.argv()).collect();
    if let Some(fixed) = &fixed {
        let again = fixed
            .iter()
            .map(|argv| quote(argv))
            .collect::<Vec<_>>()
            .join("; ");
        let read: Vec<_> = split(&again)
            .into_iter()
            .map(|segment| segment.words)
            .collect();
        assert_eq!(&read, fixed, "written as {again}");
    }
    let account = Account::of(&Asked::Line(line.to_owned()));
    assert!(account.is_clear() || account.effect() >= Effect::NotUnderstood);
    assert!(fixed.is_some() || !account.is_clear());
    let shown = sight::lines(&account);
    assert!(!shown.iter().any(|line| line.chars().any(is_unseen)));
    let decision = decide(&account);
    assert!(account.is_clear() || !matches!(decision, Decision::Allow(_)));
    if fixed.is_some() && matches!(decision, Decision::Deny(_)) {
        let longer = Account::of(&Asked::Line(format!("{line}; ls")));
        assert!(matches!(decide(&longer), Decision::Deny(_)));
    }
    fixed.is_some()
}

/// Lists that allow everything but a little.
static RULES: LazyLock<CommandRules> = LazyLock::new(|| {
    let commands = Commands {
        policies: vec![CommandPolicy {
            name: "looks".to_owned(),
            allow_list: vec![".".to_owned()],
            block_list: vec!["^rm ".to_owned(), "delete".to_owned()],
            ..CommandPolicy::default()
        }],
        mappings: vec![Mapping {
            name: "here".to_owned(),
            policy: "looks".to_owned(),
            level: Level::System,
            targets: Vec::new(),
            active: true,
        }],
    };
    CommandRules::compile(&commands).expect("good lists")
});

fn decide(account: &Account) -> Decision {
    let decision = RULES.decide(account, None, &SessionPatterns::default());
    decision.expect("a session that says nothing")
}
