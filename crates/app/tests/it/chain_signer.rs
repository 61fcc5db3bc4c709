//! The key of the account is with Web3Signer: a strict stand-in for it, whose signatures a chain accepts.
//!
//! Source: its published description of the API for secp256k1 (`openapi-specs/eth1/web3signer.yaml`,
//! version 1.1.0) and, where that is silent, what release 26.4.2 does: a host that is not on its list
//! gets 403, a message is digested with Keccak-256, and v is 27 or 28. It takes no token itself; the
//! stand-in is what stands before it, too.

use crate::{bin::Gate, chain::Setting};
use alloy_primitives::{hex, keccak256};
use k256::ecdsa::SigningKey;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// What the operator's environment has as the token, too.
const TOKEN: &str = "a-token";

/// What it does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mood {
    /// What it is asked to.
    Fair,
    /// Signs something else.
    OtherMessage,
    /// Signs with another key.
    OtherKey,
    /// Says that something is wrong with it, and repeats what it was greeted with.
    Ill,
    /// Says nothing, and waits.
    Silent,
}

struct Desk {
    key: SigningKey,
    token: String,
    mood: Mutex<Mood>,
    /// The messages it was asked to sign.
    asked: Mutex<Vec<Vec<u8>>>,
    over: AtomicBool,
}

/// A signer on this machine; it ends when this is dropped.
pub(crate) struct StandIn {
    desk: Arc<Desk>,
    address: SocketAddr,
    /// Whoever waits for an answer does so until it ends.
    thread: Option<JoinHandle<Vec<TcpStream>>>,
}

impl StandIn {
    pub(crate) fn start(key: &str, token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk {
            key: SigningKey::from_slice(&hex::decode(key).unwrap()).unwrap(),
            token: token.to_owned(),
            mood: Mutex::new(Mood::Fair),
            asked: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let inside = Arc::clone(&desk);
        let thread = std::thread::spawn(move || {
            let mut waiting = Vec::new();
            for guest in listener.incoming() {
                if inside.over.load(Ordering::SeqCst) {
                    break;
                }
                let mut guest = guest.unwrap();
                match inside.answer(&guest) {
                    Some((status, text)) => say(&mut guest, (status, "text/plain"), &text),
                    None => waiting.push(guest),
                }
            }
            waiting
        });
        Self {
            desk,
            address,
            thread: Some(thread),
        }
    }

    /// As the operator's file names it.
    pub(crate) fn named(&self) -> Value {
        json!({
            "url": format!("http://{}", self.address),
            "identifier": self.desk.identifier(),
            "bearer": "env:SIGNER_TOKEN",
            "reach": "anywhere",
        })
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        *self.desk.mood.lock().unwrap() = mood;
    }

    fn asked(&self) -> usize {
        self.desk.asked.lock().unwrap().len()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.desk.over.store(true, Ordering::SeqCst);
        // It looks up once more, and sees that it is over.
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().unwrap().join().unwrap());
    }
}

impl Desk {
    fn identifier(&self) -> String {
        let point = self.key.verifying_key().to_encoded_point(false);
        hex::encode_prefixed(&point.as_bytes()[1..])
    }

    /// A status and a text; anything but exactly what Web3Signer asks for is refused. It would take
    /// more members of the body than its one; the gate has none to send.
    fn answer(&self, guest: &TcpStream) -> Option<(u16, String)> {
        let no = |status, why: &str| Some((status, why.to_owned()));
        let heard = Heard::from(guest);
        let host = heard.header("host").and_then(|host| host.split(':').next());
        if !["localhost", "127.0.0.1"].map(Some).contains(&host) {
            return no(403, r#"{"message":"Host not authorized."}"#);
        }
        let path = format!("POST /api/v1/eth1/sign/{} HTTP/1.1", self.identifier());
        if heard.asked() != path {
            return no(404, "Public Key not found");
        }
        if heard.header("authorization") != Some(&format!("Bearer {}", self.token)) {
            return no(401, "Unauthorized");
        }
        if heard.header("content-type") != Some("application/json") {
            return no(400, "Bad request format");
        }
        let body: Value = serde_json::from_slice(&heard.body).unwrap_or_default();
        let data = body["data"]
            .as_str()
            .and_then(|text| text.strip_prefix("0x"));
        let Some(message) = data.and_then(|digits| hex::decode(digits).ok()) else {
            return no(400, "Bad request format");
        };
        if body.as_object().is_none_or(|members| members.len() != 1) {
            return no(400, "Bad request format");
        }
        self.asked.lock().unwrap().push(message.clone());
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Fair => Some((200, signed(&self.key, &message))),
            Mood::OtherMessage => Some((200, signed(&self.key, b"another message"))),
            Mood::OtherKey => {
                let other = SigningKey::from_slice(&[7; 32]).unwrap();
                Some((200, signed(&other, &message)))
            }
            Mood::Ill => no(500, &format!("no server for {}", self.token)),
            Mood::Silent => None,
        }
    }
}

