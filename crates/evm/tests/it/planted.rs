//! A key, the password that opens it, and the token on the way to the chain: whatever becomes of
//! signing and sending, nobody sees them.

use crate::{
    flown::outfit,
    piloted::{harmless, world},
    surface::{self, Node, Pen, Told, tenant},
};
use alloy_primitives::{Address, B256};
use portcullis_evm::{
    account::Account,
    snapshot::{Block, Missing},
    source::{Found, Receipt, Source, SourceError, Sources},
};
use portcullis_firewall::{
    firewall::{Acted, Firewall, Ports as GatePorts},
    house::House,
    last_words,
    order::Ended,
    outside::{Awaited, Intent, OutsideError, Signer, Wallet},
    principal::{Principal, Role},
    sign::SigningKey,
    turn::{Claim, NewAgent, NewKey},
};
use portcullis_policy::tenant as policy;
use portcullis_testkit::{
    FakeClock, MemoryLedger, SeededEntropy,
    planted::{Log, forms, must_hide},
};
use serde_json::json;
use std::{
    panic,
    sync::{Arc, Mutex, Once},
};

/// The key of the account, byte by byte: nobody registers it anywhere.
const KEY: &str = "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\
    \u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}";
/// The password of its file. It has no known form, and nobody registered it either.
const PASSWORD: &str = "plum/otter+quartz \"9471\" %41";
/// The token on the way to the node and to whoever signs, of a well-known form.
const TOKEN: &str = concat!("ghp", "_16C7e42F292c6912E7710c838347Ae178B4a");
const SECRETS: [&str; 3] = [KEY, PASSWORD, TOKEN];

const POLICY: &str = "
version: 1
actions:
  - action: evm.execute
";

/// What this process tells of its panics.
static TOLD: Mutex<String> = Mutex::new(String::new());
static LISTEN: Once = Once::new();

fn listen() {
    LISTEN.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            TOLD.lock().unwrap().push_str(&last_words::told(what));
            before(what);
        }));
    });
}

/// What becomes of it, where somebody has a secret in hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    /// It goes well.
    Done,
    /// It is refused, in words that repeat the token.
    Refused,
    /// No answer comes.
    Silence,
    /// It breaks before there is anything to wait for.
    Broken,
    /// It breaks while it is waited for.
    BrokenLater,
}

impl Fate {
    fn meet(self, broken: Self) {
        let all = SECRETS.map(forms);
        assert_ne!(self, broken, "it had {all:?}");
    }

    async fn meet_later(self) {
        tokio::task::yield_now().await;
        self.meet(Self::BrokenLater);
    }
}

/// Signs with the key in hand.
#[derive(Debug)]
struct Hand {
    pen: Pen,
    fate: Fate,
}

impl Signer for Hand {
    fn sign<'a>(&'a self, name: &'a str, message: &'a [u8]) -> Awaited<'a, [u8; 65]> {
        self.fate.meet(Fate::Broken);
        Box::pin(async move {
            self.fate.meet_later().await;
            let host = "signer.test".to_owned();
            match self.fate {
                Fate::Refused => Err(OutsideError::Unusable {
                    host,
                    why: format!("no such token: {TOKEN}"),
                }),
                Fate::Silence => Err(OutsideError::Unanswered {
                    host,
                    why: "it takes too long".to_owned(),
                }),
                _ => self.pen.sign(name, message).await,
            }
        })
    }
}

/// A node that is asked with the token in hand, and takes transactions in one way.
#[derive(Debug)]
struct Door {
    node: Node,
    fate: Fate,
}

impl Source for Door {
    fn chain_id(&self) -> Told<'_, u64> {
        self.node.chain_id()
    }

    fn head(&self) -> Told<'_, Block> {
        self.node.head()
    }

    fn find<'a>(&'a self, block: &'a Block, missing: Missing) -> Told<'a, Found> {
        self.node.find(block, missing)
    }

    fn next_nonce(&self, account: Address) -> Told<'_, u64> {
        self.node.next_nonce(account)
    }

    fn send<'a>(&'a self, raw: &'a [u8]) -> Told<'a, ()> {
        self.fate.meet(Fate::Broken);
        Box::pin(async move {
            self.fate.meet_later().await;
            match self.fate {
                Fate::Refused => Err(SourceError::Refused(
                    -32_000,
                    format!("no such token: {TOKEN}"),
                )),
                Fate::Silence => Err(SourceError::Unanswered("it takes too long".to_owned())),
                _ => self.node.send(raw).await,
            }
        })
    }

    fn receipt(&self, hash: B256) -> Told<'_, Option<Receipt>> {
        self.node.receipt(hash)
    }
}

/// A gate that acts by an account, when two people say yes.
struct Gate {
    firewall: Firewall,
    ledger: Arc<MemoryLedger>,
    agent: Principal,
    people: Vec<Principal>,
}

