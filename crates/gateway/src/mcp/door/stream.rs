//! Answers that come as a stream of server-sent events, when there is something to say before them.

use crate::mcp::{
    fault::Fault,
    guest::Guest,
    message::{Request as Asked, answer},
    shop::Shop,
};
use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, header},
    response::Response,
};
use http_body::Frame;
use serde_json::Value;
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{Instant, interval_at},
};

/// How many messages wait for a client that reads slowly.
pub(super) const WAITING: usize = 64;
/// How often a silent stream says that it is still there.
const SILENCE: Duration = Duration::from_secs(15);

/// What came of a request.
type Outcome = Result<Value, Fault>;

/// The answer to a request.
pub(super) enum Answered {
    AtOnce(Outcome),
    Streamed(Response),
}

/// Answers a request: at once when nothing is said before, as a stream otherwise. It is given up
/// when nobody waits for the answer any more; what was begun behind the gate goes on.
pub(super) async fn answered(
    shop: Arc<Shop>,
    guest: Guest,
    request: Asked,
    mut told: mpsc::Receiver<Value>,
) -> Answered {
    let (id, mut answering) = (request.id.clone(), JoinSet::new());
    answering.spawn(async move { shop.answer(&guest, &request).await });
    let first = tokio::select! {
        biased;
        Some(first) = told.recv() => first,
        done = answering.join_next() => {
            let outcome = outcome(done);
            // What was said before the answer comes before it.
            let Ok(first) = told.try_recv() else {
                return Answered::AtOnce(outcome);
            };
            answering.spawn(async move { outcome });
            first
        }
    };
    Answered::Streamed(stream(move |say| async move {
        if say.event(&first).await {
            relay(&say, told, answering, &id).await;
        }
    }))
}

fn outcome(done: Option<Result<Outcome, JoinError>>) -> Outcome {
    match done {
        Some(Ok(outcome)) => outcome,
        _ => Err(Fault::inside("the gate broke while answering")),
    }
}

/// Passes on what is said, and the answer after it.
async fn relay(
    say: &Say,
    mut told: mpsc::Receiver<Value>,
    mut answering: JoinSet<Outcome>,
    id: &Value,
) {
    let mut ticks = interval_at(Instant::now() + SILENCE, SILENCE);
    let done = loop {
        let goes_on = tokio::select! {
            biased;
            Some(message) = told.recv() => say.event(&message).await,
            done = answering.join_next() => break outcome(done),
            _ = ticks.tick() => say.that_it_is_there().await,
            () = say.0.closed() => false,
        };
        if !goes_on {
            return;
        }
    };
    while let Ok(message) = told.try_recv() {
        if !say.event(&message).await {
            return;
        }
    }
    say.event(&answer(id, done)).await;
}

/// The stream of what changes, for a client after its handshake.
pub(super) fn of_news(shop: Arc<Shop>, guest: Guest, mut told: mpsc::Receiver<Value>) -> Response {
    stream(move |say| async move {
        let mut telling = JoinSet::new();
        telling.spawn(async move { shop.tell_news(&guest).await });
        let mut ticks = interval_at(Instant::now() + SILENCE, SILENCE);
        let mut goes_on = true;
        while goes_on {
            goes_on = tokio::select! {
                Some(message) = told.recv() => say.event(&message).await,
                _ = ticks.tick() => say.that_it_is_there().await,
                _ = telling.join_next() => false,
                () = say.0.closed() => false,
            };
        }
    })
}

/// Where events are said; each says whether anybody still reads.
struct Say(mpsc::Sender<Bytes>);

impl Say {
    async fn event(&self, message: &Value) -> bool {
        let text = format!("event: message\ndata: {message}\n\n");
        self.0.send(text.into()).await.is_ok()
    }

    async fn that_it_is_there(&self) -> bool {
        self.0.send(Bytes::from_static(b":\n\n")).await.is_ok()
    }
}

/// A response whose body is what is said. Saying ends when nobody reads.
fn stream<F>(speak: impl FnOnce(Say) -> F) -> Response
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
