//! A small HTTP client that keeps its connection, for tests that need many answers quickly.

use serde_json::Value;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// One connection to a gate, with a credential.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: BufReader<TcpStream>,
    address: String,
    token: String,
}

impl Wire {
    pub(crate) fn open(address: &str, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            address: address.to_owned(),
            token: token.to_owned(),
        })
    }

    /// The status and body of the answer. `key` makes sending again safe.
    pub(crate) fn post(
        &mut self,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> io::Result<(u16, Value)> {
        let key = key
            .map(|key| format!("Idempotency-Key: {key}\r\n"))
            .unwrap_or_default();
        self.send(&format!("POST {path}"), &key, &body.to_string())
    }

    /// The same with headers of one's own, each with its end.
    pub(crate) fn post_with(
        &mut self,
        path: &str,
        headers: &str,
        body: &Value,
    ) -> io::Result<(u16, Value)> {
        self.send(&format!("POST {path}"), headers, &body.to_string())
    }

    /// The status and body of the answer.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<(u16, Value)> {
        self.send(&format!("GET {path}"), "", "")
    }

    fn send(&mut self, what: &str, headers: &str, body: &str) -> io::Result<(u16, Value)> {
        let request = format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(broken)?;
        let mut length = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(number) = line.strip_prefix("content-length:") {
                length = number.trim().parse().map_err(|_| broken())?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, serde_json::from_slice(&body).map_err(|_| broken())?))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(broken());
        }
        Ok(line.trim_end().to_owned())
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no whole answer came")
}
