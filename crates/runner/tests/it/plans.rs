//! Several commands in one action, one after another.

use crate::house::{House, MINE, order, text};
use portcullis_firewall::{
    order::Ended,
    ports::{Executor, Rehearsal},
};
use portcullis_policy::action::Action;
use portcullis_runner::Settings;
use serde_json::{Value, json};

#[tokio::test]
async fn one_failed_command_stops_the_rest() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let plan = json!({ "plan": [
        ["touch", "first"],
        ["sh", "-c", "echo no; exit 9"],
        ["touch", "third"],
        ["touch", "fourth"],
    ] });
    let effect = commands.execute(order(plan)).await;
    assert_eq!(effect.result, Ended::Failed);
    let summary = "command 2 of 4, `sh -c echo no; exit 9`, ended with code 9; \
        not run: `touch third` and 1 more";
    assert_eq!(effect.summary, summary);
    assert_eq!(
        text(&effect),
        "$ touch first\n$ sh -c echo no; exit 9\nno\n"
    );
    assert!(house.home(MINE).join("first").exists());
    assert!(!house.home(MINE).join("third").exists());
}

#[tokio::test]
async fn all_of_them_run_in_order_in_one_room() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let plan =
        json!({ "plan": [["sh", "-c", "echo a > f"], ["sh", "-c", "echo b >> f"], ["cat", "f"]] });
    let effect = commands.execute(order(plan)).await;
    assert_eq!(effect.result, Ended::Done);
    assert_eq!(effect.summary, "all 3 commands ended with code 0");
    assert!(text(&effect).ends_with("$ cat f\na\nb\n"));
}

#[tokio::test]
async fn what_cannot_be_read_runs_nothing() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    for parameters in [
        json!({}),
        json!({ "line": "ls | cat" }),
        json!({ "argv": [] }),
    ] {
        let effect = commands.execute(order(parameters)).await;
        assert_eq!(effect.result, Ended::Failed, "{effect:?}");
    }
}

fn action(kind: &str, argv: &Value) -> Action {
    serde_json::from_value(json!({
        "tenant": crate::house::tenant(), "agent": "bot", "session": MINE, "kind": kind, "target": "shell",
        "environment": "staging", "parameters": { "argv": argv },
    }))
    .expect("an action")
}

#[tokio::test]
async fn only_commands_are_served_and_only_known_dry_runs_are_tried() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let delete = json!(["kubectl", "delete", "pod", "web-1"]);
    assert!(commands.means(&action("command.run", &delete)).is_some());
    assert!(commands.means(&action("database.drop", &delete)).is_none());
    assert!(commands.rehearses(&action("command.run", &delete)));
    assert!(!commands.rehearses(&action("command.run", &json!(["rm", "x"]))));
    assert!(!commands.rehearses(&action("other", &delete)));
    // Without a cluster, or without the program, it does not pass; what was tried is told.
    let found = commands.rehearse(order(json!({ "argv": delete }))).await;
    let tried = &found.checks[0].detail;
    assert!(
        !found.passed && tried.contains("--dry-run=server"),
        "{found:?}"
    );
    let done = commands
        .execute(order(json!({ "line": "echo does && echo more" })))
        .await;
    assert!(text(&done).ends_with("more\n"), "{done:?}");
    let failed = commands
        .rehearse(order(json!({ "argv": ["rm", "x"] })))
        .await;
    assert!(!failed.passed);
}

#[tokio::test]
async fn how_commands_are_run_has_a_name_that_changes_with_it() {
    let house = House::new().await;
    let means = |change: fn(&mut Settings)| {
        let commands = house.commands(house.offer(), change);
        commands.means(&action("command.run", &json!(["ls"])))
    };
    let as_it_is = means(|_| {});
    assert_eq!(as_it_is, means(|_| {}));
    for change in [
        (|settings| settings.run_own = true) as fn(&mut Settings),
        |settings| settings.read.push("/opt".into()),
        |settings| settings.limits.processes += 1,
        |settings| settings.path.push_str(":/opt"),
    ] {
        assert_ne!(as_it_is, means(change));
    }
}
