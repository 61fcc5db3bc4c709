//! Whom a hold asks, one after the other, and what no longer counts.

use super::fixture::{Gate, submit};
use portcullis_firewall::{
    access::{PersonRole, RoleGrant},
    approval::{Choice, Way},
    click::Click,
    error::GateError,
    hold::{Hold, HoldStatus},
    principal::Principal,
    turn::{GroupPatch, Membership, NewKey, NewPerson, PersonPatch},
};

const LADDER: &str = "
version: 1
actions: [{ action: workloads.submit }]
approvals:
  tier3:
    approvers: ['group:on-call']
    expires_minutes: 5
    escalate: [{ approvers: ['person:ben'], channel: '#leads', minutes: 10 }]
";

async fn ladder() -> (Gate, String) {
    let gate = Gate::with_policy(LADDER).await;
    let group = gate
        .firewall
        .create_group(&gate.architect, "on-call", "")
        .await
        .unwrap();
    let ann = gate.ann.person.clone().unwrap().id;
    let joined = gate
        .firewall
        .add_member(&gate.architect, group.id.as_str(), ann.as_str())
        .await;
    assert!(matches!(joined.unwrap(), Membership::Joined(_)));
    (gate, group.id.to_string())
}

async fn held(gate: &Gate) -> String {
    let answer = gate.ask(submit(5, 1.0)).await.expect("an answer");
    answer.hold.expect("a hold").id
}

async fn click(gate: &Gate, who: &Principal, hold: &str, token: &str) -> Result<Hold, GateError> {
    let click = Click {
        choice: Choice::Approve,
        reason: None,
        way: Way::Console,
        token: Some(token.to_owned()),
        presence: None,
    };
    gate.firewall.decide(who, hold, click).await
}

async fn token(gate: &Gate, who: &Principal, hold: &str) -> String {
    gate.firewall
        .request(who, hold, Choice::Approve)
        .await
        .unwrap()
        .1
}

#[tokio::test]
async fn others_are_asked_when_nobody_decides_and_then_it_ends() {
    let (gate, _) = ladder().await;
    let hold = held(&gate).await;
    let early = gate.firewall.release(&gate.ben, &hold, None).await;
    assert_eq!(early.expect_err("not asked yet").code(), "auth.forbidden");
    let old = token(&gate, &gate.ann, &hold).await;
    gate.advance(300);
    gate.firewall.sweep().await.unwrap();
    let asked = gate.firewall.hold(&gate.ben, &hold).await.unwrap();
    assert_eq!((asked.status, asked.level), (HoldStatus::Held, 1));
    let record = gate.payload(gate.head().await).await;
    assert_eq!(
        (&record["record_type"], &record["channel"]),
        (&"escrow_escalated".into(), &"#leads".into())
    );
    let late = click(&gate, &gate.ann, &hold, &old).await;
    assert_eq!(late.expect_err("another level").code(), "approval.expired");
    let out = gate.firewall.release(&gate.ann, &hold, None).await;
    assert_eq!(out.expect_err("no longer asked").code(), "auth.forbidden");
    gate.advance(599);
    let new = token(&gate, &gate.ben, &hold).await;
    gate.advance(1);
    let at_the_deadline = click(&gate, &gate.ben, &hold, &new).await;
    assert_eq!(
        at_the_deadline.expect_err("over").code(),
        "approval.expired"
    );
    gate.firewall.sweep().await.unwrap();
    assert_eq!(
        gate.firewall.hold(&gate.ben, &hold).await.unwrap().status,
        HoldStatus::TimedOut
    );
}

#[tokio::test]
async fn who_joins_after_it_was_asked_does_not_decide_it() {
    let (gate, group) = ladder().await;
    let before = held(&gate).await;
    gate.advance(1);
    let ben = gate.ben.person.clone().unwrap().id;
    gate.firewall
        .add_member(&gate.architect, &group, ben.as_str())
        .await
        .unwrap();
    let late = gate.firewall.release(&gate.ben, &before, None).await;
    assert_eq!(late.expect_err("too late").code(), "auth.forbidden");
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["record_type"], "decision_refused");
}

