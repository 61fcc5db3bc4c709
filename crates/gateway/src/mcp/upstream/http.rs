//! A server that speaks Streamable HTTP.

use super::{
    UpstreamError, contained,
    reply::{Said, read},
};
use crate::mcp::coded::header_text;
use portcullis_firewall::outside::{
    Courier, Credential, Delivery, Method, OutsideError, Parcel, Reach, SecretName,
};
use serde_json::{Map, Value, json};
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::timeout;

/// One server at one address.
#[derive(Debug)]
pub(in crate::mcp) struct HttpLink {
    courier: Arc<dyn Courier>,
    url: String,
    bearer: Option<SecretName>,
    reach: Reach,
    last_id: AtomicU64,
    /// What the server calls the talk, after a handshake.
    session: OnceLock<String>,
    version: OnceLock<&'static str>,
    news: AtomicBool,
    over: AtomicBool,
}

impl HttpLink {
    pub(in crate::mcp) fn new(
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
            last_id: AtomicU64::new(0),
            session: OnceLock::new(),
            version: OnceLock::new(),
            news: AtomicBool::new(false),
            over: AtomicBool::new(false),
        }
    }

    /// From now on the version is named.
    pub(super) fn speaks(&self, version: &'static str) {
        // Said once, by the greeting.
        let _ = self.version.set(version);
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        patience: Duration,
    ) -> Result<Value, UpstreamError> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let parcel = self.parcel(Some(id), method, params);
        let sent = timeout(patience, self.courier.send(parcel)).await;
        let delivery = match sent {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(error)) => return Err(self.failed(&error)),
            Err(_) => return Err(UpstreamError::Unknown("no answer in time".to_owned())),
        };
        self.read(id, method, &delivery)
    }

    pub(super) async fn tell(&self, method: &str) {
        // Nobody waits for what has no answer.
        let _ = self
            .courier
            .send(self.parcel(None, method, Map::new()))
            .await;
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    pub(super) fn takes_news(&self) -> bool {
        self.news.swap(false, Ordering::AcqRel)
    }

    fn is_stateless(&self) -> bool {
        self.version.get() == Some(&super::STATELESS)
    }

    fn parcel(&self, id: Option<u64>, method: &str, params: Map<String, Value>) -> Parcel {
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
        let mut params = params;
        if self.is_stateless() {
            add("mcp-method", method);
            let named = ["name", "uri", "taskId"]
                .iter()
                .find_map(|key| params.get(*key));
            if let Some(name) = named.and_then(Value::as_str) {
                add("mcp-name", &header_text(name));
            }
            params = contained(params);
        }
        let mut body = json!({"jsonrpc": "2.0", "method": method, "params": params});
        if let (Some(id), Some(body)) = (id, body.as_object_mut()) {
            body.insert("id".to_owned(), id.into());
        }
        Parcel {
            method: Method::Post,
            url: self.url.clone(),
            headers,
            body: body.to_string().into_bytes(),
            credential: self.bearer.clone().map(Credential::Bearer),
            reach: self.reach,
        }
    }

    /// Fails closed: only what certainly happened before anything was sent counts as not asked.
    fn failed(&self, error: &OutsideError) -> UpstreamError {
        self.over.store(true, Ordering::Release);
        match error {
            OutsideError::Forbidden { .. } | OutsideError::NoSecret(_) => {
                UpstreamError::NotAsked(error.to_string())
            }
            OutsideError::Unreachable { .. } | OutsideError::Unusable { .. } => {
                UpstreamError::Unknown(error.to_string())
            }
        }
    }

    fn read(&self, id: u64, method: &str, delivery: &Delivery) -> Result<Value, UpstreamError> {
        if method == "initialize"
            && let Some(session) = delivery.header("mcp-session-id")
        {
            // The first one counts.
            let _ = self.session.set(session.to_owned());
        }
        let kind = delivery.header("content-type").unwrap_or_default();
        let text = std::str::from_utf8(&delivery.body).unwrap_or_default();
        let found = if kind.starts_with("text/event-stream") {
            events(text).find_map(|data| self.answer(id, &data))
        } else {
            self.answer(id, text)
        };
        match (delivery.status, found) {
            (_, Some(answer)) => answer,
            // It names the session that it does not know any more: it did nothing.
            (404, None) => {
                self.over.store(true, Ordering::Release);
                Err(UpstreamError::NotAsked("its session has ended".to_owned()))
            }
            (status @ 400..500, None) => Err(UpstreamError::NotAsked(format!(
                "it answers with status {status}"
            ))),
            (status, None) => {
                let why = format!("it answers with status {status} and no message");
                Err(UpstreamError::Unknown(why))
            }
        }
    }

    fn answer(&self, id: u64, text: &str) -> Option<Result<Value, UpstreamError>> {
        match read(text)? {
            Said::Answer(of, answer) if of == id => Some(answer),
            Said::News => {
                self.news.store(true, Ordering::Release);
                None
            }
            _ => None,
        }
    }
}

/// The data of server-sent events (WHATWG HTML, 9.2.6).
fn events(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    std::iter::from_fn(move || {
        let mut data: Option<String> = None;
        for line in lines.by_ref() {
            if line.is_empty() && data.is_some() {
                return data;
            }
            let Some(rest) = line.strip_prefix("data:") else {
                continue;
            };
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            match &mut data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(rest);
                }
                None => data = Some(rest.to_owned()),
            }
        }
        data
    })
}

#[cfg(test)]
mod tests {
    use super::events;

    #[test]
    fn events_are_put_together() {
        let text = ": hello\n\nid: 1\ndata: {\"a\":\ndata: 1}\n\nevent: message\r\ndata:{}\r\n\r\n";
        let found: Vec<String> = events(text).collect();
        assert_eq!(found, ["{\"a\":\n1}", "{}"]);
    }
}
