//! What an agent asked for and a door refused before it could be judged.

use crate::{
    canonical,
    digest::{ActionDigest, Nonce},
    principal::Principal,
};
use portcullis_policy::visible::{excerpt, visible_line};
use portcullis_screen::{aliases::Aliases, screen::Screen};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What every digested attempt begins with.
const DOMAIN: &str = "portcullis attempt v1\n";
/// The longest name in a record of an attempt, in bytes.
const NAME_MAX_BYTES: usize = 256;
/// The longest reason, in bytes.
const REASON_MAX_BYTES: usize = 1_024;
/// The most bytes of parameters that are kept of one attempt; of larger ones their digest is.
const PARAMETERS_MAX_BYTES: usize = 4_096;

/// Where agents come in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Door {
    /// MCP.
    Mcp,
    /// The hook of a coding agent.
    Hook,
    /// Ethereum's JSON-RPC.
    Rpc,
}

impl Door {
    /// The word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mcp => "mcp",
            Self::Hook => "hook",
            Self::Rpc => "rpc",
        }
    }
}

/// One attempt, as its door understood it. Nothing of it is believed, and nothing is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Where it came in.
    pub door: Door,
    /// The agent that a client of the tenant names; an agent's own key says it by itself.
    pub agent: Option<String>,
    /// What was to be done, e.g. `tools/call`.
    pub method: String,
    /// Where, e.g. a server; empty for what is nowhere.
    pub target: String,
    /// On what, as it was named, e.g. a tool.
    pub name: String,
    /// The stable code of why not, for people; agents may be told less.
    pub code: String,
    /// Why not, in words.
    pub because: String,
    /// With what.
    pub parameters: Value,
}

/// An attempt as it may be shown, with the digest of all of it.
#[derive(Clone, Debug)]
pub struct ShownAttempt {
    pub(crate) door: Door,
    pub(crate) agent: Option<String>,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) because: String,
    /// Nothing when there is too much of it to keep.
    pub(crate) parameters: Option<Value>,
    /// How many bytes they are in canonical JSON.
    pub(crate) parameter_bytes: usize,
    pub(crate) hidden_parts: usize,
    pub(crate) digest: ActionDigest,
    /// Nothing when a part is hidden: with it, that could be guessed from the digest.
    pub(crate) nonce: Option<Nonce>,
}

impl Attempt {
    /// What everybody may see of it.
    pub(crate) fn shown(self, screen: &Screen, nonce: Nonce) -> ShownAttempt {
        let frozen = json!({
            "door": self.door.as_str(), "method": self.method, "name": self.name,
            "nonce": nonce, "parameters": self.parameters, "target": self.target,
        });
        let digest = Sha256::new_with_prefix(DOMAIN)
            .chain_update(canonical::to_vec(&frozen))
            .finalize();
        let mut aliases = Aliases::new();
        let mut hidden_parts = 0;
        let redacted = screen.redact_json(&self.parameters, &mut aliases);
        hidden_parts += redacted.hidden;
        let parameter_bytes = canonical::to_vec(&self.parameters).len();
        // What is shown can be larger than what was sent, by its placeholders.
        let fits = canonical::to_vec(&redacted.value).len() <= PARAMETERS_MAX_BYTES;
        let mut word = |text: &str, most: usize| {
            let redacted = screen.redact_with(text, &mut aliases);
            hidden_parts += redacted.findings.len();
            let line = visible_line(&redacted.text);
            excerpt(&line, most).text.to_owned()
        };
        let (method, target) = (
            word(&self.method, NAME_MAX_BYTES),
            word(&self.target, NAME_MAX_BYTES),
        );
        let name = word(&self.name, NAME_MAX_BYTES);
        let code = word(&self.code, NAME_MAX_BYTES);
        let because = word(&self.because, REASON_MAX_BYTES);
        ShownAttempt {
            door: self.door,
            agent: self.agent,
            method,
            target,
            name,
            code,
            because,
            parameters: fits.then_some(redacted.value),
            parameter_bytes,
            hidden_parts,
            digest: ActionDigest::new(digest.into()),
            nonce: (hidden_parts == 0).then_some(nonce),
        }
    }
}

/// Whose room for records an attempt takes: the agent's own, or that of the client that names it.
pub(crate) fn charged(principal: &Principal) -> String {
    let agent = principal.role.agent();
    agent.map_or_else(|| principal.key.clone(), ToString::to_string)
}
