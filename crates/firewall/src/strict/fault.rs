//! Why a text was not read.

use crate::strict::{Limits, clip::clipped};

/// Why a text was not read, and where.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{fault}")]
pub struct StrictError {
    fault: StrictFault,
    path: String,
}

impl StrictError {
    pub(super) const fn new(fault: StrictFault, path: String) -> Self {
        Self { fault, path }
    }

    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> &StrictFault {
        &self.fault
    }

    /// Where, e.g. `parameters.items[2].name`; empty for the whole text.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.fault.code()
    }

    /// The same fault, seen from one object further out.
    #[must_use]
    pub(crate) fn under(self, key: &str) -> Self {
        let path = match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{key}.{path}"),
        };
        Self { path, ..self }
    }
}

/// What is wrong with a text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StrictFault {
    /// Over the limit of bytes.
    #[error("has {got} bytes; at most {most} are read")]
    Size {
        /// How many there are.
        got: usize,
        /// The limit.
        most: usize,
    },
    /// Over the limit of levels.
    #[error("is nested more than {0} levels deep")]
    Depth(usize),
    /// A key twice in one object.
    #[error("the key `{0}` stands here twice")]
    DuplicateKey(String),
    /// A number that readers read differently.
    #[error("the number is beyond ±(2^53 - 1); send it as a string")]
    Number,
    /// Half of a character.
    #[error("a text has a lone surrogate, which is no character")]
    Surrogate,
    /// Bytes that are no text.
    #[error("expected UTF-8 without a byte order mark")]
    Encoding,
    /// More than one value.
    #[error("something follows the value")]
    Trailing,
    /// Not JSON.
    #[error("expected JSON: {0}")]
    Syntax(String),
    /// Not of the expected shape.
    #[error("{0}")]
    Shape(String),
}

impl StrictFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size { .. } => "json.too_large",
            Self::Depth(_) => "json.too_deep",
            Self::DuplicateKey(_) => "json.duplicate_key",
            Self::Number => "json.number",
            Self::Surrogate => "json.lone_surrogate",
            Self::Encoding => "json.encoding",
            Self::Trailing => "json.trailing",
            Self::Syntax(_) => "json.syntax",
            Self::Shape(_) => "json.shape",
        }
    }
}

/// Names what the JSON reader refused. It has one kind for all of these, so its words decide;
/// were they to change, the text would still be refused, as a fault of syntax.
pub(super) fn of_json(text: &str, error: &serde_json::Error, limits: &Limits) -> StrictFault {
    let words = error.to_string();
    let says = |part: &str| words.contains(part);
    if text.starts_with('\u{feff}') {
        StrictFault::Encoding
    } else if says("surrogate") || says("unexpected end of hex escape") {
        StrictFault::Surrogate
    } else if says("number out of range") {
        StrictFault::Number
    } else if says("recursion limit") {
        StrictFault::Depth(limits.depth)
    } else if says("trailing characters") {
        StrictFault::Trailing
    } else {
        StrictFault::Syntax(clipped(&words))
    }
}
