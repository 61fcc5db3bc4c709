//! MCP servers that architects add while the gate runs, beside those of the operator's file.
//!
//! Only servers over HTTP: a command that came in here would run on the gate's machine for whoever
//! holds an architect's token. Where they may be, and which secrets they may be shown, the operator
//! says.

use crate::{
    outside::{Reach, SecretName},
    tool::FirstSight,
};
use jiff::Timestamp;
use portcullis_policy::{fault::Faults, id::WorkspaceId};
use serde::{Deserialize, Serialize};

/// The longest name, in characters.
const NAME_MAX: usize = 32;
/// The longest address, in bytes.
const URL_MAX_BYTES: usize = 2_048;
/// How long one call may take, in seconds: unless told otherwise, and at most.
const TIMEOUT_SECONDS: u32 = 60;
const TIMEOUT_SECONDS_MAX: u32 = 600;

/// A server that was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddedServer {
    /// What it is and how it is reached.
    #[serde(flatten)]
    pub server: NewServer,
    /// When it was added.
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
}

/// A server to be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewServer {
    /// Its name: what its tools, action types and records begin with.
    pub name: String,
    /// Its one address, over Streamable HTTP.
    pub url: String,
    /// The token to show: one of those that the operator lets architects name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bearer: Option<SecretName>,
    /// The workspace its actions belong to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workspace: Option<WorkspaceId>,
    /// The environment its actions happen in.
    pub environment: String,
    /// What becomes of its tools when they are seen for the first time.
    pub first_sight: FirstSight,
    /// How long one call may take, in seconds.
    pub timeout_seconds: u32,
}

impl NewServer {
    /// A server with everything else as usual: in production, its tools in quarantine.
    #[must_use]
    pub fn at(name: &str, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
            bearer: None,
            workspace: None,
            environment: "production".to_owned(),
            first_sight: FirstSight::Quarantine,
            timeout_seconds: TIMEOUT_SECONDS,
        }
    }
}

/// What the operator lets a tenant's architects add.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Additions {
    /// Names of the operator's own servers.
    pub taken: Vec<String>,
    /// A server of the operator's that stays alone, so that none can be added.
    pub alone: bool,
    /// The secrets that may be named.
    pub secrets: Vec<SecretName>,
    /// Where servers may be.
    pub reach: Reach,
}

impl Additions {
    /// Whether a server that was added is still within what the operator allows.
    #[must_use]
    pub fn admit(&self, server: &NewServer) -> bool {
        !self.alone && self.faults(server).0.is_empty()
    }

    /// Everything that speaks against a server.
    #[must_use]
    pub fn faults(&self, server: &NewServer) -> Faults {
        let mut faults = Faults::default();
        if !is_name(&server.name) {
            let why = "expected at most 32 lower-case letters, digits and single hyphens";
            faults.add("name", why);
        } else if self.taken.contains(&server.name) {
            faults.add("name", "the operator's file has a server of this name");
        }
        if let Some(why) = self.misplaced(&server.url) {
            faults.add("url", why);
        }
        let known = |secret: &SecretName| self.secrets.contains(secret);
        if server.bearer.as_ref().is_some_and(|secret| !known(secret)) {
            let why = "is no secret that the operator's file lets architects name";
            faults.add("bearer", why);
        }
        let environment = server.environment.as_str();
        if environment.trim() != environment || environment.is_empty() || environment.len() > 64 {
            faults.add("environment", "expected a short name");
        }
        if !(1..=TIMEOUT_SECONDS_MAX).contains(&server.timeout_seconds) {
            faults.add("timeout_seconds", "expected 1 to 600");
        }
        faults
    }

    /// A first look; whoever calls the address looks at where it leads.
    fn misplaced(&self, url: &str) -> Option<&'static str> {
        let plain = |b: u8| b.is_ascii_graphic() && !b"\\\"<>^`{|}#@".contains(&b);
        if url.len() > URL_MAX_BYTES || !url.bytes().all(plain) {
            return Some("expected an address without credentials and fragment");
        }
        match (url.split_once("://"), self.reach) {
            (Some(("https", rest)), _) | (Some(("http", rest)), Reach::Anywhere) => rest
                .starts_with(['/', '?', ':'])
                .then_some("expected a host"),
            _ => Some("expected an address that begins with `https://`"),
        }
    }
}

/// Whether a text can be the name of a server: it becomes part of action types and of addresses of
/// resources.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    name.len() <= NAME_MAX
        && name.bytes().all(plain)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && !name.contains("--")
}

#[cfg(test)]
mod tests {
    use super::{Additions, NewServer, is_name};
    use crate::outside::{Reach, SecretName};

    #[test]
    fn names_cannot_be_mistaken_for_parts_of_others() {
        for good in ["files", "a", "git-hub-2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "", "a__b", "A", "a.b", "a+b", "-a", "a-", "a--b", "2a", "a/b",
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn the_operator_says_what_may_be_added() {
        let usual = Additions {
            taken: vec!["files".to_owned()],
            ..Additions::default()
        };
        let server = NewServer::at("tickets", "https://tickets.example.com/mcp");
        assert!(usual.admit(&server));
        for url in [
            "http://tickets.example.com/mcp",
            "https://user:word@tickets.example.com/",
            "https://tickets.example.com/#x",
            "https:///mcp",
            "file:///etc/passwd",
            "tickets.example.com",
            "https://tickets.example.com/a b",
        ] {
            assert!(!usual.admit(&NewServer::at("tickets", url)), "{url}");
        }
        assert!(!usual.admit(&NewServer::at("files", &server.url)));
        let with_secret = NewServer {
            bearer: Some(SecretName::new("env:TICKETS")),
            ..server.clone()
        };
        assert!(!usual.admit(&with_secret));
        let generous = Additions {
            secrets: vec![SecretName::new("env:TICKETS")],
            reach: Reach::Anywhere,
            ..Additions::default()
        };
        assert!(generous.admit(&with_secret));
        assert!(generous.admit(&NewServer::at("inside", "http://127.0.0.1:9/mcp")));
        let alone = Additions {
            alone: true,
            ..generous
        };
        assert!(!alone.admit(&server));
    }
}
