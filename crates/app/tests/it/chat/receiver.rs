//! A receiver of webhooks that verifies what it gets, as the documentation tells receivers to.

use super::premises::now_s;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use portcullis_testkit::slack::mac;
use serde_json::Value;
use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// How long one side may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// What somebody does with one connection.
type Serve = dyn Fn(TcpStream) -> io::Result<()> + Send + Sync;

/// A listener on this machine, one guest after another; it stops when this is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) at: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Listener {
    pub(super) fn open(serve: Box<Serve>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                // A guest that breaks off is none of the next one's business.
                drop(serve(stream));
            }
        });
        Self { at, stopped }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes it, so that it looks.
        drop(TcpStream::connect(self.at));
    }
}

/// One message that came, with a good signature.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) webhook_id: String,
    pub(super) body: Value,
}

/// The receiver.
#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) listener: Listener,
    kept: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    secret: String,
    /// How the next messages are answered; 204 when nothing is said.
    answers: Mutex<VecDeque<&'static str>>,
    taken: Mutex<Vec<Event>>,
    refused: Mutex<Vec<Event>>,
    forged: AtomicBool,
}

impl Receiver {
    pub(super) fn open(secret: &str, answers: &[&'static str]) -> Self {
        let kept = Arc::new(Kept {
            secret: secret.to_owned(),
            answers: Mutex::new(answers.iter().copied().collect()),
            taken: Mutex::default(),
            refused: Mutex::default(),
            forged: AtomicBool::new(false),
        });
        let own = Arc::clone(&kept);
        let listener = Listener::open(Box::new(move |stream| own.receive(stream)));
        Self { listener, kept }
    }

    /// What was taken, in the order in which it came.
    pub(super) fn taken(&self) -> Vec<Event> {
        self.kept.taken.lock().unwrap().clone()
    }

    /// What was answered by something else than a yes.
    pub(super) fn refused(&self) -> Vec<Event> {
        self.kept.refused.lock().unwrap().clone()
    }

    /// Whether anything came without a good signature.
    pub(super) fn was_forged(&self) -> bool {
        self.kept.forged.load(Ordering::SeqCst)
    }
}

impl Kept {
    fn receive(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let header = |name: &str| {
            let mut found = headers.iter().filter(|(known, _)| known == name);
            found.next().map_or("", |(_, value)| value.as_str())
        };
        let mut body = vec![0; header("content-length").parse().unwrap()];
        stream.read_exact(&mut body)?;
        let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
        let signed = [format!("{id}.{at}.").as_bytes(), &body].concat();
        let ours = "v1,".to_owned() + &STANDARD.encode(mac(self.secret.as_bytes(), &signed));
        let mut claimed = header("webhook-signature").split(' ');
        let away = now_s() - at.parse::<i64>().unwrap_or(0);
        let genuine = claimed.any(|one| one == ours) && away.abs() <= 300;
        let cloud = header("content-type").starts_with("application/cloudevents+json");
        if !genuine || !cloud {
            self.forged.store(true, Ordering::SeqCst);
        }
        let event = Event {
            webhook_id: id.to_owned(),
            body: serde_json::from_slice(&body).unwrap(),
        };
        let answer = self.answers.lock().unwrap().pop_front();
        let taken = answer.is_none();
        let place = if taken { &self.taken } else { &self.refused };
        place.lock().unwrap().push(event);
        let answer = answer.unwrap_or("204 No Content\r\n");
        let answer = format!("HTTP/1.1 {answer}Connection: close\r\nContent-Length: 0\r\n\r\n");
        // 204 has no body, and says no length (RFC 9110, 8.6).
        let answer = if taken {
            answer.replace("Content-Length: 0\r\n", "")
        } else {
            answer
        };
        stream.get_mut().write_all(answer.as_bytes())
    }
}
