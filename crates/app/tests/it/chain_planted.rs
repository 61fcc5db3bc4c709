//! Secrets of an account on a chain: its key, the password of its file, the token that whoever signs is
//! greeted with, and the token in the address of its node. Whatever becomes of signing and sending, they
//! are in no answer, no record, nothing that is kept, and no line of a log that says everything.

use crate::{
    bin::Gate,
    chain::Setting,
    chain_signer::{Heard, Mood, say, setting_with},
    http::Wire,
    planted::{must_hide, stored},
};
use alloy_primitives::hex;
use portcullis_testkit::planted::forms;
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

const PASSWORD: &str = r#"fig/heron+basalt "5082" %41"#;
const WRONG_PASSWORD: &str = r#"elm/heron+basalt "5083" %41"#;
const GREETING: &str = "plum-otter-quartz-9471";
const IN_ADDRESS: &str = "4f9c2b7e8d1a4c3f9e6b5a2d7c8f1e0a";

/// What a node does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Manner {
    /// What it is asked to.
    Obliges,
    /// Takes no transaction, and repeats in every way what it was asked with.
    Refuses,
    /// Answers nothing, and repeats the same.
    RefusesAll,
    /// Hangs up when it was handed a transaction.
    HangsUp,
    /// Waits when it was handed one.
    IsSilent,
}

/// Serves a node to whoever has a token in the address; it ends when this is dropped.
struct Provider {
    manner: Arc<Mutex<Manner>>,
    over: Arc<AtomicBool>,
    address: SocketAddr,
    /// Whoever waits for an answer does so until it ends.
    thread: Option<JoinHandle<Vec<TcpStream>>>,
}

impl Provider {
    /// In front of a node.
    fn start(node: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let manner = Arc::new(Mutex::new(Manner::Obliges));
        let over = Arc::new(AtomicBool::new(false));
        let node = node.trim_start_matches("http://").to_owned();
        let (inside, ends) = (Arc::clone(&manner), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            let mut waiting = Vec::new();
            for guest in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    break;
                }
                let mut guest = guest.unwrap();
                let manner = *inside.lock().unwrap();
                match answer(&guest, &node, manner) {
                    Some((status, text)) => say(&mut guest, (status, "application/json"), &text),
                    None if manner == Manner::IsSilent => waiting.push(guest),
                    None => {}
                }
            }
            waiting
        });
        Self {
            manner,
            over,
            address,
            thread: Some(thread),
        }
    }

    fn url(&self) -> String {
        format!("http://{}/v3/{IN_ADDRESS}", self.address)
    }

    fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // It looks up once more, and sees that it is over.
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().unwrap().join().unwrap());
    }
}

fn answer(guest: &TcpStream, node: &str, manner: Manner) -> Option<(u16, String)> {
    let heard = Heard::from(guest);
    if heard.asked() != format!("POST /v3/{IN_ADDRESS} HTTP/1.1") {
        return Some((401, "{}".to_owned()));
    }
    let asked: Value = serde_json::from_slice(&heard.body).unwrap();
    match (manner, asked["method"] == "eth_sendRawTransaction") {
        (Manner::Refuses, true) | (Manner::RefusesAll, _) => {
            let words = format!("no credit for {}", forms(IN_ADDRESS).join(" "));
            let error = json!({"code": -32_000, "message": words, "data": words});
            let said = json!({"jsonrpc": "2.0", "id": asked["id"], "error": error});
            Some((200, said.to_string()))
        }
        (Manner::HangsUp | Manner::IsSilent, true) => None,
        _ => Some((200, of_node(node, &heard.body))),
    }
}

