//! What the doctor finds.

use crate::bin::{House, Ran, example, portcullis};
use portcullis_testkit::postgres::{OWNER, PASSWORD, Postgres};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// What it finds in a directory: the exit code, and health by check.
fn examine(data: &Path, listen: &str) -> (i32, Value) {
    let mut doctor = portcullis();
    doctor
        .args(["doctor", "-o", "json", "--listen", listen, "--data"])
        .arg(data);
    let ran = Ran::of(&mut doctor);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    (ran.code, found)
}

fn health<'f>(found: &'f Value, check: &str) -> &'f str {
    let checks = found["checks"].as_array().unwrap();
    let found = checks.iter().find(|one| one["check"] == check);
    found.unwrap_or_else(|| panic!("no check `{check}`"))["health"]
        .as_str()
        .unwrap()
}

fn house() -> House {
    House::new(&example("gpu-team/tenant-policy.yaml"))
}

const FREE: &str = "127.0.0.1:0";

#[test]
fn a_healthy_house_has_nothing() {
    let (code, found) = examine(&house().data(), FREE);
    assert_eq!(code, 0, "{found}");
    for check in ["port", "privacy", "key", "ledger", "chain", "clock"] {
        assert_eq!(health(&found, check), "ok", "{found}");
    }
}

#[test]
fn the_walls_of_this_machine_are_raised_and_named() {
    let house = house();
    let (_, found) = examine(&house.data(), FREE);
    let checks = found["checks"].as_array().unwrap();
    let walls = checks.iter().find(|check| check["check"] == "walls");
    let words = walls.unwrap()["found"].as_str().unwrap();
    let always = "offered: descriptors, privileges, limits, files, calls";
    assert!(words.starts_with(always), "{words}");
    let left: Vec<_> = fs::read_dir(house.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn more_memory_than_there_is_is_a_warning() {
    let house = house();
    let file = house.folder.path().join("portcullis.yaml");
    let examined = |commands: Value| {
        fs::write(&file, json!({ "commands": commands }).to_string()).unwrap();
        let mut doctor = portcullis();
        doctor.args(["doctor", "-o", "json", "--listen", FREE, "--config"]);
        doctor.arg(&file).arg("--data").arg(house.data());
        let ran = Ran::of(&mut doctor);
        assert_eq!(ran.code, 0, "{ran:?}");
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        let checks = found["checks"].as_array().unwrap().iter();
        let mut checks = checks.filter(|check| check["check"] == "memory");
        checks.next().unwrap().clone()
    };
    let little = examined(json!({"processes": 8, "memory_mib": 64}));
    assert_eq!(little["health"], "ok", "{little}");
    let much = examined(json!({"processes": 65_536, "memory_mib": 1_048_576}));
    assert_eq!(much["health"], "warn", "{much}");
    let words = much["found"].as_str().unwrap();
    let together = "a command may use 68719476736 MiB (65536 × 1048576 MiB); the machine has ";
    assert!(words.starts_with(together), "{words}");
    assert!(words.contains("groups for commands could"), "{words}");
    let remedy = much["remedy"].as_str().unwrap();
    assert!(remedy.contains("`commands.processes`"), "{remedy}");
}

#[test]
fn no_house_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let (code, found) = examine(folder.path(), FREE);
    assert_eq!((code, health(&found, "data")), (0, "warn"));
    assert!(
        fs::read_dir(folder.path()).unwrap().next().is_none(),
        "looking makes nothing"
    );
}

#[test]
fn open_doors_fail_with_a_remedy() {
    let house = house();
    let key = house.data().join("house.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, found) = examine(&house.data(), FREE);
    assert_eq!((code, health(&found, "privacy")), (3, "fail"));
    let check = &found["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["check"] == "privacy");
    assert!(
        check.unwrap()["remedy"]
            .as_str()
            .unwrap()
            .starts_with("chmod")
    );
}

#[test]
fn a_missing_key_fails() {
    let house = house();
    fs::remove_file(house.data().join("house.key")).unwrap();
    let (code, found) = examine(&house.data(), FREE);
    assert_eq!((code, health(&found, "key")), (3, "fail"));
}

#[test]
fn a_ledger_that_is_none_fails() {
    let house = house();
    fs::write(house.data().join("portcullis.db"), "not a ledger at all").unwrap();
    let (code, found) = examine(&house.data(), FREE);
    assert_eq!((code, health(&found, "ledger")), (3, "fail"));
}

#[test]
fn a_running_gate_is_asked() {
    let house = house();
    let gate = house.serve();
    let (code, found) = examine(&house.data(), gate.address());
    assert_eq!(code, 0, "{found}");
    assert_eq!(
        (health(&found, "port"), health(&found, "ledger")),
        ("ok", "ok")
    );
}

#[test]
fn a_port_of_somebody_else_fails() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        // Whoever asks gets a closed connection.
        while let Ok((stream, _)) = taken.accept() {
            drop(stream);
        }
    });
    let (code, found) = examine(&house().data(), &address);
    assert_eq!((code, health(&found, "port")), (3, "fail"));
}

#[test]
fn providers_are_asked_whether_they_know_the_gate() {
    let house = house();
    let server = Postgres::shared();
    let file = house.folder.path().join("portcullis.yaml");
    let asked = |port: u16, password: &str| {
        let provider = json!({
            "host": "127.0.0.1", "password": "env:ROLES_PASSWORD", "port": port,
            "reach": "anywhere", "tls": false, "user": OWNER,
        });
        let roles = json!({"tenants": ["default"], "postgres": provider});
        fs::write(&file, json!({"providers": {"roles": roles}}).to_string()).unwrap();
        let mut doctor = portcullis();
        doctor
            .env("ROLES_PASSWORD", password)
            .args(["doctor", "-o", "json", "--listen", FREE, "--config"])
            .arg(&file)
            .arg("--data")
            .arg(house.data());
        let ran = Ran::of(&mut doctor);
        assert!(!ran.out.contains(password), "{ran:?}");
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        (ran.code, health(&found, "providers").to_owned())
    };
    assert_eq!(asked(server.port(), PASSWORD), (0, "ok".to_owned()));
    assert_eq!(
        asked(server.port(), "another-password"),
        (3, "fail".to_owned())
    );
    assert_eq!(asked(1, PASSWORD), (3, "fail".to_owned()));
}
