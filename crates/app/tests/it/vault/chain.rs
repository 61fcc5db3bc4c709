//! A chain with tokens, prices and a market, and three people with keys.

use crate::{
    anvil::Anvil,
    bin::{Ran, portcullis, without_proxies},
};
use portcullis_evm::{
    Address, U256,
    artifacts::Artifact,
    errand::Errand,
    hex,
    stand_ins::{self, MockPair, MockToken, MockV2Router},
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;

/// What the three keys are of: the first accounts that anvil gives ether to.
pub(super) const OWNER: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
pub(super) const MANAGER: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
pub(super) const ALICE: &str = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
/// Somebody whom the chain itself signs for, so that the three have a count of transactions of their own.
const FOUNDER: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

/// An hour, which announcements wait for here.
pub(super) const DELAY: u64 = 3_600;

/// The chain.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) anvil: Anvil,
    pub(super) folder: TempDir,
    pub(super) usd: String,
    pub(super) eth: String,
    pub(super) router: String,
    /// A market that nobody lists.
    pub(super) bazaar: String,
    pub(super) dollar_feed: String,
    pub(super) ether_feed: String,
}

fn units(whole: u64, decimals: u64) -> U256 {
    U256::from(whole) * U256::from(10).pow(U256::from(decimals))
}

fn word(number: U256) -> Vec<u8> {
    number.to_be_bytes::<32>().to_vec()
}

impl Town {
    pub(super) fn new() -> Self {
        let anvil = Anvil::start();
        let made = |artifact: Artifact, arguments: Vec<u8>| {
            let mut code = artifact.creation.to_vec();
            code.extend(arguments);
            let receipt = sent(
                &anvil,
                &json!({ "from": FOUNDER, "data": hex::encode_prefixed(code) }),
            );
            checked(receipt["contractAddress"].as_str().unwrap())
        };
        let token = |decimals: u64| made(stand_ins::token().unwrap(), word(U256::from(decimals)));
        let feed = |price: u64| made(stand_ins::feed().unwrap(), word(units(price, 18)));
        let (usd, eth) = (token(6), token(18));
        let (dollar_feed, ether_feed) = (feed(1), feed(2_000));
        let router = made(stand_ins::router().unwrap(), Vec::new());
        let bazaar = made(stand_ins::router().unwrap(), Vec::new());
        let town = Self {
            anvil,
            folder: tempfile::tempdir().unwrap(),
            usd,
            eth,
            router,
            bazaar,
            dollar_feed,
            ether_feed,
        };
        town.stock();
        town
    }

    /// A pool of 20 million dollars and 10,000 ether, and dollars for Alice.
    fn stock(&self) {
        let (a, b) = (address(&self.usd), address(&self.eth));
        self.tell(&self.router, &MockV2Router::createPairCall { a, b });
        let pair = self.asked(&self.router, &MockV2Router::getPairCall { _0: a, _1: b });
        let pair = checked(&format!("0x{}", pair.get(26..).unwrap()));
        for (token, to, amount) in [
            (&self.usd, &pair, units(20_000_000, 6)),
            (&self.eth, &pair, units(10_000, 18)),
            (&self.usd, &ALICE.to_owned(), units(100_000, 6)),
        ] {
            let to = address(to);
            self.tell(token, &MockToken::mintCall { to, amount });
        }
        let to = address(FOUNDER);
        self.tell(&pair, &MockPair::provideCall { to });
    }

    /// Creates another contract of `contracts/test`; where it is.
    pub(super) fn made(&self, name: &str, arguments: &[u64]) -> String {
        let words = arguments.iter().map(|argument| U256::from(*argument));
        self.made_of(name, &words.collect::<Vec<_>>())
    }

    /// The same of words.
    pub(super) fn made_of(&self, name: &str, arguments: &[U256]) -> String {
        let folder = env!("CARGO_MANIFEST_DIR");
        let file = format!("{folder}/../../contracts/artifacts/test/{name}.json");
        let artifact = Artifact::read(&std::fs::read_to_string(file).unwrap()).unwrap();
        let mut code = artifact.creation.to_vec();
        for argument in arguments {
            code.extend(word(*argument));
        }
        let data = hex::encode_prefixed(code);
        let receipt = sent(&self.anvil, &json!({ "from": FOUNDER, "data": data }));
        checked(receipt["contractAddress"].as_str().unwrap())
    }

    fn tell(&self, to: &str, call: &impl portcullis_evm::SolCall) {
        let data = hex::encode_prefixed(call.abi_encode());
        sent(
            &self.anvil,
            &json!({ "from": FOUNDER, "to": to, "data": data }),
        );
    }

