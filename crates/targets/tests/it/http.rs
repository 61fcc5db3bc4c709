//! What is sent to a service, and what its answers mean.

use crate::stage::{action as wanted, order, tenant};
use portcullis_firewall::{
    digest::Means,
    order::{DryRun, Effect, Ended, Order},
    outside::{
        Arrival, Awaited, Courier, Credential, Delivery, Line, Method, OutsideError, Parcel, Reach,
        SecretName,
    },
    ports::{Executor, Rehearsal},
};
use portcullis_policy::id::TenantId;
use portcullis_targets::{
    http::{HttpAction, HttpRequest, HttpTarget, Shown},
    postgres::{Database, Opener, Opening},
    target::{Kind, Target},
    targets::{Ports, Targets},
    template::Template,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

type Answer = Result<(u16, Vec<u8>), OutsideError>;

/// Remembers what was sent and answers as it is told; an empty list never answers.
#[derive(Debug, Default)]
struct Service {
    sent: Mutex<Vec<Parcel>>,
    answers: Mutex<Vec<Answer>>,
}

impl Courier for Service {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        self.sent.lock().unwrap().push(parcel);
        let answer = self.answers.lock().unwrap().pop();
        Box::pin(async move {
            match answer {
                None => std::future::pending().await,
                Some(answer) => answer.map(|(status, body)| Delivery {
                    status,
                    headers: Vec::new(),
                    body,
                }),
            }
        })
    }

    fn begin(&self, parcel: Parcel) -> Awaited<'_, Arrival> {
        let sent = self.send(parcel);
        Box::pin(async move { sent.await.map(Arrival::of) })
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        panic!("targets open no lines")
    }
}

#[derive(Debug)]
struct NoDatabases;

impl Opener for NoDatabases {
    fn open<'a>(&'a self, _: &'a Database) -> Opening<'a> {
        unreachable!("services are no databases")
    }
}

fn request(method: Method, path: &str) -> HttpRequest {
    HttpRequest {
        method,
        path: Template::read(path).unwrap(),
    }
}

fn action(request: HttpRequest) -> HttpAction {
    HttpAction {
        request,
        preview: None,
        idempotency_header: None,
        cost_usd: None,
        gpu_hours: None,
    }
}

fn target(actions: [(&str, HttpAction); 3]) -> Target {
    let actions = actions.map(|(name, action)| (name.to_owned(), action));
    Target {
        name: "tickets".to_owned(),
        kind: Kind::Http(HttpTarget {
            base_url: "https://tickets.example.com/api/".to_owned(),
            credential: Some(Shown::Own(Credential::Bearer(SecretName::new(
                "env:TICKETS_TOKEN",
            )))),
            reach: Reach::Public,
            timeout: Duration::from_secs(20),
            actions: BTreeMap::from(actions),
        }),
    }
}

fn usual() -> Target {
    let create = HttpAction {
        preview: Some(request(Method::Post, "/projects/{project}/preview")),
        idempotency_header: Some("Idempotency-Key".to_owned()),
        cost_usd: Some("/cost".to_owned()),
        gpu_hours: Some("/used/gpu_hours".to_owned()),
        ..action(request(Method::Post, "/projects/{project}/tickets"))
    };
    target([
        ("tickets.create", create),
        ("tickets.find", action(request(Method::Get, "/tickets"))),
        (
            "tickets.drop",
            action(request(Method::Delete, "/tickets/{id}")),
        ),
    ])
}

fn targets(target: Target, answers: Vec<Answer>) -> (Arc<Service>, Targets) {
    let service = Arc::new(Service {
        answers: Mutex::new(answers),
        ..Service::default()
    });
    let ports = Ports {
        courier: Arc::<Service>::clone(&service),
        opener: Arc::new(NoDatabases),
    };
    let targets = Targets::new(BTreeMap::from([(tenant(), vec![target])]), &ports);
    (service, targets)
}

async fn done(answer: Answer) -> Effect {
    let (_, targets) = targets(usual(), vec![answer]);
    let create = order("tickets.create", json!({"project": "ops", "title": "x"}));
    targets.execute(create).await
}

async fn looked(answer: Answer) -> DryRun {
    let (_, targets) = targets(usual(), vec![answer]);
    let create = order("tickets.create", json!({"project": "ops", "title": "x"}));
    targets.rehearse(create).await
}

fn said(status: u16, body: &str) -> Answer {
    Ok((status, body.as_bytes().to_vec()))
}

