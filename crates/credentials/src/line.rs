//! Lines of text messages over WebSocket.

use crate::{
    dialer::Stream,
    target::{Place, Target},
};
use futures_util::{SinkExt, StreamExt};
use portcullis_firewall::outside::{Awaited, Line, OutsideError};
use std::{fmt, time::Duration};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message, error::ProtocolError, http::StatusCode, protocol::WebSocketConfig,
    },
};

/// How much and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) most_bytes: usize,
    pub(crate) timeout: Duration,
    pub(crate) silence: Duration,
}

struct WebSocketLine {
    place: Place,
    socket: WebSocketStream<Box<dyn Stream>>,
    limits: Limits,
    /// The other side has been asked whether it is still there, and has not answered yet.
    asked: bool,
    over: bool,
}

impl fmt::Debug for WebSocketLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebSocketLine({})", self.place.host)
    }
}

/// Shakes hands on a stream.
pub(crate) async fn open(
    target: &Target,
    stream: Box<dyn Stream>,
    limits: Limits,
) -> Result<Box<dyn Line>, OutsideError> {
    let place = target.place.clone();
    let config = WebSocketConfig::default()
        .max_message_size(Some(limits.most_bytes))
        .max_frame_size(Some(limits.most_bytes));
    let shaken = Box::pin(client_async_with_config(
        target.whole(),
        stream,
        Some(config),
    ));
    let (socket, _) = shaken.await.map_err(|error| line_error(&place, &error))?;
    Ok(Box::new(WebSocketLine {
        place,
        socket,
        limits,
        asked: false,
        over: false,
    }))
}

impl WebSocketLine {
    async fn next_text(&mut self) -> Result<Option<String>, OutsideError> {
        while !self.over {
            let Ok(next) = timeout(self.limits.silence, self.socket.next()).await else {
                self.ask().await?;
                continue;
            };
            self.asked = false;
            match next {
                None => self.over = true,
                Some(Ok(Message::Text(text))) => return Ok(Some(text.as_str().to_owned())),
                Some(Ok(Message::Binary(_))) => {
                    return Err(self.place.unusable("it speaks in bytes, not in text"));
                }
                Some(Ok(Message::Close(_))) => {
                    self.over = true;
                    // The goodbye is a courtesy; whether it arrives changes nothing.
                    let _ = timeout(self.limits.timeout, self.socket.flush()).await;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => self.over = true,
                Some(Err(error)) => {
                    self.over = true;
                    return Err(line_error(&self.place, &error));
                }
            }
        }
        Ok(None)
    }

    /// Asks whether the other side is still there, once.
    async fn ask(&mut self) -> Result<(), OutsideError> {
        if self.asked {
            self.over = true;
            return Err(self.place.unreachable("it has fallen silent"));
        }
        self.asked = true;
        self.put(Message::Ping(Vec::new().into())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), OutsideError> {
        match timeout(self.limits.timeout, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(self.place.unreachable("the line broke")),
            Err(_) => Err(self.place.unreachable("not in time")),
        }
    }
}

impl Line for WebSocketLine {
    fn hear(&mut self) -> Awaited<'_, Option<String>> {
        Box::pin(self.next_text())
    }

    fn say(&mut self, text: String) -> Awaited<'_, ()> {
        Box::pin(self.put(Message::text(text)))
    }
}

/// In our own words: the library's may repeat the address.
fn line_error(place: &Place, error: &Error) -> OutsideError {
    match error {
        Error::Http(answer) => {
            let status = answer.status();
            let why = format_args!("it answers with status {}", status.as_u16());
            if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                place.unreachable(why)
            } else {
                place.unusable(why)
            }
        }
        Error::Protocol(
            ProtocolError::HandshakeIncomplete | ProtocolError::ResetWithoutClosingHandshake,
        ) => place.unreachable("the line broke"),
        Error::Capacity(_) => place.unusable("a message is too long"),
        Error::Protocol(_) | Error::Utf8(_) | Error::HttpFormat(_) | Error::AttackAttempt => {
            place.unusable("it does not speak WebSocket as it must")
        }
        _ => place.unreachable("the line broke"),
    }
}
