//! What the gate signs about one person's answer: an in-toto statement about the frozen action.

use super::{Choice, Way};
use crate::{canonical, digest::ActionDigest, moment};
use jiff::Timestamp;
use portcullis_policy::id::{PersonId, TenantId};

/// What kind of statement it is.
const PREDICATE_TYPE: &str = "https://portcullis.dev/approval/v1";

/// One person's answer, to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'s> {
    /// Whose tenant.
    pub tenant: &'s TenantId,
    /// Which hold.
    pub hold: &'s str,
    /// At which of its levels.
    pub level: u8,
    /// Which action exactly: SHA-256 over the domain and the canonical bytes.
    pub digest: ActionDigest,
    /// What was said.
    pub choice: Choice,
    /// By whom.
    pub person: &'s PersonId,
    /// By which name they go.
    pub name: &'s str,
    /// Where it came in.
    pub way: Way,
    /// The passkey that was used for it.
    pub passkey: Option<&'s str>,
    /// When.
    pub at: Timestamp,
}

impl Statement<'_> {
    /// The statement in its canonical spelling (RFC 8785; in-toto Statement v1).
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(768);
        let mut statement = canonical::Object::new(&mut bytes);
        statement.string("_type", "https://in-toto.io/Statement/v1");
        let mut predicate = statement.object("predicate");
        predicate.string("at", &moment::text(self.at));
        predicate.string("choice", self.choice.as_str());
        predicate.string("hold", self.hold);
        predicate.integer("level", u64::from(self.level));
        predicate.string("name", self.name);
        if let Some(passkey) = self.passkey {
            predicate.string("passkey", passkey);
        }
        predicate.string("person", self.person.as_str());
        predicate.string("tenant", self.tenant.as_str());
        predicate.string("way", self.way.as_str());
        predicate.end();
        statement.string("predicateType", PREDICATE_TYPE);
        let mut subjects = statement.array("subject");
        let mut subject = subjects.object();
        subject.object("digest").display("sha256", &self.digest);
        subject.string("name", "action");
        subject.end();
        subjects.end();
        statement.end();
        bytes
    }
}
