//! An account of the gate's on live state: what it looks at, signs, sends and refuses.

use crate::{
    facts::execute,
    flown::outfit,
    world::{STRANGER, World, approve, usd},
};
use alloy_primitives::{Address, B256, U256, keccak256};
use k256::ecdsa::SigningKey;
use portcullis_evm::{
    account::{Account, AccountSettings, Ports},
    bindings::VaultManager,
    chain::Call,
    pilot::Pilot,
    snapshot::{self, Block, Chain, Missing, Rules},
    source::{Found, Receipt, Source, SourceError, Sources},
    transaction::Transaction,
};
use portcullis_firewall::{
    digest::ActionDigest,
    order::{Ended, Order},
    outside::{Awaited, Intent, Misfit, Signer, Wallet, Wish},
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::id::{AgentId, TenantId};
use portcullis_testkit::FakeClock;
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// A node over a chain in memory.
#[derive(Debug)]
pub(super) struct Node {
    world: Mutex<World>,
    /// Whether a new block comes with every question for the newest.
    restless: bool,
    /// A lie about every slot.
    lies: bool,
    sent: Mutex<Vec<Vec<u8>>>,
}

impl Node {
    pub(super) fn of(world: &World) -> Self {
        Self {
            world: Mutex::new(world.clone()),
            restless: false,
            lies: false,
            sent: Mutex::default(),
        }
    }

    fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

pub(super) type Told<'a, T> = Doing<'a, Result<T, SourceError>>;

impl Source for Node {
    fn chain_id(&self) -> Told<'_, u64> {
        let id = self.world.lock().unwrap().chain.id();
        Box::pin(async move { Ok(id) })
    }

    fn head(&self) -> Told<'_, Block> {
        let mut world = self.world.lock().unwrap();
        if self.restless {
            world.chain.mine();
        }
        let block = world.chain.block();
        let number: u64 = block.number.to();
        let block = Block {
            number,
            hash: keccak256(number.to_be_bytes()),
            time: world.chain.now(),
            base_fee: 0,
            gas_limit: block.gas_limit,
            beneficiary: block.beneficiary,
            randomness: B256::ZERO,
        };
        Box::pin(async move { Ok(block) })
    }

    fn find<'a>(&'a self, _: &'a Block, missing: Missing) -> Told<'a, Found> {
        let world = self.world.lock().unwrap();
        let found = match missing {
            Missing::Account(address) => Found::Account(snapshot::Account {
                balance: world.chain.balance(address).unwrap(),
                nonce: world.chain.nonce(address).unwrap(),
                code: world.chain.code(address).unwrap(),
            }),
            Missing::Slot(address, slot) => {
                let word = world.chain.storage(address, slot).unwrap();
                let lie = U256::from(u8::from(self.lies));
                Found::Slot(word ^ lie)
            }
            Missing::Hash(number) => Found::Hash(keccak256(number.to_be_bytes())),
        };
        Box::pin(async move { Ok(found) })
    }

    fn next_nonce(&self, account: Address) -> Told<'_, u64> {
        let nonce = self.world.lock().unwrap().chain.nonce(account).unwrap();
        Box::pin(async move { Ok(nonce) })
    }

    fn send<'a>(&'a self, raw: &'a [u8]) -> Told<'a, ()> {
        let transaction = Transaction::read(raw).unwrap();
        let call = Call {
            gas_limit: transaction.gas_limit,
            ..Call::new(transaction.from, transaction.to.unwrap(), transaction.data)
        };
        let outcome = self.world.lock().unwrap().chain.send(&call).unwrap();
        assert!(outcome.succeeded(), "{:?}", outcome.reason());
        self.sent.lock().unwrap().push(raw.to_vec());
        Box::pin(async { Ok(()) })
    }

    fn receipt(&self, hash: B256) -> Told<'_, Option<Receipt>> {
        let sent = self.sent.lock().unwrap();
        let known = sent.iter().any(|raw| keccak256(raw) == hash);
        let receipt = Receipt {
            success: true,
            block: 7,
            gas_used: 50_000,
            gas_price: 0,
            logs: Vec::new(),
        };
        Box::pin(async move { Ok(known.then_some(receipt)) })
    }
}

/// One key.
#[derive(Debug)]
pub(super) struct Pen(pub(super) SigningKey);

