//! One call to a provider, and what its answer means.

use super::Tools;
use portcullis_firewall::{
    lease::LeaseError,
    outside::{Credential, Delivery, Method, OutsideError, Parcel, Reach},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// What a provider answered. Its body may hold secrets, and is overwritten.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Reply {
    pub(super) const fn is_good(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// What it says, as JSON.
    ///
    /// *Fails closed:* what cannot be read has still been done, so that it is not known what was.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, LeaseError> {
        // The library's words may repeat what came.
        serde_json::from_slice(&self.body)
            .map_err(|_| LeaseError::Unanswered("the answer is not what it must be".to_owned()))
    }

    /// The answer when it is good, else why not: its status alone, for the rest may repeat secrets.
    pub(super) fn good(self) -> Result<Self, LeaseError> {
        if self.is_good() {
            return Ok(self);
        }
        let said = format!("it answers with {}", self.status);
        Err(match self.status {
            408 | 429 | 500..=599 => LeaseError::Unanswered(said),
            _ => LeaseError::Refused(said),
        })
    }
}

/// A form body.
pub(super) fn form<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish().into_bytes()
}

/// Where a provider is called, and with what.
pub(super) struct Place<'p> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: &'p [(&'p str, &'p str)],
    pub(super) reach: Reach,
}

impl Place<'_> {
    /// A call there, which shows a credential.
    pub(super) fn parcel(self, body: Vec<u8>, credential: Credential) -> Parcel {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Parcel {
            method: self.method,
            url: self.url,
            headers: headers.collect(),
            body,
            credential: Some(credential),
            reach: self.reach,
        }
    }
}

/// A body of JSON; none for nothing.
pub(super) fn json(body: Option<&Value>) -> Vec<u8> {
    body.map_or_else(Vec::new, |body| body.to_string().into_bytes())
}

/// Calls a provider.
pub(super) async fn call(tools: &Tools, parcel: Parcel) -> Result<Reply, LeaseError> {
    let Delivery { status, body, .. } = tools
        .courier
        .send(parcel)
        .await
        .map_err(|error| lack(&error))?;
    let body = Zeroizing::new(body);
    Ok(Reply { status, body })
}

pub(super) fn lack(error: &OutsideError) -> LeaseError {
    match error {
        OutsideError::Forbidden { .. } | OutsideError::NoSecret(_) => {
            LeaseError::Refused(error.to_string())
        }
        OutsideError::Unreachable { .. }
        | OutsideError::Unanswered { .. }
        | OutsideError::Unusable { .. } => LeaseError::Unanswered(error.to_string()),
    }
}
