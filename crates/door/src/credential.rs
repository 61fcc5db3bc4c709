//! Which of the credentials a request brings speaks for it.

use axum::http::{HeaderMap, HeaderName, header};
use portcullis_firewall::{error::GateError, firewall::Firewall, principal::Principal};

/// Where agents' and clients' keys are, the stronger first.
const KEY_HEADERS: [HeaderName; 2] = [
    HeaderName::from_static("x-wardn-key"),
    HeaderName::from_static("x-api-key"),
];
/// Names the tenant once more; it must be the credential's.
const X_ORGANIZATION_ID: HeaderName = HeaderName::from_static("x-organization-id");

/// Finds who is calling.
///
/// A person's token in `Authorization` wins; else `X-WARDN-KEY`, else `X-API-Key`, else the bearer
/// token. Clients may send the same key in all three.
///
/// Fails closed: no known credential, two of different tenants, one header twice, or the name of
/// another tenant than the credential's is nobody.
///
/// # Errors
/// [`GateError::Unauthenticated`].
pub fn identify(firewall: &Firewall, headers: &HeaderMap) -> Result<Principal, GateError> {
    let bearer = bearer(headers)?;
    let [wardn_key, api_key] = &KEY_HEADERS;
    let first = only(headers, wardn_key)?;
    let second = only(headers, api_key)?;
    let known = Known {
        first_is_bearer: first == bearer,
        bearer: bearer.and_then(|token| firewall.authenticate(token)),
        first: first
            .filter(|_| first != bearer)
            .and_then(|key| firewall.authenticate(key)),
        second: second
            .filter(|_| second != bearer && second != first)
            .and_then(|key| firewall.authenticate(key)),
    };
    let principal = known.speaker().ok_or(GateError::Unauthenticated)?;
    match only(headers, &X_ORGANIZATION_ID)? {
        Some(named) if named != principal.tenant.as_str() => Err(GateError::Unauthenticated),
        _ => Ok(principal),
    }
}

/// The credentials that are somebody's, each looked up once.
struct Known {
    first_is_bearer: bool,
    bearer: Option<Principal>,
    first: Option<Principal>,
    second: Option<Principal>,
}

impl Known {
    fn speaker(self) -> Option<Principal> {
        if !self.is_of_one_tenant() {
            return None;
        }
        match self.bearer {
            Some(bearer) if bearer.role.is_person() || self.first_is_bearer => Some(bearer),
            bearer => self.first.or(self.second).or(bearer),
        }
    }

    fn is_of_one_tenant(&self) -> bool {
        let all = [&self.bearer, &self.first, &self.second];
        let mut tenants = all.into_iter().flatten().map(|principal| &principal.tenant);
        let first = tenants.next();
        tenants.all(|tenant| Some(tenant) == first)
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, GateError> {
    let Some(value) = only(headers, &header::AUTHORIZATION)? else {
        return Ok(None);
    };
    let (scheme, token) = value.split_once(' ').ok_or(GateError::Unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim()))
    } else {
        Err(GateError::Unauthenticated)
    }
}

/// The one value of a header. Two values could be read differently by whoever stands before us.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, GateError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(GateError::Unauthenticated);
    }
    value
        .to_str()
        .map(|text| Some(text.trim()))
        .map_err(|_| GateError::Unauthenticated)
}