    /// What a contract answers, in hex.
    pub(super) fn asked(&self, to: &str, call: &impl portcullis_evm::SolCall) -> String {
        let data = hex::encode_prefixed(call.abi_encode());
        let answer = self
            .anvil
            .ask("eth_call", &json!([{ "to": to, "data": data }, "latest"]));
        answer.as_str().unwrap().to_owned()
    }

    /// How many transactions somebody has sent.
    pub(super) fn sent_by(&self, who: &str) -> String {
        let count = self
            .anvil
            .ask("eth_getTransactionCount", &json!([who, "latest"]));
        count.as_str().unwrap().to_owned()
    }

    /// Lets time go by.
    pub(super) fn wait(&self, seconds: u64) {
        self.anvil.ask("evm_increaseTime", &json!([seconds]));
        self.anvil.ask("evm_mine", &json!([]));
    }

    /// The time of the newest block.
    pub(super) fn now(&self) -> u64 {
        let block = self
            .anvil
            .ask("eth_getBlockByNumber", &json!(["latest", false]));
        let time = block["timestamp"]
            .as_str()
            .unwrap()
            .trim_start_matches("0x");
        u64::from_str_radix(time, 16).unwrap()
    }

    /// Where the deployment is written down.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("guards.json")
    }

    /// A command on this chain.
    pub(super) fn vault(&self, args: &[&str]) -> Command {
        let mut command = portcullis();
        without_proxies(&mut command);
        command
            .arg("vault")
            .args(args)
            .args(["--rpc", &self.anvil.url])
            .env("KEY_PASSWORD", "a password");
        command
    }

    /// The same with the deployment.
    pub(super) fn look(&self, args: &[&str]) -> Command {
        let mut command = self.vault(args);
        command.arg("--deployment").arg(self.file());
        command
    }

    /// The same with somebody's key, and without asking.
    pub(super) fn send(&self, who: &str, args: &[&str]) -> Command {
        let mut command = self.look(args);
        command.args(with(who)).arg("--yes");
        command
    }

    /// What a command says that somebody sends.
    #[track_caller]
    pub(super) fn done(&self, who: &str, args: &[&str]) -> Value {
        Ran::of(self.send(who, args).args(["-o", "json"])).json(0)
    }

    /// A deployment of the owner's.
    pub(super) fn deploy(&self) -> Command {
        let delay = DELAY.to_string();
        let mut command = self.vault(&["deploy", "--chain-id", "31337", "--delay", &delay]);
        command
            .args(with("owner"))
            .arg("--yes")
            .arg("--out")
            .arg(self.file());
        command
    }

    /// A part of the deployment.
    pub(super) fn part(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.file()).unwrap();
        let record: Value = serde_json::from_str(&text).unwrap();
        checked(record["parts"][name]["address"].as_str().unwrap())
    }

    /// The calldata of a purchase of ether for so many dollars, paid to somebody.
    pub(super) fn buy(&self, dollars: u64, to: &str) -> String {
        let call = MockV2Router::swapExactTokensForTokensCall {
            given: units(dollars, 6),
            least: U256::from(1),
            path: vec![address(&self.usd), address(&self.eth)],
            to: address(to),
            until: U256::from(self.now() + 600),
        };
        hex::encode_prefixed(portcullis_evm::SolCall::abi_encode(&call))
    }
}

/// The options of a key.
fn with(who: &str) -> [String; 4] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/vault/keys");
    let file = folder.join(format!("{who}.json")).display().to_string();
    [
        "--keystore".to_owned(),
        file,
        "--password".to_owned(),
        "env:KEY_PASSWORD".to_owned(),
    ]
}

/// Sends something in the name of an account that the chain signs for; its receipt.
fn sent(anvil: &Anvil, transaction: &Value) -> Value {
    let hash = anvil.ask("eth_sendTransaction", &json!([transaction]));
    let mut receipt = Value::Null;
    // Mining comes a moment after handing in.
    for _ in 0..600 {
        receipt = anvil.ask("eth_getTransactionReceipt", &json!([hash]));
        if !receipt.is_null() {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    assert_eq!(receipt["status"], "0x1", "{transaction}");
    receipt
}

pub(super) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// An address as it is printed.
pub(super) fn checked(text: &str) -> String {
    address(text).to_string()
}

/// The calldata of an errand, in hex.
pub(super) fn data(errand: &Errand) -> String {
    hex::encode_prefixed(&errand.data)
}
