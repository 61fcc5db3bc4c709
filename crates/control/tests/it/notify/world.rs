//! A gate, a receiver and a mail server that do as they are told.

use jiff::{SignedDuration, Timestamp};
use portcullis_control::notify::{
    channel::{Channel, Telling, Told},
    follower::Following,
    link::ConsoleAddress,
    mail::AddressBook,
    source::{Outline, Pending, Source},
    webhook::{Webhook, WebhookPorts, WebhookSettings},
};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    error::GateError,
    hold::HoldStatus,
    outside::{
        Awaited, Courier, Delivery, Keyring, Letter, Line, Mailer, OutsideError, Parcel, Reach,
        SecretName,
    },
    ports::Clock,
};
use portcullis_policy::{
    facts::{BudgetNeed, Span, Unit},
    id::TenantId,
    tier::{RiskTier, Tier, Verdict},
};
use portcullis_testkit::{ChainBuilder, FakeClock, SeededEntropy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, VecDeque},
    future::pending,
    sync::{Arc, Mutex},
};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

pub(super) const HOLD: &str = "esc_1";

pub(super) fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

pub(super) fn console() -> ConsoleAddress {
    ConsoleAddress::new(Some("https://gate.example.com/"))
}

/// Counts the steps of everything, and at one of them stops for ever: the machine died there.
#[derive(Debug, Default)]
pub(super) struct Steps {
    left: Mutex<Option<usize>>,
    died: Notify,
}

impl Steps {
    /// Dies at the step after so many more.
    pub(super) fn die_after(&self, steps: Option<usize>) {
        *self.left.lock().unwrap() = steps;
    }

    pub(super) async fn died(&self) {
        self.died.notified().await;
    }

    async fn step(&self) {
        let dies = {
            let mut left = self.left.lock().unwrap();
            match left.as_mut() {
                Some(0) => true,
                Some(more) => {
                    *more -= 1;
                    false
                }
                None => false,
            }
        };
        if dies {
            self.died.notify_one();
            pending::<()>().await;
        }
    }
}

/// The gate.
#[derive(Debug)]
pub(super) struct FakeSource {
    pub(super) records: Mutex<Vec<StoredRecord>>,
    pub(super) cursors: Mutex<HashMap<String, u64>>,
    pub(super) outlines: Mutex<HashMap<String, Outline>>,
    /// Which of the next calls fail.
    pub(super) troubles: Mutex<VecDeque<bool>>,
    pub(super) keepings: Mutex<usize>,
    pub(super) largest: Mutex<usize>,
    pub(super) steps: Arc<Steps>,
    news: watch::Sender<u64>,
}

impl FakeSource {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            records: Mutex::default(),
            cursors: Mutex::default(),
            outlines: Mutex::default(),
            troubles: Mutex::default(),
            keepings: Mutex::default(),
            largest: Mutex::default(),
            steps: Arc::default(),
            news: watch::Sender::new(0),
        })
    }

    pub(super) fn with_hold(outline: Outline) -> Arc<Self> {
        let source = Self::new();
        let mut outlines = source.outlines.lock().unwrap();
        outlines.insert(HOLD.to_owned(), outline);
        drop(outlines);
        source
    }

    pub(super) fn append(&self, record: StoredRecord) {
        self.records.lock().unwrap().push(record);
        self.news.send_modify(|news| *news += 1);
    }

    /// Appends so many cleared decisions of risk tier 1.
    pub(super) fn grow(&self, chain: &mut ChainBuilder, count: usize) {
        for _ in 0..count {
            self.append(chain.record());
        }
    }

    pub(super) fn cursor_now(&self, channel: &str) -> Option<u64> {
        self.cursors.lock().unwrap().get(channel).copied()
    }

    async fn answer<T>(&self, answer: impl FnOnce(&Self) -> T) -> Result<T, GateError> {
        self.steps.step().await;
        if self.troubles.lock().unwrap().pop_front() == Some(true) {
            return Err(GateError::Unavailable("the disk is full".to_owned()));
        }
        let answer = answer(self);
        self.steps.step().await;
        Ok(answer)
    }
}

