//! A small HTTP server: it answers every request with the same bytes, and tells what it heard.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// How many requests it takes at most.
const MOST_REQUESTS: usize = 20;

/// What comes back.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// These bytes, and then the end.
    Bytes(Vec<u8>),
    /// These bytes, and then the next request.
    Lasting(&'static str),
    /// Nothing, for ever.
    Silence,
    /// These bytes, and then one byte after the other, for ever.
    Trickle(&'static [u8]),
}

impl Answer {
    pub(crate) fn text(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    pub(crate) fn empty() -> Self {
        Self::text("HTTP/1.1 204 No Content\r\n\r\n")
    }
}

/// Stops when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heard: UnboundedReceiver<String>,
    guests: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn plain(answer: Answer) -> Self {
        Self::start(answer, None).await
    }

    /// Answers one request after the other on a connection.
    pub(crate) async fn lasting(answer: &'static str) -> Self {
        Self::start(Answer::Lasting(answer), None).await
    }

    /// How many connections were opened.
    pub(crate) fn guests(&self) -> usize {
        self.guests.load(Ordering::SeqCst)
    }

    pub(crate) async fn encrypted(answer: Answer, acceptor: TlsAcceptor) -> Self {
        Self::start(answer, Some(acceptor)).await
    }

    async fn start(answer: Answer, acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, heard) = unbounded_channel();
        let mut tasks = JoinSet::new();
        let answer = Arc::new(answer);
        let counted = Arc::new(AtomicUsize::new(0));
        let guests_so_far = Arc::clone(&counted);
        tasks.spawn(async move {
            let mut guests = JoinSet::new();
            for _ in 0..MOST_REQUESTS {
                let (stream, _) = listener.accept().await.unwrap();
                guests_so_far.fetch_add(1, Ordering::SeqCst);
                let (tell, answer, acceptor) = (tell.clone(), answer.clone(), acceptor.clone());
                guests.spawn(async move {
                    match acceptor {
                        None => converse(stream, &answer, &tell).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                converse(stream, &answer, &tell).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            heard,
            guests: counted,
            _tasks: tasks,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything it was asked so far.
    pub(crate) fn heard(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        while let Ok(one) = self.heard.try_recv() {
            all.push(one);
        }
        all
    }
}

async fn converse<S>(mut stream: S, answer: &Answer, tell: &UnboundedSender<String>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for _ in 0..MOST_REQUESTS {
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        while !is_whole(&text) {
            match stream.read(&mut piece).await {
                Ok(read) if read > 0 => text.extend_from_slice(&piece[..read]),
                _ => return,
            }
        }
        tell.send(String::from_utf8(text).unwrap()).unwrap();
        let Answer::Lasting(answer) = answer else {
            return once(stream, answer).await;
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn once<S>(mut stream: S, answer: &Answer)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match answer {
        Answer::Lasting(_) => {}
        Answer::Bytes(bytes) => {
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
        Answer::Silence => std::future::pending().await,
        Answer::Trickle(head) => {
            let mut next: &[u8] = head;
            while stream.write_all(next).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
                next = b"x";
            }
        }
    }
}

/// Whether the headers are there, and as much of a body as they promise.
fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
