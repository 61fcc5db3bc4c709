//! What people read, kind by kind, with hostile words in every place that an agent fills.

use jiff::Timestamp;
use portcullis_control::{
    notify::notice::Unended,
    slack::{
        links::Links,
        message::{self, Carried, Message, Notice, Reply},
    },
};
use portcullis_firewall::{
    approval::{Choice, Way},
    firewall::Buttons,
    hold::HoldStatus,
    sight::{BudgetLeft, Change, Ending, Foreseen, Line, Previous, Sight, Vote, Workload},
};
use portcullis_policy::tier::{RiskTier, Tier};
use portcullis_testkit::slack::breach;
use proptest::prelude::*;
use serde_json::{Value, json};

const HOSTILE: &str =
    "<!channel> *bold* `code` ```x``` <https://evil.example|Approve> @here & :ok:";

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn sight() -> Sight {
    let line = |change, text: &str| Line {
        change,
        text: text.to_owned(),
    };
    Sight {
        tenant: "acme".to_owned(),
        hold: "esc_1".to_owned(),
        status: HoldStatus::Held,
        agent: "agt_1".to_owned(),
        agent_name: "ops-bot".to_owned(),
        action_type: "allocations.release".to_owned(),
        target: format!("cluster-1 {HOSTILE}"),
        environment: "production".to_owned(),
        workspace: Some("wsp_1".to_owned()),
        scope: None,
        works_for: None,
        digest: "ab".repeat(32),
        parameters: vec![
            line(Change::Same, "{"),
            line(Change::Removed, "  \"nodes\": 4,"),
            line(Change::Added, "  \"nodes\": 8,"),
            line(Change::Same, &format!("  \"note\": \"{HOSTILE}\"")),
            line(Change::Same, "}"),
        ],
        command: Vec::new(),
        previous: Some(Previous {
            seq: 12,
            at: moment("2026-04-09T08:00:00Z"),
        }),
        tier: Tier::B,
        risk_tier: RiskTier::Destructive,
        why: "risk tier 4 needs two approvals".to_owned(),
        policies: vec![
            ("Freeze".to_owned(), Some(HOSTILE.to_owned())),
            ("Caps".to_owned(), None),
        ],
        cost: Some("120.00 USD".to_owned()),
        dry_run: Some(Foreseen {
            passed: true,
            effects: vec!["nodes: 8".to_owned()],
            checks: vec![("capacity".to_owned(), true)],
            plan: None,
            made_at: moment("2026-04-10T08:00:00Z"),
        }),
        workloads: vec![Workload {
            name: format!("train-7 {HOSTILE}"),
            about: vec!["replicas: 3".to_owned(), "team: vision".to_owned()],
        }],
        budgets: vec![BudgetLeft {
            name: "tenant, today".to_owned(),
            left: "80.00 USD".to_owned(),
            limit: "100.00 USD".to_owned(),
            used_permille: 200,
        }],
        evidence: vec![format!("{{\"alert\": \"{HOSTILE}\"}}")],
        confidence: vec![("fix".to_owned(), 0.8)],
        words: Some(format!("Trust me. {HOSTILE}")),
        hidden_bytes: 0,
        hidden_parts: 0,
        votes: Vec::new(),
        approvals_required: 2,
        asked: vec!["group:on-call".to_owned()],
        level: 1,
        levels: 2,
        channel: None,
        created_at: moment("2026-04-10T14:32:01Z"),
        ends_at: moment("2026-04-10T15:02:01Z"),
        ending: None,
    }
}

fn vote(name: &str, choice: Choice, way: Way) -> Vote {
    Vote {
        name: name.to_owned(),
        choice,
        at: moment("2026-04-10T14:40:00Z"),
        way,
    }
}

fn partial() -> Sight {
    Sight {
        votes: vec![vote("Ann", Choice::Approve, Way::Slack)],
        ..sight()
    }
}

fn escalated() -> Sight {
    Sight {
        level: 2,
        channel: Some("#gpu-leads".to_owned()),
        ..sight()
    }
}

fn ended(status: HoldStatus, by: &str, reason: Option<&str>) -> Sight {
    let ending = Ending {
        by: by.to_owned(),
        at: moment("2026-04-10T14:45:00Z"),
        reason: reason.map(str::to_owned),
    };
    let votes = match status {
        HoldStatus::Released => vec![
            vote("Ann", Choice::Approve, Way::Slack),
            vote("Bob", Choice::Approve, Way::Console),
        ],
        HoldStatus::Killed => vec![vote("Bob", Choice::Reject, Way::Slack)],
        _ => Vec::new(),
    };
    Sight {
        status,
        votes,
        ending: Some(ending),
        ..sight()
    }
}

fn buttons() -> Buttons {
    let token = |choice: &str| format!("pca1.{choice}.{}", "x".repeat(600));
    Buttons {
        approve: token("approve"),
        reject: token("reject"),
        level: 0,
    }
}

pub(super) fn links() -> Links {
    Links::new("https://gate.example.com")
}

fn hold(sight: &Sight) -> Message {
    let buttons = (sight.status == HoldStatus::Held).then(buttons);
    message::of_hold(sight, buttons.as_ref(), &links())
}

fn notice() -> Message {
    message::notice(&Notice {
        seq: 41,
        at: moment("2026-04-10T14:32:01Z"),
        agent: "agt_1".to_owned(),
        action_type: "cluster.analyze".to_owned(),
        target: HOSTILE.to_owned(),
        environment: "staging".to_owned(),
        risk_tier: 1,
    })
}

