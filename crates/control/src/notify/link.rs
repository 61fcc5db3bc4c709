//! Where people look at what they are told of.

use serde::Deserialize;
use std::fmt::Write;

/// Where the approvals are, below the console's address.
const APPROVALS: &str = "/console/approvals";
/// Where invitations are taken up, below it.
const INVITATION: &str = "/console/invitation";

/// The address under which people reach the gate's console, e.g. `https://gate.example.com`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct ConsoleAddress(Option<String>);

impl ConsoleAddress {
    /// The address as it was written, or none: then nothing has a link.
    #[must_use]
    pub fn new(address: Option<&str>) -> Self {
        Self(address.map(|text| text.trim_end_matches('/').to_owned()))
    }

    /// Where a hold is looked at and decided, by whoever signs in there. The link itself decides
    /// nothing, so that a program that opens every link of a letter decides nothing either.
    #[must_use]
    pub fn hold(&self, id: &str) -> Option<String> {
        let base = self.0.as_deref()?.trim_end_matches('/');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        (!id.is_empty() && id.bytes().all(plain)).then(|| format!("{base}{APPROVALS}/{id}"))
    }

    /// Where an invitation is taken up with a browser.
    #[must_use]
    pub fn invitation(&self, code: &str) -> Option<String> {
        let base = self.0.as_deref()?.trim_end_matches('/');
        Some(format!("{base}{INVITATION}?code={}", segment(code)))
    }
}

/// A text as one segment of a path (RFC 3986, 3.3): what is not unreserved is percent-encoded.
pub(super) fn segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            segment.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}
