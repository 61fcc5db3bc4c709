//! What `--help` says, for every command.

use crate::bin::run;

/// Every command with its subcommands.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["init"],
    &["demo"],
    &["govern"],
    &["policy"],
    &["policy", "lint"],
    &["policy", "test"],
    &["policy", "diff"],
    &["policy", "apply"],
    &["policy", "list"],
    &["policy", "show"],
    &["policy", "packs"],
    &["agents"],
    &["agents", "list"],
    &["agents", "show"],
    &["agents", "register"],
    &["agents", "pause"],
    &["agents", "resume"],
    &["agents", "block"],
    &["agents", "unblock"],
    &["agents", "deregister"],
    &["keys"],
    &["keys", "list"],
    &["keys", "issue"],
    &["keys", "revoke"],
    &["call"],
    &["exec"],
    &["executions"],
    &["executions", "list"],
    &["executions", "resolve"],
    &["workspaces"],
    &["workspaces", "list"],
    &["workspaces", "add"],
    &["sessions"],
    &["sessions", "open"],
    &["sessions", "list"],
    &["sessions", "show"],
    &["sessions", "renew"],
    &["sessions", "close"],
    &["scopes"],
    &["scopes", "list"],
    &["scopes", "show"],
    &["scopes", "add"],
    &["scopes", "remove"],
    &["leases"],
    &["leases", "list"],
    &["login"],
    &["logout"],
    &["whoami"],
    &["mcp"],
    &["mcp", "wrap"],
    &["mcp", "add"],
    &["mcp", "remove"],
    &["mcp", "list"],
    &["mcp", "tools"],
    &["mcp", "show"],
    &["mcp", "accept"],
    &["vault"],
    &["vault", "deploy"],
    &["vault", "create"],
    &["vault", "inspect"],
    &["vault", "registry"],
    &["vault", "assets"],
    &["vault", "trader"],
    &["vault", "fees"],
    &["vault", "conditions"],
    &["vault", "members"],
    &["vault", "manager"],
    &["vault", "pause"],
    &["vault", "resume"],
    &["vault", "shares"],
    &["vault", "execute"],
    &["vault", "simulate"],
    &["vault", "explain"],
    &["vault", "preflight"],
    &["config"],
    &["config", "check"],
    &["rules"],
    &["rules", "pull"],
    &["rules", "show"],
    &["rules", "check"],
    &["rules", "trust"],
    &["approvals"],
    &["approvals", "list"],
    &["approvals", "show"],
    &["approvals", "approve"],
    &["approvals", "reject"],
    &["approvals", "watch"],
    &["approvals", "evidence"],
    &["people"],
    &["people", "list"],
    &["people", "show"],
    &["people", "add"],
    &["people", "invite"],
    &["people", "edit"],
    &["people", "deactivate"],
    &["groups"],
    &["groups", "list"],
    &["groups", "show"],
    &["groups", "add"],
    &["groups", "edit"],
    &["groups", "remove"],
    &["groups", "join"],
    &["groups", "leave"],
    &["groups", "confirm"],
    &["hook"],
    &["hook", "install"],
    &["hook", "uninstall"],
    &["hook", "claude-code"],
    &["holds"],
    &["holds", "list"],
    &["holds", "show"],
    &["holds", "release"],
    &["holds", "kill"],
    &["login"],
    &["logout"],
    &["whoami"],
    &["approvals"],
    &["approvals", "list"],
    &["approvals", "show"],
    &["approvals", "approve"],
    &["approvals", "reject"],
    &["approvals", "watch"],
    &["approvals", "evidence"],
    &["config"],
    &["config", "check"],
    &["permits"],
    &["permits", "claim"],
    &["permits", "redeem"],
    &["permits", "verify"],
    &["audit"],
    &["audit", "tail"],
    &["audit", "verify"],
    &["audit", "export"],
    &["audit", "prove"],
    &["audit", "checkpoint"],
    &["audit", "acknowledge"],
    &["violations"],
    &["violations", "list"],
    &["violations", "resolve"],
    &["budgets"],
    &["replay"],
    &["secrets"],
    &["secrets", "set"],
    &["secrets", "list"],
    &["secrets", "remove"],
    &["secrets", "rotate"],
    &["backup"],
    &["restore"],
    &["doctor"],
    &["catalogue"],
    &["principles"],
    &["openapi"],
    &["completions"],
    &["exit-codes"],
];

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in COMMANDS {
        let text = run(&[command, &["--help"][..]].concat()).ended(0);
        let name = if command.is_empty() {
            "portcullis".to_owned()
        } else {
            command.join("-")
        };
        insta::assert_snapshot!(name.clone(), text);
        let exempt = ["portcullis", "exit-codes"].contains(&name.as_str());
        assert!(exempt || text.contains("Example"), "{name} has no example");
    }
}

/// The names below `Commands:` in a help text.
fn listed(text: &str) -> Vec<String> {
    let commands = text.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = commands.take_while(|line| !line.is_empty());
    let names = names.filter(|line| !line.starts_with("    "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_command_is_left_out_above() {
    for above in COMMANDS.iter().filter(|command| command.len() < 2) {
        for name in listed(&run(&[above, &["--help"][..]].concat()).ended(0)) {
            let command = [above, &[name.as_str()][..]].concat();
            assert!(COMMANDS.contains(&command.as_slice()), "{command:?}");
        }
    }
}

#[test]
fn the_exit_codes_are_told() {
    let text = run(&["exit-codes"]).ended(0);
    assert!(
        text.contains("HELD") && text.contains("do not act"),
        "{text}"
    );
    let codes = run(&["exit-codes", "-o", "json"]).json(0);
    assert_eq!((&codes["held"], &codes["refused"]), (&4.into(), &3.into()));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]).ended(0);
        assert!(
            script.contains("govern") && script.contains("doctor"),
            "{shell}"
        );
    }
}
