//! One approval is one execution: claimed and spent by eight at once, twelve times over, across
//! crashes.

use crate::{
    bin::{Gate, House},
    http::Wire,
};
use serde_json::{Value, json};
use std::{fs, sync::Barrier, thread, time::Duration};

const AT_ONCE: usize = 8;
const AGAIN: usize = 12;
/// Holds whose gate is killed while everybody races for the permit.
const RACES: u64 = 16;

const POLICY: &str = "version: 1\ntenant: default\ndefault: deny\n\
    actions:\n  - { action: vault.write }\n\
    catalogue:\n  - { action: vault.write, tier: 4, free: true }\n";

/// A house with two people who approve.
struct Vault {
    house: House,
    approvers: [String; 2],
}

impl Vault {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        let gate = house.serve();
        let approvers = ["Ann", "Bo"].map(|name| {
            let args = ["keys", "issue", name, "--role", "operator", "-o", "json"];
            let key = gate.ask(house.credential("admin_token"), &args).json(0);
            key["token"].as_str().unwrap().to_owned()
        });
        gate.kill();
        Self { house, approvers }
    }

    /// A hold that both have approved; the gate is killed as soon as they have their answer.
    fn approved(&self, gate: Gate, target: u64) -> String {
        let mut wire = Wire::open(gate.address(), self.agent()).unwrap();
        let wish = json!({ "action_type": "vault.write", "target_service": target.to_string() });
        let (status, held) = wire.post("/v1/govern", None, &wish).unwrap();
        assert_eq!((status, &held["verdict"]), (200, &json!("HELD")), "{held}");
        let hold = held["hold_id"].as_str().unwrap().to_owned();
        for token in &self.approvers {
            gate.ask(token, &["approvals", "approve", &hold, "--yes"])
                .ended(0);
        }
        gate.kill();
        hold
    }

    fn agent(&self) -> &str {
        self.house.credential("agent_key")
    }

    /// Everybody posts the same at the same moment. Who got no answer is left out.
    fn together(&self, gate: &Gate, path: &str, body: &Value) -> Vec<(u16, Value)> {
        let start = Barrier::new(AT_ONCE);
        let once = || {
            let mut wire = Wire::open(gate.address(), self.agent()).ok();
            start.wait();
            wire.as_mut()?.post(path, None, body).ok()
        };
        thread::scope(|scope| {
            let asking: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(once)).collect();
            let answers = asking.into_iter().filter_map(|one| one.join().unwrap());
            answers.collect()
        })
    }

    fn claim(&self, gate: &Gate, hold: &str) -> Vec<Value> {
        succeeded(self.together(gate, &format!("/v1/holds/{hold}/claim"), &json!({})))
    }

    fn redeem(&self, gate: &Gate, permit: &str) -> Vec<Value> {
        succeeded(self.together(gate, "/v1/permits/redeem", &json!({ "permit": permit })))
    }

    /// How many records of a kind name this hold.
    fn sealed(&self, gate: &Gate, kind: &str, hold: &str) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit.jsonl");
        let args = ["audit", "export", "--to", file.to_str().unwrap()];
        let admin = self.house.credential("admin_token");
        gate.ask(admin, &args).ended(0);
        gate.ask(admin, &["audit", "verify"]).ended(0);
        let text = fs::read_to_string(file).unwrap();
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let records: Vec<Value> = records.collect();
        let issued = |r: &&Value| r["record_type"] == "permit_issued" && r["hold_id"] == hold;
        let permits: Vec<&Value> = records
            .iter()
            .filter(issued)
            .map(|r| &r["permit_id"])
            .collect();
        records
            .iter()
            .filter(|r| r["record_type"] == kind && permits.contains(&&r["permit_id"]))
            .count()
    }
}

/// The bodies of the answers that granted something; all others must say that it is too late.
fn succeeded(answers: Vec<(u16, Value)>) -> Vec<Value> {
    let (good, late): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|(status, _)| *status == 200);
    for (status, body) in late {
        assert_eq!(status, 409, "{body}");
    }
    good.into_iter().map(|(_, body)| body).collect()
}

#[test]
fn one_approval_is_one_execution_across_crashes() {
    let vault = Vault::new();
    let hold = vault.approved(vault.house.serve(), 0);

    let gate = vault.house.serve();
    let claimed = vault.claim(&gate, &hold);
    assert_eq!(claimed.len(), 1, "of eight at once one gets the permit");
    let permit = claimed[0]["permit"].as_str().unwrap();
    gate.kill();

    let gate = vault.house.serve();
    assert_eq!(vault.redeem(&gate, permit).len(), 1, "and one spends it");
    gate.kill();

    let gate = vault.house.serve();
    for _ in 0..AGAIN {
        assert!(vault.claim(&gate, &hold).is_empty());
        assert!(vault.redeem(&gate, permit).is_empty());
    }
    assert_eq!(vault.sealed(&gate, "permit_issued", &hold), 1);
    assert_eq!(vault.sealed(&gate, "permit_redeemed", &hold), 1);
}

#[test]
fn a_crash_in_the_middle_of_a_race_executes_nothing_twice() {
    let vault = Vault::new();
    for race in 0..RACES {
        let hold = vault.approved(vault.house.serve(), race);
        let gate = vault.house.serve();
        let claimed = thread::scope(|scope| {
            let racing = scope.spawn(|| {
                let claimed = vault.claim(&gate, &hold);
                let permit = claimed.first().and_then(|body| body["permit"].as_str());
                let spent = permit.map_or(0, |permit| vault.redeem(&gate, permit).len());
                (claimed, spent)
            });
            thread::sleep(Duration::from_millis(race));
            gate.die();
            racing.join().unwrap()
        });
        let (claimed, mut spent) = claimed;
        let gate = vault.house.serve();
        // Whose answer was lost may have got it all the same; then nobody acts on it.
        let late = vault.claim(&gate, &hold);
        assert!(claimed.len() + late.len() <= 1, "{claimed:?} {late:?}");
        for body in claimed.iter().chain(&late) {
            spent += vault.redeem(&gate, body["permit"].as_str().unwrap()).len();
        }
        assert!(spent <= 1, "race {race} was executed {spent} times");
        assert!(vault.sealed(&gate, "permit_issued", &hold) <= 1);
        assert!(vault.sealed(&gate, "permit_redeemed", &hold) <= 1);
        assert!(vault.claim(&gate, &hold).is_empty());
    }
}
