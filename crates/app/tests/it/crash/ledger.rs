//! The chain as it was exported, held against the limits.

use super::clients::Asker;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Every record by its number.
#[derive(Debug)]
pub(super) struct Records(BTreeMap<u64, Value>);

impl Records {
    pub(super) fn read(file: &str) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let records = text.lines().map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            (record["seq"].as_u64().unwrap(), record)
        });
        Self(records.collect())
    }

    fn text(&self, seq: u64, name: &str) -> Option<&str> {
        self.0.get(&seq)?.get(name)?.as_str()
    }

    pub(super) fn hash(&self, seq: u64) -> Option<&str> {
        self.text(seq, "hash")
    }

    pub(super) fn kind(&self, seq: u64) -> Option<&str> {
        self.text(seq, "record_type")
    }

    fn decisions<'r>(&'r self, action: &'r str) -> impl Iterator<Item = &'r Value> {
        let about = move |record: &&Value| record["action_type"] == action;
        self.0
            .values()
            .filter(about)
            .filter(|record| record["record_type"] == "decision")
    }

    fn cleared<'r>(&'r self, action: &'r str) -> impl Iterator<Item = &'r Value> {
        self.decisions(action)
            .filter(|record| record["verdict"] == "CLEARED")
    }

    /// On no day more was cleared than the budget allows, and more was asked for.
    pub(super) fn check_budget(&self, most: usize) {
        let mut days: BTreeMap<&str, usize> = BTreeMap::new();
        for record in self.cleared("spend") {
            let day = record["timestamp"]
                .as_str()
                .unwrap()
                .split('T')
                .next()
                .unwrap();
            *days.entry(day).or_default() += 1;
        }
        assert!(days.values().all(|spent| *spent <= most), "{days:?}");
        assert!(
            days.values().any(|spent| *spent == most),
            "its end was not reached: {days:?}"
        );
    }

    /// The grant was used no more often than it allows.
    pub(super) fn check_grant(&self, most: usize) {
        let used = self.cleared("granted").count();
        assert!(
            (1..=most).contains(&used),
            "the grant was used {used} times"
        );
        let asked = self.decisions("granted").count();
        assert!(
            asked > most,
            "the grant's end was never reached: asked {asked} times"
        );
        assert_eq!(used, most, "uses were lost");
    }

    /// In no window more passed than the limit allows.
    pub(super) fn check_rate(&self, most: usize, window_ms: i64) {
        let moments: Vec<i64> = self.cleared("rated").map(moment_ms).collect();
        assert!(moments.len() >= most, "only {} passed", moments.len());
        assert!(
            self.decisions("rated").count() > most,
            "the limit was never reached"
        );
        for window in moments.windows(most + 1) {
            let span = window[most] - window[0];
            assert!(span >= window_ms, "{} passed within {span} ms", most + 1);
        }
    }

    /// No permit was redeemed twice.
    pub(super) fn check_permits(&self) {
        let mut seen = BTreeSet::new();
        for record in self
            .0
            .values()
            .filter(|record| record["record_type"] == "permit_redeemed")
        {
            let permit = record["permit_id"].as_str().unwrap();
            assert!(seen.insert(permit), "permit `{permit}` was redeemed twice");
        }
        assert!(!seen.is_empty());
    }

    /// Every request of a client was judged once: sending it again after a crash found the first
    /// record, if there was one.
    pub(super) fn check_requests(&self, asker: &Asker) {
        let mut seen = BTreeSet::new();
        let asked = self.decisions(asker.action);
        let requests = asked.map(|record| record["target_service"].as_str().unwrap());
        for request in requests.filter(|request| asker.is_of(request)) {
            assert!(seen.insert(request), "request `{request}` was judged twice");
        }
        assert_eq!(
            seen.len(),
            asker.sent,
            "requests of `{}` are missing",
            asker.action
        );
    }
}

fn moment_ms(record: &Value) -> i64 {
    let at: jiff::Timestamp = record["timestamp"].as_str().unwrap().parse().unwrap();
    at.as_millisecond()
}
