//! A small server of HTTP in the place of somebody else's.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The largest request that is read, in bytes.
const REQUEST_MAX_BYTES: usize = 8 << 20;

/// What is said to the body of a request; nothing leaves its sender waiting.
type Says = dyn Fn(&[u8]) -> Option<String> + Send + Sync;

struct Shared {
    says: Box<Says>,
    /// Who is left waiting.
    waiting: Mutex<Vec<TcpStream>>,
    closed: AtomicBool,
}

/// The server; it ends when it is dropped.
pub(super) struct StandIn {
    pub(super) url: String,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// An answer as it goes over the wire.
pub(super) fn answer(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

impl StandIn {
    pub(super) fn new(says: impl Fn(&[u8]) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            says: Box::new(says),
            waiting: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let own = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if own.closed.load(Ordering::SeqCst) {
                    return;
                }
                let own = Arc::clone(&own);
                // Each on its own, as clients connect before they ask. Who goes away in the middle
                // is not served.
                thread::spawn(move || stream.and_then(|stream| own.serve(stream)));
            }
        });
        Self {
            url,
            shared,
            thread: Some(thread),
        }
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let length = head.lines().find_map(|line| {
            let line = line.to_ascii_lowercase();
            line.strip_prefix("content-length:")?.trim().parse().ok()
        });
        let length: usize = length.unwrap_or(0);
        assert!(length <= REQUEST_MAX_BYTES, "{length}");
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let mut stream = stream.into_inner();
        match (self.says)(&body) {
            Some(answer) => stream.write_all(answer.as_bytes())?,
            None => self.waiting.lock().unwrap().push(stream),
        }
        Ok(())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