impl Signer for Pen {
    fn sign<'a>(&'a self, _: &'a str, message: &'a [u8]) -> Awaited<'a, [u8; 65]> {
        let digest = keccak256(message).0;
        let (signature, parity) = self.0.sign_prehash_recoverable(&digest).unwrap();
        let mut bytes = [parity.to_byte(); 65];
        bytes[..64].copy_from_slice(&signature.to_bytes());
        Box::pin(async move { Ok(bytes) })
    }
}

pub(super) fn key(byte: u8) -> (SigningKey, Address) {
    let key = SigningKey::from_slice(&[byte; 32]).unwrap();
    let point = key.verifying_key().to_encoded_point(false);
    let address = Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..]);
    (key, address)
}

pub(super) fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

/// A vault whose trader is the gate's account.
pub(super) fn world() -> World {
    let mut world = World::new().funded();
    let logic = world.logic;
    let trader = key(1).1;
    world.must(
        crate::world::MANAGER,
        logic,
        VaultManager::setTraderCall { trader },
    );
    world.chain.mine();
    world
}

fn account(node: &Arc<Node>, second: Option<Arc<Node>>, pen: u8) -> Account {
    let world = node.world.lock().unwrap().clone();
    let first: Arc<dyn Source> = Arc::<Node>::clone(node);
    let second = second.map(|node| node as Arc<dyn Source>);
    account_by(&world, (first, second), Arc::new(Pen(key(pen).0)))
}

/// An account of a world that is asked for so, with this signer.
pub(super) fn account_by(
    world: &World,
    (first, second): (Arc<dyn Source>, Option<Arc<dyn Source>>),
    signer: Arc<dyn Signer>,
) -> Account {
    let settings = AccountSettings {
        name: "main".to_owned(),
        tenant: tenant(),
        environment: "production".to_owned(),
        address: key(1).1,
        key: "main".to_owned(),
        patience: Duration::from_secs(1),
        spenders: Vec::new(),
    };
    let pilot = Pilot {
        chain: Chain {
            id: world.chain.id(),
            rules: Rules::Prague,
        },
        sources: Sources { first, second },
        outfit: outfit(world),
    };
    let ports = Ports {
        signer,
        clock: Arc::new(FakeClock::default()),
    };
    Account::new(settings, pilot, ports)
}

fn wish(world: &World, data: &[u8]) -> Wish {
    let mut fields = Map::new();
    fields.insert("to".to_owned(), json!(world.vault));
    let data = alloy_primitives::hex::encode_prefixed(data);
    fields.insert("data".to_owned(), json!(data));
    // Nothing costs anything here.
    fields.insert("maxFeePerGas".to_owned(), json!("0x0"));
    fields.insert("maxPriorityFeePerGas".to_owned(), json!("0x0"));
    Wish::Send(fields)
}

/// Takes an allowance back.
pub(super) fn harmless(world: &World) -> Wish {
    wish(
        world,
        &execute(world.usd, &approve(world.router, U256::ZERO)),
    )
}

fn order(intent: &Intent) -> Order {
    Order {
        tenant: tenant(),
        agent: AgentId::new("agt_1").unwrap(),
        seq: 7,
        digest: ActionDigest::new([1; 32]),
        action_type: intent.action_type.clone(),
        target: intent.target.clone(),
        environment: intent.environment.clone(),
        parameters: intent.parameters.clone(),
        action: Vec::new(),
        idempotency_key: String::new(),
        expected_rows: None,
        work: None,
        lease: None,
        live: None,
    }
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
    let other = alloy_primitives::hex::encode_prefixed(other);
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
        let wish = wish(&world, &data);
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
    let (pen, from) = key(1);
    let data = execute(world.usd, &approve(world.router, U256::ZERO));
    let mut transaction = crate::flown::transaction(&world, from, world.vault, data);
    transaction.gas_limit = 500_000;
    let signature = Pen(pen)
        .sign("", &transaction.signing_bytes())
        .await
        .unwrap();
    let raw = transaction.signed(&signature).unwrap();
    let intent = intended(&account, Wish::Raw(raw.to_string()))
        .await
        .unwrap();
    assert_eq!(intent.parameters["raw"], Value::String(raw.to_string()));
    let effect = account.execute(order(&intent)).await;
    assert_eq!(effect.result, Ended::Done, "{}", effect.summary);
    assert_eq!(node.sent.lock().unwrap().as_slice(), [raw.to_vec()]);
}
