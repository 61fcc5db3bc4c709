//! Clients that ask until the gate is gone, and remember every answer.

use super::ledger::Records;
use crate::http::Wire;
use serde_json::{Value, json};
use std::{collections::BTreeMap, io, thread, time::Duration};

/// The pause between two questions, so that the chain stays of a size a test can read.
const PAUSE: Duration = Duration::from_millis(1);

/// One client, asking for one kind of action. Sends again what it got no answer to.
#[derive(Debug)]
pub(super) struct Asker {
    pub(super) action: &'static str,
    /// How many different requests were sent.
    pub(super) sent: usize,
    token: String,
    name: usize,
    open: Option<String>,
}

/// What clients were told.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Hashes of records by their number.
    sealed: BTreeMap<u64, String>,
    /// Permits whose spending was answered, and the record of it.
    spent: Vec<(String, u64)>,
}

impl Asker {
    pub(super) fn new(action: &'static str, token: &str, name: usize) -> Self {
        Self {
            action,
            sent: 0,
            token: token.to_owned(),
            name,
            open: None,
        }
    }

    /// Asks until no answer comes any more.
    pub(super) fn ask(&mut self, address: &str) -> Answers {
        let mut answers = Answers::default();
        if let Ok(mut wire) = Wire::open(address, &self.token) {
            while self.once(&mut wire, &mut answers).is_ok() {
                thread::sleep(PAUSE);
            }
        }
        answers
    }

    /// Sends what is still open, at a gate that answers, and goes on until enough was asked: how
    /// much a round has time for is the machine's to say.
    pub(super) fn catch_up(&mut self, address: &str, enough: usize) -> Answers {
        let mut answers = Answers::default();
        let mut wire = Wire::open(address, &self.token).unwrap();
        while self.open.is_some() || self.sent < enough {
            self.once(&mut wire, &mut answers).unwrap();
        }
        answers
    }

    /// Whether a request is one of this client's.
    pub(super) fn is_of(&self, request: &str) -> bool {
        request
            .split_once('-')
            .is_some_and(|(name, _)| name == self.name.to_string())
    }

    fn once(&mut self, wire: &mut Wire, answers: &mut Answers) -> io::Result<()> {
        let key = self.open.clone().unwrap_or_else(|| {
            self.sent += 1;
            format!("{}-{}", self.name, self.sent)
        });
        self.open = Some(key.clone());
        let body = json!({
            "action_type": self.action,
            "target_service": key,
            "parameters": { "estimated_cost_usd": if self.action == "spend" { 1 } else { 0 } },
            "permit": self.action == "permitted",
        });
        let (status, answer) = wire.post("/v1/govern", Some(&key), &body)?;
        assert_eq!(status, 200, "{answer}");
        self.open = None;
        answers.note(&answer);
        match answer["permit"].as_str() {
            Some(permit) => spend(wire, permit, answers),
            None => Ok(()),
        }
    }
}

/// Spends a permit. When no answer comes it may be spent or not; nobody acts on it.
fn spend(wire: &mut Wire, permit: &str, answers: &mut Answers) -> io::Result<()> {
    let (status, answer) = wire.post("/v1/permits/redeem", None, &json!({ "permit": permit }))?;
    match status {
        200 => answers
            .spent
            .push((permit.to_owned(), answer["seq"].as_u64().unwrap())),
        // A request that is sent again brings the same permit, which may be spent by then.
        409 => assert_eq!(answer["error"]["code"], "permit.spent", "{answer}"),
        _ => panic!("{status}: {answer}"),
    }
    Ok(())
}

impl Answers {
    fn note(&mut self, answer: &Value) {
        let hash = answer["hash"].as_str().unwrap().to_owned();
        let before = self
            .sealed
            .insert(answer["seq"].as_u64().unwrap(), hash.clone());
        assert!(
            before.is_none_or(|before| before == hash),
            "two answers for one record"
        );
    }

    pub(super) fn add(&mut self, other: Self) {
        for (seq, hash) in other.sealed {
            let before = self.sealed.insert(seq, hash.clone());
            assert!(
                before.is_none_or(|before| before == hash),
                "record {seq} was given twice"
            );
        }
        self.spent.extend(other.spent);
    }

    /// No permit that was spent can be spent again.
    pub(super) fn check_spent_permits(&self, address: &str, token: &str) {
        let mut permits: Vec<&String> = self.spent.iter().map(|(permit, _)| permit).collect();
        permits.sort();
        let count = permits.len();
        assert!(count > 50, "only {count} permits were spent");
        permits.dedup();
        assert_eq!(permits.len(), count, "a permit was spent twice");
        let mut wire = Wire::open(address, token).unwrap();
        for permit in permits {
            let body = json!({ "permit": permit });
            let (status, answer) = wire.post("/v1/permits/redeem", None, &body).unwrap();
            assert_eq!(status, 409, "{answer}");
        }
    }

    /// Every answer is in the chain, as it was given.
    pub(super) fn check(&self, records: &Records) {
        assert!(
            self.sealed.len() > 500,
            "only {} answers came",
            self.sealed.len()
        );
        for (seq, hash) in &self.sealed {
            assert_eq!(records.hash(*seq), Some(hash.as_str()), "record {seq}");
        }
        for (_, seq) in &self.spent {
            assert_eq!(records.kind(*seq), Some("permit_redeemed"), "record {seq}");
        }
    }
}
