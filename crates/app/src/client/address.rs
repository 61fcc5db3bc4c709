//! Where a gate is, and how things are named in its paths.

use anyhow::{Context, bail};
use hyper::Uri;
use std::{fmt::Write as _, net::IpAddr};

/// A gate's address, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether the way there is encrypted.
    pub(super) is_encrypted: bool,
    pub(super) authority: String,
    /// What stands before every path; empty, or without a slash at its end.
    pub(super) prefix: String,
}

impl Address {
    pub(super) fn parse(url: &str) -> anyhow::Result<Self> {
        let url = url.trim().trim_end_matches('/');
        let uri: Uri = url.parse().with_context(|| format!("`{url}` is no URL"))?;
        let is_encrypted = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => bail!("`{url}` is no URL; expected one such as `http://127.0.0.1:8088`"),
        };
        let authority = uri
            .authority()
            .with_context(|| format!("`{url}` names no host"))?;
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        Ok(Self {
            url: url.to_owned(),
            host: host.to_owned(),
            port: authority
                .port_u16()
                .unwrap_or(if is_encrypted { 443 } else { 80 }),
            is_encrypted,
            authority: authority.as_str().to_owned(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// Whether it is on this machine, by its name alone.
    pub(super) fn is_here(&self) -> bool {
        let number: Result<IpAddr, _> = self.host.parse();
        let named = self.host.eq_ignore_ascii_case("localhost");
        named || number.is_ok_and(|address| address.is_loopback())
    }
}

/// A path with a query.
#[derive(Clone, Debug)]
pub(crate) struct Query(String);

impl Query {
    /// A path without a query yet.
    #[must_use]
    pub(crate) fn of(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// Adds a parameter when there is a value.
    #[must_use]
    pub(crate) fn and(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            let mark = if self.0.contains('?') { '&' } else { '?' };
            self.0.push(mark);
            self.0.push_str(name);
            self.0.push('=');
            self.0.push_str(&escaped(&value.to_string()));
        }
        self
    }

    /// The path and its query.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text as one piece of a path or query.
#[must_use]
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let address = Address::parse("http://[::1]:9000/gate/").unwrap();
        assert_eq!((address.host.as_str(), address.port), ("::1", 9000));
        assert_eq!(
            (address.authority.as_str(), address.prefix.as_str()),
            ("[::1]:9000", "/gate")
        );
        assert_eq!(Address::parse("http://gate.example").unwrap().port, 80);
        assert_eq!(Address::parse("https://gate.example").unwrap().port, 443);
    }

    #[test]
    fn only_this_machine_is_here() {
        for (url, here) in [
            ("http://localhost:8088", true),
            ("http://127.0.0.1", true),
            ("http://127.7.7.7", true),
            ("http://[::1]:9", true),
            ("http://localhost.evil.example", false),
            ("http://127.0.0.1.evil.example", false),
            ("http://10.0.0.1", false),
            ("http://0.0.0.0", false),
            ("http://gate", false),
        ] {
            assert_eq!(Address::parse(url).unwrap().is_here(), here, "{url}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in ["", "gate", "ftp://gate.example", "/v1"] {
            assert!(Address::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_query_is_escaped() {
        let query = Query::of("/v1/x")
            .and("a", Some("b c&d"))
            .and("e", None::<u8>)
            .and("f", Some(1));
        assert_eq!(query.as_str(), "/v1/x?a=b%20c%26d&f=1");
        assert_eq!(escaped("../ü"), "..%2F%C3%BC");
    }
}
