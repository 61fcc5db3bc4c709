//! Somebody between a client and its gate: counts every request, and may answer one itself.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

#[derive(Debug, Default)]
struct Shared {
    /// `METHOD /path` of every request, in their order.
    asked: Mutex<Vec<String>>,
    /// What is answered in the gate's place, by path.
    answers: Mutex<BTreeMap<String, String>>,
    closed: AtomicBool,
}

/// A counter in front of a gate.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) url: String,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Counter {
    pub(super) fn before(gate: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let (own, gate) = (Arc::clone(&shared), gate.to_owned());
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if own.closed.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away in the middle has been counted.
                let _ = stream.and_then(|stream| own.pass(stream, &gate));
            }
        });
        Self {
            url,
            shared,
            thread: Some(thread),
        }
    }

    /// What was asked since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }

    /// Answers a path in the gate's place from now on.
    pub(super) fn answer(&self, path: &str, body: &str) {
        let mut answers = self.shared.answers.lock().unwrap();
        answers.insert(path.to_owned(), body.to_owned());
    }
}

impl Shared {
    fn pass(&self, client: TcpStream, gate: &str) -> io::Result<()> {
        let mut client = BufReader::new(client);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if client.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap().to_owned());
        self.asked.lock().unwrap().push(format!("{method} {path}"));
        let length = head.lines().find_map(|line| {
            let line = line.to_ascii_lowercase();
            line.strip_prefix("content-length:")?.trim().parse().ok()
        });
        let mut body = vec![0; length.unwrap_or(0)];
        client.read_exact(&mut body)?;
        let canned = self.answers.lock().unwrap().get(&path).cloned();
        if let Some(canned) = canned {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                canned.len()
            );
            return client.get_mut().write_all((head + &canned).as_bytes());
        }
        let mut upstream = TcpStream::connect(gate)?;
        let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
        upstream.write_all(head.as_bytes())?;
        upstream.write_all(&body)?;
        io::copy(&mut upstream, client.get_mut()).map(drop)
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
