//! Somebody with the disk changes a record.

use crate::bin::{Gate, House, Ran, example, portcullis};
use std::{fs, thread, time::Duration};

const READ: [&str; 5] = ["govern", "--action", "workloads.list", "--target", "fleet"];

/// A house whose first verdict says something else than when it was sealed.
fn tampered() -> House {
    let house = House::new(&example("gpu-team/tenant-policy.yaml"));
    let gate = house.serve();
    gate.ask(house.credential("agent_key"), &READ).ended(0);
    assert!(gate.stop().success());
    let file = house.data().join("portcullis.db");
    let mut bytes = fs::read(&file).unwrap();
    let sealed = b"\"target_service\":\"fleet\"";
    let places: Vec<usize> = (0..bytes.len() - sealed.len())
        .filter(|at| bytes[*at..].starts_with(sealed))
        .collect();
    assert!(
        !places.is_empty(),
        "the record is not in the file as it was sealed"
    );
    for place in places {
        bytes[place + sealed.len() - 2] = b'x';
    }
    fs::write(&file, bytes).unwrap();
    house
}

/// Asks until the chain has been walked, which happens while the gate is open already.
fn refused(gate: &Gate, agent: &str) -> String {
    for _ in 0..100 {
        let ran = gate.ask(agent, &READ);
        if ran.code == 3 {
            return ran.out;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("a broken chain still gives verdicts");
}

#[test]
fn a_broken_chain_stops_verdicts_until_a_person_acknowledges_it() {
    let house = tampered();
    let gate = house.serve();
    let (admin, agent) = (
        house.credential("admin_token"),
        house.credential("agent_key"),
    );
    assert!(refused(&gate, agent).contains("SGP-7"));
    let found = gate.ask(admin, &["audit", "verify"]).ended(3);
    assert!(
        found.contains("record 9 does not fit: hash_mismatch"),
        "{found}"
    );
    let told = ["audit", "acknowledge", "--reason", "a test changed it"];
    assert!(gate.ask(admin, &told).ended(0).contains("verdicts go on"));
    gate.ask(agent, &READ).ended(0);
    let (status, said) = gate.stop_and_tell();
    assert!(
        status.success() && said.contains("the chain is broken"),
        "{said}"
    );

    // What was acknowledged once is not held against the tenant again.
    let gate = house.serve();
    thread::sleep(Duration::from_millis(200));
    gate.ask(agent, &READ).ended(0);
}

#[test]
fn it_is_found_without_the_gate() {
    let house = tampered();
    let mut verify = portcullis();
    let found = Ran::of(verify.args(["audit", "verify", "--data"]).arg(house.data())).ended(3);
    assert!(found.contains("record 9 does not fit"), "{found}");
    let mut doctor = portcullis();
    doctor
        .args(["doctor", "-o", "json", "--listen", "127.0.0.1:0", "--data"])
        .arg(house.data());
    let found = Ran::of(&mut doctor).json(3);
    assert!(found.to_string().contains("breaks at record 9"), "{found}");
}
