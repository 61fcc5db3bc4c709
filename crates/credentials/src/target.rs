//! Addresses as they are written, read strictly.

use portcullis_firewall::outside::{OutsideError, Reach};
use std::fmt;
use url::{Host, Url};

/// The longest address, in bytes.
const MOST_BYTES: usize = 8 * 1024;

/// What is spoken there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Protocol {
    /// `http` and `https`.
    Http,
    /// `ws` and `wss`.
    WebSocket,
}

impl Protocol {
    const fn with_tls(self) -> &'static str {
        match self {
            Self::Http => "https",
            Self::WebSocket => "wss",
        }
    }

    const fn without_tls(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::WebSocket => "ws",
        }
    }
}

/// A host and a port; all that errors say of an address, for paths and queries may hold secrets.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    /// `scheme://host:port`.
    origin: String,
}

impl Place {
    /// Reads a host alone.
    pub(crate) fn named(host: &str, port: u16, scheme: &str) -> Option<Self> {
        // Read as part of an address, so that all spellings of a number are understood.
        let url = Url::parse(&format!("https://{host}/")).ok()?;
        let alone = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let plain = alone && url.username().is_empty() && url.port().is_none();
        let host = url.host()?.to_owned();
        let origin = format!("{scheme}://{host}:{port}");
        (plain && port != 0).then_some(Self { host, port, origin })
    }

    /// `scheme://host:port`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn forbidden(&self, why: impl fmt::Display) -> OutsideError {
        OutsideError::Forbidden {
            url: self.origin.clone(),
            why: why.to_string(),
        }
    }

    pub(crate) fn unanswered(&self, why: impl fmt::Display) -> OutsideError {
        OutsideError::Unanswered {
            host: self.host.to_string(),
            why: why.to_string(),
        }
    }

    pub(crate) fn unreachable(&self, why: impl fmt::Display) -> OutsideError {
        OutsideError::Unreachable {
            host: self.host.to_string(),
            why: why.to_string(),
        }
    }

    pub(crate) fn unusable(&self, why: impl fmt::Display) -> OutsideError {
        OutsideError::Unusable {
            host: self.host.to_string(),
            why: why.to_string(),
        }
    }

    /// Why a name may not be asked for, whatever it resolves to.
    pub(crate) fn name_refusal(&self, reach: Reach) -> Option<&'static str> {
        let Host::Domain(name) = &self.host else {
            return None;
        };
        if METADATA_NAMES.contains(&name.as_str()) {
            return Some("clouds give out credentials there");
        }
        if name.ends_with('.') {
            return Some("names end without a dot");
        }
        if reach == Reach::Anywhere {
            return None;
        }
        let inside = INSIDE_NAMES.iter().any(|top| {
            let rest = name.strip_suffix(top);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        (inside || !name.contains('.')).then_some("it is a name of this machine or its network")
    }
}

/// What an address says, when it may be called at all.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) place: Place,
    pub(crate) tls: bool,
    url: Url,
}

/// The names of the services that give out a machine's credentials.
const METADATA_NAMES: &[&str] = &[
    "instance-data",
    "instance-data.ec2.internal",
    "metadata",
    "metadata.goog",
    "metadata.google.internal",
];

/// Never public: RFC 6761, RFC 6762, RFC 8375, and `internal`, reserved by ICANN in 2024.
const INSIDE_NAMES: &[&str] = &["home.arpa", "internal", "local", "localdomain", "localhost"];

/// Services that have no TLS and read commands line by line; by their ports.
const PLAIN_SERVICES: &[u16] = &[2049, 6379, 11211];

impl Target {
    /// Reads an address and decides what can be decided without resolving its name.
    pub(crate) fn read(text: &str, reach: Reach, protocol: Protocol) -> Result<Self, OutsideError> {
        let mut url = plain_url(text)?;
        url.set_fragment(None);
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(unreadable());
        };
        let host = host.to_owned();
        let origin = format!("{}://{host}:{port}", url.scheme());
        let place = Place { host, port, origin };
        let tls = url.scheme() == protocol.with_tls();
        if !tls && url.scheme() != protocol.without_tls() {
            return Err(place.forbidden("it is of another protocol"));
        }
        // An empty user too: that is how one host is made to look like another.
        if authority(text).contains('@') {
            return Err(place.forbidden("it names a user"));
        }
        if !tls && reach == Reach::Public {
            return Err(place.forbidden("it is without TLS"));
        }
        let refusal = place
            .name_refusal(reach)
            .or_else(|| port_refusal(port, reach));
        if let Some(why) = refusal {
            return Err(place.forbidden(why));
        }
        Ok(Self { place, tls, url })
    }

    /// The whole address, query and all.
    pub(crate) fn whole(&self) -> &str {
        self.url.as_str()
    }

    /// What stands in the first line of a request (RFC 9112, 3.2.1).
    pub(crate) fn path_and_query(&self) -> String {
        let path = self.url.path();
        match self.url.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        }
    }

    /// The header `host` (RFC 9110, 7.2).
    pub(crate) fn host_header(&self) -> String {
        let host = &self.place.host;
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        }
    }
}

/// An address without what readers of addresses understand differently: blanks and line breaks that
/// some drop, and backslashes that some turn around.
fn plain_url(text: &str) -> Result<Url, OutsideError> {
    let strange = |one: char| one.is_control() || one.is_whitespace() || one == '\\';
    if text.len() > MOST_BYTES || text.chars().any(strange) || authority(text).is_empty() {
        return Err(unreadable());
    }
    Url::parse(text).map_err(|_| unreadable())
}

/// Says nothing of the text: where its query begins cannot be told.
fn unreadable() -> OutsideError {
    OutsideError::Forbidden {
        url: "…".to_owned(),
        why: "it is no address".to_owned(),
    }
}

/// What stands between the slashes (RFC 3986, 3.2); browsers look for it further behind.
fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or("")
}

/// Below 1024 each port belongs to one protocol, and ours is at 443 alone. Above, anybody may serve
/// HTTP, but nobody does so at the ports of a few services that would take the first bytes for
/// commands.
fn port_refusal(port: u16, reach: Reach) -> Option<&'static str> {
    let refused = match reach {
        Reach::Public => (port < 1024 && port != 443) || PLAIN_SERVICES.contains(&port),
        Reach::Anywhere => port == 0,
    };
    refused.then_some("the port is another service's")
}
