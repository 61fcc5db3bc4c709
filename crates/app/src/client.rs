//! Asking a served gate over HTTP.

mod address;
mod events;
mod refusal;
mod way;

pub(crate) use address::{Query, escaped};
pub(crate) use events::{Answer, Events};
pub(crate) use refusal::{ClientError, Refusal};
pub(crate) use way::Trust;

use address::Address;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HOST, HeaderName, HeaderValue, IF_NONE_MATCH},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use way::Way;

/// How long connecting may take.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long an answer may take to begin; verifying a long chain takes a while.
const ANSWER_TIME: Duration = Duration::from_secs(600);
/// The most of an answer that is taken as a whole.
const ANSWER_MAX_BYTES: usize = 256 << 20;

/// A gate's address and the credential to knock with.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    address: Address,
    token: Option<HeaderValue>,
    key_id: Option<String>,
    way: Way,
}

/// What to ask besides method and path.
#[derive(Debug, Default)]
pub(crate) struct Ask<'a> {
    /// The body, usually JSON.
    pub(crate) body: Option<String>,
    /// A key that makes sending again safe.
    pub(crate) idempotency_key: Option<&'a str>,
    /// The tag of what is known already.
    pub(crate) known: Option<&'a str>,
    /// Headers of a protocol of its own, by their lower-case names.
    pub(crate) headers: &'a [(&'static str, &'a str)],
}

impl Ask<'_> {
    /// A body of JSON.
    #[must_use]
    pub(crate) fn json(body: &Value) -> Self {
        Self {
            body: Some(body.to_string()),
            ..Self::default()
        }
    }
}

impl Client {
    /// A client for a gate of this machine, or behind TLS that the system trusts; with a credential
    /// when there is one.
    ///
    /// # Errors
    /// As [`Client::trusting`].
    pub(crate) fn new(url: &str, token: Option<&str>) -> anyhow::Result<Self> {
        Self::trusting(url, token, &Trust::default())
    }

    /// The same, trusting what the user says.
    ///
    /// # Errors
    /// When the URL is none, or leads to another machine without TLS; when the token holds something
    /// that no header may; when the authorities cannot be read.
    pub(crate) fn trusting(url: &str, token: Option<&str>, trust: &Trust) -> anyhow::Result<Self> {
        let address = Address::parse(url)?;
        let way = Way::to(&address, trust)?;
        let key_id = token.and_then(key_id);
        let token = token
            .map(|token| {
                let mut value = HeaderValue::try_from(format!("Bearer {}", token.trim()))
                    .map_err(|_| anyhow::anyhow!("the token holds characters that no token has"))?;
                value.set_sensitive(true);
                Ok::<_, anyhow::Error>(value)
            })
            .transpose()?;
        Ok(Self {
            address,
            token,
            key_id,
            way,
        })
    }

