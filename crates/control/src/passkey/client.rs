//! What the browser says it was asked, and where (WebAuthn Level 3, section 5.8.1).

use super::{Ceremony, error::PasskeyError};
use portcullis_firewall::strict::{self, Limits};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

/// Room for a long origin and whatever browsers add to keep readers flexible.
const LIMITS: Limits = Limits {
    bytes: 8 << 10,
    depth: 8,
    exact: false,
};

/// What was asked of the browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    Registration,
    Assertion,
}

impl Asked {
    const fn word(self) -> &'static str {
        match self {
            Self::Registration => "webauthn.create",
            Self::Assertion => "webauthn.get",
        }
    }
}

/// Members that are not named here may be added by browsers at any time, and are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

/// Checks that the browser answers this ceremony, on our page, in no frame of somebody else.
///
/// # Errors
/// [`PasskeyError`] naming the first of it that does not hold.
pub(super) fn check(bytes: &[u8], asked: Asked, expected: &Ceremony) -> Result<(), PasskeyError> {
    let data: ClientData =
        strict::parse_as(bytes, &LIMITS).map_err(|_| PasskeyError::Malformed("client data"))?;
    if data.r#type != asked.word() {
        return Err(PasskeyError::WrongType);
    }
    let challenge = expected.challenge.text();
    if !bool::from(data.challenge.as_bytes().ct_eq(challenge.as_bytes())) {
        return Err(PasskeyError::WrongChallenge);
    }
    if !expected.origins.contains(&data.origin) {
        return Err(PasskeyError::WrongOrigin);
    }
    if data.cross_origin || data.top_origin.is_some() {
        return Err(PasskeyError::CrossOrigin);
    }
    Ok(())
}
