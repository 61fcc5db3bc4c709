//! Passwords: argon2id (RFC 9106), with the parameters in the stored text.
//!
//! Hashing takes tens of milliseconds of work on purpose: callers do it beside the lane, and no
//! more of it at once than there is room for.

use crate::{digest::hex_bytes, error::GateError, person::Person};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use portcullis_policy::id::PersonId;
use std::fmt;

/// The shortest password, in characters (NIST SP 800-63B, 3.1.1.2).
pub const MIN_CHARACTERS: usize = 15;
/// The longest, in bytes: longer ones are a way to keep the gate busy.
pub const MAX_BYTES: usize = 1_024;

/// What is verified when there is nobody to verify, so that it takes as long as for somebody.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                      7WlYBO0lvHyRLDoXZIdIlzvfFoZ9cYpN3FjEpvrL4h4";

/// Checks that a new password is neither too short nor too long, and not the name it goes with.
///
/// # Errors
/// [`GateError::Invalid`] at `password`.
pub fn check(password: &str, name: &str) -> Result<(), GateError> {
    let fault = |message: String| Err(GateError::invalid("password", message));
    if password.chars().count() < MIN_CHARACTERS {
        return fault(format!("expected at least {MIN_CHARACTERS} characters"));
    }
    if password.len() > MAX_BYTES {
        return fault(format!("has at most {MAX_BYTES} bytes"));
    }
    let first = password.chars().next();
    if password.chars().all(|c| Some(c) == first) {
        return fault("must not be one character over and over".to_owned());
    }
    if !name.is_empty() && password.to_lowercase().contains(&name.to_lowercase()) {
        return fault("must not contain the name".to_owned());
    }
    Ok(())
}

hex_bytes! {
    /// The salt of a password.
    Salt(16);
}

/// A password's hash, made just now.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Checks and hashes a new password. Slow on purpose.
    ///
    /// # Errors
    /// [`GateError::Invalid`] at `password`; [`GateError::Unavailable`] when there is no memory to
    /// hash in.
    pub fn of(password: &str, name: &str, salt: &Salt) -> Result<Self, GateError> {
        check(password, name)?;
        let hashed: Result<PasswordHash, _> =
            Argon2::default().hash_password_with_salt(password.as_bytes(), salt.as_bytes());
        hashed.map(|hash| Self(hash.to_string())).map_err(|error| {
            GateError::Unavailable(format!("a password cannot be hashed: {error}"))
        })
    }

    pub(crate) fn into_hash(self) -> String {
        self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword([hidden])")
    }
}

/// What somebody's password is checked against; of nobody, something as slow.
#[derive(Clone)]
pub struct PasswordCheck {
    person: Option<PersonId>,
    hash: Option<String>,
}

impl PasswordCheck {
    pub(crate) fn of(person: Option<&Person>) -> Self {
        Self {
            person: person.map(|person| person.id.clone()),
            hash: person.and_then(|person| person.password.clone()),
        }
    }

    /// Of somebody whose tenant is not even there.
    #[must_use]
    pub const fn of_nobody() -> Self {
        Self {
            person: None,
            hash: None,
        }
    }

    /// Checks a password. Slow on purpose, also when there is none to check against.
    ///
    /// *Fails closed:* an unreadable hash and an overlong password are the wrong one.
    #[must_use]
    pub fn verify(self, password: &str) -> Verified {
        let fits = password.len() <= MAX_BYTES;
        let shown = if fits { password } else { "" };
        let same = Argon2::default()
            .verify_password(shown.as_bytes(), self.hash.as_deref().unwrap_or(NOBODY))
            .is_ok();
        Verified {
            same: same && fits && self.hash.is_some(),
            person: self.person,
        }
    }
}

impl fmt::Debug for PasswordCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordCheck")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// Whether a password was somebody's: only checking one makes this.
#[derive(Clone, Debug)]
pub struct Verified {
    same: bool,
    person: Option<PersonId>,
}

impl Verified {
    /// Whether it was.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        self.same
    }

    /// Whether this person has shown their password.
    pub(crate) fn is_by(&self, person: &PersonId) -> bool {
        self.same && self.person.as_ref() == Some(person)
    }

    pub(crate) fn take(self) -> (Option<PersonId>, bool) {
        (self.person, self.same)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, NOBODY, NewPassword, PasswordCheck, Salt, check};
    use argon2::password_hash::phc::PasswordHash;

    fn check_of(hash: Option<&str>) -> PasswordCheck {
        PasswordCheck {
            person: None,
            hash: hash.map(str::to_owned),
        }
    }

    #[test]
    fn only_the_password_itself_verifies() {
        let password = "correct horse battery";
        let made = NewPassword::of(password, "Ana", &Salt::new([7; 16])).unwrap();
        assert!(!format!("{made:?}").contains('$'));
        let hash = made.into_hash();
        assert!(check_of(Some(&hash)).verify(password).same);
        let long = "x".repeat(MAX_BYTES + 1);
        for wrong in ["", "correct horse batterY", "correct horse battery ", &long] {
            assert!(!check_of(Some(&hash)).verify(wrong).same, "{wrong}");
        }
        assert!(!check_of(Some("$argon2id$broken")).verify(password).same);
        assert!(!check_of(None).verify(password).same);
    }

    #[test]
    fn nobody_is_checked_as_slowly_as_somebody() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let made = NewPassword::of("correct horse battery", "", &Salt::new([7; 16])).unwrap();
        let somebody = PasswordHash::new(&made.0).unwrap();
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params, somebody.params);
        assert!(nobody.hash.is_some(), "it must come to the comparison");
    }

    #[test]
    fn passwords_that_are_guessed_first_are_refused() {
        for bad in ["short", "aaaaaaaaaaaaaaaaaaaa", "i am called ana lopez"] {
            assert!(check(bad, "Ana Lopez").is_err(), "{bad}");
        }
        assert!(check("plenty of letters", "Ana Lopez").is_ok());
    }
}
