//! Slack's signature of a request (v0), over the bytes as they came.
//!
//! Source: <https://docs.slack.dev/authentication/verifying-requests-from-slack>. Stricter than it:
//! the window has two sides, and a timestamp has one spelling.

use jiff::Timestamp;
use portcullis_firewall::outside::{Keyring, OutsideError, SecretName};
use subtle::ConstantTimeEq;

/// The header with the moment of signing, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "x-slack-request-timestamp";
/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "x-slack-signature";
/// How far the moment of signing may be away, before or after, in milliseconds; 300 s exactly pass.
pub const WINDOW_MS: i64 = 300_000;

/// A signature that somebody claims; neither compared nor within its time yet.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Claimed {
    /// When it says it was made, in seconds since 1970.
    pub at: i64,
    /// The signature.
    pub mac: [u8; 32],
}

/// Why a request is not taken for the sake of its signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing, or there twice.
    #[error("expected one `X-Slack-Request-Timestamp` and one `X-Slack-Signature`")]
    Missing,
    /// Not whole seconds in digits, or not `v0=` and 64 lower-case hex digits.
    #[error("expected a timestamp in seconds and a signature of version 0")]
    Malformed,
    /// It is not the signature of any app of this gate.
    #[error("the signature is not Slack's for any app of this gate")]
    Wrong,
    /// More than 300 s ago or ahead.
    #[error("the request was signed more than 300 s away from now")]
    Stale,
}

impl SignatureError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "slack.unsigned",
            Self::Malformed => "slack.signature_malformed",
            Self::Wrong => "slack.signature_wrong",
            Self::Stale => "slack.signature_stale",
        }
    }
}

impl Claimed {
    /// Reads the two headers.
    ///
    /// *Fails closed:* a timestamp with a sign, a blank or a leading zero is refused.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`].
    pub fn read(timestamp: &str, signature: &str) -> Result<Self, SignatureError> {
        let at = seconds(timestamp).ok_or(SignatureError::Malformed)?;
        let mac = mac(signature).ok_or(SignatureError::Malformed)?;
        Ok(Self { at, mac })
    }

    /// Checks that it was made within the window around now.
    ///
    /// # Errors
    /// [`SignatureError::Stale`].
    pub fn must_be_of(&self, now: Timestamp) -> Result<(), SignatureError> {
        let away = self
            .at
            .saturating_mul(1_000)
            .saturating_sub(now.as_millisecond());
        if away.unsigned_abs() > WINDOW_MS.unsigned_abs() {
            return Err(SignatureError::Stale);
        }
        Ok(())
    }

    /// Whether this secret made the signature over these bytes. Takes the same time for every
    /// wrong signature.
    ///
    /// # Errors
    /// [`OutsideError::NoSecret`]; then nothing is taken as genuine.
    pub fn is_by(
        &self,
        keyring: &dyn Keyring,
        secret: &SecretName,
        body: &[u8],
    ) -> Result<bool, OutsideError> {
        let base = [format!("v0:{}:", self.at).as_bytes(), body].concat();
        let mac = keyring.mac(secret, &base)?;
        Ok(mac.ct_eq(&self.mac).into())
    }
}

fn seconds(text: &str) -> Option<i64> {
    let digits = (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !text.starts_with('0')).then(|| text.parse().ok())?
}

fn mac(text: &str) -> Option<[u8; 32]> {
    let hex = text.strip_prefix("v0=")?;
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let mut mac = [0; 32];
    (hex.bytes().all(lower) && hex::decode_to_slice(hex, &mut mac).is_ok()).then_some(mac)
}

#[cfg(test)]
mod tests {
    use super::{Claimed, SignatureError};
    use jiff::Timestamp;

    const SIGNED: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn read(timestamp: &str, signature: &str, ms: i64) -> Result<Claimed, SignatureError> {
        let claimed = Claimed::read(timestamp, signature)?;
        claimed.must_be_of(Timestamp::from_millisecond(ms).unwrap())?;
        Ok(claimed)
    }

    #[test]
    fn the_window_has_two_sides() {
        for (ms, wanted) in [
            (1_531_420_618_000, true),
            (1_531_420_918_000, true),
            (1_531_420_918_001, false),
            (1_531_420_919_000, false),
            (1_531_420_318_000, true),
            (1_531_420_317_999, false),
            (1_531_420_317_000, false),
            (0, false),
        ] {
            let read = read("1531420618", SIGNED, ms);
            assert_eq!(read.is_ok(), wanted, "{ms}");
            assert!(
                read.err()
                    .is_none_or(|error| error == SignatureError::Stale)
            );
        }
    }

    #[test]
    fn a_timestamp_has_one_spelling() {
        for text in [
            "",
            "+1531420618",
            " 1531420618",
            "01531420618",
            "1531420618.0",
            "1e9",
            "-1",
        ] {
            let read = read(text, SIGNED, 1_531_420_618_000);
            assert_eq!(read, Err(SignatureError::Malformed), "`{text}`");
        }
    }

    #[test]
    fn a_signature_has_one_spelling() {
        let upper = SIGNED.to_uppercase().replace("V0", "v0");
        let long = format!("{SIGNED}00");
        let v1 = SIGNED.replace("v0", "v1");
        let (short, bare) = (
            SIGNED.trim_end_matches('3'),
            SIGNED.trim_start_matches("v0="),
        );
        for text in ["", "v0=", &upper, &long, &v1, short, bare] {
            let read = read("1531420618", text, 1_531_420_618_000);
            assert_eq!(read, Err(SignatureError::Malformed), "`{text}`");
        }
    }
}