impl Gate {
    async fn with(account: &Arc<Account>) -> Self {
        let ledger = Arc::new(MemoryLedger::new());
        let firewall = Firewall::open(GatePorts {
            ledger: ledger.clone(),
            house: House {
                clock: Arc::new(FakeClock::default()),
                entropy: Arc::new(SeededEntropy::new(7)),
                signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
                origin: "gate.test/audit".into(),
            },
            spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
        });
        let firewall = firewall.await.unwrap();
        let new = firewall.create_tenant(tenant(), "acme").await.unwrap();
        let architect = firewall.authenticate(new.token.reveal()).unwrap();
        let policy = policy::read::parse(POLICY).unwrap();
        let applied = firewall.apply_tenant_policy(&architect, policy);
        applied.await.unwrap();
        let agent = NewAgent {
            name: "trader".to_owned(),
            ..NewAgent::default()
        };
        let agent = firewall.register_agent(&architect, agent).await.unwrap().id;
        let mut callers = Vec::new();
        for (name, role) in [
            ("ann", Role::Operator),
            ("ben", Role::Operator),
            ("a", Role::Agent(agent)),
        ] {
            let key = NewKey::of(name, role);
            let (_, token) = firewall.issue_key(&architect, key).await.unwrap();
            callers.push(firewall.authenticate(token.reveal()).unwrap());
        }
        firewall.use_hands(account.hands());
        Self {
            agent: callers.pop().unwrap(),
            people: callers,
            firewall,
            ledger,
        }
    }

    async fn act(&self, intent: &Intent) -> Acted {
        let action = json!({
            "action_type": intent.action_type, "target_service": intent.target,
            "environment": intent.environment, "parameters": intent.parameters,
        });
        let bytes = action.to_string();
        let request = self
            .firewall
            .read_request(&self.agent, bytes.as_bytes(), None);
        let attended = self.firewall.attend(&self.agent, request.unwrap());
        let hold = attended.await.unwrap().answer.hold.unwrap().id;
        for person in &self.people {
            let released = self.firewall.release(person, &hold, Some("good"));
            released.await.unwrap();
        }
        let acted = self.firewall.act(&self.agent, Claim::Hold(hold));
        acted.await.unwrap()
    }
}

/// Has the account act, and looks at everything that anybody may see afterwards.
async fn ends(signing: Fate, sending: Fate) -> Ended {
    let world = world();
    let door = Arc::new(Door {
        node: Node::of(&world),
        fate: sending,
    });
    let signer = Arc::new(Hand {
        pen: Pen::new(1),
        fate: signing,
    });
    let (address, first) = (signer.pen.address(), door);
    let sources = Sources {
        first,
        second: None,
    };
    let account = surface::account(sources, outfit(&world), address, signer);
    let account = Arc::new(account);
    let gate = Gate::with(&account).await;
    let intent = account.intend(harmless(&world)).await.unwrap();
    let acted = gate.act(&intent).await;
    let effect = &acted.effect;
    let output = String::from_utf8_lossy(&effect.output);
    let answer = format!("{acted:?} {} {output}", effect.summary);
    for secret in SECRETS {
        must_hide("the answer", &answer, secret);
        must_hide("the store", &gate.ledger.text(), secret);
        must_hide("the account", &format!("{account:?}"), secret);
    }
    effect.result
}

#[tokio::test]
async fn no_key_password_or_token_is_seen_whatever_becomes_of_it() {
    listen();
    let (log, _logged) = Log::listen();
    for (signing, sending, due) in [
        (Fate::Done, Fate::Done, Ended::Done),
        (Fate::Refused, Fate::Done, Ended::Failed),
        (Fate::Silence, Fate::Done, Ended::Failed),
        (Fate::Broken, Fate::Done, Ended::Unknown),
        (Fate::BrokenLater, Fate::Done, Ended::Unknown),
        (Fate::Done, Fate::Refused, Ended::Failed),
        (Fate::Done, Fate::Silence, Ended::Unknown),
        (Fate::Done, Fate::Broken, Ended::Unknown),
        (Fate::Done, Fate::BrokenLater, Ended::Unknown),
    ] {
        let before = TOLD.lock().unwrap().len();
        assert_eq!(
            ends(signing, sending).await,
            due,
            "{signing:?}, {sending:?}"
        );
        let told = TOLD.lock().unwrap().clone();
        let broke = [signing, sending]
            .iter()
            .any(|fate| matches!(fate, Fate::Broken | Fate::BrokenLater));
        assert_eq!(told.len() > before, broke, "{told}");
    }
    let told = TOLD.lock().unwrap().clone();
    assert!(told.contains("a panic at "), "{told}");
    for secret in SECRETS {
        must_hide("the panics", &told, secret);
        must_hide("the log", &log.text(), secret);
    }
}
