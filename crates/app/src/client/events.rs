//! Answers that come as a stream of server-sent events (HTML standard, 9.2).

use super::{ANSWER_MAX_BYTES, Ask, Client, ClientError, whole};
use http_body_util::BodyExt;
use hyper::{
    Method,
    body::{Bytes, Incoming},
    header::CONTENT_TYPE,
};
use serde_json::Value;

/// An answer that may say something before its end.
pub(crate) enum Answer {
    /// The whole of it.
    Whole(Value),
    /// Events, the last of them the answer.
    Events(Events),
}

/// Events as they come.
pub(crate) struct Events {
    body: Incoming,
    read: Vec<u8>,
}

/// One event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Event {
    /// Its name.
    pub(crate) name: String,
    /// What it says.
    pub(crate) data: Value,
}

impl Client {
    /// Sends something whose answer may come as events.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn hear(&self, path: &str, body: &Value) -> Result<Answer, ClientError> {
        let ask = Ask {
            headers: &[("accept", "application/json, text/event-stream")],
            ..Ask::json(body)
        };
        let response = self.send(Method::POST, path, ask).await?;
        let kind = response.headers().get(CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
            let (body, read) = (response.into_body(), Vec::new());
            return Ok(Answer::Events(Events { body, read }));
        }
        let value = serde_json::from_slice(&whole(response).await?);
        let value = value.map_err(|error| ClientError::Unreadable(error.to_string()))?;
        Ok(Answer::Whole(value))
    }
}

impl Events {
    /// The next event; `None` at the end.
    ///
    /// # Errors
    /// [`ClientError::Unreadable`] when the stream breaks off or cannot be read.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, ClientError> {
        loop {
            if let Some(event) = taken(&mut self.read)? {
                return Ok(Some(event));
            }
            if self.read.len() > ANSWER_MAX_BYTES {
                return Err(ClientError::Unreadable("an event has no end".to_owned()));
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(Ok(frame)) => {
                    let bytes = frame.into_data().unwrap_or_else(|_| Bytes::new());
                    self.read.extend_from_slice(&bytes);
                }
                Some(Err(error)) => return Err(ClientError::Unreadable(error.to_string())),
            }
        }
    }
}

/// Takes the first whole event; what only says that the stream is there is passed over.
fn taken(read: &mut Vec<u8>) -> Result<Option<Event>, ClientError> {
    while let Some(end) = read.windows(2).position(|pair| pair == b"\n\n") {
        let block: Vec<u8> = read.drain(..end + 2).collect();
        let block = String::from_utf8_lossy(&block);
        let field = |name: &str| {
            let mut lines = block.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        if let (Some(name), Some(data)) = (field("event"), field("data")) {
            let data = serde_json::from_str(data)
                .map_err(|error| ClientError::Unreadable(error.to_string()))?;
            let name = name.to_owned();
            return Ok(Some(Event { name, data }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{Event, taken};
    use serde_json::json;

    #[test]
    fn events_are_taken_one_by_one_however_they_are_cut() {
        let whole = b":\n\nevent: output\ndata: {\"text\":\"a\"}\n\nevent: answer\ndata: 1\n\n";
        let mut read = Vec::new();
        let mut found = Vec::new();
        for byte in whole {
            read.push(*byte);
            found.extend(taken(&mut read).unwrap());
        }
        let event = |name: &str, data| Event {
            name: name.to_owned(),
            data,
        };
        let output = event("output", json!({ "text": "a" }));
        assert_eq!(found, [output, event("answer", json!(1))]);
        assert!(read.is_empty());
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        assert!(taken(&mut b"event: answer\ndata: {\n\n".to_vec()).is_err());
    }
}
