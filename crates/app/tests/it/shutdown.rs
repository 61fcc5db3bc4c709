//! Starting and stopping.

use crate::bin::{Gate, House, Ran, example, portcullis};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

fn house() -> House {
    House::new(&example("gpu-team/tenant-policy.yaml"))
}

#[test]
fn stopping_keeps_everything() {
    let house = house();
    let gate = house.serve();
    let agent = house.credential("agent_key").to_owned();
    for at in 0..5 {
        let target = format!("fleet-{at}");
        gate.ask(
            &agent,
            &["govern", "--action", "workloads.list", "--target", &target],
        )
        .ended(0);
    }
    assert!(gate.stop().success());

    let gate = house.serve();
    let admin = house.credential("admin_token");
    let export = gate.ask(admin, &["audit", "export"]).ended(0);
    for at in 0..5 {
        assert!(
            export.contains(&format!("\"target_service\":\"fleet-{at}\"")),
            "{at}"
        );
    }
    assert_eq!(gate.ask(admin, &["audit", "verify"]).code, 0);
}

#[test]
fn a_second_gate_on_the_same_data_is_refused() {
    let house = house();
    let gate = house.serve();
    let mut second = portcullis();
    second
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(house.data());
    let ran = Ran::of(&mut second);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("is in use by another process"),
        "{}",
        ran.err
    );
    assert!(gate.stop().success());
}

#[test]
fn a_taken_address_is_named() {
    let house = house();
    let gate = house.serve();
    let other = tempfile::tempdir().unwrap();
    let mut second = portcullis();
    second
        .args(["serve", "--listen", gate.address(), "--data"])
        .arg(other.path());
    let ran = Ran::of(&mut second);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(gate.address()), "{}", ran.err);
}

#[test]
fn a_house_without_its_key_does_not_open() {
    let house = house();
    std::fs::remove_file(house.data().join("house.key")).unwrap();
    let mut serve = portcullis();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(house.data());
    let ran = Ran::of(&mut serve);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("house.key` is missing"), "{}", ran.err);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut catalogue: Command = portcullis();
    catalogue
        .arg("catalogue")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = catalogue.spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn requests_are_logged_when_asked_for_and_secrets_are_not() {
    let house = house();
    let agent = house.credential("agent_key").to_owned();
    let read = ["govern", "--action", "workloads.list", "--target", "fleet"];
    let log = [
        ("PORTCULLIS_LOG", "info"),
        ("PORTCULLIS_LOG_FORMAT", "json"),
    ];
    let gate = Gate::serve_with(&house.data(), &log);
    gate.ask(&agent, &read).ended(0);
    let (status, said) = gate.stop_and_tell();
    assert!(status.success());
    let lines: Vec<Value> = said
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let request = lines
        .iter()
        .map(|line| &line["span"])
        .find(|span| span["name"] == "request");
    let request = request.unwrap_or_else(|| panic!("no request in {said}"));
    assert_eq!(
        (&request["path"], &request["status"]),
        (&"/v1/govern".into(), &200.into())
    );
    assert!(request["id"].as_str().unwrap().starts_with("req_"));
    assert!(!said.contains(&agent));

    let gate = house.serve();
    gate.ask(&agent, &read).ended(0);
    assert_eq!(
        gate.stop_and_tell().1,
        "the gate is shut\n",
        "quiet unless asked"
    );
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    let mut catalogue = portcullis();
    catalogue.arg("catalogue").env("PORTCULLIS_LOG", "a=b=c");
    let ran = Ran::of(&mut catalogue);
    assert!(
        ran.code == 1 && ran.err.contains("PORTCULLIS_LOG"),
        "{ran:?}"
    );
}

#[test]
fn health_metrics_and_pages_are_served() {
    let house = house();
    let gate = house.serve();
    let agent = house.credential("agent_key").to_owned();
    gate.ask(
        &agent,
        &["govern", "--action", "workloads.list", "--target", "fleet"],
    )
    .ended(0);
    let get = |path: &str| {
        let mut stream = TcpStream::connect(gate.address()).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    assert!(get("/health").contains("\"status\":\"ok\""));
    assert!(get("/ready").contains("\"status\":\"ready\""));
    let metrics = get("/metrics");
    for line in [
        "portcullis_verdicts{tenant=\"default\",verdict=\"CLEARED\"} 1",
        "portcullis_records{tenant=\"default\"",
        "path=\"/v1/govern\"",
        "portcullis_http_request_seconds_count",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert!(get("/docs").contains("text/html"));
    assert!(get("/openapi.json").contains("\"/v1/govern\""));
    assert!(get("/nowhere").starts_with("HTTP/1.1 404"));
}

#[test]
fn whoever_listens_does_not_hold_the_gate_up() {
    let house = house();
    let gate = house.serve();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    let mut listener = TcpStream::connect(gate.address()).unwrap();
    write!(
        listener,
        "POST /mcp HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\naccept: application/json, text/event-stream\r\ncontent-type: application/json\r\nmcp-protocol-version: 2026-07-28\r\nmcp-method: subscriptions/listen\r\ncontent-length: {}\r\n\r\n{body}",
        gate.address(),
        house.credential("agent_key"),
        body.len(),
    )
    .unwrap();
    let mut heard = BufReader::new(listener);
    let mut line = String::new();
    while !line.contains("acknowledged") {
        line.clear();
        assert_ne!(heard.read_line(&mut line).unwrap(), 0, "the stream is open");
    }
    let (status, said) = gate.stop_and_tell();
    assert!(status.success());
    assert!(!said.contains("cut off"), "{said}");
    let mut rest = String::new();
    heard.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains("\"result\""),
        "it is told that this is the end: {rest}"
    );
}
