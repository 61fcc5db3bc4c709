//! Handing out the rules that judge an agent, so that it need not ask in vain.

use super::rations::Rations;
use crate::http::schema::{EnvelopeShape, ErrorReply};
use axum::{
    Router,
    extract::{FromRef, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use portcullis_door::{
    caller::Caller,
    reply::{Refusal, Reply, json},
};
use portcullis_firewall::firewall::Firewall;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// The gate, and who was given copies of late.
#[derive(Clone, Debug)]
pub(in crate::http) struct Shelf {
    firewall: Arc<Firewall>,
    rations: Arc<Mutex<Rations>>,
}

/// The route, with counts of its own.
pub(super) fn router(firewall: Firewall) -> Router {
    let shelf = Shelf {
        firewall: Arc::new(firewall),
        rations: Arc::default(),
    };
    let route = Router::new().route("/v1/rules", get(rules));
    route.with_state(shelf)
}

impl FromRef<Shelf> for Arc<Firewall> {
    fn from_ref(shelf: &Shelf) -> Self {
        Self::clone(&shelf.firewall)
    }
}

/// The rules that judge the caller's own agent, signed; what they surely refuse need not be asked.
///
/// The answer is a DSSE envelope of type `application/vnd.portcullis.rules.v1+json`. It permits
/// nothing, and the gate judges every action all the same. A key gets 30 copies in a minute; that
/// the copy at hand is still the one is said as often as it is asked.
#[utoipa::path(
    get,
    path = "/v1/rules",
    tag = "agents",
    params(("If-None-Match" = Option<String>, Header, description = "The tag of the copy at hand")),
    responses(
        (status = 200, description = "A signed copy, with its tag in `ETag`", body = EnvelopeShape),
        (status = 304, description = "The copy with this tag is still the one"),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not the key of one agent", body = ErrorReply),
        (status = 429, description = "This key had its copies for now: ask about every action", body = ErrorReply),
        (status = 503, description = "There is none now: ask about every action", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn rules(
    State(shelf): State<Shelf>,
    caller: Caller,
    headers: HeaderMap,
) -> Reply {
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|tag| tag.to_str().ok()).map(str::trim);
    let (tag, news) = shelf.firewall.rule_copy(&caller.principal, known).await?;
    let Some(unmade) = news else {
        return tagged(StatusCode::NOT_MODIFIED.into_response(), &tag);
    };
    shelf.ration(&caller.principal.key)?;
    tagged(
        json(StatusCode::OK, &shelf.firewall.signed_copy(unmade)?),
        &tag,
    )
}

impl Shelf {
    /// Takes one of the copies that are due to a key.
    fn ration(&self, key: &str) -> Result<(), Refusal> {
        let mut rations = self.rations.lock().unwrap_or_else(PoisonError::into_inner);
        if rations.take(key, Instant::now()) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate.limited",
            "too many copies of the rules; ask about every action, and for a copy in a minute",
        ))
    }
}

fn tagged(mut answer: Response, tag: &str) -> Reply {
    let tag = HeaderValue::from_str(tag).map_err(|_| Refusal::internal())?;
    answer.headers_mut().insert(header::ETAG, tag);
    Ok(answer)
}
