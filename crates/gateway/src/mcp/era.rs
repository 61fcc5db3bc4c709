//! The versions of the protocol, and what a client can do.

use serde_json::Value;

/// The version of self-contained requests.
pub(super) const STATELESS: &str = "2026-07-28";

/// The versions that begin with a handshake, the newest first.
pub(super) const HANDSHAKES: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Every version, the newest first.
pub(super) const ALL: [&str; 5] = [
    STATELESS,
    "2025-11-25",
    "2025-06-18",
    "2025-03-26",
    "2024-11-05",
];

/// The members of `_meta` that make a request self-contained.
pub(super) const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
pub(super) const META_CLIENT: &str = "io.modelcontextprotocol/clientCapabilities";
pub(super) const META_LOG: &str = "io.modelcontextprotocol/logLevel";
pub(super) const META_SERVER: &str = "io.modelcontextprotocol/serverInfo";

/// The extension for calls that take long.
pub(super) const TASKS: &str = "io.modelcontextprotocol/tasks";

/// How a client speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Era {
    /// After a handshake, in this version.
    Handshake(&'static str),
    /// In self-contained requests.
    Stateless,
}

impl Era {
    /// The version of a handshake that a client wishes for; the newest one when it is not known.
    pub(super) fn negotiated(wished: &str) -> Self {
        let known = HANDSHAKES.into_iter().find(|known| *known == wished);
        let [newest, ..] = HANDSHAKES;
        Self::Handshake(known.unwrap_or(newest))
    }

    pub(super) const fn version(self) -> &'static str {
        match self {
            Self::Handshake(version) => version,
            Self::Stateless => STATELESS,
        }
    }
}

/// What a client can do while a call waits for people.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Abilities {
    /// It sends its user to an address when asked.
    pub(super) url: bool,
    /// It looks after tasks.
    pub(super) tasks: bool,
}

impl Abilities {
    /// What client capabilities say.
    pub(super) fn of(capabilities: &Value) -> Self {
        Self {
            url: capabilities.pointer("/elicitation/url").is_some(),
            tasks: capabilities
                .get("extensions")
                .is_some_and(|extensions| extensions.get(TASKS).is_some()),
        }
    }
}
