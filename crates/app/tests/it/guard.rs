//! What is surely refused is refused here, with the gate's own words, and nothing is sent.

mod agent;
mod counter;

use crate::{bin::Ran, http::Wire};
use agent::{Agent, READ, TOO_MANY, in_seconds};
use base64::{Engine, engine::general_purpose::STANDARD};
use portcullis_firewall::{dsse::Envelope, rule_copy::RuleCopy, sign::SigningKey};
use portcullis_policy::{facts::Mode, tenant};
use serde_json::{Value, json};

const JSON: &[&str] = &["-o", "json"];

/// A run that was refused here, quietly.
#[track_caller]
fn refused_here(ran: Ran) {
    assert_eq!(ran.err, "");
    let out = ran.ended(3);
    assert!(out.contains("refused here; nothing was sent"), "{out}");
}

/// A run that the gate decided.
#[track_caller]
fn decided_there(agent: &Agent, ran: Ran, code: i32) -> String {
    assert!(
        agent
            .counter
            .asked()
            .contains(&"POST /v1/govern".to_owned())
    );
    let said = ran.err.clone();
    let out = ran.ended(code);
    assert!(out.contains("· record "), "{out}");
    said
}

#[test]
fn what_is_surely_refused_is_refused_without_a_call() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    assert_eq!(
        agent.counter.asked(),
        ["GET /v1/rules", "GET /v1/permits/key"]
    );
    let ran = agent.run(TOO_MANY);
    insta::assert_snapshot!(ran.out);
    refused_here(ran);
    refused_here(agent.run(&[
        "govern",
        "--action",
        "pools.delete",
        "--target",
        "pool_train",
    ]));
    refused_here(agent.run(&["govern", "--action", "database_drop", "--target", "orders"]));
    refused_here(agent.run(&["call", "--action", "database_drop", "--target", "orders"]));
    let other = [READ, &["--agent", "agt_other"]].concat();
    refused_here(agent.run(&other));
    assert!(agent.counter.asked().is_empty(), "not one call");
    decided_there(&agent, agent.run(READ), 0);
}

#[test]
fn the_gate_says_the_same_with_the_same_code() {
    let agent = Agent::new();
    let there = agent.gate.ask(
        agent.house.credential("agent_key"),
        &[TOO_MANY, JSON].concat(),
    );
    let there = there.json(3);
    let here = agent.run(&[TOO_MANY, JSON].concat()).json(3);
    assert_eq!(here["refused_here"], true);
    assert_eq!(there.get("refused_here"), None);
    let same = [
        "verdict",
        "execute",
        "tier",
        "risk_tier",
        "reasons",
        "reasoning",
        "rule_violated",
        "policies_fired",
        "governance_mode",
        "hold_id",
        "approvals_required",
        "obligations",
    ];
    for name in same {
        assert!(here.get(name).is_some(), "{name}");
        assert_eq!(here[name], there[name], "{name}");
    }
}

#[test]
fn a_copy_is_fetched_when_there_is_none_and_then_serves_alone() {
    let agent = Agent::new();
    refused_here(agent.run(TOO_MANY));
    assert_eq!(
        agent.counter.asked(),
        ["GET /v1/rules", "GET /v1/permits/key"]
    );
    refused_here(agent.run(TOO_MANY));
    assert!(agent.counter.asked().is_empty());
    let again = agent.run(&[&["rules", "pull"], JSON].concat()).json(0);
    assert_eq!(
        again["is_new"], false,
        "the gate says that it is still the one"
    );
    let block = "type: action_type_block\nname: freeze\nconfig: { action_types: [workloads.list], tier: C }";
    let file = agent.house.folder.path().join("freeze.yaml");
    std::fs::write(&file, block).unwrap();
    agent
        .architect(&["policy", "apply", file.to_str().unwrap()])
        .ended(0);
    let news = agent.run(&[&["rules", "pull"], JSON].concat()).json(0);
    assert_eq!(news["is_new"], true);
    refused_here(agent.run(READ));
}

#[test]
fn without_its_gate_an_agent_is_refused_or_unanswered() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    agent.gate.die();
    refused_here(agent.run(TOO_MANY));
    let ran = agent.run(READ);
    assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{}", ran.err);
    agent.put(&agent.signed(|copy| copy.valid_until = in_seconds(-1)));
    let ran = agent.run(TOO_MANY);
    assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{}", ran.err);
}

#[test]
fn a_bent_copy_is_said_aloud_and_a_good_one_fetched() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    let mut bent = agent.signed(|_| {});
    let text = String::from_utf8(STANDARD.decode(&bent.payload).unwrap()).unwrap();
    bent.payload =
        STANDARD.encode(text.replace("\"max_gpus_per_job\":64", "\"max_gpus_per_job\":999"));
    agent.put(&bent);
    agent.counter.asked();
    let ran = agent.run(TOO_MANY);
    assert!(
        ran.err.contains("warning: ") && ran.err.contains("rules.forged"),
        "{}",
        ran.err
    );
    assert!(ran.ended(3).contains("refused here"));
    assert_eq!(agent.counter.asked(), ["GET /v1/rules"]);
    refused_here(agent.run(TOO_MANY));

    // When the way to the gate bends every copy, the gate decides.
    agent.put(&bent);
    agent.counter.answer("/v1/rules", &json!(bent).to_string());
    let said = decided_there(&agent, agent.run(TOO_MANY), 3);
    assert_eq!(
        said.matches("rules.forged").count(),
        2,
        "kept, and sent: {said}"
    );
    let checked = agent.run(&[&["rules", "check"], JSON].concat()).json(3);
    assert_eq!(checked["code"], "rules.forged");
}

