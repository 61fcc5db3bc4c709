//! The door for wallet libraries, with a node and a wallet that say what they are told to.

use crate::house::House;
use axum::Router;
use portcullis_door::{request_id::RequestIds, threshold::threshold};
use portcullis_firewall::{
    batch::RecordKind,
    digest::Means,
    hands::Hands,
    order::{DryRun, Effect, Ended, Order},
    outside::{
        Awaited, Courier, Delivery, Intending, Intent, Line as OpenLine, Misfit, OutsideError,
        Parcel, Reach, Wallet, Wish,
    },
    ports::{Doing, Executor, Ledger, Rehearsal},
    query::RecordQuery,
};
use portcullis_gateway::rpc::{Kind, Line, METHODS, Settings, router};
use portcullis_policy::{action::Action, facts::AgentStatus};
use portcullis_testkit::planted::must_hide;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const HASH: &str = "0x5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e";
const RULES: &str = "
version: 1
actions:
  - action: evm.*
";

/// What nobody may see: a token of a well-known form.
const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

/// A node that answers everything in one way, and remembers what it was asked.
#[derive(Debug, Default)]
struct Node {
    asked: Mutex<Vec<Value>>,
    answer: Mutex<Option<Vec<u8>>>,
}

impl Courier for Node {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        let asked = serde_json::from_slice(&parcel.body).unwrap();
        self.asked.lock().unwrap().push(asked);
        let answer = self.answer.lock().unwrap().clone();
        let answer = answer.unwrap_or_else(|| {
            let answer = json!({"jsonrpc": "2.0", "id": 1, "result": HASH});
            answer.to_string().into_bytes()
        });
        Box::pin(async move {
            Ok(Delivery {
                status: 200,
                headers: Vec::new(),
                body: answer,
            })
        })
    }

    fn dial<'a>(&'a self, url: &'a str, _: Reach) -> Awaited<'a, Box<dyn OpenLine>> {
        Box::pin(async move {
            Err(OutsideError::Unusable {
                host: url.to_owned(),
                why: "there are no lines here".to_owned(),
            })
        })
    }
}

/// A wallet whose every swap costs a little more than the one before, as prices move.
#[derive(Debug, Default)]
struct Purse {
    wishes: Mutex<Vec<Wish>>,
}

impl Wallet for Purse {
    fn chain_id(&self) -> u64 {
        8_453
    }

    fn account(&self) -> String {
        "0x00000000000000000000000000000000000000a1".to_owned()
    }

    fn intend(&self, wish: Wish) -> Intending<'_> {
        let mut wishes = self.wishes.lock().unwrap();
        wishes.push(wish.clone());
        let count = wishes.len();
        let intent = match wish {
            Wish::Send(fields) => Ok(Intent {
                action_type: fields["data"].as_str().unwrap().to_owned(),
                target: "main".to_owned(),
                environment: "production".to_owned(),
                parameters: json!({"usd": count, "estimated_cost_usd": 0})
                    .as_object()
                    .unwrap()
                    .clone(),
            }),
            Wish::Raw(_) => Err(Misfit {
                code: "dh23".to_owned(),
                rule: Some("destination".to_owned()),
                argument: Some(3),
                why: "it is not listed".to_owned(),
            }),
            // Its node repeats what it is asked with.
            Wish::TypedData(..) => Err(Misfit {
                code: "preflight.unavailable".to_owned(),
                rule: None,
                argument: None,
                why: format!("the chain's node refuses: no such project, {SECRET}"),
            }),
        };
        Box::pin(async move { intent })
    }
}

/// Hands that hand everything in.
#[derive(Debug, Default)]
struct Sender {
    orders: Mutex<Vec<Order>>,
}

impl Executor for Sender {
    fn means(&self, action: &Action) -> Option<Means> {
        let ours = action.kind.as_str().starts_with("evm.");
        ours.then(|| Means::new([5; 32]))
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        self.orders.lock().unwrap().push(order);
        let output = json!({"hash": HASH}).to_string().into_bytes();
        Box::pin(async move {
            Effect {
                output,
                ..Effect::new(Ended::Done, "mined")
            }
        })
    }
}

