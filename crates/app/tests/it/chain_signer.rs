//! The key of the account is with Web3Signer: a strict stand-in for it, whose signatures a chain accepts.

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
enum Mood {
    /// What it is asked to.
    Fair,
    /// Signs something else.
    OtherMessage,
    /// Signs with another key.
    OtherKey,
    /// Says that something is wrong with it.
    Ill,
}

struct Desk {
    key: SigningKey,
    mood: Mutex<Mood>,
    /// The messages it was asked to sign.
    asked: Mutex<Vec<Vec<u8>>>,
    over: AtomicBool,
}

/// A signer on this machine; it ends when this is dropped.
struct StandIn {
    desk: Arc<Desk>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl StandIn {
    fn start(key: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk {
            key: SigningKey::from_slice(&hex::decode(key).unwrap()).unwrap(),
            mood: Mutex::new(Mood::Fair),
            asked: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let inside = Arc::clone(&desk);
        let thread = std::thread::spawn(move || {
            for guest in listener.incoming() {
                if inside.over.load(Ordering::SeqCst) {
                    return;
                }
                let mut guest = guest.unwrap();
                let limit = Some(Duration::from_secs(20));
                guest.set_read_timeout(limit).unwrap();
                let (status, text) = inside.answer(&guest);
                let length = text.len();
                let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}");
                let _ = write!(guest, "{head}\r\nconnection: close\r\n\r\n{text}");
            }
        });
        Self {
            desk,
            address,
            thread: Some(thread),
        }
    }

    /// As the operator's file names it.
    fn named(&self) -> Value {
        json!({
            "url": format!("http://{}", self.address),
            "identifier": self.desk.identifier(),
            "bearer": "env:SIGNER_TOKEN",
            "reach": "anywhere",
        })
    }

    fn becomes(&self, mood: Mood) {
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
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Desk {
    fn identifier(&self) -> String {
        let point = self.key.verifying_key().to_encoded_point(false);
        hex::encode_prefixed(&point.as_bytes()[1..])
    }

    /// A status and a text; anything but exactly what Web3Signer asks for is refused.
    fn answer(&self, guest: &TcpStream) -> (u16, String) {
        let no = |status, why: &str| (status, why.to_owned());
        let mut guest = BufReader::new(guest);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            guest.read_line(&mut line).unwrap();
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            let mut fields = lines.iter().filter_map(|line| line.split_once(": "));
            fields
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        };
        let length = header("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        guest.read_exact(&mut body).unwrap();
        let path = format!("POST /api/v1/eth1/sign/{} HTTP/1.1", self.identifier());
        if lines.first() != Some(&path) {
            return no(404, "Public Key not found");
        }
        if header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return no(401, "Unauthorized");
        }
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
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
            Mood::Fair => (200, signed(&self.key, &message)),
            Mood::OtherMessage => (200, signed(&self.key, b"another message")),
            Mood::OtherKey => {
                let other = SigningKey::from_slice(&[7; 32]).unwrap();
                (200, signed(&other, &message))
            }
            Mood::Ill => no(500, "Internal Web3Signer server error"),
        }
    }
}

/// It digests what it is given, and writes r, s and v.
fn signed(key: &SigningKey, message: &[u8]) -> String {
    let digest = keccak256(message);
    let (signature, parity) = key.sign_prehash_recoverable(digest.as_slice()).unwrap();
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(27 + parity.to_byte());
    hex::encode_prefixed(bytes)
}

/// A chain and a house whose account has its key with a signer.
fn setting() -> (Setting, StandIn) {
    let mut found = None;
    let setting = Setting::with(|account, world| {
        let stand_in = StandIn::start(world["key"].as_str().unwrap());
        let members = account.as_object_mut().unwrap();
        members.remove("keystore");
        members.remove("password");
        members.insert("signer".to_owned(), stand_in.named());
        members.insert("spenders".to_owned(), json!([world["router"]]));
        found = Some(stand_in);
    });
    (setting, found.unwrap())
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
