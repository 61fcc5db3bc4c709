//! Says that something changed (server-sent events); what did is for a page to show.

use super::{answer::Refused, seat::Seated};
use crate::{
    console::{
        desk::{Desk, Place},
        paths,
    },
    rights::Gate,
};
use axum::{
    Extension, Router,
    extract::State,
    http::StatusCode,
    response::sse::{Event, KeepAlive, Sse},
    routing::get,
};
use futures_util::stream::{Stream, unfold};
use portcullis_door::reply::Refusal;
use portcullis_firewall::error::GateError;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{sync::watch, time};

/// News of so long are told as one.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked whether somebody is still signed in when nothing happens.
const LOOK: Duration = Duration::from_secs(15);

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::EVENTS, get(listen))
}

/// One who listens; gone, they make room.
struct Listener {
    gate: Gate,
    secret: String,
    news: watch::Receiver<u64>,
    shutting: watch::Receiver<bool>,
    _place: Place,
}

async fn listen(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    let nobody = || GateError::Forbidden("only a person listens".to_owned());
    let person = seat.principal.person.as_ref().ok_or_else(nobody)?;
    let place = desk.listeners.place(&seat.principal.tenant, &person.id);
    let place = place.ok_or_else(|| Refusal::of_status(StatusCode::TOO_MANY_REQUESTS))?;
    let mut news = gate.news_of(&seat.principal.tenant)?;
    // What happened between the making of the page and this call would never be told.
    news.mark_changed();
    let secret = seat.secret;
    let listener = Listener {
        gate,
        secret,
        news,
        shutting: desk.parts.shutting.clone(),
        _place: place,
    };
    let events = unfold(listener, |mut listener| async move {
        let told = listener.next().await?;
        Some((Ok(told), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

impl Listener {
    /// The next news; none when the sign-in has ended or the gate shuts.
    async fn next(&mut self) -> Option<Event> {
        loop {
            self.gate.signed_in(&self.secret)?;
            tokio::select! {
                _ = self.shutting.wait_for(|shuts| *shuts) => return None,
                news = time::timeout(LOOK, self.news.changed()) => match news {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return None,
                    Err(_) => continue,
                },
            }
            time::sleep(PAUSE).await;
            self.news.mark_unchanged();
            self.gate.signed_in(&self.secret)?;
            return Some(Event::default().event("changed").data("1"));
        }
    }
}