impl Source for FakeSource {
    fn end<'a>(&'a self, _: &'a TenantId) -> Pending<'a, u64> {
        Box::pin(self.answer(|own| own.records.lock().unwrap().len() as u64))
    }

    fn records_since<'a>(
        &'a self,
        _: &'a TenantId,
        after: u64,
        limit: usize,
    ) -> Pending<'a, Vec<StoredRecord>> {
        Box::pin(self.answer(move |own| {
            let records = own.records.lock().unwrap();
            let newer = records.iter().filter(|record| record.seq > after);
            let read: Vec<StoredRecord> = newer.take(limit).cloned().collect();
            let mut largest = own.largest.lock().unwrap();
            *largest = (*largest).max(read.len());
            read
        }))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    fn cursor<'a>(&'a self, _: &'a TenantId, channel: &'a str) -> Pending<'a, Option<u64>> {
        Box::pin(self.answer(move |own| own.cursor_now(channel)))
    }

    fn keep_cursor<'a>(&'a self, _: &'a TenantId, channel: &'a str, seq: u64) -> Pending<'a, ()> {
        Box::pin(self.answer(move |own| {
            *own.keepings.lock().unwrap() += 1;
            let before = own.cursors.lock().unwrap().insert(channel.to_owned(), seq);
            assert!(
                before.is_none_or(|before| before <= seq),
                "a cursor went back"
            );
        }))
    }

    fn outline<'a>(&'a self, _: &'a TenantId, hold: &'a str) -> Pending<'a, Option<Outline>> {
        Box::pin(self.answer(move |own| own.outlines.lock().unwrap().get(hold).cloned()))
    }
}

/// A channel that answers from a list, and keeps what it was told.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) answers: Mutex<VecDeque<Told>>,
    /// Each try: the record, the cursor then, and the answer.
    pub(super) tries: Mutex<Vec<(u64, Option<u64>, Told)>>,
    pub(super) source: Arc<FakeSource>,
}

impl Script {
    pub(super) fn new(
        source: &Arc<FakeSource>,
        answers: impl IntoIterator<Item = Told>,
    ) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            tries: Mutex::default(),
            source: source.clone(),
        })
    }

    pub(super) fn seqs(&self) -> Vec<u64> {
        self.tries
            .lock()
            .unwrap()
            .iter()
            .map(|(seq, ..)| *seq)
            .collect()
    }
}

impl Channel for Script {
    fn name(&self) -> &str {
        "test/script"
    }

    fn tell<'a>(&'a self, _: &'a TenantId, record: &'a StoredRecord) -> Telling<'a> {
        Box::pin(async {
            self.source.steps.step().await;
            let next = self.answers.lock().unwrap().pop_front();
            let told = next.unwrap_or(Told::Done);
            let cursor = self.source.cursor_now(self.name());
            self.tries
                .lock()
                .unwrap()
                .push((record.seq, cursor, told.clone()));
            self.source.steps.step().await;
            told
        })
    }
}

/// A clock that goes with the paused time of a test.
#[derive(Debug)]
pub(super) struct Ticking(Instant);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.0.elapsed()).unwrap();
        ChainBuilder::START.checked_add(passed).unwrap()
    }
}

pub(super) fn following(source: &Arc<FakeSource>, channel: &Arc<Script>) -> Following {
    Following {
        tenant: acme(),
        source: source.clone(),
        channel: channel.clone(),
        clock: Arc::new(Ticking(Instant::now())),
        entropy: Arc::new(SeededEntropy::new(5)),
        standing: Arc::default(),
    }
}

/// Answers from a list, and keeps what it was given to carry.
#[derive(Debug, Default)]
pub(super) struct FakeCourier {
    pub(super) answers: Mutex<VecDeque<Result<Delivery, OutsideError>>>,
    pub(super) parcels: Mutex<Vec<Parcel>>,
}

