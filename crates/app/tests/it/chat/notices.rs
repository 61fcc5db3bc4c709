//! Webhooks and mail through the served gate: signed, in order, and nothing is lost.

use super::{
    post_office::PostOffice,
    premises::{Premises, until},
    receiver::{Event, Receiver},
};
use serde_json::Value;
use std::collections::BTreeSet;

const HOOK_SECRET: &str = "a webhook secret of thirty-two bytes";
const PASSWORD: &str = "the mail server's password";
/// Puts the first messages off, as busy receivers do.
const BUSY: &str = "503 Service Unavailable\r\nRetry-After: 1\r\n";

fn config(here: &str, receiver: &Receiver, office: &PostOffice) -> String {
    let (hook, mail) = (receiver.listener.at, office.listener.at.port());
    format!(
        "public_url: https://gate.example.com\ntenants:\n  default:\n    webhooks:\n      \
         - name: pager\n        url: 'http://{hook}/hook'\n        \
         secrets: ['env:HOOK_SECRET']\n        reach: anywhere\n    mail:\n      \
         host: 127.0.0.1\n      port: {mail}\n      security: none\n      reach: anywhere\n      \
         login: {{ user: gate, password: 'file:{here}/mail' }}\n      \
         from: Portcullis <gate@example.com>\n      to: [asked, watch@example.com]\n"
    )
}

#[test]
fn programs_and_people_are_told_in_order_by_signed_events_and_letters() {
    let receiver = Receiver::open(HOOK_SECRET, &[BUSY]);
    let office = PostOffice::open("gate", PASSWORD, 1);
    let premises = Premises::open(
        &[("mail", PASSWORD)],
        &[("HOOK_SECRET", HOOK_SECRET)],
        |here| config(here, &receiver, &office),
    );
    for (name, address) in [("Ann", "ann@example.com"), ("Bo", "bo@example.com")] {
        let args = ["people", "edit", name, "--email", address];
        premises.admin(&args).ended(0);
    }
    let held = premises.ask();
    let hold = held["hold_id"].as_str().unwrap();

    let letter = until("a letter", || office.letters().pop());
    let readers: BTreeSet<&str> = letter.to.iter().map(String::as_str).collect();
    let asked = ["ann@example.com", "bo@example.com", "watch@example.com"];
    assert_eq!(readers, BTreeSet::from(asked), "each once");
    let link = format!("https://gate.example.com/console/approvals/{hold}");
    assert!(letter.text.contains(&link), "{}", letter.text);
    assert!(letter.header("Message-ID").contains("portcullis.default."));
    assert!(letter.header("Subject").contains("data.wipe"), "{letter:?}");

    for name in ["Ann", "Bo"] {
        let args = ["approvals", "approve", hold, "--yes"];
        premises.desk(name).run(&args, "").ended(0);
    }
    premises.act_once(&held);
    let events = until("every event", || {
        let events = receiver.taken();
        (subjects(&events).last() == Some(&"action.outcome")).then_some(events)
    });
    let wanted = [
        "hold.waiting",
        "hold.approval",
        "hold.decided",
        "action.outcome",
    ];
    assert_eq!(subjects(&events), wanted);
    assert!(
        !receiver.was_forged(),
        "every message is signed, and of now"
    );
    for event in &events {
        assert_eq!(event.body["id"], event.webhook_id.as_str());
        assert_eq!(event.body["specversion"], "1.0");
    }
    assert_eq!(events[0].body["data"]["hold"], hold);
    let seqs: Vec<&Value> = events
        .iter()
        .map(|event| &event.body["data"]["seq"])
        .collect();
    assert!(seqs.is_sorted_by_key(|seq| seq.as_u64()), "{seqs:?}");
    // What was put off came again as the same message.
    let put_off = receiver.refused();
    assert_eq!(put_off.len(), 1);
    assert_eq!(put_off[0].webhook_id, events[0].webhook_id);
    assert_eq!(office.letters().len(), 1, "one letter for one hold");

    let metrics = premises.metrics();
    for line in [
        "follower_failures_total{tenant=\"default\",channel=\"webhook/pager\"} 1",
        "follower_failures_total{tenant=\"default\",channel=\"mail/people\"} 1",
        "follower_failing{tenant=\"default\",channel=\"webhook/pager\"} 0",
    ] {
        assert!(metrics.contains(line), "no `{line}` in {metrics}");
    }
    let found = premises.examine();
    assert!(
        found.contains("`webhook/pager` of `default` is 0 records behind"),
        "{found}"
    );
    premises.admin(&["audit", "verify"]).ended(0);
    assert!(premises.gate.stop().success());
}