#[tokio::test]
async fn what_is_sent_is_what_was_frozen_in_the_operators_form() {
    let (service, targets) = targets(
        usual(),
        vec![said(201, "{}"), said(200, "[]"), said(204, "")],
    );
    let create = order(
        "tickets.create",
        json!({"project": "o/ps", "title": "x", "target": "t"}),
    );
    assert_eq!(targets.execute(create).await.result, Ended::Done);
    let find = order(
        "tickets.find",
        json!({"q": "a b&c", "open": true, "n": 3, "z": null}),
    );
    targets.execute(find).await;
    targets
        .execute(order("tickets.drop", json!({"id": 4, "why": "old"})))
        .await;
    let sent = service.sent.lock().unwrap().clone();
    let [create, find, drop] = sent.as_slice() else {
        panic!("three were sent")
    };
    assert_eq!(
        create.url,
        "https://tickets.example.com/api/projects/o%2Fps/tickets"
    );
    assert_eq!(create.body, br#"{"target":"t","title":"x"}"#);
    assert!(
        create
            .headers
            .contains(&("Idempotency-Key".to_owned(), "acme-7-01".to_owned()))
    );
    let url = "https://tickets.example.com/api/tickets?n=3&open=true&q=a%20b%26c";
    assert_eq!((find.url.as_str(), find.body.len()), (url, 0));
    assert_eq!(
        drop.url,
        "https://tickets.example.com/api/tickets/4?why=old"
    );
    assert!(drop.method == Method::Delete && drop.credential.is_some());
}

#[tokio::test]
async fn a_value_that_does_not_fit_sends_nothing() {
    let (service, targets) = targets(usual(), vec![said(200, "{}")]);
    for (action_type, parameters) in [
        ("tickets.create", json!({"title": "x"})),
        ("tickets.create", json!({"project": "..", "title": "x"})),
        ("tickets.find", json!({"q": ["a"]})),
        ("tickets.other", json!({})),
    ] {
        let effect = targets.execute(order(action_type, parameters)).await;
        assert_eq!(effect.result, Ended::Failed, "{}", effect.summary);
    }
    let other = Order {
        tenant: TenantId::new("globex").unwrap(),
        ..order("tickets.find", json!({}))
    };
    assert_eq!(targets.execute(other).await.result, Ended::Failed);
    assert!(service.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_means_what_it_says_and_no_more() {
    for (status, ended) in [
        (200, Ended::Done),
        (204, Ended::Done),
        (202, Ended::Unknown),
        (302, Ended::Failed),
        (401, Ended::Failed),
        (409, Ended::Failed),
        (408, Ended::Unknown),
        (500, Ended::Failed),
        (502, Ended::Unknown),
        (503, Ended::Unknown),
        (504, Ended::Unknown),
        (100, Ended::Unknown),
        (999, Ended::Unknown),
    ] {
        let effect = done(said(status, "{}")).await;
        assert_eq!(effect.result, ended, "{status}");
        assert!(
            effect.summary.contains(&status.to_string()),
            "{}",
            effect.summary
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_was_surely_not_sent_has_failed() {
    let host = || "tickets.example.com".to_owned();
    let why = || "it is so".to_owned();
    let errors = [
        (
            OutsideError::Forbidden {
                url: host(),
                why: why(),
            },
            Ended::Failed,
        ),
        (
            OutsideError::Unreachable {
                host: host(),
                why: why(),
            },
            Ended::Failed,
        ),
        (
            OutsideError::NoSecret("env:TICKETS_TOKEN".to_owned()),
            Ended::Failed,
        ),
        (
            OutsideError::Unanswered {
                host: host(),
                why: why(),
            },
            Ended::Unknown,
        ),
        (
            OutsideError::Unusable {
                host: host(),
                why: why(),
            },
            Ended::Unknown,
        ),
    ];
    for (error, ended) in errors {
        let effect = done(Err(error.clone())).await;
        assert_eq!(effect.result, ended, "{error}");
    }
    let (_, silent) = targets(usual(), vec![]);
    let effect = silent.execute(order("tickets.find", json!({}))).await;
    assert_eq!(effect.result, Ended::Unknown, "no answer in time");
}

#[tokio::test]
async fn an_endless_answer_is_cut_and_said_to_be() {
    let effect = done(Ok((200, vec![b'x'; (1 << 20) + 1]))).await;
    assert_eq!((effect.output.len(), effect.truncated), (1 << 20, true));
    assert_eq!(effect.result, Ended::Done);
}

#[tokio::test]
async fn the_real_cost_is_read_where_the_operator_says() {
    let effect = done(said(200, r#"{"cost": 1.5, "used": {"gpu_hours": 2}}"#)).await;
    let units = |amount: Option<portcullis_policy::amount::Micros>| amount.map(|a| a.units());
    assert_eq!(
        (units(effect.cost_usd), units(effect.gpu_hours)),
        (Some(1.5), Some(2.0))
    );
    let effect = done(said(200, r#"{"cost": -1, "used": 7}"#)).await;
    assert_eq!((effect.cost_usd, effect.gpu_hours), (None, None));
}

#[tokio::test]
async fn a_preview_says_what_would_happen() {
    let body = r#"{"rows": 3, "cost_usd": 1.25, "changes": ["state: open -> done"],
        "checks": [{"name": "quota", "passed": true}], "queue": "ops", "plan": "one insert"}"#;
    let run = looked(said(200, body)).await;
    assert!(run.passed, "{run:?}");
    assert_eq!(
        (run.rows, run.plan.as_deref()),
        (Some(3), Some("one insert"))
    );
    assert_eq!(run.changes, ["state: open -> done"]);
    assert_eq!(
        run.resources.get("queue"),
        Some(&json!("ops")),
        "unknown words are seen too"
    );
    assert_eq!(run.checks.len(), 2);
}

#[tokio::test]
async fn a_preview_that_is_not_understood_has_not_passed() {
    for answer in [
        said(200, "not json"),
        said(200, "[1]"),
        said(200, r#"{"rows": "three"}"#),
        said(200, r#"{"checks": [{"name": "quota"}]}"#),
        said(200, r#"{"checks": [{"name": "quota", "passed": false}]}"#),
        said(409, r#"{"why": "no such project"}"#),
        said(302, ""),
        Ok((200, vec![b' '; (1 << 20) + 1])),
        Err(OutsideError::NoSecret("env:X".to_owned())),
    ] {
        let run = looked(answer.clone()).await;
        assert!(!run.passed, "{answer:?}: {run:?}");
        assert!(run.checks.iter().any(|check| !check.passed));
    }
}

#[tokio::test]
async fn an_action_that_could_not_be_called_has_no_preview_that_passes() {
    let preview = HttpAction {
        preview: Some(request(Method::Get, "/preview")),
        ..action(request(Method::Delete, "/tickets/{id}"))
    };
    let find = || action(request(Method::Get, "/t"));
    let target = target([("tickets.drop", preview), ("b", find()), ("c", find())]);
    let (service, targets) = targets(target, vec![said(200, "{}")]);
    let run = targets.rehearse(order("tickets.drop", json!({}))).await;
    assert!(!run.passed);
    assert!(service.sent.lock().unwrap().is_empty());
    let run = targets.rehearse(order("b", json!({}))).await;
    assert!(!run.passed, "nobody named a preview");
}

fn means(target: Target) -> Option<Means> {
    targets(target, vec![])
        .1
        .means(&wanted("tickets.find", json!({})))
}

#[test]
fn another_place_or_form_is_another_means() {
    let usual_means = means(usual());
    assert!(usual_means.is_some());
    assert_eq!(usual_means, means(usual()));
    let with = |change: fn(&mut HttpTarget)| {
        let mut target = usual();
        let Kind::Http(http) = &mut target.kind else {
            panic!("a service")
        };
        change(http);
        means(target)
    };
    let changes: [fn(&mut HttpTarget); 4] = [
        |http| http.base_url = "https://evil.example".to_owned(),
        |http| http.credential = None,
        |http| {
            let find = action(request(Method::Post, "/tickets"));
            http.actions.insert("tickets.find".to_owned(), find);
        },
        |http| {
            let find = action(request(Method::Get, "/tickets/all"));
            http.actions.insert("tickets.find".to_owned(), find);
        },
    ];
    for change in changes {
        assert_ne!(with(change), usual_means);
    }
    assert_eq!(
        targets(usual(), vec![])
            .1
            .means(&wanted("tickets.other", json!({}))),
        None
    );
    let mut others = wanted("tickets.find", json!({}));
    others.tenant = TenantId::new("globex").unwrap();
    assert_eq!(targets(usual(), vec![]).1.means(&others), None);
}

#[test]
fn one_action_type_has_one_target() {
    let twice = Target {
        name: "again".to_owned(),
        ..usual()
    };
    let faults = Targets::faults(&[usual(), twice]).0;
    assert_eq!(faults.len(), 3);
    assert_eq!(faults[0].path, "again.actions.tickets.create");
}
