//! OpenID Connect: another system says who a person is, and signs it.
//!
//! The code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636), for any issuer.
//! [`RelyingParty::begin`] says where to send the browser, [`RelyingParty::finish`] takes what it
//! comes back with. In between the caller keeps a [`Begun`], tied to that browser; nothing is
//! stored here but what the issuer publishes.
//!
//! Messages go by the firewall's courier, which puts the client secret in: it is never seen here.

mod algorithm;
mod begun;
mod claims;
mod error;
mod form;
mod identity;
mod issuer;
mod keys;
mod metadata;
mod post;
mod provider;
mod relying_party;
mod token;

pub use algorithm::Algorithm;
pub use begun::{Begun, Callback};
pub use error::OidcError;
pub use identity::Identity;
pub use provider::Provider;
pub use relying_party::RelyingParty;