    /// The gate's address.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.address.url
    }

    /// The id of the credential, `key_…`; `None` without one, or with one that no gate gave.
    #[must_use]
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Reads something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.ask(Method::GET, path, Ask::default()).await
    }

    /// Sends something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.ask(Method::POST, path, Ask::json(body)).await
    }

    /// Asks for something, and takes the answer as JSON.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        ask: Ask<'_>,
    ) -> Result<Value, ClientError> {
        let bytes = self.bytes(method, path, ask).await?;
        serde_json::from_slice(&bytes).map_err(|error| ClientError::Unreadable(error.to_string()))
    }

    /// Reads something with its tag, unless the tag that is known is still the one.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn news(
        &self,
        path: &str,
        known: Option<&str>,
    ) -> Result<Option<(Value, Option<String>)>, ClientError> {
        let ask = Ask {
            known,
            ..Ask::default()
        };
        let response = match self.send(Method::GET, path, ask).await {
            Err(ClientError::Refused(refusal)) if refusal.status == 304 => return Ok(None),
            response => response?,
        };
        let tag = response.headers().get(ETAG);
        let tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let value = serde_json::from_slice(&whole(response).await?);
        let value = value.map_err(|error| ClientError::Unreadable(error.to_string()))?;
        Ok(Some((value, tag)))
    }

    /// Asks for something, and takes the answer as text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn text(&self, path: &str) -> Result<String, ClientError> {
        let bytes = self.bytes(Method::GET, path, Ask::default()).await?;
        String::from_utf8(bytes.into()).map_err(|error| ClientError::Unreadable(error.to_string()))
    }

    /// Asks for something, and hands the answer on piece by piece as it comes; its length.
    ///
    /// # Errors
    /// [`ClientError`], or when a piece cannot be handed on.
    pub(crate) async fn pour(
        &self,
        path: &str,
        mut into: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> anyhow::Result<u64> {
        let mut body = self
            .send(Method::GET, path, Ask::default())
            .await?
            .into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| ClientError::Unreadable(error.to_string()))?;
            if let Some(piece) = frame.data_ref() {
                into(piece)?;
                length += piece.len() as u64;
            }
        }
        Ok(length)
    }

    async fn bytes(&self, method: Method, path: &str, ask: Ask<'_>) -> Result<Bytes, ClientError> {
        whole(self.send(method, path, ask).await?).await
    }

    /// Sends a request, and waits for an answer that is no refusal.
    async fn send(
        &self,
        method: Method,
        path: &str,
        ask: Ask<'_>,
    ) -> Result<Response<Incoming>, ClientError> {
        let request = self.request(method, path, ask)?;
        let sent = tokio::time::timeout(ANSWER_TIME, self.exchange(request)).await;
        let late = || io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
        let response = sent.map_err(|_| self.unreachable(late()))??;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        Err(ClientError::Refused(Refusal::read(
            status,
            &whole(response).await?,
        )))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, ClientError> {
        let connecting = TcpStream::connect((self.address.host.as_str(), self.address.port));
        let late = || io::Error::new(io::ErrorKind::TimedOut, "no connection in time");
        let stream = tokio::time::timeout(CONNECT_TIME, connecting)
            .await
            .unwrap_or_else(|_| Err(late()))
            .map_err(|error| self.unreachable(error))?;
        // Small requests go at once; a failure only makes them slower.
        let _ = stream.set_nodelay(true);
        match &self.way {
            Way::Plain => self.converse(stream, request).await,
            Way::Encrypted(tls) => {
                let opening = tls.over(&self.address.host, stream);
                let stream = tokio::time::timeout(CONNECT_TIME, opening)
                    .await
                    .unwrap_or_else(|_| Err(late()))
                    .map_err(|error| self.unreachable(error))?;
                self.converse(stream, request).await
            }
        }
    }

    async fn converse(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, ClientError> {
        let broken = |error: hyper::Error| self.unreachable(io::Error::other(error));
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        tokio::spawn(connection);
        sender.send_request(request).await.map_err(broken)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        ask: Ask<'_>,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let body = ask.body.map_or_else(Bytes::new, Bytes::from);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address.prefix))
            .header(HOST, &self.address.authority)
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        if let Some(key) = ask.idempotency_key {
            request = request.header(HeaderName::from_static("idempotency-key"), key);
        }
        if let Some(tag) = ask.known {
            request = request.header(IF_NONE_MATCH, tag);
        }
        for (name, value) in ask.headers {
            request = request.header(HeaderName::from_static(name), *value);
        }
        request
            .body(Full::new(body))
            .map_err(|error| ClientError::Unaskable(error.to_string()))
    }

    fn unreachable(&self, source: io::Error) -> ClientError {
        ClientError::Unreachable {
            url: self.address.url.clone(),
            source,
        }
    }
}

/// The id of the credential that a token belongs to.
fn key_id(token: &str) -> Option<String> {
    let (id, _) = token.trim().strip_prefix("pcl_")?.split_once('_')?;
    let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then(|| format!("key_{id}"))
}

/// All of an answer's body.
async fn whole(response: Response<Incoming>) -> Result<Bytes, ClientError> {
    let body = http_body_util::Limited::new(response.into_body(), ANSWER_MAX_BYTES);
    let collected = body.collect().await;
    collected
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| ClientError::Unreadable(error.to_string()))
}
