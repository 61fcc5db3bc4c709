//! The stand-in on a port of this machine, for programs of their own.

use super::StandInSlack;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::io;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_tungstenite::tungstenite::{
    Message,
    handshake::server::{ErrorResponse, Request, Response},
};

/// The most bytes of a request.
const REQUEST_MAX: usize = 4 << 20;

/// A stand-in that listens; it stops when this is dropped.
#[derive(Debug)]
pub struct SlackServer {
    /// Where its methods are, ending in `/`.
    pub base_url: String,
    task: JoinHandle<()>,
}

impl Drop for SlackServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandInSlack {
    /// Listens on a free port of this machine.
    ///
    /// # Panics
    /// When there is none.
    pub async fn serve(&self) -> SlackServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let (slack, link) = (self.clone(), format!("ws://{at}/link/"));
        let task = tokio::spawn(async move {
            let mut guests = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while guests.try_join_next().is_some() {}
                let (slack, link) = (slack.clone(), link.clone());
                // A guest that breaks off is none of the others' business.
                guests.spawn(async move { drop(slack.receive(stream, &link).await) });
            }
        });
        SlackServer {
            base_url: format!("http://{at}/api/"),
            task,
        }
    }

    async fn receive(&self, stream: TcpStream, link: &str) -> io::Result<()> {
        let mut start = [0; 10];
        while stream.peek(&mut start).await? < start.len() {
            tokio::task::yield_now().await;
        }
        if start.starts_with(b"GET /link/") {
            self.converse(stream).await.map_err(io::Error::other)
        } else {
            self.answer(stream, link).await
        }
    }

    /// One request over HTTP, then goodbye.
    async fn answer(&self, mut stream: TcpStream, link: &str) -> io::Result<()> {
        let mut request = Vec::new();
        let head = loop {
            if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if request.len() > REQUEST_MAX || stream.read_buf(&mut request).await? == 0 {
                return Ok(());
            }
        };
        let text = String::from_utf8_lossy(request.get(..head).unwrap_or_default()).into_owned();
        let length: usize = header(&text, "content-length").parse().unwrap_or(0);
        let whole = head
            .saturating_add(4)
            .saturating_add(length.min(REQUEST_MAX));
        while request.len() < whole {
            if stream.read_buf(&mut request).await? == 0 {
                return Ok(());
            }
        }
        let body = request.get(head.saturating_add(4)..).unwrap_or_default();
        let path = text.split(' ').nth(1).unwrap_or_default();
        let method = path.strip_prefix("/api/").unwrap_or_default();
        let shown = header(&text, "authorization");
        let body = read_body(&text, body);
        let origin = format!("http://{}", stream.local_addr()?);
        let answered = match self.introduce((&origin, path), &shown, &body) {
            Some(page) => Some((200, Vec::new(), page)),
            None => {
                let token = shown.strip_prefix("Bearer ").unwrap_or_default();
                self.call(method, token, &body, link)
            }
        };
        let Some((status, headers, answer)) = answered else {
            return Ok(());
        };
        let answer = answer.to_string();
        let mut reply = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {}\r\n",
            answer.len()
        );
        for (name, value) in headers {
            reply.push_str(&format!("{name}: {value}\r\n"));
        }
        reply.push_str("\r\n");
        reply.push_str(&answer);
        stream.write_all(reply.as_bytes()).await?;
        stream.shutdown().await
    }

    /// A line of Socket Mode.
    async fn converse(
        &self,
        stream: TcpStream,
    ) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        let mut opened = None;
        #[expect(clippy::result_large_err, reason = "the handshake's own type")]
        let greet = |request: &Request, response: Response| {
            let query = request.uri().query().unwrap_or_default();
            let ticket = query.strip_prefix("ticket=").unwrap_or_default();
            opened = self.open_line(ticket);
            let gone = || ErrorResponse::new(Some("the address is not good any more".to_owned()));
            if opened.is_some() {
                Ok(response)
            } else {
                Err(gone())
            }
        };
        let socket = tokio_tungstenite::accept_hdr_async(stream, greet).await?;
        let Some((id, mut hear)) = opened else {
            return Ok(());
        };
        let (mut say, mut said) = socket.split();
        loop {
            tokio::select! {
                text = hear.recv() => match text {
                    Some(text) => say.send(Message::text(text)).await?,
                    None => break,
                },
                message = said.next() => match message {
                    Some(Ok(Message::Text(text))) => self.hear(text.as_str()),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => say.flush().await?,
                },
            }
        }
        self.forget_line(id);
        say.close().await
    }
}

fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
    found
        .next()
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// Clients send JSON, or a form whose members are JSON or words.
fn read_body(head: &str, body: &[u8]) -> Value {
    if header(head, "content-type").starts_with("application/json") {
        return serde_json::from_slice(body).unwrap_or_default();
    }
    let members = form_urlencoded::parse(body).map(|(name, value)| {
        let value = match value.chars().next() {
            Some('{' | '[') => serde_json::from_str(&value).unwrap_or_default(),
            _ => Value::String(value.into_owned()),
        };
        (name.into_owned(), value)
    });
    Value::Object(members.collect())
}
