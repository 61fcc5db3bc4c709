//! A browser without scripts, over the network.

use crate::desk::PASSWORD;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read, Write as _},
    net::TcpStream,
    time::Duration,
};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was answered.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) text: String,
}

impl Page {
    /// Where it leads.
    #[track_caller]
    pub(super) fn location(&self) -> &str {
        let mut found = self.headers.iter().filter(|(name, _)| name == "location");
        let found = found.next();
        found.map_or_else(|| panic!("it leads nowhere: {self:?}"), |(_, to)| to)
    }
}

/// Sends one request; `address` is a host and a port.
pub(super) fn send(
    address: &str,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> Page {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    write!(request, "\r\n{body}").unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let pairs = head.lines().filter_map(|line| line.split_once(": "));
    let pairs = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Page {
        status,
        headers: pairs.collect(),
        text: text.to_owned(),
    }
}

/// A browser with its cookies, at one gate.
#[derive(Debug)]
pub(super) struct Browser {
    address: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser in which somebody of the first tenant has signed in.
    pub(super) fn signed_in(address: &str, name: &str) -> Self {
        let mut browser = Self {
            address: address.to_owned(),
            cookies: BTreeMap::new(),
        };
        let page = browser.get("/console/sign-in");
        let fields = [
            ("csrf", hidden(&page.text, "csrf")),
            ("tenant", "default"),
            ("name", name),
            ("password", PASSWORD),
            ("next", ""),
        ];
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(fields).finish();
        let arrived = browser.send("POST", "/console/sign-in", &form);
        assert_eq!(arrived.status, 303, "{arrived:?}");
        browser
    }

    pub(super) fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, "")
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let headers = [
            ("cookie", cookies.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let page = send(&self.address, (method, path), &headers, body);
        for (_, line) in page.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        page
    }
}

/// The value of the first hidden field of a name.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let from = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&from).unwrap();
    rest.split('"').next().unwrap()
}