#[test]
fn a_budget_that_is_nearly_used_up_is_told_once() {
    let receiver = Receiver::open(HOOK_SECRET, &[]);
    let office = PostOffice::open("gate", PASSWORD, 0);
    let premises = Premises::open(
        &[("mail", PASSWORD)],
        &[("HOOK_SECRET", HOOK_SECRET)],
        |here| config(here, &receiver, &office),
    );
    for cost in [70, 15, 1] {
        let cost = format!("estimated_cost_usd={cost}");
        let wish = [
            "govern", "--action", "data.buy", "--target", "shop", "--param", &cost,
        ];
        premises.agent(&wish).ended(0);
    }
    let events = until("the last", || {
        let events = receiver.taken();
        (events.len() == 4).then_some(events)
    });
    let notice = "action.notice";
    let wanted = [notice, notice, "budget.warning", notice];
    assert_eq!(subjects(&events), wanted);
    let told = events[2].body["data"]["budgets"][0].as_str().unwrap();
    assert!(
        told.starts_with("85.00 of 100.00 USD of the daily budget"),
        "{told}"
    );
    let letter = until("a letter", || office.letters().pop());
    assert_eq!(
        letter.to,
        ["watch@example.com"],
        "who is named, not who would be asked"
    );
    assert!(letter.header("Subject").contains("budget"), "{letter:?}");
    assert!(!receiver.was_forged());
    assert!(premises.gate.stop().success());
}

#[test]
fn what_happens_while_a_receiver_is_away_and_the_gate_dies_is_told_afterwards() {
    let office = PostOffice::open("gate", PASSWORD, 0);
    let receiver = Receiver::open(HOOK_SECRET, &[BUSY; 3]);
    let premises = Premises::open(
        &[("mail", PASSWORD)],
        &[("HOOK_SECRET", HOOK_SECRET)],
        |here| config(here, &receiver, &office),
    );
    let first = premises.ask();
    until("it is tried", || receiver.refused().pop());
    until("it is said", || {
        let found = premises.examine();
        found
            .contains("`webhook/pager` of `default` failed last")
            .then_some(())
    });
    let second = premises.ask_on("other-db");
    let premises = premises.restart(|| ());
    let both = until("both", || {
        let events = receiver.taken();
        let holds = events.iter().map(|event| &event.body["data"]["hold"]);
        let holds: BTreeSet<String> = holds.map(ToString::to_string).collect();
        (holds.len() == 2).then_some(events)
    });
    assert_eq!(both[0].body["data"]["hold"], first["hold_id"]);
    assert_eq!(both.last().unwrap().body["data"]["hold"], second["hold_id"]);
    assert!(!receiver.was_forged());
    until("both letters", || {
        let ids = office.letters();
        let ids: BTreeSet<String> = ids
            .iter()
            .map(|letter| letter.header("Message-ID").to_owned())
            .collect();
        (ids.len() == 2).then_some(())
    });
    assert!(premises.gate.stop().success());
}

/// What the events are about, without those that came twice.
fn subjects(events: &[Event]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let new = events.iter().filter(|event| seen.insert(&event.webhook_id));
    new.map(|event| event.body["type"].as_str().unwrap())
        .map(|kind| kind.trim_start_matches("dev.portcullis."))
        .collect()
}
