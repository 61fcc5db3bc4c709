//! Doors for people: what they see of the gate, what they decide, and how they change its rules.
//!
//! **What is this?** The management API under `/v1` ([`rest`]), the same things in the shapes of
//! another product ([`thewardn`]), the one who checks passwords ([`Porter`]), the audit trail in
//! four file formats ([`export`]), the description of it all ([`docs`]), the pages for people in a
//! browser ([`console`]), two proofs of who somebody is ([`passkey`], [`oidc`]), notices to those
//! who are not looking ([`notify`]), and Slack ([`slack`]).
//!
//! **What will it never do?** Let an agent decide or change anything, judge, keep a secret, or
//! show one tenant's things to another: every wish goes to the firewall with its caller, and the
//! firewall checks it again.
//!
//! **Where do I start reading?** At [`rest`], where every route is listed.

pub mod console;
pub mod docs;
pub mod export;
mod intake;
pub mod notify;
pub mod oidc;
pub mod passkey;
mod porter;
pub mod rest;
mod rights;
mod signature;
pub mod slack;
pub mod thewardn;
mod throttle;
mod wire;

pub use porter::Porter;
