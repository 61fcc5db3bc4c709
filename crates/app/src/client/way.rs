//! The way to a gate: encrypted, or within this machine.

use super::address::Address;
use anyhow::ensure;
use portcullis_credentials::Tls;
use std::path::PathBuf;

/// What the user trusts besides what everybody does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// A PEM file of authorities, besides the system's.
    pub(crate) authorities: Option<PathBuf>,
    /// Other machines without TLS: whoever is on the way reads tokens, and answers as the gate.
    pub(crate) plain_http: bool,
}

/// How a gate is reached.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// As it is.
    Plain,
    /// Within TLS.
    Encrypted(Tls),
}

impl Way {
    /// The way to an address.
    ///
    /// Fails closed: without TLS no other machine is asked, unless the user says so.
    ///
    /// # Errors
    /// When it is not to be taken, or the authorities cannot be read.
    pub(super) fn to(address: &Address, trust: &Trust) -> anyhow::Result<Self> {
        if address.is_encrypted {
            return Ok(Self::Encrypted(Tls::new(trust.authorities.as_deref())?));
        }
        ensure!(
            address.is_here() || trust.plain_http,
            "`{}` is another machine, and not reached by TLS: whoever is on the way could read the \
             token; use `https://`, or say `--plain-http`",
            address.url
        );
        Ok(Self::Plain)
    }
}
