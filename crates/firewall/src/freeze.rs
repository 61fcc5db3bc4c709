//! Stand-in: the real module is being written.
use crate::digest::*; use portcullis_policy::action::Action;
/// f
#[derive(Clone,Debug)] pub struct FrozenAction { /// a
pub action: Action, /// b
pub bytes: Vec<u8>, /// d
pub digest: ActionDigest, /// n
pub nonce: Nonce }
/// f
pub fn freeze(action: Action, nonce: Nonce)->FrozenAction { FrozenAction{action, bytes: vec![], digest: ActionDigest::new([0;32]), nonce} }
