//! Why a statement did not do what it should.

use serde_json::{Value, json};
use std::fmt;
use tokio_postgres::error::{Error, Severity};

/// What kept a statement from being done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Lack {
    /// The gate does not do it.
    Refused(String),
    /// The server says no.
    Server {
        /// Its code (PostgreSQL, appendix A).
        code: String,
        /// What it says.
        message: String,
        /// Whether it ended the session with it.
        last_word: bool,
    },
    /// The line broke, or what came was not understood.
    Broken,
    /// It took too long.
    Late,
}

impl Lack {
    /// Whether a server that says this instead of having committed certainly has not.
    ///
    /// *Fails closed:* a server that ends the session while it commits may have done so before
    /// (PostgreSQL, 27.2.8), and two classes of codes say that nobody can tell.
    pub(super) fn is_certain(&self) -> bool {
        match self {
            Self::Refused(_) => true,
            Self::Server {
                code, last_word, ..
            } => !last_word && !code.starts_with("08") && code != "40003",
            Self::Broken | Self::Late => false,
        }
    }

    /// What an agent gets to see, besides the words.
    pub(super) fn output(&self) -> Vec<u8> {
        let value: Value = match self {
            Self::Server { code, message, .. } => json!({"message": message, "sqlstate": code}),
            Self::Refused(_) | Self::Broken | Self::Late => return Vec::new(),
        };
        value.to_string().into_bytes()
    }

    /// In the server's own words too, for a dry run that has not looked at any row yet.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Server { message, .. } => format!("{self}: {message}"),
            Self::Refused(_) | Self::Broken | Self::Late => self.to_string(),
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Server { code, .. } => write!(f, "the server says no, SQLSTATE {code}"),
            Self::Broken => f.write_str("the connection broke"),
            Self::Late => f.write_str("not in time"),
        }
    }
}

impl From<Error> for Lack {
    fn from(error: Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return Self::Broken;
        };
        Self::Server {
            code: said.code().code().to_owned(),
            message: said.message().to_owned(),
            last_word: said.parsed_severity() != Some(Severity::Error),
        }
    }
}
