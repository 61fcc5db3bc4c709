//! What people see of commands.

use super::{properties::an_argv, understanding::asked};
use insta::assert_snapshot;
use portcullis_policy::{
    command::{account::Account, asked::Asked, sight},
    visible::is_unseen,
};
use proptest::prelude::*;

fn of_line(line: &str) -> String {
    sight::lines(&Account::of(&asked(None, Some(line)))).join("\n")
}

fn of_argv(argv: &[&str]) -> String {
    let argv = argv.iter().map(|word| (*word).to_owned()).collect();
    sight::lines(&Account::of(&asked(Some(&argv), None))).join("\n")
}

#[test]
fn a_read_is_called_one() {
    assert_snapshot!(of_argv(&["kubectl", "get", "pods", "-n", "shop"]));
}

#[test]
fn what_destroys_says_so_and_how_to_try_it_out() {
    assert_snapshot!(of_argv(&[
        "sudo", "kubectl", "delete", "pod", "web-1", "-n", "shop"
    ]));
}

#[test]
fn what_nobody_understands_says_so_plainly() {
    assert_snapshot!(of_argv(&["bash", "-c", "kubectl get pods"]));
}

#[test]
fn each_command_of_a_line_is_told() {
    assert_snapshot!(of_line(
        "kubectl get pods -l 'app=web' | grep web; rm -rf $BUILD > log"
    ));
}

#[test]
fn nothing_unseen_stays_unseen() {
    assert_snapshot!(of_argv(&[
        "kubectl",
        "delete",
        "pod",
        "web\u{202E}1-",
        "",
        " a  b ",
        "wеb",
        "one\ntwo",
        "\\u{202E}",
    ]));
}

#[test]
fn what_is_long_is_cut_and_says_so() {
    let long = "a".repeat(3_000);
    let shown = of_argv(&["ls", &long]);
    assert!(
        shown.contains("and 952 more bytes, which are not shown"),
        "{shown}"
    );
    let many = vec!["ls"; 300];
    assert!(of_argv(&many).contains("and 100 more words, which are not shown"));
    assert!(of_line(&"ls; ".repeat(50)).contains("and 10 more commands, which are not shown"));
}

proptest! {
    #[test]
    fn every_word_is_shown_and_nothing_unseen(argv in an_argv()) {
        let account = Account::of(&Asked::Argv(argv.clone()));
        let lines = sight::lines(&account);
        prop_assert!(!lines.iter().any(|line| line.chars().any(is_unseen)));
        prop_assert!(lines.len() > argv.len());
        prop_assert_eq!(account.is_clear(), !lines.iter().any(|line| line.starts_with("  cannot be understood: ")));
    }
}
