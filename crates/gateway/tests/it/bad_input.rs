//! Every case of `conformance/wire/agents.yaml`.

use crate::house::{House, Reply};
use serde::Deserialize;
use std::collections::BTreeMap;

const TABLE: &str = include_str!("../../../../conformance/wire/agents.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "about")]
    _about: String,
    doors: Vec<Door>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Door {
    post: Vec<String>,
    base: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    note: String,
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default)]
    drop: Vec<String>,
    also: Option<String>,
    raw: Option<String>,
    hex: Option<String>,
    pad: Option<usize>,
    #[serde(default)]
    long: BTreeMap<String, usize>,
    #[serde(default)]
    nest: BTreeMap<String, usize>,
    want: Want,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Want {
    status: u16,
    code: Option<String>,
    path: Option<String>,
}

impl Case {
    fn body(&self, base: &BTreeMap<String, String>) -> Vec<u8> {
        if let Some(raw) = &self.raw {
            return raw.clone().into_bytes();
        }
        if let Some(hex) = &self.hex {
            let digits = hex.as_bytes().chunks(2);
            let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
            return digits.map(|pair| byte(pair).unwrap()).collect();
        }
        let mut members = base.clone();
        members.extend(self.set.clone());
        members.retain(|name, _| !self.drop.contains(name));
        for (name, length) in &self.long {
            members.insert(name.clone(), format!("\"{}\"", "a".repeat(*length)));
        }
        for (name, levels) in &self.nest {
            let lists = format!("{}{}", "[".repeat(*levels), "]".repeat(*levels));
            members.insert(name.clone(), format!("{{\"deep\":{lists}}}"));
        }
        let mut members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        members.extend(self.also.clone());
        let mut body = format!("{{{}}}", members.join(",")).into_bytes();
        body.resize(self.pad.unwrap_or(body.len()), b' ');
        body
    }

    /// What is wrong with the reply.
    fn complaint(&self, reply: &Reply) -> Option<String> {
        let (status, code) = reply.error();
        let details = reply.json()["error"]["details"].clone();
        let has_path = |path: &str| {
            details
                .as_array()
                .unwrap()
                .iter()
                .any(|fault| fault["path"] == path)
        };
        let fallback = "request.invalid".to_owned();
        let wanted = (self.want.status, self.want.code.clone().unwrap_or(fallback));
        if (status, code) != wanted {
            return Some(format!(
                "expected {wanted:?}, got {}: {}",
                reply.status, reply.text
            ));
        }
        let path = self.want.path.as_deref()?;
        (!has_path(path)).then(|| format!("no fault at `{path}`: {}", reply.text))
    }
}

#[tokio::test]
async fn whatever_cannot_be_read_is_refused_and_leaves_no_trace() {
    let house = House::new().await;
    let head = house.head().await;
    let table: Table = serde_saphyr::from_str(TABLE).unwrap();
    let mut complaints = Vec::new();
    let mut count = 0;
    for door in &table.doors {
        for path in &door.post {
            for case in &door.cases {
                let body = case.body(&door.base);
                let reply = house.post(path, &house.acme.agent_token, body).await;
                let complaint = case.complaint(&reply);
                complaints.extend(complaint.map(|text| format!("{path}, {}: {text}", case.note)));
                count += 1;
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(count > 300, "only {count} cases were run");
    assert_eq!(house.head().await, head);
}

#[tokio::test]
async fn the_unchanged_bodies_are_read() {
    let house = House::new().await;
    let table: Table = serde_saphyr::from_str(TABLE).unwrap();
    for door in table.doors.iter().filter(|door| !door.base.is_empty()) {
        let unchanged = Case {
            note: String::new(),
            set: BTreeMap::new(),
            drop: Vec::new(),
            also: None,
            raw: None,
            hex: None,
            pad: None,
            long: BTreeMap::new(),
            nest: BTreeMap::new(),
            want: Want {
                status: 200,
                code: None,
                path: None,
            },
        };
        for path in &door.post {
            let body = unchanged.body(&door.base);
            let reply = house.post(path, &house.acme.agent_token, body).await;
            assert!(
                ![400, 413, 422].contains(&reply.status.as_u16()),
                "{path}: {}",
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_most_bytes_is_read() {
    let house = House::new().await;
    let mut body = br#"{"action_type":"data_read","target_service":"reports"}"#.to_vec();
    body.resize(1 << 20, b' ');
    let reply = house
        .post("/v1/govern", &house.acme.agent_token, body)
        .await;
    assert_eq!(reply.ok()["verdict"], "CLEARED");
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_only_so_many() {
    let house = House::new().await;
    let bad = r#"{"action_type":7,"environment":[],"x":1,"confidence":{"fix":2},"permit":"no"}"#;
    let reply = house.post("/v1/govern", &house.acme.agent_token, bad).await;
    insta::assert_json_snapshot!(reply.json());
    let many: Vec<String> = (0..50_000).map(|n| format!("\"x{n}\":1")).collect();
    let many = format!("{{{}}}", many.join(","));
    let reply = house
        .post("/v1/govern", &house.acme.agent_token, many)
        .await;
    assert_eq!(reply.error(), (422, "request.invalid".to_owned()));
    assert!(
        reply.text.len() < 16_384,
        "the reply has {} bytes",
        reply.text.len()
    );
    let long = format!("{{\"{}\":1}}", "x".repeat(1_000_000));
    let reply = house
        .post("/v1/govern", &house.acme.agent_token, long)
        .await;
    assert!(
        reply.text.len() < 16_384,
        "the reply has {} bytes",
        reply.text.len()
    );
}

#[tokio::test]
async fn each_kind_of_refusal_looks_like_this() {
    let house = House::new().await;
    let bodies = [
        ("malformed", "{".to_owned()),
        ("missing", r#"{"action_type":"data_read"}"#.to_owned()),
        ("too large", " ".repeat((1 << 20) + 1)),
    ];
    for (name, body) in bodies {
        let reply = house
            .post("/v1/govern", &house.acme.agent_token, body)
            .await;
        insta::assert_json_snapshot!(name.replace(' ', "_"), reply.json());
    }
    let reply = house
        .post(
            "/v1/permits/redeem",
            &house.acme.agent_token,
            r#"{"permi":1}"#,
        )
        .await;
    insta::assert_json_snapshot!("unknown_field", reply.json());
}

#[tokio::test]
async fn an_idempotency_key_is_bounded() {
    let house = House::new().await;
    let head = house.head().await;
    let long = "k".repeat(256);
    for keys in [
        vec![""],
        vec![long.as_str()],
        vec!["a", "b"],
        vec!["caf\u{e9}"],
    ] {
        let mut request =
            axum::http::Request::post("/v1/govern").header("x-api-key", &house.acme.agent_token);
        for key in &keys {
            request = request.header("idempotency-key", key.as_bytes());
        }
        let body = r#"{"action_type":"data_read","target_service":"reports"}"#;
        let reply = house.send(request.body(body.into()).unwrap()).await;
        assert_eq!(
            reply.error(),
            (422, "request.invalid".to_owned()),
            "{keys:?}"
        );
    }
    assert_eq!(house.head().await, head);
}
