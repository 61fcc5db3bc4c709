//! The parts of what the browser sends that both ceremonies share.

use super::error::PasskeyError;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// The longest part in base64url: an attestation object of 64 KiB.
const MAX_TEXT: usize = (64 << 10) / 3 * 4 + 4;

/// What `PublicKeyCredential.toJSON()` gives (WebAuthn Level 3, section 5.1.8).
#[derive(Debug)]
pub(super) struct Response<'a> {
    /// The passkey's name, base64url without padding, in its one spelling.
    pub(super) id: &'a str,
    inner: &'a Value,
}

impl<'a> Response<'a> {
    /// Finds the parts; members that are not asked for are ignored, as browsers add to them.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`].
    pub(super) fn read(value: &'a Value) -> Result<Self, PasskeyError> {
        let word = |key| value.get(key).and_then(Value::as_str);
        if word("type") != Some("public-key") {
            return Err(PasskeyError::Malformed("type"));
        }
        let id = word("id").ok_or(PasskeyError::Malformed("id"))?;
        if word("rawId") != Some(id) || bytes(id).is_none_or(|bytes| bytes.is_empty()) {
            return Err(PasskeyError::Malformed("id"));
        }
        let inner = value.get("response");
        let inner = inner.ok_or(PasskeyError::Malformed("response"))?;
        Ok(Self { id, inner })
    }

    /// The bytes of one member of `response`.
    pub(super) fn part(&self, name: &'static str) -> Result<Vec<u8>, PasskeyError> {
        let text = self.inner.get(name).and_then(Value::as_str);
        text.and_then(bytes).ok_or(PasskeyError::Malformed(name))
    }
}

/// Base64url without padding, in its one spelling.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()
}
