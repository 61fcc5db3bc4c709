//! Connections whose answer has ended, kept a moment for the next request to the same place.

use crate::target::Target;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1::SendRequest,
};
use portcullis_firewall::outside::Reach;
use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};

/// How long one is kept. Shorter than any usual server waits: a request that meets the end of its
/// connection may have been taken, and nobody could tell.
const REST: Duration = Duration::from_secs(1);
/// How many are kept for one place.
const MOST: usize = 64;

/// What is sent on a connection.
pub(crate) type Body = http_body_util::Full<Bytes>;

/// A connection that is spoken on.
pub(crate) struct Connection {
    pub(crate) sender: SendRequest<Body>,
    /// What moves the bytes; the connection ends when this is dropped.
    pub(crate) _driver: JoinSet<hyper::Result<()>>,
}

impl Connection {
    /// Sends a request; gives it back when nothing of it was sent.
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, (hyper::Error, Option<Request<Body>>)> {
        self.sender
            .try_send_request(request)
            .await
            .map_err(|mut refused| {
                let unsent = refused.take_message();
                (refused.into_error(), unsent)
            })
    }
}

/// Where a connection leads. What may be called differs by reach, so that a connection opened under
/// one is never used under another.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Way {
    origin: String,
    tls: bool,
    public: bool,
}

impl Way {
    pub(crate) fn to(target: &Target, reach: Reach) -> Self {
        Self {
            origin: target.place.origin().to_owned(),
            tls: target.tls,
            public: reach == Reach::Public,
        }
    }
}

/// The connections that wait.
#[derive(Default)]
pub(crate) struct Idle(Mutex<HashMap<Way, Vec<(Instant, Connection)>>>);

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Idle")
    }
}

impl Idle {
    /// One that leads there and can take a request, the one that waited least.
    pub(crate) fn take(&self, way: &Way) -> Option<Connection> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sweep(&mut waiting);
        let there = waiting.get_mut(way)?;
        while let Some((_, connection)) = there.pop() {
            if connection.sender.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps one whose answer was read to its end.
    pub(crate) fn keep(&self, way: Way, connection: Connection) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sweep(&mut waiting);
        let there = waiting.entry(way).or_default();
        if there.len() < MOST {
            there.push((Instant::now(), connection));
        }
    }
}

/// Ends those that waited too long, whatever they lead to.
fn sweep(waiting: &mut HashMap<Way, Vec<(Instant, Connection)>>) {
    waiting.retain(|_, there| {
        there.retain(|(since, _)| since.elapsed() < REST);
        !there.is_empty()
    });
}