impl Rehearsal for Sender {
    fn rehearses(&self, _: &Action) -> bool {
        false
    }

    fn rehearse(&self, _: Order) -> Doing<'_, DryRun> {
        Box::pin(async { DryRun::failed("rehearsal", "there is none") })
    }
}

struct Stage {
    house: House,
    node: Arc<Node>,
    purse: Arc<Purse>,
    sender: Arc<Sender>,
}

impl Stage {
    async fn new() -> Self {
        let mut house = House::new().await;
        let policy = portcullis_policy::tenant::read::parse(RULES).unwrap();
        let acme = &house.acme.architect;
        house
            .firewall
            .apply_tenant_policy(acme, policy)
            .await
            .unwrap();
        let (node, purse) = (Arc::<Node>::default(), Arc::<Purse>::default());
        let sender = Arc::<Sender>::default();
        house.firewall.use_hands(Hands {
            executor: Arc::<Sender>::clone(&sender),
            rehearsal: Arc::<Sender>::clone(&sender),
        });
        let settings = Settings {
            tenant: house.acme.id.clone(),
            name: "main".to_owned(),
            url: "https://node.example".to_owned(),
            credential: None,
            reach: Reach::Public,
            most_per_second: 60,
        };
        let line = Line::new(
            settings,
            Arc::<Purse>::clone(&purse),
            Arc::<Node>::clone(&node),
        );
        let doors: Router = router(house.firewall.clone(), vec![line]);
        house.doors = threshold(doors, RequestIds::new(0xfeed));
        Self {
            house,
            node,
            purse,
            sender,
        }
    }

    async fn say(&self, body: String) -> Value {
        let token = &self.house.acme.agent_token;
        self.house.post("/v1/rpc/main", token, body).await.ok()
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 9, "method": method, "params": params});
        self.say(body.to_string()).await
    }

    async fn send(&self, kind: &str) -> Value {
        self.ask("eth_sendTransaction", json!([{"data": kind}]))
            .await
    }

    fn sent(&self) -> usize {
        self.sender.orders.lock().unwrap().len()
    }
}

#[tokio::test]
async fn only_agents_of_the_tenant_find_the_account() {
    let stage = Stage::new().await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}).to_string();
    let house = &stage.house;
    for (path, token, status) in [
        ("/v1/rpc/main", "nobody", 401),
        ("/v1/rpc/main", &house.acme.architect_token, 403),
        ("/v1/rpc/main", &house.acme.client_token, 403),
        ("/v1/rpc/main", &house.globex.agent_token, 404),
        ("/v1/rpc/other", &house.acme.agent_token, 404),
    ] {
        let reply = house.post(path, token, body.clone()).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.text);
    }
}

