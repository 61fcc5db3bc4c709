//! Providers that repeat what they were told, and worse, in their answers.

use super::{Desk, remote::scope};
use crate::{
    secrets::Safe,
    server::{Answer, Server},
};
use portcullis_credentials::issuer::KINDS;
use portcullis_firewall::{ports::Issuer as _, scope::Mode};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

const MARKER: &str = "planted-marker/4711+abc";

/// Remembers everything that is logged.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<String>>);

impl Log {
    /// Stops when a secret was logged.
    pub(super) fn shows_none(&self, secret: &str) {
        super::marks::found_in(&self.0.lock().unwrap(), secret);
    }
}

struct Words<'w>(&'w mut String);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Words(&mut self.0.lock().unwrap()));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

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
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
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
    super::marks::found_in(&said, MARKER);
    log.shows_none(MARKER);
    assert!(said.contains("it answers with 403"), "{said}");
}
