//! OpenID Connect: a stand-in issuer behind the courier, and tokens of an independent signer.

mod flow;
mod issuer;
mod tokens;
