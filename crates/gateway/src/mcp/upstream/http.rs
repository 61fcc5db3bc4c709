//! A server that speaks Streamable HTTP.

mod events;
mod watch;
mod way;

use super::{
    Along, UpstreamError,
    reply::{Said, read},
};
use crate::mcp::{
    listener::Listener,
    news::{News, Press},
};
use events::Events;
use portcullis_firewall::outside::{Arrival, Courier, Flow, OutsideError, Reach, SecretName};
use serde_json::{Map, Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::broadcast, task::JoinSet, time::timeout};
use watch::Watch;
use way::Way;

/// The largest answer, and the largest event of a stream, in bytes.
const MOST: usize = 4 << 20;

/// One server at one address.
#[derive(Debug)]
pub(in crate::mcp) struct HttpLink {
    way: Arc<Way>,
    last_id: AtomicU64,
    press: Arc<Press>,
    watch: Watch,
    over: AtomicBool,
}

impl HttpLink {
    pub(in crate::mcp) fn new(
        courier: Arc<dyn Courier>,
        url: &str,
        bearer: Option<&SecretName>,
        reach: Reach,
    ) -> Self {
        let way = Arc::new(Way::new(courier, url, bearer, reach));
        let press = Arc::new(Press::default());
        Self {
            watch: Watch::new(&way, &press),
            way,
            last_id: AtomicU64::new(0),
            press,
            over: AtomicBool::new(false),
        }
    }

    /// From now on the version is named.
    pub(super) fn speaks(&self, version: &'static str) {
        self.way.speaks(version);
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        patience: Duration,
        along: Along,
    ) -> Result<Value, UpstreamError> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let headers = self.way.headers(method, &params, along.headers);
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let parcel = self.way.parcel(headers, &body);
        let exchange = async {
            let arrival = self.way.courier.begin(parcel).await;
            let arrival = arrival.map_err(|error| self.failed(&error))?;
            if method == "initialize" {
                self.way.is_called(arrival.header("mcp-session-id"));
            }
            self.read(id, arrival, along.listener).await
        };
        let done = timeout(patience, exchange).await;
        done.unwrap_or_else(|_| Err(UpstreamError::Unknown("no answer in time".to_owned())))
    }

    pub(super) async fn tell(&self, method: &str) {
        let headers = self.way.headers(method, &Map::new(), Vec::new());
        let body = json!({"jsonrpc": "2.0", "method": method});
        // Nobody waits for what has no answer.
        let _ = self.way.courier.send(self.way.parcel(headers, &body)).await;
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    pub(super) fn takes_news(&self) -> bool {
        self.press.takes_news()
    }

    pub(super) async fn news(&self) -> broadcast::Receiver<News> {
        let news = self.press.subscribe();
        self.watch.begin().await;
        news
    }

    /// Fails closed: only what certainly happened before anything was sent counts as not asked.
    fn failed(&self, error: &OutsideError) -> UpstreamError {
        self.over.store(true, Ordering::Release);
        match error {
            OutsideError::Forbidden { .. } | OutsideError::NoSecret(_) => {
                UpstreamError::NotAsked(error.to_string())
            }
            OutsideError::Unreachable { .. }
            | OutsideError::Unanswered { .. }
            | OutsideError::Unusable { .. } => UpstreamError::Unknown(error.to_string()),
        }
    }

    async fn read(
        &self,
        id: u64,
        arrival: Arrival,
        listener: Option<Listener>,
    ) -> Result<Value, UpstreamError> {
        let kind = arrival.header("content-type").unwrap_or_default();
        let is_stream = kind.starts_with("text/event-stream");
        let (status, mut body) = (arrival.status, arrival.body);
        if status == 404 && self.way.has_session() {
            // It does not know the session any more, whatever it says besides: it did nothing.
            self.over.store(true, Ordering::Release);
            return Err(UpstreamError::NotAsked("its session has ended".to_owned()));
        }
        let found = if is_stream {
            self.follow(id, &mut *body, listener).await?
        } else {
            let bytes = whole(&mut *body).await.map_err(unknown)?;
            match read(std::str::from_utf8(&bytes).unwrap_or_default()) {
                Some(Said::Answer(of, answer)) if of == id => Some(answer),
                _ => None,
            }
        };
        match (status, found) {
            (_, Some(answer)) => answer,
            (status @ 400..500, None) => Err(UpstreamError::NotAsked(format!(
                "it answers with status {status}"
            ))),
            (status, None) => {
                let why = format!("it answers with status {status} and no message");
                Err(UpstreamError::Unknown(why))
            }
        }
    }

    /// Listens until the answer is there. What the server asks meanwhile is answered meanwhile.
    async fn follow(
        &self,
        id: u64,
        body: &mut dyn Flow,
        listener: Option<Listener>,
    ) -> Result<Option<Result<Value, UpstreamError>>, UpstreamError> {
        let (mut events, mut answering) = (Events::new(MOST), JoinSet::new());
        while let Some(bytes) = body.more().await.map_err(unknown)? {
            events.add(&bytes).map_err(unknown)?;
            while let Some(text) = events.next() {
                match read(&text) {
                    Some(Said::Answer(of, answer)) if of == id => return Ok(Some(answer)),
                    Some(Said::Note(method, params)) => {
                        let is_news = self.press.print(&method, params.as_ref());
                        if let (false, Some(listener)) = (is_news, &listener) {
                            listener.hear(&method, params.as_ref().unwrap_or(&Value::Null));
                        }
                    }
                    Some(Said::Request(asking)) => {
                        let (way, listener) = (Arc::clone(&self.way), listener.clone());
                        answering.spawn(async move { way.answer(asking, listener).await });
                    }
                    Some(Said::Answer(..)) | None => {}
                }
                while answering.try_join_next().is_some() {}
            }
        }
        Ok(None)
    }
}

fn unknown(error: impl std::fmt::Display) -> UpstreamError {
    UpstreamError::Unknown(error.to_string())
}

/// All of a body that is not a stream.
async fn whole(body: &mut dyn Flow) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    while let Some(bytes) = body.more().await.map_err(|error| error.to_string())? {
        if all.len() + bytes.len() > MOST {
            return Err(format!("its answer has more than {MOST} bytes"));
        }
        all.extend(bytes);
    }
    Ok(all)
}
