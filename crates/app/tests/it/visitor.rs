//! A browser without scripts, for the real binary.

use crate::bin::Gate;
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A page, or where it leads.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) text: String,
}

/// One person's browser, with its cookies.
#[derive(Debug)]
pub(crate) struct Visitor<'g> {
    gate: &'g Gate,
    cookies: BTreeMap<String, String>,
}

impl<'g> Visitor<'g> {
    pub(crate) fn new(gate: &'g Gate) -> Self {
        Self {
            gate,
            cookies: BTreeMap::new(),
        }
    }

    /// Signs in at the console.
    pub(crate) fn sign_in(&mut self, name: &str, password: &str) {
        let page = self.get("/console/sign-in");
        let fields = [
            ("tenant", "default"),
            ("name", name),
            ("password", password),
            ("next", ""),
        ];
        let led = self.post("/console/sign-in", &page, &fields);
        assert_eq!(led.status, 303, "{}", led.text);
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, "")
    }

    /// Sends a form of a page.
    pub(crate) fn post(&mut self, path: &str, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (_, rest) = page.text.split_once("name=\"csrf\" value=\"").unwrap();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", rest.split('"').next().unwrap());
        form.extend_pairs(fields);
        self.send("POST", path, &form.finish())
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        let pairs = self.cookies.iter();
        let cookies: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nCookie: {}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(self.gate.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let mut page = Page {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            location: String::new(),
            text: text.to_owned(),
        };
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "location" => value.clone_into(&mut page.location),
                "set-cookie" => {
                    let pair = value.split(';').next().unwrap();
                    let (name, value) = pair.split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        page
    }
}