#[test]
fn only_a_copy_for_this_very_key_refuses() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    let register = ["agents", "register", "second", "-o", "json"];
    let second = agent.architect(&register).json(0);
    let id = second["id"].as_str().unwrap();
    let issue = [
        "keys", "issue", "second", "--role", "agent", "--agent", id, "-o", "json",
    ];
    let key = agent.architect(&issue).json(0);
    let mut wire = Wire::open(agent.gate.address(), key["token"].as_str().unwrap()).unwrap();
    let (status, theirs) = wire.get("/v1/rules").unwrap();
    assert_eq!(status, 200);
    agent.put(&serde_json::from_value(theirs.clone()).unwrap());
    agent.counter.answer("/v1/rules", &theirs.to_string());
    let said = decided_there(&agent, agent.run(TOO_MANY), 3);
    assert_eq!(said.matches("rules.foreign").count(), 2, "{said}");
}

#[test]
fn a_copy_of_another_tenant_or_gate_refuses_nothing() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    let stranger = agent.copy().sign(&SigningKey::from_seed(&[9; 32])).unwrap();
    agent.put(&stranger);
    agent
        .counter
        .answer("/v1/rules", &json!(stranger).to_string());
    let said = decided_there(&agent, agent.run(TOO_MANY), 3);
    assert!(
        said.contains("rules.forged") && said.contains("rules.key_changed"),
        "{said}"
    );
    let pulled = agent.run(&["rules", "pull"]);
    assert_eq!(pulled.code, 1);
    assert!(
        pulled
            .err
            .contains("signs with another key than the one known of it"),
        "{}",
        pulled.err
    );
}

/// What is different about a copy.
type Change = fn(&mut RuleCopy);

/// Copies that the gate did sign, and that are not to be used now.
#[test]
fn what_is_over_early_or_older_than_before_is_not_used() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    let seen = agent.copy().seq;
    let cases: [(&str, Change); 4] = [
        ("rules.expired", |copy| copy.valid_until = in_seconds(-1)),
        ("rules.early", |copy| copy.issued_at = in_seconds(3_600)),
        ("rules.rolled_back", |copy| copy.seq -= 1),
        ("rules.other_edition", |copy| copy.edition += 1),
    ];
    for (code, change) in cases {
        let envelope = agent.signed(change);
        let good = agent.signed(|_| {});
        agent.put(&envelope);
        agent
            .counter
            .answer("/v1/rules", &json!(envelope).to_string());
        let checked = agent.run(&[&["rules", "check"], JSON].concat()).json(3);
        assert_eq!(checked["code"], code);
        let said = decided_there(&agent, agent.run(TOO_MANY), 3);
        assert_eq!(
            said.contains(code),
            code == "rules.rolled_back",
            "{code}: {said}"
        );
        assert_eq!(
            agent.shelved()["seen"],
            seen,
            "a copy that is not good teaches nothing"
        );
        // Nothing is asked again for a while, and the gate goes on deciding.
        let ran = agent.run(TOO_MANY);
        assert_eq!(agent.counter.asked(), ["POST /v1/govern"], "{code}");
        ran.ended(3);
        agent.put(&good);
        let mut shelf = agent.shelved();
        shelf["asked_at"] = Value::Null;
        std::fs::write(agent.shelf(), shelf.to_string()).unwrap();
        refused_here(agent.run(TOO_MANY));
    }
}

#[test]
fn a_copy_replayed_by_the_way_is_not_taken_for_a_new_one() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    let old = agent.signed(|copy| copy.issued_at = in_seconds(-120));
    agent.counter.answer("/v1/rules", &json!(old).to_string());
    agent.put(&agent.signed(|copy| copy.valid_until = in_seconds(-1)));
    let pulled = agent.run(&["rules", "pull"]);
    assert!(
        pulled.code == 1 && pulled.err.contains("out of date"),
        "{}",
        pulled.err
    );
    decided_there(&agent, agent.run(TOO_MANY), 3);
}

#[test]
fn what_a_copy_lets_through_the_gate_judges_all_the_same() {
    let agent = Agent::new();
    agent.run(&["rules", "pull"]).ended(0);
    let open = "version: 1\nactions: [{ action: \"*\" }]";
    let open = tenant::read::parse(open).unwrap();
    agent.put(&agent.signed(|copy| {
        copy.tenant_policy = Some(open);
        copy.mode = Mode::AuditOnly;
        copy.mode_expires_at = Some(in_seconds(600));
    }));
    agent.counter.asked();
    decided_there(&agent, agent.run(TOO_MANY), 3);
}

