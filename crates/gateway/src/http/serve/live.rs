//! What an action says while it runs, as a stream of events before the answer.

use crate::events::{self, Say};
use axum::http::StatusCode;
use portcullis_door::{
    reply::{Refusal, Reply, json_bytes},
    request_id::RequestId,
};
use portcullis_firewall::{
    error::GateError,
    firewall::Firewall,
    hands::Hands,
    live::{Hearing, Live, Said, Stream},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// The answer's JSON, or why there is none.
type Outcome = Result<Vec<u8>, GateError>;

/// Has something done that may say something before its answer. When it says nothing the answer is
/// an ordinary one; else it is the last of a stream of events.
///
/// A command whose caller has gone away is interrupted, as on a terminal that is hung up.
pub(super) async fn answered<W>(
    firewall: &Firewall,
    id: &RequestId,
    work: impl FnOnce(Hands) -> W,
) -> Reply
where
    W: Future<Output = Outcome> + Send + 'static,
{
    let (live, mut hearing) = Live::channel();
    let mut working = JoinSet::new();
    working.spawn(work(firewall.hands_heard(live)));
    let Some(first) = hearing.hear().await else {
        let bytes = outcome(&mut working).await?;
        return Ok(json_bytes(StatusCode::OK, bytes));
    };
    let id = id.clone();
    Ok(events::stream(move |say| async move {
        if tell(&say, &first).await {
            relay(&say, hearing, working, &id).await;
        }
    }))
}

async fn outcome(working: &mut JoinSet<Outcome>) -> Outcome {
    let broke = || GateError::Unavailable("the gate broke while it acted".to_owned());
    match working.join_next().await {
        Some(Ok(outcome)) => outcome,
        _ => Err(broke()),
    }
}

/// Passes on what is said, and the answer after it.
async fn relay(say: &Say, mut hearing: Hearing, mut working: JoinSet<Outcome>, id: &RequestId) {
    let mut ticks = events::ticks();
    loop {
        let goes_on = tokio::select! {
            biased;
            said = hearing.hear() => match said {
                Some(said) => tell(say, &said).await,
                None => break,
            },
            _ = ticks.tick() => say.that_it_is_there().await,
            () = say.deserted() => false,
        };
        if !goes_on {
            return;
        }
    }
    let (name, bytes) = match outcome(&mut working).await {
        Ok(bytes) => ("answer", bytes),
        Err(error) => ("error", Refusal::from(error).to_json(id)),
    };
    // What was rendered just now is JSON.
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    say.event(name, &body).await;
}

async fn tell(say: &Say, said: &Said) -> bool {
    let (name, data) = match said {
        Said::Begun(at) => ("begun", json!({ "command": at })),
        Said::Text(stream, text) => {
            let stream = match stream {
                Stream::Out => "out",
                Stream::Err => "err",
            };
            ("output", json!({ "stream": stream, "text": text }))
        }
        Said::Code(code) => ("ended", json!({ "code": code })),
        Said::Missed(pieces) => ("missed", json!({ "pieces": pieces })),
    };
    say.event(name, &data).await
}
