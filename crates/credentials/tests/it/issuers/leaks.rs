//! Providers that repeat what they were told, and worse, in their answers.

use super::{Desk, remote::scope};
use crate::{
    secrets::Safe,
    server::{Answer, Server},
};
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets, issuer::KINDS};
use portcullis_firewall::{ports::Issuer as _, scope::Mode};
use portcullis_testkit::planted::{Log, must_hide};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const MARKER: &str = "planted-marker/4711+abc";
/// It never comes to its end.
const BEGUN: &[u8] =
    b"HTTP/1.1 200 x\r\ncontent-length: 9999\r\n\r\n{\"auth\": \"planted-marker/4711+abc\"";

/// A provider of each kind at an address, whose secrets are all one marker, and a scope of it.
fn providers(address: &str, secret: &Value) -> [(&'static str, Value, Value); 4] {
    [
        (
            "aws",
            json!({
                "access_key_id": secret, "iam_endpoint": address, "may_deny": true,
                "region": "eu-central-1", "role_arn": "arn:aws:iam::1:role/gate",
                "secret_access_key": secret, "sts_endpoint": address,
            }),
            json!({"reads": ["s3:GetObject"], "resources": ["*"]}),
        ),
        (
            "kubernetes",
            json!({"namespace": "gate", "server": address, "token": secret}),
            json!({"namespaces": ["shop"], "resources": ["pods"]}),
        ),
        (
            "oauth",
            json!({
                "client_id": "gate", "client_secret": secret, "subject_token": secret,
                "token_endpoint": address,
            }),
            json!({"reads": ["orders:read"]}),
        ),
        (
            "openbao",
            json!({"address": address, "policy": "lease", "token": secret}),
            json!({"read": "reader"}),
        ),
    ]
}

#[tokio::test]
async fn no_secret_is_in_an_error_or_a_log() {
    let (log, guard) = Log::listen();
    let safe = Safe::with(MARKER.as_bytes());
    let secret = json!(safe.name());
    let quoted = json!({"access_token": MARKER, "auth": MARKER, "message": MARKER}).to_string();
    let answers = [
        format!("HTTP/1.1 403 {MARKER}\r\n\r\n{quoted}"),
        format!("HTTP/1.1 500 x\r\nx-marker: {MARKER}\r\n\r\n{MARKER}"),
        format!("HTTP/1.1 200 x\r\n\r\n{quoted}"),
        format!("HTTP/1.1 200 x\r\n\r\n<R>{MARKER}</R>"),
        MARKER.to_owned(),
    ];
    let mut said = String::new();
    for answer in answers {
        let server = Server::plain(Answer::text(&answer)).await;
        for (kind, mut settings, filters) in providers(&server.url(""), &secret) {
            settings["reach"] = json!("anywhere");
            let kind = KINDS.iter().find(|known| known.name == kind).unwrap();
            let desk = Desk::at(kind.read(&settings).unwrap());
            let ask = Desk::ask(&scope(Mode::Read, &filters), Mode::Read);
            let refused = desk.issuers.mint(&ask).await.unwrap_err();
            let ended = desk.issuers.revoke(&ask, None).await;
            said.push_str(&format!(
                "{refused} {refused:?} {ended:?} {:?}\n",
                desk.issuers
            ));
            assert_eq!(desk.strongbox.live(), 0);
        }
    }
    drop(guard);
    must_hide("what is said", &said, MARKER);
    must_hide("the log", &log.text(), MARKER);
    assert!(said.contains("it answers with 403"), "{said}");
}

#[tokio::test]
async fn no_secret_is_shown_of_an_answer_that_never_comes() {
    let (log, guard) = Log::listen();
    let safe = Safe::with(MARKER.as_bytes());
    let secret = json!(safe.name());
    let mut said = String::new();
    for answer in [Answer::Silence, Answer::Trickle(BEGUN)] {
        let server = Server::plain(answer).await;
        for (kind, mut settings, filters) in providers(&server.url(""), &secret) {
            settings["reach"] = json!("anywhere");
            let known = KINDS.iter().find(|known| known.name == kind).unwrap();
            let desk = Desk::fitted(known.read(&settings).unwrap(), None, |tools| {
                let settings = CourierSettings {
                    timeout: Duration::from_millis(200),
                    ..CourierSettings::default()
                };
                let secrets = Secrets::with(tools.strongbox.clone());
                tools.courier = Arc::new(HttpCourier::new(&settings, secrets).unwrap());
            });
            let ask = Desk::ask(&scope(Mode::Read, &filters), Mode::Read);
            let late = desk.issuers.mint(&ask).await.unwrap_err();
            // The marker is no key id of AWS, so that nothing is signed with it.
            let is_late = kind == "aws" || late.code() == "lease.unanswered";
            assert!(is_late, "{kind}: {late}");
            let ended = desk.issuers.revoke(&ask, None).await;
            said.push_str(&format!("{late} {late:?} {ended:?} {:?}\n", desk.issuers));
            assert_eq!(desk.strongbox.live(), 0);
        }
    }
    drop(guard);
    must_hide("what is said", &said, MARKER);
    must_hide("the log", &log.text(), MARKER);
}
