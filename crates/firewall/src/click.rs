//! What comes in when a person decides, and what comes of it.

use crate::{
    approval::{Choice, Claims, Way},
    canonical,
    error::GateError,
    hold::Hold,
    moment,
};
use sha2::{Digest, Sha256};

/// What every challenge begins with.
const DOMAIN: &[u8] = b"portcullis step-up v1\n";

/// One decision of one person.
#[derive(Clone, Debug)]
pub struct Click {
    /// What is decided.
    pub choice: Choice,
    /// Why; told to the agent when it is a no.
    pub reason: Option<String>,
    /// Where it came in.
    pub way: Way,
    /// The signed request that is answered. Only programs may go without: they name the hold
    /// themselves.
    pub token: Option<String>,
    /// The passkey that was used for it.
    pub presence: Option<Presence>,
}

impl Click {
    /// The answer of a program that names the hold itself.
    #[must_use]
    pub fn by_program(choice: Choice, why: Option<&str>) -> Self {
        Self {
            choice,
            reason: why.map(str::to_owned),
            way: Way::Api,
            token: None,
            presence: None,
        }
    }
}

/// A passkey that was used for one exact decision. Its signature is verified before it gets here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Presence {
    /// Which.
    pub credential_id: String,
    /// The count it came with.
    pub sign_count: u32,
    /// What it signed.
    pub challenge: [u8; 32],
}

/// What became of a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Clicked {
    /// It counts; the hold as it is now.
    Counted(Box<Hold>),
    /// It does not; that it was tried is on record.
    Refused(GateError),
}

/// A click that is not heard: whoever brought it is nobody here, or it is not what it seems.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unheard {
    /// Who did it, as its way names people, e.g. `slack:T0123/U0123`; a bounded, visible text.
    pub by: String,
    /// Where it came in.
    pub way: Way,
    /// The signed request it brought, if any: whatever it says, it is not believed.
    pub token: Option<String>,
    /// The stable code of why not.
    pub code: &'static str,
    /// Why not, in our words.
    pub because: String,
}

/// What a passkey signs for a decision: the whole request, so that it is good for nothing else.
#[must_use]
pub fn challenge(claims: &Claims) -> [u8; 32] {
    let mut bytes = DOMAIN.to_vec();
    let mut object = canonical::Object::new(&mut bytes);
    object
        .string("choice", claims.choice.as_str())
        .display("digest", &claims.digest)
        .string("expires_at", &moment::text(claims.expires_at))
        .string("hold", &claims.hold)
        .integer("level", u64::from(claims.level))
        .display("nonce", &claims.nonce)
        .string("tenant", claims.tenant.as_str());
    object.end();
    Sha256::digest(&bytes).into()
}
