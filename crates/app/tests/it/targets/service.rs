//! A service on loopback that repeats its credential in whatever it says.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

/// The credential: no known form gives it away, it must be registered.
pub(crate) const TOKEN: &str = "plum-otter-quartz-9471";
/// The most requests it takes.
const MOST: usize = 100;

/// Whether a text has the credential in it, raw or encoded.
pub(crate) fn betrays(text: &str) -> bool {
    let hex = hex();
    // Without the ends, which depend on what stands around it.
    let coded = STANDARD.encode(TOKEN);
    let coded = coded.get(1..20).unwrap_or(&coded);
    [TOKEN, &hex, coded].iter().any(|form| text.contains(form))
}

/// What it does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    Obliges,
    Refuses,
    HangsUp,
    Hangs,
    Babbles,
}

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) line: String,
    pub(crate) token: String,
    pub(crate) idempotency_key: String,
    pub(crate) body: String,
}

#[derive(Debug)]
struct Desk {
    heard: Mutex<Vec<Heard>>,
    news: Condvar,
    manner: Mutex<Manner>,
}

/// The service; its threads end with their connections.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) url: String,
    desk: Arc<Desk>,
}

impl Service {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let desk = Arc::new(Desk {
            heard: Mutex::default(),
            news: Condvar::new(),
            manner: Mutex::new(Manner::Obliges),
        });
        let own = Arc::clone(&desk);
        thread::spawn(move || {
            for stream in listener.incoming().take(MOST).flatten() {
                let desk = Arc::clone(&own);
                thread::spawn(move || desk.serve(stream));
            }
        });
        Self { url, desk }
    }

    pub(crate) fn behaves(&self, manner: Manner) {
        *self.desk.manner.lock().unwrap() = manner;
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.desk.heard.lock().unwrap().clone()
    }

    /// Waits until so many requests arrived.
    pub(crate) fn wait_for(&self, count: usize) {
        let heard = self.desk.heard.lock().unwrap();
        let patience = Duration::from_secs(30);
        let waited = self
            .desk
            .news
            .wait_timeout_while(heard, patience, |heard| heard.len() < count);
        assert!(!waited.unwrap().1.timed_out(), "nothing arrived");
    }
}

impl Desk {
    fn serve(&self, stream: TcpStream) {
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut reader = BufReader::new(stream);
        let Some(heard) = read(&mut reader) else {
            return;
        };
        let (line, token) = (heard.line.clone(), heard.token.clone());
        self.heard.lock().unwrap().push(heard);
        self.news.notify_all();
        let manner = *self.manner.lock().unwrap();
        let stream = reader.get_mut();
        match manner {
            Manner::Obliges => answer(stream, 200, &obliging(&line, &token)),
            Manner::Refuses => answer(stream, 500, &format!("{token} is not welcome; {}", coded())),
            Manner::HangsUp => {}
            // Longer than the gate waits; it hangs up first.
            Manner::Hangs => drop(stream.read(&mut [0; 1])),
            Manner::Babbles => {
                let head = "HTTP/1.1 200 OK\r\n\r\n";
                let mut bytes = stream.write(head.as_bytes()).unwrap_or(0);
                while bytes < 4 << 20 {
                    match stream.write(format!("{token} {}\n", coded()).as_bytes()) {
                        Ok(more) => bytes += more,
                        Err(_) => return,
                    }
                }
            }
        }
    }
}

fn coded() -> String {
    format!("{} {}", hex(), STANDARD.encode(TOKEN))
}

fn hex() -> String {
    TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn obliging(line: &str, token: &str) -> String {
    if line.ends_with("/preview") {
        return r#"{"changes": ["a ticket in ops"], "rows": 1}"#.to_owned();
    }
    format!(r#"{{"id": 7, "you": "{token}", "coded": "{}"}}"#, coded())
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Heard> {
    let mut next = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    };
    let first = next()?;
    let line = first.strip_suffix(" HTTP/1.1")?.to_owned();
    let (mut token, mut idempotency_key, mut length) = (String::new(), String::new(), 0);
    loop {
        let header = next()?;
        let Some((name, value)) = header.split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => value.clone_into(&mut token),
            "idempotency-key" => value.clone_into(&mut idempotency_key),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Heard {
        line,
        token,
        idempotency_key,
        body: String::from_utf8(body).ok()?,
    })
}

fn answer(stream: &mut TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // Whoever asked may have gone away.
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}
