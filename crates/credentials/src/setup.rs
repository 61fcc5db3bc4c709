//! What can be wrong with the settings.

use std::path::PathBuf;

/// Why nothing can be called with these settings.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SetupError {
    /// The file of extra certificates cannot be read, or holds none.
    #[error("`{}` holds no readable PEM certificate", .0.display())]
    Roots(PathBuf),
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Tls,
    /// The mail server's settings contradict each other or cannot be read.
    #[error("the mail settings are not usable: {0}")]
    Mail(&'static str),
}

impl SetupError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Roots(_) => "setup.roots",
            Self::Tls => "setup.tls",
            Self::Mail(_) => "setup.mail",
        }
    }
}
