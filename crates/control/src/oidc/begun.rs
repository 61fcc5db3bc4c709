//! A sign-in between its two halves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What must be kept while the browser is at the issuer's, tied to that browser alone, and used
/// once. It does not show its secrets when it is printed.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// Who was asked.
    pub issuer: String,
    /// Where to send the browser.
    pub url: String,
    /// Where it comes back to.
    pub redirect_uri: String,
    /// What it must bring back, against answers slipped into another browser.
    pub state: String,
    /// What the token must say, against tokens of another sign-in.
    pub nonce: String,
    /// What the code is bound to (RFC 7636), against codes that were stolen.
    pub verifier: String,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun")
            .field("issuer", &self.issuer)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// The query that the browser comes back with. Other parameters are ignored, as issuers add some.
#[derive(Clone, Default, Deserialize)]
pub struct Callback {
    /// What the token is given for.
    #[serde(default)]
    pub code: Option<String>,
    /// What [`Begun`] has.
    #[serde(default)]
    pub state: Option<String>,
    /// Who answers (RFC 9207).
    #[serde(default)]
    pub iss: Option<String>,
    /// The issuer's word for why there is no code (RFC 6749, section 4.1.2.1).
    #[serde(default)]
    pub error: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("iss", &self.iss)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
