//! Answers that come as a stream of server-sent events, when there is something to say before them.

use crate::events::{Say, stream, ticks};
use crate::mcp::{
    fault::Fault,
    guest::Guest,
    message::{Request as Asked, answer},
    shop::Shop,
};
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};

/// How many messages wait for a client that reads slowly.
pub(super) const WAITING: usize = 64;
/// What every event is called.
const MESSAGE: &str = "message";

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
        if say.event(MESSAGE, &first).await {
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
    let mut ticks = ticks();
    let done = loop {
        let goes_on = tokio::select! {
            biased;
            Some(message) = told.recv() => say.event(MESSAGE, &message).await,
            done = answering.join_next() => break outcome(done),
            _ = ticks.tick() => say.that_it_is_there().await,
            () = say.deserted() => false,
        };
        if !goes_on {
            return;
        }
    };
    while let Ok(message) = told.try_recv() {
        if !say.event(MESSAGE, &message).await {
            return;
        }
    }
    say.event(MESSAGE, &answer(id, done)).await;
}

/// The stream of what changes, for a client after its handshake.
pub(super) fn of_news(shop: Arc<Shop>, guest: Guest, mut told: mpsc::Receiver<Value>) -> Response {
    stream(move |say| async move {
        let mut telling = JoinSet::new();
        telling.spawn(async move { shop.tell_news(&guest).await });
        let mut ticks = ticks();
        let mut goes_on = true;
        while goes_on {
            goes_on = tokio::select! {
                Some(message) = told.recv() => say.event(MESSAGE, &message).await,
                _ = ticks.tick() => say.that_it_is_there().await,
                _ = telling.join_next() => false,
                () = say.deserted() => false,
            };
        }
    })
}
