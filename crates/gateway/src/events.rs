//! Answers that come as a stream of server-sent events (HTML standard, 9.2).

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use http_body::Frame;
use serde_json::Value;
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, Interval, interval_at},
};

/// How often a silent stream says that it is still there.
const SILENCE: Duration = Duration::from_secs(15);

/// Where events are said; each says whether anybody still reads.
pub(crate) struct Say(mpsc::Sender<Bytes>);

impl Say {
    pub(crate) async fn event(&self, name: &str, data: &Value) -> bool {
        let text = format!("event: {name}\ndata: {data}\n\n");
        self.0.send(text.into()).await.is_ok()
    }

    pub(crate) async fn that_it_is_there(&self) -> bool {
        self.0.send(Bytes::from_static(b":\n\n")).await.is_ok()
    }

    /// Ends when nobody reads any more.
    pub(crate) async fn deserted(&self) {
        self.0.closed().await;
    }
}

/// When a silent stream says that it is still there.
pub(crate) fn ticks() -> Interval {
    interval_at(Instant::now() + SILENCE, SILENCE)
}

/// A response whose body is what is said. Saying ends when nobody reads.
pub(crate) fn stream<F>(speak: impl FnOnce(Say) -> F) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    let (say, said) = mpsc::channel(4);
    let mut speaking = JoinSet::new();
    speaking.spawn(speak(Say(say)));
    let mut response = Response::new(Body::new(Said {
        said,
        _speaking: speaking,
    }));
    let mut set = |name, value| {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value))
    };
    set(header::CONTENT_TYPE, "text/event-stream");
    set(header::CACHE_CONTROL, "no-store");
    response
}

/// Whether an answer may come as a stream of events.
pub(crate) fn are_taken(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        let mut kinds = accepted
            .split(',')
            .map(|kind| kind.split(';').next().unwrap_or("").trim());
        kinds.any(|kind| kind == "text/event-stream")
    })
}

/// The body of a stream.
struct Said {
    said: mpsc::Receiver<Bytes>,
    _speaking: JoinSet<()>,
}

impl HttpBody for Said {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let said = self.said.poll_recv(context);
        said.map(|said| said.map(|bytes| Ok(Frame::data(bytes))))
    }
}
