//! An agent's machine: its folders, its key, and the way to its gate.

use super::counter::Counter;
use crate::bin::{Gate, House, Ran, example, portcullis};
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{dsse::Envelope, rule_copy::RuleCopy, sign::SigningKey};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};
use tempfile::TempDir;

/// A GPU team's gate, a counter before it, and its first agent's machine.
pub(super) struct Agent {
    pub(super) house: House,
    pub(super) gate: Gate,
    pub(super) counter: Counter,
    folder: TempDir,
}

/// What the team's policy caps at 64.
pub(super) const TOO_MANY: &[&str] = &[
    "govern",
    "--action",
    "workloads.submit",
    "--target",
    "pool_train",
    "--environment",
    "training",
    "-p",
    "gpus=128",
    "-p",
    "gpu_type=H100",
    "-p",
    "hours=1",
    "-p",
    "team=ml-research",
    "-p",
    "job_class=ELASTIC",
    "--reasoning",
    "the nightly run failed on one node",
    "--confidence",
    "incident=.9,fix=.9,containment=.9",
];
/// What anybody of the team may.
pub(super) const READ: &[&str] = &[
    "govern",
    "--action",
    "workloads.list",
    "--target",
    "pool_train",
];

impl Agent {
    pub(super) fn new() -> Self {
        let house = House::new(&example("gpu-team/tenant-policy.yaml"));
        let gate = house.serve();
        Self {
            counter: Counter::before(gate.address()),
            folder: tempfile::tempdir().unwrap(),
            house,
            gate,
        }
    }

    /// Runs a command as the agent, through the counter.
    pub(super) fn run(&self, args: &[&str]) -> Ran {
        self.run_as(self.house.credential("agent_key"), args)
    }

    pub(super) fn run_as(&self, token: &str, args: &[&str]) -> Ran {
        let mut command = portcullis();
        command
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("PORTCULLIS_URL", &self.counter.url)
            .env("PORTCULLIS_TOKEN", token);
        Ran::of(command.args(args))
    }

    /// As [`Self::run`], as an architect and past the counter.
    pub(super) fn architect(&self, args: &[&str]) -> Ran {
        self.gate.ask(self.house.credential("admin_token"), args)
    }

    /// The one file that copies of this agent are kept in.
    pub(super) fn shelf(&self) -> PathBuf {
        let rules = self.folder.path().join("cache/portcullis/rules");
        let only = |path: PathBuf| {
            let mut all = fs::read_dir(path).unwrap();
            let one = all.next().unwrap().unwrap().path();
            assert!(all.next().is_none(), "there is one");
            one
        };
        let file = only(only(rules));
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        file
    }

    pub(super) fn shelved(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.shelf()).unwrap()).unwrap()
    }

    /// Puts something in the place of the copy that is kept.
    pub(super) fn put(&self, envelope: &Envelope) {
        let mut shelf = self.shelved();
        shelf["envelope"] = json!(envelope);
        fs::write(self.shelf(), shelf.to_string()).unwrap();
    }

    /// The copy that is kept.
    pub(super) fn copy(&self) -> RuleCopy {
        let envelope = serde_json::from_value(self.shelved()["envelope"].take()).unwrap();
        RuleCopy::verify(&envelope, &self.signing_key().public_key()).unwrap()
    }

    /// The gate's own key: what only the gate itself could sign with.
    pub(super) fn signing_key(&self) -> SigningKey {
        let seed = fs::read(self.house.data().join("house.key")).unwrap();
        SigningKey::from_seed(&seed.try_into().unwrap())
    }

    /// The copy that is kept, changed and signed by the gate.
    pub(super) fn signed(&self, change: impl FnOnce(&mut RuleCopy)) -> Envelope {
        let mut copy = self.copy();
        change(&mut copy);
        copy.sign(&self.signing_key()).unwrap()
    }
}

/// A moment so many seconds from now.
pub(super) fn in_seconds(seconds: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(seconds)
}