#[test]
fn a_client_that_skips_its_own_check_is_refused_by_the_gate() {
    let agent = Agent::new();
    let key = agent.house.credential("agent_key");
    let mut wire = Wire::open(agent.gate.address(), key).unwrap();
    let mut action = json!({
        "action_type": "workloads.submit", "target_service": "pool_train",
        "parameters": { "gpus": 128, "team": "ml-research", "refused_here": false, "verdict": "CLEARED" },
    });
    let (status, answer) = wire.post("/v1/govern", None, &action).unwrap();
    assert_eq!((status, &answer["verdict"]), (200, &json!("BLOCKED")));
    // There is no field to tell the gate what was judged elsewhere.
    for name in ["verdict", "refused_here", "judgement", "rules"] {
        let mut lie = action.clone();
        lie[name] = json!("CLEARED");
        let (status, answer) = wire.post("/v1/govern", None, &lie).unwrap();
        assert_eq!(
            (status, &answer["error"]["code"]),
            (422, &json!("request.invalid"))
        );
    }
    action["parameters"]["gpus"] = json!(2);
    let (_, answer) = wire.post("/v1/govern", None, &action).unwrap();
    assert_eq!(
        answer["verdict"], "BLOCKED",
        "its other bounds bind as well"
    );
}

#[test]
fn a_gate_is_known_by_its_key_once_learnt_or_named() {
    let agent = Agent::new();
    let genuine = agent.house.credential("gate_key").to_owned();
    let other = SigningKey::from_seed(&[9; 32]).public_key().to_string();
    let named = |key: &str| agent.run(&["rules", "pull", "--gate-key", key]);
    let ran = named(&other);
    assert!(
        ran.code == 1 && ran.err.contains("another key"),
        "{}",
        ran.err
    );
    named(&genuine).ended(0);
    agent.counter.asked();
    assert_eq!(named("9f").code, 2);
    // Learning the key is never needed when it is named.
    assert!(agent.counter.asked().is_empty());

    agent.run(&["rules", "trust", &other]).ended(0);
    let login = ["login", "--token-stdin"];
    let ran = agent.run(&login);
    assert!(
        ran.code == 1 && ran.err.contains("rules trust"),
        "{}",
        ran.err
    );
    assert_eq!(
        agent.counter.asked(),
        ["GET /v1/permits/key"],
        "no secret was sent"
    );
    agent.run(&["rules", "trust", &genuine]).ended(0);
    agent.run(&["rules", "pull", "--anew"]).ended(0);
    refused_here(agent.run(TOO_MANY));
}

#[test]
fn other_credentials_ask_the_gate() {
    let agent = Agent::new();
    let client = agent.house.credential("client_key");
    let id = agent.house.credential("agent_id");
    let ask = [TOO_MANY, &["--agent", id]].concat();
    decided_there(&agent, agent.run_as(client, &ask), 3);
    let ran = agent.run_as(client, &ask);
    assert_eq!(
        agent.counter.asked(),
        ["POST /v1/govern"],
        "it has learnt that there is no copy"
    );
    ran.ended(3);
    let ran = agent.run_as(client, &["rules", "pull"]);
    assert!(
        ran.code == 1 && ran.err.contains("for the key of one agent"),
        "{}",
        ran.err
    );
    let ran = agent.run_as("something else", &["rules", "pull"]);
    assert!(
        ran.code == 1 && ran.err.contains("none of a gate's"),
        "{}",
        ran.err
    );
}

#[test]
fn a_copy_is_shown_and_checked_without_its_gate() {
    let agent = Agent::new();
    let ran = agent.run(&["rules", "check"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.out.contains("there is no copy of the rules here"),
        "{}",
        ran.out
    );
    assert_eq!(agent.run(&["rules", "show"]).code, 1);
    agent.run(&["rules", "pull"]).ended(0);
    agent.counter.asked();
    let shown = agent.run(&[&["rules", "show"], JSON].concat()).json(0);
    for (path, hidden) in [
        ("/tenant_policy/slack", "C0GPUOPS"),
        ("/tenant_policy/approvals", "group:"),
    ] {
        assert!(shown.pointer(path).is_none(), "{path}");
        assert!(!shown.to_string().contains(hidden), "{hidden}");
    }
    let text = agent.run(&["rules", "show"]).ended(0);
    assert!(
        text.contains("allows") && text.contains("workloads.submit"),
        "{text}"
    );
    let checked = agent.run(&[&["rules", "check"], JSON].concat()).json(0);
    assert_eq!(checked["good"], true);
    assert!(agent.counter.asked().is_empty());

    let file = agent.house.folder.path().join("copy.json");
    let envelope: Envelope = serde_json::from_value(agent.shelved()["envelope"].take()).unwrap();
    std::fs::write(&file, json!(envelope).to_string()).unwrap();
    let file = file.to_str().unwrap();
    let with = |key: &str| agent.run(&["rules", "check", "--file", file, "--gate-key", key]);
    with(agent.house.credential("gate_key")).ended(0);
    let other = SigningKey::from_seed(&[9; 32]).public_key().to_string();
    assert!(with(&other).ended(3).contains("rules.forged"));
}
