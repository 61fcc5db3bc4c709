//! An account of the gate's on live state: what it looks at, signs, sends and refuses.

use crate::{
    facts::execute,
    flown::outfit,
    surface::{self, Node, Pen, order, wish},
    world::{MANAGER, STRANGER, World, approve, usd},
};
use alloy_primitives::{U256, hex};
use portcullis_evm::{
    account::Account,
    bindings::VaultManager,
    source::{Source, Sources},
};
use portcullis_firewall::{
    order::Ended,
    outside::{Intent, Misfit, Signer, Wallet, Wish},
    ports::{Executor, Rehearsal},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// A vault whose trader is the gate's account.
pub(crate) fn world() -> World {
    let mut world = World::new().funded();
    let logic = world.logic;
    let trader = Pen::new(1).address();
    world.must(MANAGER, logic, VaultManager::setTraderCall { trader });
    world.chain.mine();
    world
}

fn account(node: &Arc<Node>, second: Option<Arc<Node>>, pen: u8) -> Account {
    let sources = Sources {
        first: Arc::<Node>::clone(node),
        second: second.map(|node| node as Arc<dyn Source>),
    };
    let (outfit, address) = (outfit(&world()), Pen::new(1).address());
    surface::account(sources, outfit, address, Arc::new(Pen::new(pen)))
}

fn wanted(world: &World, data: &[u8]) -> Wish {
    Wish::Send(wish(world.vault, data))
}

/// Takes an allowance back.
pub(crate) fn harmless(world: &World) -> Wish {
    wanted(
        world,
        &execute(world.usd, &approve(world.router, U256::ZERO)),
    )
}

async fn intended(account: &Account, wish: Wish) -> Result<Intent, Misfit> {
    account.intend(wish).await
}

#[tokio::test]
async fn a_wish_is_looked_at_signed_sent_and_seen_through() {
    let world = world();
    let node = Arc::new(Node::of(&world));
    let account = account(&node, None, 1);
    let intent = intended(&account, harmless(&world)).await.unwrap();
    assert_eq!(
        intent.action_type, "evm.execute",
        "its guard is not mirrored"
    );
    assert_eq!(intent.parameters["estimated_cost_usd"], 0.0);
    let order = order(&intent);
    let run = account.rehearse(order.clone()).await;
    assert!(run.passed, "{run:?}");
    let state = run.checks.iter().find(|check| check.name == "state");
    assert!(state.unwrap().detail.starts_with("unproven state"));
    assert_eq!(node.sent(), 0);
    let effect = account.execute(order).await;
    assert_eq!(effect.result, Ended::Done, "{}", effect.summary);
    assert_eq!(node.sent(), 1);
}

#[tokio::test]
async fn what_was_changed_after_it_was_judged_goes_nowhere() {
    let world = world();
    let node = Arc::new(Node::of(&world));
    let account = account(&node, None, 1);
    let intent = intended(&account, harmless(&world)).await.unwrap();
    let data = intent.parameters["data"].as_str().unwrap();
    let other = execute(world.usd, &approve(world.router, usd(1)));
    let other = hex::encode_prefixed(other);
    let dirty = format!("{data}{}", "0".repeat(64));
    for (name, value) in [
        ("data", json!(other)),
        ("data", json!(dirty)),
        ("to", json!(STRANGER)),
        ("from", json!(STRANGER)),
        ("chain_id", json!(1)),
        ("gas", json!(30_000)),
        ("nonce", json!(99)),
        ("words", json!(["Does nothing"])),
        ("more", json!(1)),
    ] {
        let mut order = order(&intent);
        order.parameters.insert(name.to_owned(), value);
        let run = account.rehearse(order.clone()).await;
        assert!(!run.passed, "{name}");
        let effect = account.execute(order).await;
        assert_eq!(effect.result, Ended::Failed, "{name}: {}", effect.summary);
    }
    let mut order = order(&intent);
    order.action_type = "evm.swap".to_owned();
    assert_eq!(account.execute(order).await.result, Ended::Failed);
    assert_eq!(node.sent(), 0);
}

#[tokio::test]
async fn what_breaks_a_rule_is_no_action() {
    let world = world();
    let node = Arc::new(Node::of(&world));
    let account = account(&node, None, 1);
    let misfit = |data: Vec<u8>| {
        let wish = wanted(&world, &data);
        let account = &account;
        async move { intended(account, wish).await.unwrap_err() }
    };
    let unlisted = misfit(execute(STRANGER, &approve(world.router, U256::ZERO))).await;
    assert_eq!(unlisted.code, "dh23");
    assert_eq!(misfit(vec![1, 2, 3, 4]).await.code, "preflight.function");
    let mut dirty = execute(world.usd, &approve(world.router, U256::ZERO));
    dirty.push(0);
    assert_eq!(misfit(dirty).await.code, "NotCanonical");
    let elsewhere = Wish::Send(
        json!({"to": STRANGER, "data": "0x"})
            .as_object()
            .unwrap()
            .clone(),
    );
    let elsewhere = intended(&account, elsewhere).await.unwrap_err();
    assert_eq!(elsewhere.code, "preflight.destination");
    let strange = json!({"to": world.vault, "data": "0x", "authorizationList": []});
    let strange = Wish::Send(strange.as_object().unwrap().clone());
    assert_eq!(
        intended(&account, strange).await.unwrap_err().code,
        "rpc.params"
    );
}

#[tokio::test]
async fn nothing_is_signed_on_a_chain_that_moves_or_on_states_that_differ() {
    let world = world();
    let node = Arc::new(Node::of(&world));
    let intent = intended(&account(&node, None, 1), harmless(&world))
        .await
        .unwrap();
    let restless = Arc::new(Node {
        restless: true,
        ..Node::of(&world)
    });
    let effect = account(&restless, None, 1).execute(order(&intent)).await;
    assert_eq!(effect.result, Ended::Failed, "{}", effect.summary);
    assert_eq!(restless.sent(), 0);
    let liar = Arc::new(Node {
        lies: true,
        ..Node::of(&world)
    });
    let compared = account(&node, Some(Arc::clone(&liar)), 1);
    let misfit = intended(&compared, harmless(&world)).await.unwrap_err();
    assert_eq!(misfit.code, "preflight.unavailable");
    assert!(misfit.why.contains("do not agree"), "{}", misfit.why);
    let effect = compared.execute(order(&intent)).await;
    assert_eq!(effect.result, Ended::Failed, "{}", effect.summary);
    let same = account(&node, Some(Arc::new(Node::of(&world))), 1);
    let run = same.rehearse(order(&intent)).await;
    let state = run
        .checks
        .iter()
        .find(|check| check.name == "state")
        .unwrap();
    assert_eq!(state.detail, "two sources agree on the state");
    assert_eq!(node.sent(), 0);
}

#[tokio::test]
async fn the_key_of_another_account_signs_nothing() {
    let world = world();
    let node = Arc::new(Node::of(&world));
    let account = account(&node, None, 2);
    let intent = intended(&account, harmless(&world)).await.unwrap();
    let effect = account.execute(order(&intent)).await;
    assert_eq!(effect.result, Ended::Failed, "{}", effect.summary);
    assert!(effect.summary.contains("not that of the account"));
    assert_eq!(node.sent(), 0);
}

#[tokio::test]
async fn what_was_signed_elsewhere_is_looked_at_in_the_same_way() {
    let world = world();
    let node = Arc::new(Node::of(&world));
    let account = account(&node, None, 2);
    let pen = Pen::new(1);
    let data = execute(world.usd, &approve(world.router, U256::ZERO));
    let mut transaction = crate::flown::transaction(&world, pen.address(), world.vault, data);
    transaction.gas_limit = 500_000;
    let message = transaction.signing_bytes();
    let signature = pen.sign("", &message).await.unwrap();
    let raw = transaction.signed(&signature).unwrap();
    let intent = intended(&account, Wish::Raw(raw.to_string()))
        .await
        .unwrap();
    assert_eq!(intent.parameters["raw"], Value::String(raw.to_string()));
    let effect = account.execute(order(&intent)).await;
    assert_eq!(effect.result, Ended::Done, "{}", effect.summary);
    assert_eq!(node.sent.lock().unwrap().as_slice(), [raw.to_vec()]);
}
