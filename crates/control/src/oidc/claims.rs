//! What an ID token must say (OpenID Connect Core 1.0, sections 3.1.3.6 and 3.1.3.7).

use super::{algorithm::Algorithm, error::OidcError};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

/// How far clocks may be apart.
const SKEW_SECONDS: i64 = 60;

/// Whom the token must be from and for, and what it must belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) algorithm: Algorithm,
    pub(super) nonce: Option<&'a str>,
    pub(super) access_token: Option<&'a str>,
}

impl Expected<'_> {
    /// Checks the claims of a token whose signature is right.
    ///
    /// # Errors
    /// [`OidcError`] with the first claim that does not hold.
    pub(super) fn check(
        &self,
        claims: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<(), OidcError> {
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer) {
            return Err(OidcError::WrongIssuer("token"));
        }
        self.check_audience(claims)?;
        check_times(claims, now.as_second())?;
        self.check_nonce(claims)?;
        self.check_access_token(claims)
    }

    /// For this client; when for others too, then given to this one.
    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), OidcError> {
        let (ours, alone) = match claims.get("aud") {
            Some(Value::String(one)) => (one == self.client_id, true),
            Some(Value::Array(all)) => {
                (all.iter().any(|one| one == self.client_id), all.len() == 1)
            }
            _ => (false, false),
        };
        let given = match claims.get("azp") {
            Some(party) => party == self.client_id,
            None => alone,
        };
        if ours && given {
            Ok(())
        } else {
            Err(OidcError::WrongAudience)
        }
    }

    fn check_nonce(&self, claims: &Map<String, Value>) -> Result<(), OidcError> {
        let Some(nonce) = self.nonce else {
            return Ok(());
        };
        let said = claims.get("nonce").and_then(Value::as_str);
        let same = said.is_some_and(|said| is_same(said, nonce));
        same.then_some(()).ok_or(OidcError::WrongNonce)
    }

    /// `at_hash`, when the token has one: the left half of the access token's hash.
    fn check_access_token(&self, claims: &Map<String, Value>) -> Result<(), OidcError> {
        let (Some(said), Some(token)) = (claims.get("at_hash"), self.access_token) else {
            return Ok(());
        };
        let digest = self.algorithm.digest(token.as_bytes());
        let (half, _) = digest.as_ref().split_at(digest.as_ref().len() / 2);
        let same = said.as_str() == Some(URL_SAFE_NO_PAD.encode(half).as_str());
        same.then_some(()).ok_or(OidcError::WrongAccessToken)
    }
}

/// Whether two secrets are the same, in the same time for all that are not.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), OidcError> {
    let second = |name| claims.get(name).and_then(whole_second);
    let end = second("exp").ok_or(OidcError::WrongClaim("exp"))?;
    let start = second("iat").ok_or(OidcError::WrongClaim("iat"))?;
    let earliest = now.saturating_add(SKEW_SECONDS);
    if now >= end.saturating_add(SKEW_SECONDS) {
        return Err(OidcError::Expired);
    }
    let from = match claims.get("nbf") {
        Some(value) => whole_second(value).ok_or(OidcError::WrongClaim("nbf"))?,
        None => start,
    };
    if start > earliest || from > earliest {
        return Err(OidcError::NotYet);
    }
    Ok(())
}

/// A moment as tokens write it; what stands behind the point is cut off.
fn whole_second(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, and both ends are far from now"
    )]
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|at| at as i64))
}