impl Courier for FakeCourier {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        self.parcels.lock().unwrap().push(parcel);
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| Ok(answer_of(204, &[])));
        Box::pin(async { answer })
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        panic!("a webhook opens no line")
    }
}

pub(super) fn answer_of(status: u16, headers: &[(&str, &str)]) -> Delivery {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Delivery {
        status,
        headers: headers.iter().map(owned).collect(),
        body: b"the receiver's words".to_vec(),
    }
}

/// Knows every secret but `env:GONE`; what it knows is the name itself.
#[derive(Debug)]
pub(super) struct FakeKeyring;

impl Keyring for FakeKeyring {
    fn mac(&self, secret: &SecretName, message: &[u8]) -> Result<[u8; 32], OutsideError> {
        if secret.as_str() == "env:GONE" {
            return Err(OutsideError::NoSecret("env:GONE".to_owned()));
        }
        // RFC 2104, for keys of at most a block.
        let mut key = secret.as_str().as_bytes().to_vec();
        key.resize(64, 0);
        let pad = |byte: u8| key.iter().map(|k| k ^ byte).collect::<Vec<u8>>();
        let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message);
        let outer = Sha256::new()
            .chain_update(pad(0x5c))
            .chain_update(inner.finalize());
        Ok(outer.finalize().into())
    }
}

/// Keeps the letters it was given.
#[derive(Debug, Default)]
pub(super) struct FakeMailer {
    pub(super) letters: Mutex<Vec<Letter>>,
    pub(super) answers: Mutex<VecDeque<Result<(), OutsideError>>>,
}

impl Mailer for FakeMailer {
    fn post(&self, letter: Letter) -> Awaited<'_, ()> {
        self.letters.lock().unwrap().push(letter);
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Ok(()));
        Box::pin(async { answer })
    }
}

/// Everybody has an address of their name, and `group:on-call` is two people.
#[derive(Debug)]
pub(super) struct FakeBook;

impl AddressBook for FakeBook {
    fn addresses<'a>(
        &'a self,
        _: &'a TenantId,
        _: &'a str,
        named: &'a [String],
    ) -> Pending<'a, Vec<String>> {
        let mut addresses = Vec::new();
        for name in named {
            match name.split_once(':') {
                Some(("group", "on-call")) => {
                    addresses.extend(["ann@acme.test".to_owned(), "bob@acme.test".to_owned()]);
                }
                Some(("person", name)) => addresses.push(format!("{name}@acme.test")),
                _ => {}
            }
        }
        if named.is_empty() {
            addresses.push("everybody@acme.test".to_owned());
        }
        Box::pin(async { Ok(addresses) })
    }

    fn named<'a>(&'a self, tenant: &'a TenantId, named: &'a [String]) -> Pending<'a, Vec<String>> {
        if named.is_empty() {
            return Box::pin(async { Ok(Vec::new()) });
        }
        self.addresses(tenant, "", named)
    }
}

pub(super) fn settings(value: Value) -> WebhookSettings {
    serde_json::from_value(value).unwrap()
}

pub(super) fn plain_settings() -> WebhookSettings {
    settings(json!({
        "name": "pager", "url": "https://hooks.example.com/portcullis", "secrets": ["env:HOOK"],
    }))
}

/// A webhook with these settings, and the courier it uses.
pub(super) fn webhook(
    settings: WebhookSettings,
    source: &Arc<FakeSource>,
) -> (Webhook, Arc<FakeCourier>) {
    let courier = Arc::new(FakeCourier::default());
    let ports = WebhookPorts {
        source: source.clone(),
        courier: courier.clone(),
        keyring: Arc::new(FakeKeyring),
        clock: Arc::new(FakeClock::default()),
    };
    (Webhook::new(settings, console(), ports).unwrap(), courier)
}

