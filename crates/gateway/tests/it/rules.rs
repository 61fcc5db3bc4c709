//! The rules that judge one agent, handed out signed.

use crate::house::{House, Reply, masked};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use portcullis_firewall::{dsse::Envelope, rule_copy::RuleCopy, settings::Settings};
use portcullis_policy::{cham::read, facts::Mode};
use std::time::Duration;

async fn ask(house: &House, token: &str, known: Option<&str>) -> Reply {
    let request = Request::get("/v1/rules").header("authorization", format!("Bearer {token}"));
    let request = match known {
        Some(tag) => request.header(header::IF_NONE_MATCH, tag),
        None => request,
    };
    house.send(request.body(Body::empty()).unwrap()).await
}

fn tag(reply: &Reply) -> String {
    reply.headers[header::ETAG].to_str().unwrap().to_owned()
}

fn copy(house: &House, reply: &Reply) -> RuleCopy {
    let envelope: Envelope = serde_json::from_value(reply.ok()).unwrap();
    RuleCopy::verify(&envelope, &house.firewall.permit_key()).unwrap()
}

async fn block(house: &House, name: &str, agent: Option<&str>) {
    let scope = match agent {
        Some(agent) => format!("scope: agent\nagent_id: {agent}\n"),
        None => String::new(),
    };
    let text = format!(
        "type: action_type_block\nname: {name}\n{scope}severity: CRITICAL\n\
         config: {{ action_types: [log_rotate], tier: C, reason: not now }}"
    );
    let drafts = read::yaml(&text).unwrap();
    house
        .firewall
        .create_policies(&house.acme.architect, drafts)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_agent_gets_its_own_rules_signed_and_nothing_is_recorded() {
    let house = House::new().await;
    block(&house, "everybody's", None).await;
    let before = house.head().await;
    let reply = ask(&house, &house.acme.agent_token, None).await;
    assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    let copy = copy(&house, &reply);
    assert_eq!(
        (&copy.tenant, &copy.agent),
        (&house.acme.id, &house.acme.agent)
    );
    assert_eq!(copy.seq, before.seq);
    assert_eq!(house.head().await, before);
    insta::assert_json_snapshot!(masked(serde_json::to_value(copy).unwrap()));
}

#[tokio::test]
async fn nobody_gets_what_is_for_another_agent() {
    let house = House::new().await;
    let secret = "for the other alone";
    block(&house, secret, Some(house.acme.other_agent.as_str())).await;
    let names = async |token: &str| {
        let copy = copy(&house, &ask(&house, token, None).await);
        let names = copy.policies.iter().map(|policy| policy.name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&house.acme.other_agent_token).await, [secret]);
    assert!(names(&house.acme.agent_token).await.is_empty());
    assert!(names(&house.globex.agent_token).await.is_empty());
}

#[tokio::test]
async fn only_the_key_of_one_agent_gets_a_copy() {
    let house = House::new().await;
    for token in [
        &house.acme.client_token,
        &house.acme.architect_token,
        &house.acme.viewer_token,
    ] {
        let reply = ask(&house, token, None).await;
        assert_eq!(reply.error(), (403, "auth.forbidden".to_owned()));
    }
    let reply = ask(&house, "pcl_none_none", None).await;
    assert_eq!(reply.error(), (401, "auth.unauthenticated".to_owned()));
}

#[tokio::test]
async fn a_tag_stands_for_the_same_rules_for_the_same_time() {
    let house = House::new().await;
    let token = &house.acme.agent_token;
    let first = tag(&ask(&house, token, None).await);
    let known = async || ask(&house, token, Some(&first)).await;
    let again = known().await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert_eq!(tag(&again), first);
    let others = tag(&ask(&house, &house.acme.other_agent_token, Some(&first)).await);
    assert_ne!(others, first, "another agent's tag is not this one's");

    let audit_only = |settings: &mut Settings, now| {
        settings.mode = Mode::AuditOnly;
        settings.mode_expires_at = Some(now);
    };
    let end = "2099-01-01T00:00:00Z".parse().unwrap();
    let architect = &house.acme.architect;
    let change = move |settings: &mut Settings| audit_only(settings, end);
    house
        .firewall
        .change_settings(architect, change)
        .await
        .unwrap();
    let softer = known().await;
    assert_eq!(copy(&house, &softer).mode, Mode::AuditOnly);
    block(&house, "news", None).await;
    let harder = known().await;
    assert_eq!(copy(&house, &harder).policies.len(), 1);
    assert!(copy(&house, &harder).seq > copy(&house, &softer).seq);
    assert_ne!(tag(&harder), tag(&softer));
}

#[tokio::test(start_paused = true)]
async fn a_key_gets_so_many_copies_in_a_minute() {
    let house = House::new().await;
    let token = &house.acme.agent_token;
    let known = tag(&ask(&house, token, None).await);
    for _ in 1..30 {
        assert_eq!(ask(&house, token, None).await.status, StatusCode::OK);
    }
    let reply = ask(&house, token, None).await;
    assert_eq!(reply.error(), (429, "rate.limited".to_owned()));
    // Nobody pays for another, and what is no copy costs none.
    let others = ask(&house, &house.acme.other_agent_token, None).await;
    assert_eq!(others.status, StatusCode::OK);
    let again = ask(&house, token, Some(&known)).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(ask(&house, token, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_copy_ends_as_the_settings_say_and_then_its_tag_is_another() {
    let house = House::new().await;
    let token = &house.acme.agent_token;
    let change = |settings: &mut Settings| settings.rules_seconds = 40;
    house
        .firewall
        .change_settings(&house.acme.architect, change)
        .await
        .unwrap();
    let first = ask(&house, token, None).await;
    let lasts = copy(&house, &first);
    let seconds = lasts.valid_until.duration_since(lasts.issued_at).as_secs();
    assert!((20..=40).contains(&seconds), "{seconds}");
    house.clock.advance(Duration::from_secs(40));
    let next = ask(&house, token, Some(&tag(&first))).await;
    assert!(copy(&house, &next).valid_until > lasts.valid_until);
    let change = |settings: &mut Settings| settings.rules_seconds = 9;
    assert!(
        house
            .firewall
            .change_settings(&house.acme.architect, change)
            .await
            .is_err()
    );
}