/// A request as it came.
pub(crate) struct Heard {
    lines: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    pub(crate) fn from(guest: &TcpStream) -> Self {
        guest
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut guest = BufReader::new(guest);
        let mut heard = Self {
            lines: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let mut line = String::new();
            guest.read_line(&mut line).unwrap();
            match line.trim_end() {
                "" => break,
                line => heard.lines.push(line.to_owned()),
            }
        }
        let length = heard.header("content-length");
        let length = length.and_then(|length| length.parse().ok());
        heard.body = vec![0; length.unwrap_or(0)];
        guest.read_exact(&mut heard.body).unwrap();
        heard
    }

    /// The method and the address.
    pub(crate) fn asked(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.lines.iter().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }
}

/// Answers, and hangs up.
pub(crate) fn say(guest: &mut TcpStream, (status, kind): (u16, &str), text: &str) {
    let length = text.len();
    let head = format!("HTTP/1.1 {status} Said\r\ncontent-type: {kind}; charset=utf-8");
    let rest = format!("content-length: {length}\r\nconnection: close\r\n\r\n{text}");
    // Whoever asked may be gone by now.
    let _ = write!(guest, "{head}\r\n{rest}");
}

/// It digests what it is given, and writes r, s and v.
fn signed(key: &SigningKey, message: &[u8]) -> String {
    let digest = keccak256(message);
    let (signature, parity) = key.sign_prehash_recoverable(digest.as_slice()).unwrap();
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(27 + parity.to_byte());
    hex::encode_prefixed(bytes)
}

/// A chain and a house whose account has its key with a signer, who is greeted with a token.
pub(crate) fn setting_with(token: &str) -> (Setting, StandIn) {
    let mut found = None;
    let setting = Setting::with(|account, world| {
        let stand_in = StandIn::start(world["key"].as_str().unwrap(), token);
        let members = account.as_object_mut().unwrap();
        members.remove("keystore");
        members.remove("password");
        members.insert("signer".to_owned(), stand_in.named());
        members.insert("spenders".to_owned(), json!([world["router"]]));
        found = Some(stand_in);
    });
    (setting, found.unwrap())
}

fn setting() -> (Setting, StandIn) {
    setting_with(TOKEN)
}

/// Asks until people must decide, has them say yes, and asks again.
fn approved(setting: &Setting, gate: &Gate, part: &str, asked: &Value) -> Value {
    let held = setting.have(part, gate, "viem", asked);
    setting.approve(gate, &held["data"]);
    setting.have(part, gate, "viem", asked)
}

#[test]
fn a_chain_accepts_what_it_signs() {
    let (setting, stand_in) = setting();
    let gate = setting.serve();
    let before = setting.look();
    let asked = json!({ "until": setting.soon() });
    let done = approved(&setting, &gate, "trade", &asked);
    assert!(done["hash"].is_string(), "{done}");
    assert_eq!(stand_in.asked(), 1, "asked once, after people had decided");
    assert_eq!(setting.look()["nonce"], 1);
    assert_ne!(setting.look()["usd"], before["usd"]);
    // What two libraries find out about the signature is looked at by the script.
    let permit = crate::chain_typed::permit(&setting.world);
    let done = approved(&setting, &gate, "sign", &permit);
    assert!(done["hash"].is_string(), "{done}");
    assert_eq!(stand_in.asked(), 2);
    setting.people(&gate, &["audit", "verify"]).ended(0);
}

/// Nothing is sent, the answer says why, and it is on record.
#[test]
fn nothing_is_sent_without_its_very_signature() {
    let (setting, stand_in) = setting();
    let gate = setting.serve();
    let until = setting.soon();
    let mut amount = 100_000_000;
    let mut refused = |due: &str| {
        amount += 1;
        let asked = json!({ "until": until, "amount": amount.to_string() });
        let said = approved(&setting, &gate, "trade", &asked);
        assert_eq!(said["data"]["code"], "execution.failed", "{said}");
        let words = said["message"].as_str().unwrap();
        assert!(words.contains("nothing was sent"), "{words}");
        assert!(words.contains(due), "{words}");
        assert_eq!(setting.look()["nonce"], 0);
    };
    for (mood, due) in [
        (
            Mood::OtherMessage,
            "not this key's signature over this message",
        ),
        (Mood::OtherKey, "not this key's signature over this message"),
        (Mood::Ill, "status 500"),
    ] {
        stand_in.becomes(mood);
        refused(due);
    }
    assert_eq!(stand_in.asked(), 3);
    drop(stand_in);
    refused("does not answer");
    setting.people(&gate, &["audit", "verify"]).ended(0);
}
