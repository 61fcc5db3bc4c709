//! What every request passes on its way in and every answer on its way out.

use crate::{
    reply::Refusal,
    request_id::{RequestId, RequestIds, X_REQUEST_ID},
    room::{Place, Room, crowded},
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::{
    convert::Infallible,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// The most requests that are answered at once. A body may hold 1 MiB, so that many fill 1 GiB.
pub const IN_FLIGHT: usize = 1_024;

/// Puts the threshold before every route of a router and before what it has no route for.
///
/// Every answer gets the request's id; every error that is not a page becomes JSON with a code.
///
/// Fails closed: a handler that panics answers 500, never a success. Whoever comes while
/// [`IN_FLIGHT`] requests are being answered gets a 429 at once: a crowd is not let in to fill the
/// memory, and nothing of its requests is read. So do agents and clients when those of their tenant
/// take half of the room, or those of all tenants three quarters.
pub fn threshold<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    ids: RequestIds,
) -> Router<S> {
    narrow(router, ids, IN_FLIGHT)
}

/// The same with room for another number of requests at once.
pub fn narrow<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    ids: RequestIds,
    in_flight: usize,
) -> Router<S> {
    router.layer(Threshold {
        ids: Arc::new(ids),
        room: Arc::new(Room::new(in_flight)),
    })
}

#[derive(Clone, Debug)]
struct Threshold {
    ids: Arc<RequestIds>,
    room: Arc<Room>,
}

impl<S> Layer<S> for Threshold {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            inner,
            ids: Arc::clone(&self.ids),
            room: Arc::clone(&self.room),
        }
    }
}

#[derive(Clone, Debug)]
struct Guarded<S> {
    inner: S,
    ids: Arc<RequestIds>,
    room: Arc<Room>,
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Passage;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Passage {
        let id = self.ids.name(request.headers());
        let Some(place) = self.room.enter() else {
            return Passage {
                answer: Box::pin(async { Ok(crowded().into_response()) }),
                id,
                _place: None,
            };
        };
        request.extensions_mut().insert(id.clone());
        request.extensions_mut().insert(Arc::clone(&place));
        // The clone is not known to be ready; the one that is goes along.
        let clone = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, clone);
        Passage {
            answer: Box::pin(async move { ready.call(request).await }),
            id,
            _place: Some(place),
        }
    }
}

/// A request on its way through.
struct Passage {
    answer: Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>,
    id: RequestId,
    /// Held until the answer is there.
    _place: Option<Arc<Place>>,
}

impl Future for Passage {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.answer.as_mut();
        let response = match catch_unwind(AssertUnwindSafe(|| answer.poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(response))) => response,
            Err(_) => {
                tracing::error!(request_id = %self.id, "a handler panicked");
                Refusal::internal().render(&self.id)
            }
        };
        Poll::Ready(Ok(finish(response, &self.id)))
    }
}

/// Gives an answer its id, and an error its body.
fn finish(response: Response, id: &RequestId) -> Response {
    let mut response = match refusal_in(&response) {
        Some(refusal) => told(response, &refusal, id),
        None => response,
    };
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.header().clone());
    let no_store = || HeaderValue::from_static("no-store");
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert_with(no_store);
    response
}

/// The refusal a handler gave, or the one that stands for a bare error status.
fn refusal_in(response: &Response) -> Option<Refusal> {
    if let Some(refusal) = response.extensions().get::<Refusal>() {
        return Some(refusal.clone());
    }
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    (is_error && is_plain(response)).then(|| Refusal::of_status(status))
}

/// Whether the body is nothing, or a text that a library wrote for developers.
fn is_plain(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// The refusal with the headers that the answer had besides.
fn told(mut response: Response, refusal: &Refusal, id: &RequestId) -> Response {
    let mut rendered = refusal.render(id);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in std::mem::take(headers) {
        match name {
            // A door may say more of how to get in than the map of refusals does.
            Some(name) if name == header::WWW_AUTHENTICATE => {
                rendered.headers_mut().insert(name, value);
            }
            Some(name) => {
                rendered.headers_mut().entry(name).or_insert(value);
            }
            None => {}
        }
    }
    rendered
}
