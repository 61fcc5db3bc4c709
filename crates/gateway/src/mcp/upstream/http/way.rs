//! The way to one address, and what goes with every message there.

use crate::mcp::{coded::header_text, era::STATELESS, listener::Listener, upstream::reply::Asking};
use portcullis_firewall::outside::{Courier, Credential, Method, Parcel, Reach, SecretName};
use serde_json::{Map, Value};
use std::sync::{Arc, OnceLock};

type Headers = Vec<(String, String)>;

#[derive(Debug)]
pub(super) struct Way {
    pub(super) courier: Arc<dyn Courier>,
    url: String,
    bearer: Option<SecretName>,
    reach: Reach,
    /// What the server calls the talk, after a handshake.
    session: OnceLock<String>,
    version: OnceLock<&'static str>,
}

impl Way {
    pub(super) fn new(
        courier: Arc<dyn Courier>,
        url: &str,
        bearer: Option<&SecretName>,
        reach: Reach,
    ) -> Self {
        Self {
            courier,
            url: url.to_owned(),
            bearer: bearer.cloned(),
            reach,
            session: OnceLock::new(),
            version: OnceLock::new(),
        }
    }

    pub(super) fn speaks(&self, version: &'static str) {
        // Said once, by the greeting.
        let _ = self.version.set(version);
    }

    /// What the server calls the talk.
    pub(super) fn is_called(&self, session: Option<&str>) {
        if let Some(session) = session {
            // The first one counts.
            let _ = self.session.set(session.to_owned());
        }
    }

    /// Whether the server gave the talk a name.
    pub(super) fn has_session(&self) -> bool {
        self.session.get().is_some()
    }

    pub(super) fn is_stateless(&self) -> bool {
        self.version.get() == Some(&STATELESS)
    }

    /// What every message says of itself.
    fn usual(&self) -> Headers {
        let mut headers = vec![
            (
                "accept".to_owned(),
                "application/json, text/event-stream".to_owned(),
            ),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        if let Some(version) = self.version.get() {
            add("mcp-protocol-version", version);
        }
        if let Some(session) = self.session.get() {
            add("mcp-session-id", session);
        }
        headers
    }

    /// The headers of a message, which repeat what its body says where the version wants it.
    pub(super) fn headers(
        &self,
        method: &str,
        params: &Map<String, Value>,
        more: Headers,
    ) -> Headers {
        let mut headers = self.usual();
        if self.is_stateless() {
            headers.push(("mcp-method".to_owned(), method.to_owned()));
            let named = ["name", "uri", "taskId"]
                .iter()
                .find_map(|key| params.get(*key));
            if let Some(name) = named.and_then(Value::as_str) {
                headers.push(("mcp-name".to_owned(), header_text(name)));
            }
            headers.extend(more);
        }
        headers
    }

    pub(super) fn parcel(&self, headers: Headers, body: &Value) -> Parcel {
        Parcel {
            method: Method::Post,
            url: self.url.clone(),
            headers,
            body: body.to_string().into_bytes(),
            credential: self.bearer.clone().map(Credential::Bearer),
            reach: self.reach,
        }
    }

    /// Asks for the stream of what the server says unasked.
    pub(super) fn listening(&self) -> Parcel {
        let mut headers = self.usual();
        headers.retain(|(name, _)| name != "content-type" && name != "accept");
        headers.push(("accept".to_owned(), "text/event-stream".to_owned()));
        Parcel {
            method: Method::Get,
            body: Vec::new(),
            ..self.parcel(headers, &Value::Null)
        }
    }

    /// Answers something that the server asks.
    pub(super) async fn answer(&self, asking: Asking, listener: Option<Listener>) {
        let answer = match listener {
            Some(listener) if !self.is_stateless() => asking.put_to(&listener).await,
            _ => asking.refused(),
        };
        // A server that does not take the answer has its own patience.
        let _ = self.courier.send(self.parcel(self.usual(), &answer)).await;
    }
}
