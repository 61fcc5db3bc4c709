//! The values that must never be seen.

mod encode;
pub(crate) mod needles;
mod sieve;

pub(crate) use encode::Way;

use crate::loose::{literal, loose};
use needles::Needles;
use std::fmt;
use zeroize::Zeroizing;

/// The least bytes of a secret, blanks and backslashes not counted: a shorter one would be found in harmless text
/// all the time.
pub const LEAST_BYTES: usize = 6;

/// The most bytes of a secret.
pub const MOST_BYTES: usize = 8_192;

/// How far a secret is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// In every text.
    Global,
    /// In the texts of one workspace.
    Workspace,
    /// In the texts of one session.
    Session,
}

impl Level {
    pub(crate) const COUNT: usize = 3;

    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Global => "registered.global",
            Self::Workspace => "registered.workspace",
            Self::Session => "registered.session",
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// Why a value cannot be registered. It does not hold the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It has fewer than [`LEAST_BYTES`].
    #[error(
        "a secret needs at least 6 bytes besides blanks and backslashes, to be found without hiding harmless text"
    )]
    TooShort,
    /// It has more than [`MOST_BYTES`].
    #[error("a secret may have at most 8192 bytes")]
    TooLong,
}

impl SecretError {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "secret.too_short",
            Self::TooLong => "secret.too_long",
        }
    }
}

/// The registered secrets of one level.
///
/// Their values are wiped when it is dropped, and never shown: `Debug` says how many there are.
#[derive(Default)]
pub struct Secrets {
    forms: Vec<encode::Form>,
    count: usize,
}

impl Secrets {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one value with its encodings: base64 in its three alignments and both alphabets, hex,
    /// percent signs, JSON escapes, and all of these with line breaks inside. Bytes that are not
    /// UTF-8 are found in their encodings alone.
    ///
    /// Fails closed: a value that is too short or too long to be found is an error, never left out
    /// in silence. Whoever registers it must not use it then.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn add(&mut self, value: impl AsRef<[u8]>) -> Result<(), SecretError> {
        let value = value.as_ref();
        if value.len() > MOST_BYTES {
            return Err(SecretError::TooLong);
        }
        if loose(value).len().min(literal(value).len()) < LEAST_BYTES {
            return Err(SecretError::TooShort);
        }
        self.forms.extend(encode::forms(value));
        self.count += 1;
        Ok(())
    }

    /// Adds those of another set as they are made ready there.
    pub fn add_all(&mut self, others: &Self) {
        self.forms.extend(others.forms.iter().cloned());
        self.count += others.count;
    }

    /// Every way of writing one of them for texts that are read like this.
    #[cfg(test)]
    pub(crate) fn forms_for(&self, way: Way) -> impl Iterator<Item = &[u8]> {
        let forms = self.forms.iter();
        forms
            .filter(move |form| form.ways & way.bit() != 0)
            .map(|form| form.bytes.as_slice())
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("len", &self.count)
            .finish_non_exhaustive()
    }
}

/// The secrets of one level, made ready to be looked for.
pub(crate) struct Layer {
    pub(crate) needles: Needles,
    /// Those that the loose form of a text does not tell of; hardly any secret has one.
    pub(crate) apart: Option<Needles>,
    pub(crate) level: Level,
}

impl Layer {
    pub(crate) fn new(level: Level, secrets: &Secrets) -> Self {
        let apart = |form: &&encode::Form| form.ways & Way::Apart.bit() != 0;
        let forms = secrets.forms.iter();
        let some = forms.clone().any(|form| apart(&form));
        Self {
            needles: Needles::new(forms.clone(), Way::Loose),
            apart: some.then(|| Needles::new(forms.filter(apart), Way::Apart)),
            level,
        }
    }
}

/// The same bytes in a table that is wiped.
pub(crate) fn wiped<T: zeroize::Zeroize>(table: Vec<T>) -> Zeroizing<Vec<T>> {
    Zeroizing::new(table)
}