fn warning() -> Message {
    let budgets = vec![HOSTILE.to_owned(); 40];
    message::warning(&budgets, 41, moment("2026-04-10T14:32:01Z"))
}

fn unended() -> Message {
    let lease = Unended {
        id: "lse_1".to_owned(),
        scope: HOSTILE.to_owned(),
        session: "ses_1".to_owned(),
        code: "lease.unanswered".to_owned(),
        tries: 4,
    };
    message::unended(&lease, 41, moment("2026-04-10T14:32:01Z"))
}

/// Every kind of message, by name.
pub(super) fn messages() -> Vec<(&'static str, Value)> {
    let hidden = Sight {
        hidden_bytes: 4_096,
        ..sight()
    };
    let (released, killed) = (
        ended(HoldStatus::Released, "Bob", None),
        ended(HoldStatus::Killed, "Bob", Some(HOSTILE)),
    );
    let expired = ended(
        HoldStatus::TimedOut,
        "portcullis",
        Some("nobody decided in time"),
    );
    let overtaken = ended(
        HoldStatus::Superseded,
        "portcullis",
        Some("the rules changed"),
    );
    let reply = |reply: Reply<'_>| reply.message(&links());
    let all = [
        ("request", hold(&sight())),
        ("request with one of two", hold(&partial())),
        ("request escalated", hold(&escalated())),
        ("request not whole", hold(&hidden)),
        ("released", hold(&released)),
        ("rejected", hold(&killed)),
        ("expired", hold(&expired)),
        ("superseded", hold(&overtaken)),
        ("notice", notice()),
        ("warning", warning()),
        ("unended", unended()),
        (
            "reply already handled",
            reply(Reply::AlreadyHandled(&released)),
        ),
        (
            "reply already expired",
            reply(Reply::AlreadyHandled(&expired)),
        ),
        ("reply not linked", reply(Reply::NotLinked)),
        ("reply refused", reply(Reply::Refused(HOSTILE))),
        (
            "reply in console",
            reply(Reply::InConsole("confirm this with your passkey", "esc_1")),
        ),
        ("reply unavailable", reply(Reply::Unavailable)),
        ("reply no modal", reply(Reply::NoModal("esc_1"))),
    ];
    all.into_iter()
        .map(|(name, message)| (name, Value::Object(message.members())))
        .collect()
}

/// Every modal, by name.
pub(super) fn views() -> Vec<(&'static str, Value)> {
    let carried = Carried {
        token: buttons().reject,
        channel: "C0OPS00001".to_owned(),
    };
    vec![
        (
            "modal details",
            json!(message::details(&partial(), &links())),
        ),
        (
            "modal reason",
            json!(message::ask_reason(&sight(), &carried).unwrap()),
        ),
    ]
}

#[test]
fn every_message_reads_like_this() {
    for (name, mut value) in messages().into_iter().chain(views()) {
        let text = serde_json::to_string(&value).unwrap();
        assert!(
            !text.contains("mrkdwn\":true") && !text.contains("\"type\":\"mrkdwn\""),
            "{name}"
        );
        if let Some(blocks) = value.get("blocks") {
            assert_eq!(breach(blocks, 50), None, "{name}");
        }
        shorten(&mut value);
        insta::assert_json_snapshot!(name, value);
    }
}

/// Tokens are long, and say nothing to a reader.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace(&"x".repeat(600), "…"),
        Value::Array(list) => list.iter_mut().for_each(shorten),
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

#[test]
fn an_agents_words_mention_nobody_in_the_words_that_stand_in() {
    for (name, message) in messages() {
        let text = message["text"].as_str().unwrap();
        assert!(
            !text.contains("<!channel>") && !text.contains("<https"),
            "{name}: {text}"
        );
        assert_eq!(
            (&message["parse"], &message["link_names"]),
            (&json!("none"), &json!(false))
        );
    }
}

fn wild() -> impl Strategy<Value = Sight> {
    let text = || prop_oneof!["\\PC{0,40}", "[<>&*_~`:\n\"]{0,4000}", "\\PC{0,3000}"];
    let lines = prop::collection::vec(text(), 0..60);
    let list = || prop::collection::vec(text(), 0..30);
    (text(), text(), text(), lines, list(), list()).prop_map(
        |(target, why, words, parameters, names, evidence)| {
            let line = |text| Line {
                change: Change::Added,
                text,
            };
            let workload = |name: &String| Workload {
                name: name.clone(),
                about: names.clone(),
            };
            Sight {
                target: target.clone(),
                agent_name: why.clone(),
                action_type: target,
                why,
                words: Some(words),
                parameters: parameters.into_iter().map(line).collect(),
                command: names.clone(),
                workloads: names.iter().map(workload).collect(),
                policies: names
                    .iter()
                    .map(|name| (name.clone(), Some(name.clone())))
                    .collect(),
                asked: names,
                evidence,
                ..sight()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_words_break_a_limit_or_hide_what_is_approved(sight in wild()) {
        let message = Value::Object(hold(&sight).members());
        prop_assert_eq!(breach(&message["blocks"], 50), None);
        let text = message.to_string();
        if text.contains("portcullis.approve") {
            for line in &sight.parameters {
                let shown = serde_json::to_string(&format!("+ {}", line.text)).unwrap();
                prop_assert!(text.contains(shown.trim_matches('"')), "{}", shown);
            }
        }
        let view = json!(message::details(&sight, &links()));
        prop_assert_eq!(breach(&view["blocks"], 100), None);
        let end = Sight { status: HoldStatus::Killed, ..sight };
        prop_assert_eq!(breach(&hold(&end).members()["blocks"], 50), None);
    }
}
