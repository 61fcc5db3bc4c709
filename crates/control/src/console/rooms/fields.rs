//! What a form sent (`application/x-www-form-urlencoded`, WHATWG URL §5.1).

use crate::console::{
    desk::{is_ours, strictly_same},
    rooms::{answer::Refused, seat},
};
use axum::extract::{FromRequest, Request};
use portcullis_door::body::Payload;
use portcullis_firewall::error::GateError;
use std::collections::HashSet;

/// The fields of a form, in the order they were sent.
///
/// Fails closed: a form that no page of this console made for this browser is refused, whatever it
/// says.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl<S: Sync> FromRequest<S> for Fields {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let desk = seat::desk(&parts)?;
        let forged = || GateError::Forbidden("this form is not ours, or too old; reload it".into());
        if !is_ours(&parts.headers, &desk.parts.public_url) {
            return Err(forged().into());
        }
        let expected = desk.csrf_expected(&parts.headers, parts.uri.path());
        let Payload(bytes) = Payload::from_request(Request::from_parts(parts, body), state).await?;
        let fault = || GateError::invalid("form", "cannot be decoded");
        let fields = Self::read(&bytes).ok_or_else(fault)?;
        let sent = fields.one("csrf");
        if expected.is_some_and(|token| strictly_same(sent, &token)) {
            Ok(fields)
        } else {
            Err(forged().into())
        }
    }
}

impl Fields {
    /// Fails closed: a form with one field that cannot be decoded, or that comes twice, is none.
    fn read(bytes: &[u8]) -> Option<Self> {
        let pieces = bytes.split(|byte| *byte == b'&');
        let pairs = pieces.filter(|piece| !piece.is_empty()).map(|piece| {
            let mut sides = piece.splitn(2, |byte| *byte == b'=');
            let name = decoded(sides.next().unwrap_or_default())?;
            Some((name, decoded(sides.next().unwrap_or_default())?))
        });
        let pairs: Vec<(String, String)> = pairs.collect::<Option<_>>()?;
        let names: HashSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        (names.len() == pairs.len()).then_some(Self(pairs))
    }

    /// Whether a field was sent, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// A field to the letter; empty when it was not sent.
    pub(super) fn verbatim(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }

    /// A field, without the blanks around it; empty when it was not sent.
    pub(super) fn one(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.trim())
    }
}

fn decoded(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || char::from(*rest.next()?).to_digit(16);
                let code = digit()? * 16 + digit()?;
                bytes.push(u8::try_from(code).ok()?);
            }
            other => bytes.push(*other),
        }
    }
    // Browsers send line ends as CR LF (HTML §4.10.21.4).
    Some(String::from_utf8(bytes).ok()?.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn fields_are_decoded_or_the_form_is_none() {
        let fields = Fields::read(b"a=1+2&b=%C3%A9%0D%0Ax&c").unwrap_or_default();
        assert_eq!(fields.one("a"), "1 2");
        assert_eq!(fields.one("b"), "é\nx");
        assert_eq!(fields.one("c"), "");
        for bad in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=%FF", b"a=1&a=1"] {
            assert!(Fields::read(bad).is_none());
        }
    }
}
