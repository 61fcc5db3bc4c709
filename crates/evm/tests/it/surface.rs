//! What agents get to: an account of the gate's, on a node over a chain in memory.

use crate::world::World;
use alloy_primitives::{Address, B256, U256, hex, keccak256};
use k256::ecdsa::SigningKey;
use portcullis_evm::{
    account::{Account, AccountSettings, Ports},
    chain::{CHAIN_ID, Call},
    pilot::Pilot,
    preflight::Outfit,
    snapshot::{self, Block, Chain, Missing, Rules},
    source::{Found, Receipt, Source, SourceError, Sources},
    transaction::Transaction,
};
use portcullis_firewall::{
    digest::ActionDigest,
    order::Order,
    outside::{Awaited, Intent, Signer},
    ports::Doing,
};
use portcullis_policy::id::{AgentId, TenantId};
use portcullis_testkit::FakeClock;
use serde_json::{Map, Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A node over a chain in memory.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) world: Mutex<World>,
    /// Whether a new block comes with every question for the newest.
    pub(crate) restless: bool,
    /// A lie about every slot.
    pub(crate) lies: bool,
    pub(crate) sent: Mutex<Vec<Vec<u8>>>,
}

impl Node {
    pub(crate) fn of(world: &World) -> Self {
        Self {
            world: Mutex::new(world.clone()),
            restless: false,
            lies: false,
            sent: Mutex::default(),
        }
    }

    pub(crate) fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

pub(crate) type Told<'a, T> = Doing<'a, Result<T, SourceError>>;

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

/// One key, and how often it signed.
#[derive(Debug)]
pub(crate) struct Pen {
    key: SigningKey,
    signed: AtomicUsize,
}

impl Pen {
    pub(crate) fn new(byte: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[byte; 32]).unwrap(),
            signed: AtomicUsize::new(0),
        }
    }

    pub(crate) fn address(&self) -> Address {
        let point = self.key.verifying_key().to_encoded_point(false);
        Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
    }

    pub(crate) fn signed(&self) -> usize {
        self.signed.load(Ordering::Relaxed)
    }
}

impl Signer for Pen {
    fn sign<'a>(&'a self, _: &'a str, message: &'a [u8]) -> Awaited<'a, [u8; 65]> {
        self.signed.fetch_add(1, Ordering::Relaxed);
        let digest = keccak256(message).0;
        let (signature, parity) = self.key.sign_prehash_recoverable(&digest).unwrap();
        let mut bytes = [parity.to_byte(); 65];
        bytes[..64].copy_from_slice(&signature.to_bytes());
        Box::pin(async move { Ok(bytes) })
    }
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

/// The account of an address, with somebody's pen, for a vault.
pub(crate) fn account(
    sources: Sources,
    outfit: Outfit,
    address: Address,
    signer: Arc<dyn Signer>,
) -> Account {
    let settings = AccountSettings {
        name: "main".to_owned(),
        tenant: tenant(),
        environment: "production".to_owned(),
        address,
        key: "main".to_owned(),
        patience: Duration::from_secs(1),
        spenders: Vec::new(),
    };
    let pilot = Pilot {
        chain: Chain {
            id: CHAIN_ID,
            rules: Rules::Prague,
        },
        sources,
        outfit,
    };
    let ports = Ports {
        signer,
        clock: Arc::new(FakeClock::default()),
    };
    Account::new(settings, pilot, ports)
}

/// What a wallet library asks for. Nothing costs anything here.
pub(crate) fn wish(to: Address, data: &[u8]) -> Map<String, Value> {
    let data = hex::encode_prefixed(data);
    let fields = json!({
        "to": to,
        "data": data,
        "maxFeePerGas": "0x0",
        "maxPriorityFeePerGas": "0x0",
    });
    fields.as_object().unwrap().clone()
}

/// The order of an action that was judged and is to be done.
pub(crate) fn order(intent: &Intent) -> Order {
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
