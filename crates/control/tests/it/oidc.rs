//! OpenID Connect: a stand-in issuer behind the courier, and tokens of an independent signer.

mod flow;
pub(crate) mod issuer;
mod tokens;