#[tokio::test]
async fn the_gate_answers_for_itself() {
    let stage = Stage::new().await;
    let account = json!(["0x00000000000000000000000000000000000000a1"]);
    for (method, result) in [
        ("eth_chainId", json!("0x2105")),
        ("net_version", json!("8453")),
        ("eth_accounts", account.clone()),
        ("eth_requestAccounts", account),
    ] {
        assert_eq!(stage.ask(method, json!([])).await["result"], result);
    }
    assert!(stage.node.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_known_is_refused_and_reaches_nobody() {
    let stage = Stage::new().await;
    for method in [
        "eth_sign",
        "personal_sign",
        "eth_signTransaction",
        "debug_traceCall",
        "anvil_setBalance",
        "",
    ] {
        let said = stage.ask(method, json!([])).await;
        assert_eq!(said["error"]["code"], -32_601, "{method}");
    }
    assert!(stage.node.asked.lock().unwrap().is_empty());
    assert!(stage.purse.wishes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_refused_before_it_is_judged_is_on_record() {
    let stage = Stage::new().await;
    let house = &stage.house;
    stage.ask("personal_sign", json!(["0x00"])).await;
    stage.ask("eth_sendTransaction", json!([])).await;
    stage.ask("eth_sendRawTransaction", json!(["0x02"])).await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}).to_string();
    let token = &house.acme.agent_token;
    house.post("/v1/rpc/other", token, body).await;
    // What the gate answers by itself, and what only reads, acts on nothing.
    stage.ask("eth_chainId", json!([])).await;
    stage.ask("eth_call", json!(["latest"])).await;
    let query = RecordQuery {
        kind: Some(RecordKind::AttemptRefused),
        limit: 100,
        ..RecordQuery::default()
    };
    let records = house.ledger.records(&house.acme.id, query).await.unwrap();
    let read = |payload: &[u8]| serde_json::from_slice::<Value>(payload).unwrap();
    let mut found: Vec<Value> = records.iter().map(|record| read(&record.payload)).collect();
    found.sort_by_key(|record| record["seq"].as_u64());
    let said = found.iter().map(|record| {
        let text = |key: &str| record[key].as_str().unwrap().to_owned();
        (text("method"), text("code"), text("target_service"))
    });
    let said: Vec<_> = said.collect();
    let expected = [
        ("personal_sign", "rpc.method", "main"),
        ("eth_sendTransaction", "rpc.params", "main"),
        ("eth_sendRawTransaction", "dh23", "main"),
        ("", "account.unknown", "other"),
    ];
    let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(said, expected);
    assert!(found.iter().all(|record| record["way"] == "rpc"));
}

#[tokio::test]
async fn reads_pass_and_come_back_screened() {
    let stage = Stage::new().await;
    for (method, _) in METHODS.iter().filter(|(_, kind)| *kind == Kind::Read) {
        let said = stage.ask(method, json!(["latest"])).await;
        assert_eq!(
            said,
            json!({"jsonrpc": "2.0", "id": 9, "result": HASH}),
            "{method}"
        );
        let asked = stage.node.asked.lock().unwrap().pop().unwrap();
        assert_eq!(
            (&asked["method"], &asked["params"]),
            (&json!(method), &json!(["latest"]))
        );
    }
    let secret = json!({"jsonrpc": "2.0", "id": 1, "result": SECRET});
    *stage.node.answer.lock().unwrap() = Some(secret.to_string().into_bytes());
    let said = stage.ask("eth_call", json!([])).await;
    must_hide("the answer", &said.to_string(), SECRET);
}

#[tokio::test]
async fn what_a_node_says_of_a_wish_that_is_no_action_is_screened() {
    let stage = Stage::new().await;
    let params = json!(["0x00000000000000000000000000000000000000a1", {}]);
    let said = stage.ask("eth_signTypedData_v4", params).await;
    assert_eq!(said["error"]["data"]["code"], "preflight.unavailable");
    let words = said["error"]["message"].as_str().unwrap();
    assert!(words.ends_with("no such project, [REDACTED]"), "{words}");
    must_hide("the answer", &said.to_string(), SECRET);
    must_hide("the store", &stage.house.ledger.text(), SECRET);
}

#[tokio::test]
async fn an_agent_that_may_not_work_reads_nothing() {
    let stage = Stage::new().await;
    let acme = &stage.house.acme;
    let agent = acme.agent.as_str();
    for status in [
        AgentStatus::Paused,
        AgentStatus::Active,
        AgentStatus::Blocked,
    ] {
        let firewall = &stage.house.firewall;
        let moved = firewall.move_agent(&acme.architect, agent, status, Some("to see"));
        moved.await.unwrap();
        let said = stage.ask("eth_blockNumber", json!([])).await;
        let reads = status == AgentStatus::Active;
        assert_eq!(said["error"].is_null(), reads, "{status:?}: {said}");
    }
    assert_eq!(stage.node.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_node_that_lies_about_what_it_answers_is_not_passed_on() {
    let stage = Stage::new().await;
    for answer in [
        &br#"{"jsonrpc":"2.0","id":2,"result":"0x1"}"#[..],
        br#"{"jsonrpc":"2.0","id":1,"result":"0x1","result":"0x2"}"#,
        b"<html>",
        b"",
    ] {
        *stage.node.answer.lock().unwrap() = Some(answer.to_vec());
        let said = stage.ask("eth_blockNumber", json!([])).await;
        assert_eq!(said["error"]["data"]["code"], "rpc.upstream", "{said}");
    }
    let error = br#"{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0x08"}}"#;
    *stage.node.answer.lock().unwrap() = Some(error.to_vec());
    let said = stage.ask("eth_call", json!([])).await;
    assert_eq!(
        said["error"],
        json!({"code": 3, "message": "execution reverted", "data": "0x08"})
    );
}

#[tokio::test]
async fn batches_are_answered_one_by_one() {
    let stage = Stage::new().await;
    let body = r#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"no"},7]"#;
    let said = stage.say(body.to_owned()).await;
    assert_eq!(said[0]["result"], "0x2105");
    assert_eq!(said[1]["error"]["code"], -32_601);
    assert_eq!(said[2]["error"]["code"], -32_600);
    let twice = stage.say(r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}"#.to_owned());
    assert_eq!(twice.await["error"]["code"], -32_700);
}

#[tokio::test]
async fn one_agent_asks_so_much_in_a_second() {
    let stage = Stage::new().await;
    for _ in 0..60 {
        assert!(
            stage
                .ask("eth_chainId", json!([]))
                .await
                .get("result")
                .is_some()
        );
    }
    assert_eq!(
        stage.ask("eth_chainId", json!([])).await["error"]["code"],
        -32_005
    );
}

#[tokio::test]
async fn a_wish_that_breaks_a_rule_is_told_which() {
    let stage = Stage::new().await;
    let said = stage.ask("eth_sendRawTransaction", json!(["0x00"])).await;
    assert_eq!(said["error"]["code"], 4_001);
    let data = json!({"argument": 3, "code": "dh23", "rule": "destination", "verdict": "BLOCKED"});
    assert_eq!(said["error"]["data"], data);
    assert_eq!(stage.sent(), 0);
}

#[tokio::test]
async fn a_held_wish_is_done_once_when_it_comes_again_after_the_approval() {
    let stage = Stage::new().await;
    let held = stage.send("evm.swap").await;
    assert_eq!(held["error"]["code"], -32_002, "{held}");
    let hold = held["error"]["data"]["hold_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let same = stage.send("evm.swap").await;
    assert_eq!(
        same["error"]["data"]["hold_id"],
        hold.as_str(),
        "one hold for one wish"
    );
    assert_eq!(
        stage.purse.wishes.lock().unwrap().len(),
        1,
        "looked at once while it waits"
    );
    let house = &stage.house;
    house
        .firewall
        .release(&house.acme.operators[0], &hold, None)
        .await
        .unwrap();
    let other = stage.send("evm.invest").await;
    assert_eq!(
        other["error"]["code"], -32_002,
        "another wish has a hold of its own"
    );
    assert_eq!(stage.sent(), 0);
    assert_eq!(stage.send("evm.swap").await["result"], HASH);
    assert_eq!(stage.sent(), 1);
    // The price has moved: it is another action, for people once more.
    let again = stage.send("evm.swap").await;
    assert_ne!(again["error"]["data"]["hold_id"], hold.as_str(), "{again}");
    assert_eq!(stage.sent(), 1);
}

#[tokio::test]
async fn what_the_tenant_forbids_is_blocked() {
    let stage = Stage::new().await;
    let said = stage.send("data_export").await;
    assert_eq!(said["error"]["data"]["verdict"], "BLOCKED", "{said}");
    assert_eq!(stage.sent(), 0);
}