#[tokio::test]
async fn a_group_of_the_same_name_is_another_group() {
    let (gate, group) = ladder().await;
    let hold = held(&gate).await;
    gate.firewall
        .remove_group(&gate.architect, &group)
        .await
        .unwrap();
    let again = gate
        .firewall
        .create_group(&gate.architect, "On-Call", "")
        .await
        .unwrap();
    let ann = gate.ann.person.clone().unwrap().id;
    gate.firewall
        .add_member(&gate.architect, again.id.as_str(), ann.as_str())
        .await
        .unwrap();
    let refused = gate.firewall.release(&gate.ann, &hold, None).await;
    assert_eq!(refused.expect_err("another group").code(), "auth.forbidden");
    let patch = GroupPatch {
        name: Some("renamed".to_owned()),
        ..GroupPatch::default()
    };
    gate.firewall
        .update_group(&gate.architect, again.id.as_str(), patch)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_approval_falls_with_its_giver() {
    let (gate, group) = ladder().await;
    for fall in ["leaves", "is deactivated", "loses the role"] {
        let hold = held(&gate).await;
        gate.firewall
            .release(&gate.ann, &hold, None)
            .await
            .expect("released");
        let ann = gate.ann.person.clone().unwrap().id;
        let patch = |patch| {
            gate.firewall
                .update_person(&gate.architect, ann.as_str(), patch)
        };
        match fall {
            "leaves" => {
                gate.firewall
                    .remove_member(&gate.architect, &group, ann.as_str())
                    .await
                    .unwrap();
            }
            "is deactivated" => {
                patch(PersonPatch {
                    active: Some(false),
                    ..PersonPatch::default()
                })
                .await
                .unwrap();
            }
            _ => {
                let viewer = RoleGrant {
                    role: PersonRole::Viewer,
                    workspace: None,
                };
                let grants = Some(vec![viewer]);
                patch(PersonPatch {
                    grants,
                    ..PersonPatch::default()
                })
                .await
                .unwrap();
            }
        }
        let claim = gate.firewall.claim(&gate.own, &hold).await;
        assert_eq!(
            claim.expect_err(fall).code(),
            "hold.approval_withdrawn",
            "{fall}"
        );
        let operator = RoleGrant {
            role: PersonRole::Operator,
            workspace: None,
        };
        let back = PersonPatch {
            active: Some(true),
            grants: Some(vec![operator]),
            ..PersonPatch::default()
        };
        patch(back).await.unwrap();
        gate.advance(1);
        if fall == "leaves" {
            gate.firewall
                .add_member(&gate.architect, &group, ann.as_str())
                .await
                .unwrap();
        }
        // What fell does not stand up again by itself: she joined after it was asked.
        let claim = gate.firewall.claim(&gate.own, &hold).await;
        assert_eq!(claim.is_err(), fall == "leaves", "{fall}");
        // Other actions of the same form are asked anew.
        gate.advance(200);
    }
}

#[tokio::test]
async fn nobody_lets_themselves_into_a_group() {
    let (gate, group) = ladder().await;
    let own = gate.architect.person.clone().unwrap().id;
    let waits = gate
        .firewall
        .add_member(&gate.architect, &group, own.as_str())
        .await
        .unwrap();
    let Membership::Waits(elevation) = waits else {
        panic!("the architect let themselves in")
    };
    let alone = gate
        .firewall
        .confirm_elevation(&gate.architect, &elevation.id)
        .await;
    assert_eq!(alone.expect_err("their own").code(), "auth.forbidden");
    let puppet = NewKey::of("puppet", portcullis_firewall::principal::Role::Architect);
    gate.advance(1);
    let (_, token) = gate
        .firewall
        .issue_key(&gate.architect, puppet)
        .await
        .unwrap();
    let puppet = gate.firewall.authenticate(token.reveal()).unwrap();
    let made_up = gate
        .firewall
        .confirm_elevation(&puppet, &elevation.id)
        .await;
    assert_eq!(made_up.expect_err("made up after").code(), "auth.forbidden");
    let again = gate
        .firewall
        .add_member(&gate.architect, &group, own.as_str())
        .await;
    assert!(matches!(again.unwrap(), Membership::Waits(same) if same.id == elevation.id));
}

#[tokio::test]
async fn somebody_made_up_afterwards_is_no_second_person() {
    let gate = Gate::open().await;
    let hold = gate
        .ask(super::fixture::release())
        .await
        .unwrap()
        .hold
        .unwrap()
        .id;
    gate.firewall
        .release(&gate.architect, &hold, None)
        .await
        .unwrap();
    gate.advance(1);
    let puppet = NewKey::of("puppet", portcullis_firewall::principal::Role::Operator);
    let (_, token) = gate
        .firewall
        .issue_key(&gate.architect, puppet)
        .await
        .unwrap();
    let puppet = gate.firewall.authenticate(token.reveal()).unwrap();
    let second = gate.firewall.release(&puppet, &hold, None).await;
    assert_eq!(second.expect_err("made up").code(), "auth.forbidden");
    assert_eq!(
        gate.firewall.hold(&gate.ann, &hold).await.unwrap().status,
        HoldStatus::Held
    );
}

#[tokio::test]
async fn who_owns_an_agent_does_not_approve_what_it_asks() {
    let gate = Gate::open().await;
    let ann = gate.ann.person.clone().unwrap().id.to_string();
    let owned = portcullis_firewall::turn::AgentPatch {
        owner: Some(Some(ann)),
        ..Default::default()
    };
    gate.firewall
        .update_agent(&gate.architect, gate.agent.as_str(), owned)
        .await
        .unwrap();
    let hold = held(&gate).await;
    let own = gate.firewall.release(&gate.ann, &hold, None).await;
    assert_eq!(own.expect_err("its owner").code(), "auth.forbidden");
    gate.firewall
        .release(&gate.ben, &hold, None)
        .await
        .expect("somebody else may");
}

#[tokio::test]
async fn a_hundred_clicks_at_once_count_once() {
    let gate = Gate::open().await;
    let hold = held(&gate).await;
    let request = token(&gate, &gate.ann, &hold).await;
    let clicks = (0..100).map(|at| {
        let (firewall, hold, request) = (gate.firewall.clone(), hold.clone(), request.clone());
        let who = if at % 2 == 0 {
            gate.ann.clone()
        } else {
            gate.ben.clone()
        };
        tokio::spawn(async move {
            let click = Click {
                choice: Choice::Approve,
                reason: None,
                way: Way::Console,
                token: Some(request),
                presence: None,
            };
            firewall.decide(&who, &hold, click).await.is_ok()
        })
    });
    let mut counted = 0;
    for click in clicks.collect::<Vec<_>>() {
        counted += usize::from(click.await.unwrap());
    }
    assert_eq!(counted, 1);
    let mut claims = 0;
    for claim in (0..8).map(|_| gate.firewall.claim(&gate.own, &hold)) {
        claims += usize::from(claim.await.is_ok());
    }
    assert_eq!(claims, 1);
}

#[tokio::test]
async fn the_last_architect_stays_one() {
    let gate = Gate::open().await;
    let own = gate.architect.person.clone().unwrap().id;
    for patch in [
        PersonPatch {
            active: Some(false),
            ..PersonPatch::default()
        },
        PersonPatch {
            grants: Some(Vec::new()),
            ..PersonPatch::default()
        },
    ] {
        let locked = gate
            .firewall
            .update_person(&gate.architect, own.as_str(), patch)
            .await;
        assert_eq!(
            locked.expect_err("nobody left").code(),
            "person.last_architect"
        );
    }
    let twin = NewPerson {
        name: "ANN".to_owned(),
        ..NewPerson::default()
    };
    let taken = gate.firewall.create_person(&gate.architect, twin).await;
    assert_eq!(taken.expect_err("taken").code(), "person.name_taken");
}