/// A hold of an action on this target.
pub(super) fn outline(target: &str) -> Outline {
    Outline {
        agent: "agt_1".to_owned(),
        action_type: "reservations.create".to_owned(),
        target: target.to_owned(),
        environment: "production".to_owned(),
        tier: Tier::B,
        risk_tier: RiskTier::HighWrite,
        status: HoldStatus::Held,
        asked: vec!["group:on-call".to_owned()],
        level: 1,
        approvals_required: 1,
        approvals: 0,
        ends_at: "2026-04-10T15:02:01.007Z".parse().unwrap(),
    }
}

/// A record of some kind with a payload, at the chain's second place.
pub(super) fn record(kind: RecordKind, payload: &Value) -> StoredRecord {
    let mut chain = ChainBuilder::new("acme");
    let _first = chain.record();
    chain.record_with(|record| {
        record.kind = kind;
        "agt_1".clone_into(&mut record.agent);
        record.action_type.clear();
        record.verdict = None;
        record.tier = None;
        record.payload = payload.to_string().into_bytes();
    })
}

/// A decision about an action with this text in every place that an agent fills.
pub(super) fn decision((verdict, tier, risk): (Verdict, Tier, u8), text: &str) -> StoredRecord {
    let held = verdict == Verdict::Held;
    let mut record = record(
        RecordKind::Decision,
        &json!({
            "action_digest": "00", "action_type": "reservations.create", "actor": "agent:key_1",
            "agent_id": "agt_1", "decision_reasoning": text, "environment": "production",
            "evidence": [text], "hold_id": held.then_some(HOLD), "parameters": {"secret": text},
            "reasoning": text, "record_type": "decision", "risk_tier": risk, "seq": 2,
            "target_service": text, "tenant_id": "acme", "verdict": verdict.as_str(),
            "rule_violated": (verdict == Verdict::Blocked).then_some("policy pol_1"),
        }),
    );
    "reservations.create".clone_into(&mut record.action_type);
    (record.verdict, record.tier) = (Some(verdict), Some(tier));
    record
}

pub(super) fn held(text: &str) -> StoredRecord {
    decision((Verdict::Held, Tier::B, 3), text)
}

/// A decision that takes a budget past its warning line, with this text for its name.
pub(super) fn warning(scope: &str) -> StoredRecord {
    let mut record = held("db");
    let budget = BudgetNeed {
        scope: scope.to_owned(),
        unit: Unit::Usd,
        span: Span::Day(20_260_410),
    };
    let told = format!("85 of 100 USD of the daily budget of {scope} are committed");
    let mut payload: Value = serde_json::from_slice(&record.payload).unwrap();
    payload["warnings"] = json!([told]);
    record.payload = payload.to_string().into_bytes();
    let decision = json!({
        "t": 0, "a": "agt_1", "v": Verdict::Held, "p": Verdict::Held, "n": [budget],
    });
    record.effects = json!({ "d": decision }).to_string().into_bytes();
    record
}

/// A credential that could not be ended, with this text for its scope.
pub(super) fn unended(scope: &str) -> StoredRecord {
    let lease = json!({
        "actor": "portcullis", "agent_id": "agt_1", "code": "lease.unanswered",
        "failure": "the provider's words", "lease_id": "lse_1", "mode": "write", "parent_seq": 1,
        "scope": scope, "seq": 2, "session_id": "ses_1", "tenant_id": "acme", "tries": 2,
        "why": "the session was closed", "workspace_id": "ops",
    });
    record(RecordKind::LeaseUnended, &lease)
}

/// A record of a hold.
pub(super) fn ending(status: &str, actor: &str) -> StoredRecord {
    record(
        RecordKind::HoldOutcome,
        &json!({
            "action_digest": "00", "actor": actor, "agent_id": "agt_1", "approvals_required": 2,
            "approvals": [{"by": actor, "at": "2026-04-10T14:32:02.007Z"}],
            "decision": "release", "decision_reason": "the person's words", "hold_id": HOLD,
            "parent_seq": 1, "record_type": "escrow_outcome", "seq": 2, "status": status,
            "tenant_id": "acme",
        }),
    )
}
