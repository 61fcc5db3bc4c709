//! A mail server that takes letters from who knows the password (RFC 5321, RFC 4616).

use super::receiver::Listener;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
};

/// A letter that came.
#[derive(Clone, Debug, Default)]
pub(super) struct Letter {
    pub(super) to: Vec<String>,
    pub(super) text: String,
}

impl Letter {
    /// What stands in a header.
    #[track_caller]
    pub(super) fn header(&self, name: &str) -> &str {
        let lines = self.text.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().unwrap_or_else(|| panic!("no `{name}`")).1
    }
}

/// The server.
#[derive(Debug)]
pub(super) struct PostOffice {
    pub(super) listener: Listener,
    kept: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// User and password as SMTP sends them.
    login: String,
    /// How many letters are still to be put off.
    busy: Mutex<u32>,
    letters: Mutex<Vec<Letter>>,
}

impl PostOffice {
    pub(super) fn open(user: &str, password: &str, busy: u32) -> Self {
        let kept = Arc::new(Kept {
            login: STANDARD.encode(format!("\0{user}\0{password}")),
            busy: Mutex::new(busy),
            letters: Mutex::default(),
        });
        let own = Arc::clone(&kept);
        let listener = Listener::open(Box::new(move |stream| own.serve(stream)));
        Self { listener, kept }
    }

    /// The letters that were taken.
    pub(super) fn letters(&self) -> Vec<Letter> {
        self.kept.letters.lock().unwrap().clone()
    }
}

impl Kept {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        let (mut letter, mut known) = (Letter::default(), false);
        say(&mut stream, "220 here")?;
        loop {
            let line = hear(&mut stream)?;
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "" | "QUIT" => return say(&mut stream, "221 bye"),
                "EHLO" => "250-here\r\n250 AUTH PLAIN",
                "AUTH" => {
                    known = line == format!("AUTH PLAIN {}", self.login);
                    if known { "235 known" } else { "535 who?" }
                }
                _ if !known => "530 who?",
                "MAIL" => "250 yes",
                "RCPT" => {
                    let to = line.trim_start_matches("RCPT TO:<");
                    letter.to.push(to.split('>').next().unwrap().to_owned());
                    "250 yes"
                }
                "DATA" => {
                    say(&mut stream, "354 go on")?;
                    letter.text = text(&mut stream)?;
                    self.take(std::mem::take(&mut letter))
                }
                _ => "502 what?",
            };
            say(&mut stream, answer)?;
        }
    }

    fn take(&self, letter: Letter) -> &'static str {
        let mut busy = self.busy.lock().unwrap();
        if *busy > 0 {
            *busy -= 1;
            return "451 not now";
        }
        self.letters.lock().unwrap().push(letter);
        "250 taken"
    }
}

fn say(stream: &mut BufReader<TcpStream>, words: &str) -> io::Result<()> {
    let words = format!("{words}\r\n");
    stream.get_mut().write_all(words.as_bytes())
}

fn hear(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn text(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(&line);
    }
}
