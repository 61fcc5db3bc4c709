//! Credentials that come with an order: minted for it, and dead after it.

use portcullis_firewall::{
    lease::InHand,
    order::Order,
    outside::{Credential, SecretName},
};

/// How what was minted is shown to a service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leased {
    /// The provider, by the operator's name for it.
    pub provider: String,
    /// How its parts go along.
    pub way: Way,
}

/// How the parts of a credential go along with a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Way {
    /// `Authorization: Bearer <part>`.
    Bearer {
        /// The part, e.g. `token`.
        part: String,
    },
    /// A header of its own.
    Header {
        /// Its name.
        name: String,
        /// The part, e.g. `value`.
        part: String,
    },
    /// The call is signed (AWS Signature Version 4).
    Aws {
        /// The service, e.g. `s3`.
        service: String,
        /// The region.
        region: String,
    },
}

impl Leased {
    /// What an order's credential is shown as.
    ///
    /// *Fails closed:* without one of this provider, nothing is sent.
    pub(crate) fn credential(&self, order: &Order) -> Result<Credential, String> {
        let lease = of(order, &self.provider)?;
        Ok(match &self.way {
            Way::Bearer { part } => Credential::Bearer(secret(lease, part)?),
            Way::Header { name, part } => Credential::Header {
                name: name.clone(),
                secret: secret(lease, part)?,
            },
            Way::Aws { service, region } => Credential::Aws {
                key_id: secret(lease, "access_key_id")?,
                key: secret(lease, "secret_access_key")?,
                token: Some(secret(lease, "session_token")?),
                service: service.clone(),
                region: region.clone(),
            },
        })
    }
}

/// The credential that an order carries, when it opens this provider.
pub(crate) fn of<'o>(order: &'o Order, provider: &str) -> Result<&'o InHand, String> {
    match &order.lease {
        Some(lease) if lease.provider == provider => Ok(lease),
        Some(lease) => Err(format!(
            "it takes a credential of `{provider}`, and the order's is of `{}`",
            lease.provider
        )),
        None => Err(format!(
            "it takes a credential of `{provider}`, and the order has none: the action has to name a scope"
        )),
    }
}

/// The name of a secret part.
pub(crate) fn secret(lease: &InHand, part: &str) -> Result<SecretName, String> {
    let found = lease.secrets.iter().find(|(known, _)| known == part);
    found
        .map(|(_, name)| name.clone())
        .ok_or_else(|| format!("the credential has no part `{part}`"))
}

/// An open part.
pub(crate) fn open<'l>(lease: &'l InHand, part: &str) -> Option<&'l str> {
    let found = lease.open.iter().find(|(known, _)| known == part);
    found.map(|(_, value)| value.as_str())
}
