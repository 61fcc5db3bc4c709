//! Handing out the rules that judge an agent, so that it need not ask in vain.

use crate::{
    desk::Desk,
    http::schema::{EnvelopeShape, ErrorReply},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use portcullis_door::{
    caller::Caller,
    reply::{Refusal, Reply, json},
};

/// The rules that judge the caller's own agent, signed; what they surely refuse need not be asked.
///
/// The answer is a DSSE envelope of type `application/vnd.portcullis.rules.v1+json`. It permits
/// nothing, and the gate judges every action all the same.
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
        (status = 503, description = "There is none now: ask about every action", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn rules(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
) -> Reply {
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|tag| tag.to_str().ok()).map(str::trim);
    let (tag, envelope) = desk.firewall.rule_copy(&caller.principal, known).await?;
    let answer = match envelope {
        Some(envelope) => json(StatusCode::OK, &envelope),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    tagged(answer, &tag)
}

fn tagged(mut answer: Response, tag: &str) -> Reply {
    let tag = HeaderValue::from_str(tag).map_err(|_| Refusal::internal())?;
    answer.headers_mut().insert(header::ETAG, tag);
    Ok(answer)
}