/// What the node itself says.
fn of_node(node: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(node).unwrap();
    let length = body.len();
    let head = format!("POST / HTTP/1.1\r\nHost: {node}\r\nContent-Type: application/json");
    let rest = format!("Connection: close\r\nContent-Length: {length}\r\n\r\n");
    stream
        .write_all(format!("{head}\r\n{rest}").as_bytes())
        .unwrap();
    stream.write_all(body).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// A gate whose every word is kept, and what it must not say.
struct Watched {
    setting: Setting,
    gate: Gate,
    until: String,
    amount: u64,
    shown: String,
    secrets: Vec<String>,
}

impl Watched {
    fn serve(setting: Setting, environment: &[(&str, &str)], secrets: &[&str]) -> Self {
        let key = setting.world["key"].as_str().unwrap();
        let key = key.trim_start_matches("0x").to_owned();
        let secrets = secrets.iter().map(|one| (*one).to_owned());
        Self {
            gate: open(&setting, environment),
            until: setting.soon(),
            amount: 100_000_000,
            shown: String::new(),
            secrets: secrets.chain([key]).collect(),
            setting,
        }
    }

    /// What comes of one more swap that people allow.
    fn trades(&mut self) -> Value {
        self.amount += 1;
        let asked = json!({ "until": self.until, "amount": self.amount.to_string() });
        // This library does not ask after what it has sent.
        let held = self.setting.trade(&self.gate, "ethers", &asked);
        self.setting.approve(&self.gate, &held["data"]);
        let done = self.setting.trade(&self.gate, "ethers", &asked);
        self.shown.push_str(&format!("{held}{done}"));
        done
    }

    /// The same where nothing is sent, and why not.
    fn fails(&mut self) -> String {
        let said = self.trades();
        assert_eq!(said["data"]["code"], "execution.failed", "{said}");
        let words = said["message"].as_str().unwrap();
        assert!(words.contains("nothing was sent"), "{words}");
        words.to_owned()
    }

    /// The same where nobody knows whether it was taken; it has a hash all the same.
    fn is_unknown(&mut self) {
        let said = self.trades();
        assert!(said["hash"].is_string(), "{said}");
        let open = ["executions", "list", "-o", "json"];
        let open = self.setting.people(&self.gate, &open).ended(0);
        assert!(open.contains("is not mined yet"), "{open}");
        self.shown.push_str(&open);
    }

    /// Asks as a library would.
    fn asks(&mut self, method: &str, params: &Value) -> Value {
        let token = self.setting.house.credential("agent_key");
        let mut wire = Wire::open(self.gate.address(), token).unwrap();
        let asked = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let headers = "Content-Type: application/json\r\n";
        let (_, said) = wire.post_with("/v1/rpc/main", headers, &asked).unwrap();
        self.shown.push_str(&said.to_string());
        said
    }

    /// Looks through everything that anybody may see.
    fn must_hide_everything(mut self) {
        for asked in ["audit export", "executions list", "violations list"] {
            let words: Vec<&str> = asked.split(' ').collect();
            let said = self.setting.people(&self.gate, &words).ended(0);
            self.shown.push_str(&said);
        }
        must_hide("what was shown", self.shown.as_bytes(), &self.secrets);
        let log = fs::read(log_of(&self.setting)).unwrap();
        assert!(log.len() > 1_000, "everything is logged");
        let kept = stored(&self.setting.house.data()).into_iter();
        let kept = kept.map(|(path, bytes)| (path.display().to_string(), bytes));
        let key = hex::decode(self.secrets.last().unwrap()).unwrap();
        for (place, bytes) in kept.chain([("the log".to_owned(), log)]) {
            must_hide(&place, &bytes, &self.secrets);
            let mut windows = bytes.windows(key.len());
            assert!(windows.all(|window| window != key), "{place} has the key");
        }
    }
}

fn log_of(setting: &Setting) -> PathBuf {
    setting.house.folder.path().join("log")
}

/// Every word goes to the end of the log, also after the gate was started anew.
fn open(setting: &Setting, environment: &[(&str, &str)]) -> Gate {
    let mut log = File::options();
    let log = log.create(true).append(true).open(log_of(setting)).unwrap();
    let wordy = [("PORTCULLIS_LOG", "trace"), ("RUST_BACKTRACE", "full")];
    let environment: Vec<_> = environment.iter().copied().chain(wordy).collect();
    setting.serve_with(&environment, log.into())
}

#[test]
fn nobody_sees_what_opens_the_key_or_leads_to_the_chain() {
    let mut provider = None;
    let setting = Setting::sealed_by(PASSWORD, |account, _| {
        let front = Provider::start(account["node"]["url"].as_str().unwrap());
        account["node"]["url"] = front.url().into();
        account["patience_seconds"] = 1.into();
        provider = Some(front);
    });
    let provider = provider.unwrap();
    let secrets = [PASSWORD, WRONG_PASSWORD, IN_ADDRESS];
    // A key that does not open, first: one that was opened stays so.
    let wrong = [("TRADER_PASSWORD", WRONG_PASSWORD)];
    let mut watched = Watched::serve(setting, &wrong, &secrets);
    watched.fails();
    drop(watched.gate);
    watched.gate = open(&watched.setting, &[("TRADER_PASSWORD", PASSWORD)]);
    assert!(watched.trades()["hash"].is_string());
    provider.behaves(Manner::Refuses);
    let words = watched.fails();
    assert!(words.contains("no credit for [REDACTED]"), "{words}");
    provider.behaves(Manner::RefusesAll);
    let wish = json!([{"to": watched.setting.world["vault"], "data": "0x"}]);
    for (method, params) in [("eth_sendTransaction", wish), ("eth_gasPrice", json!([]))] {
        let said = watched.asks(method, &params);
        let words = said["error"]["message"].as_str().unwrap();
        assert!(words.contains("no credit for [REDACTED]"), "{said}");
    }
    for manner in [Manner::HangsUp, Manner::IsSilent] {
        provider.behaves(manner);
        watched.is_unknown();
    }
    provider.behaves(Manner::Obliges);
    watched.must_hide_everything();
}

#[test]
fn nobody_sees_what_the_signer_is_greeted_with() {
    let (setting, stand_in) = setting_with(GREETING);
    let greeting = [("SIGNER_TOKEN", GREETING)];
    let mut watched = Watched::serve(setting, &greeting, &[GREETING]);
    assert!(watched.trades()["hash"].is_string());
    for (mood, due) in [(Mood::Ill, "status 500"), (Mood::Silent, "does not answer")] {
        stand_in.becomes(mood);
        let words = watched.fails();
        assert!(words.contains(due), "{words}");
    }
    watched.must_hide_everything();
}
