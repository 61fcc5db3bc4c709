//! Talking with a server behind the gate, which may be broken or hostile.

mod greeting;
mod http;
mod line;
mod reply;

pub(super) use greeting::{Greeted, discover, greet};
pub(super) use http::HttpLink;
pub(super) use line::LineLink;

use super::{
    era::{META_CLIENT, META_VERSION, STATELESS},
    listener::Listener,
    news::News,
};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::sync::broadcast;

/// Why a server gave no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum UpstreamError {
    /// It was not asked.
    #[error("the server was not asked: {0}")]
    NotAsked(String),
    /// It refused.
    #[error("the server refused: {message}")]
    Refused {
        /// Its code.
        code: i64,
        /// Its text.
        message: String,
        /// What it says besides.
        data: Option<Value>,
    },
    /// It was asked, and nobody knows what came of it.
    #[error("the server was asked, and it is not known what came of it: {0}")]
    Unknown(String),
}

/// What goes along with a request besides its parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Along {
    /// Who hears what the server says meanwhile; nobody when the gate asks for itself.
    pub(super) listener: Option<Listener>,
    /// More headers, for a server over HTTP.
    pub(super) headers: Vec<(String, String)>,
}

/// A way to a server.
#[derive(Debug)]
pub(super) enum Link {
    /// A program's standard input and output.
    Line(LineLink),
    /// Streamable HTTP.
    Http(HttpLink),
}

impl Link {
    /// Asks for something, and waits so long for the answer.
    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        patience: Duration,
        along: Along,
    ) -> Result<Value, UpstreamError> {
        match self {
            Self::Line(line) => line.ask(method, params, patience, along.listener).await,
            Self::Http(http) => http.ask(method, params, patience, along).await,
        }
    }

    /// Tells something that has no answer.
    pub(super) async fn tell(&self, method: &str) {
        match self {
            Self::Line(line) => line.tell(method, Map::new()).await,
            Self::Http(http) => http.tell(method).await,
        }
    }

    /// Whether nothing can be asked any more.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Line(line) => line.is_over(),
            Self::Http(http) => http.is_over(),
        }
    }

    /// Whether the server said that its lists have changed; asked once for each saying.
    pub(super) fn takes_news(&self) -> bool {
        match self {
            Self::Line(line) => line.takes_news(),
            Self::Http(http) => http.takes_news(),
        }
    }

    /// Whatever the server says has changed from now on.
    pub(super) async fn news(&self) -> broadcast::Receiver<News> {
        match self {
            Self::Line(line) => line.news(),
            Self::Http(http) => http.news().await,
        }
    }
}

/// Makes a request self-contained, by what is said of the client and more.
pub(super) fn contained(
    mut params: Map<String, Value>,
    capabilities: Value,
    more: Map<String, Value>,
) -> Map<String, Value> {
    let mut meta = more;
    meta.insert(META_VERSION.to_owned(), STATELESS.into());
    meta.insert(META_CLIENT.to_owned(), capabilities);
    meta.insert("io.modelcontextprotocol/clientInfo".to_owned(), client());
    params.insert("_meta".to_owned(), Value::Object(meta));
    params
}

/// How the gate calls itself.
pub(super) fn client() -> Value {
    json!({"name": "portcullis", "version": env!("CARGO_PKG_VERSION")})
}
