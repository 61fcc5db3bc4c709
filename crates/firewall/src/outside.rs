//! Calling out to other systems, with secrets that stay behind.
//!
//! Whoever composes a message names a secret; what the name stands for is put in by the crate that
//! implements these ports, and is never seen here.

mod flow;
mod launch;
mod program;
mod wallet;

pub use flow::{Arrival, Flow};
pub use launch::{Exit, Heard, Launch, Launcher, Part, PrivateFile, Running, Stop};
pub use program::{Program, Starter, Variable};
pub use wallet::{Intending, Intent, Misfit, Signer, Wallet, Wish};

use serde::{Deserialize, Serialize};
use std::{fmt, future::Future, pin::Pin, sync::Arc};

/// An answer from outside that comes later.
pub type Awaited<'a, T> = Pin<Box<dyn Future<Output = Result<T, OutsideError>> + Send + 'a>>;

/// The name of a secret, e.g. `env:SLACK_BOT_TOKEN` or `file:/run/secrets/slack`.
#[derive(Clone, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretName(Arc<str>);

impl SecretName {
    /// A name as it was written; whether there is such a secret is for the port to say.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretName({})", self.0)
    }
}

/// Carries requests to other systems.
///
/// Fails closed: an address that [`Reach`] does not allow is not called, whatever it resolves to
/// and however often; redirects are answers, and never followed.
pub trait Courier: fmt::Debug + Send + Sync {
    /// Sends one HTTP request and waits for its answer.
    ///
    /// # Errors
    /// [`OutsideError`]; an answer of any status is no error.
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery>;

    /// Sends one HTTP request and waits for the beginning of its answer, for one that comes over
    /// time. Its body has no bound and no end that is set here.
    ///
    /// # Errors
    /// As [`Courier::send`]; always [`OutsideError::Unusable`] from one that brings whole answers alone.
    fn begin(&self, parcel: Parcel) -> Awaited<'_, Arrival> {
        let why = "this courier brings whole answers alone".to_owned();
        let host = parcel.url;
        Box::pin(std::future::ready(Err(OutsideError::Unusable {
            host,
            why,
        })))
    }

    /// Opens a line of text messages, over WebSocket (RFC 6455).
    ///
    /// # Errors
    /// [`OutsideError`].
    fn dial<'a>(&'a self, url: &'a str, reach: Reach) -> Awaited<'a, Box<dyn Line>>;
}

/// An open line of text messages. Pings are answered by themselves.
pub trait Line: fmt::Debug + Send {
    /// The next message; `None` when the other side has hung up.
    ///
    /// # Errors
    /// [`OutsideError::Unreachable`] when the line broke.
    fn hear(&mut self) -> Awaited<'_, Option<String>>;

    /// Says something.
    ///
    /// # Errors
    /// [`OutsideError::Unreachable`] when the line broke.
    fn say(&mut self, text: String) -> Awaited<'_, ()>;
}

/// Computes with secrets for those who may not see them.
pub trait Keyring: fmt::Debug + Send + Sync {
    /// HMAC-SHA-256 (RFC 2104) of a message under a secret.
    ///
    /// # Errors
    /// [`OutsideError::NoSecret`].
    fn mac(&self, secret: &SecretName, message: &[u8]) -> Result<[u8; 32], OutsideError>;
}

/// Sends letters.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands one letter to the mail server.
    ///
    /// # Errors
    /// [`OutsideError`].
    fn post(&self, letter: Letter) -> Awaited<'_, ()>;
}

/// A letter for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Letter {
    /// Mail addresses.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Stays the same when the letter is sent again, so that readers show it once.
    pub message_id: String,
}

/// One HTTP request.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// What is to be done there.
    pub method: Method,
    /// Where to; `https`, unless its [`Reach`] allows more.
    pub url: String,
    /// Header names and values, without credentials.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The credential to put in.
    pub credential: Option<Credential>,
    /// Where it may go.
    pub reach: Reach,
}

/// The methods that parcels use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends a body.
    Post,
    /// Puts a body in the place of what is there.
    Put,
    /// Changes a part of what is there.
    Patch,
    /// Removes what is there.
    Delete,
}

/// How a secret goes along.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Credential {
    /// `Authorization: Bearer <secret>` (RFC 6750).
    Bearer(SecretName),
    /// `Authorization: Basic` with both parts form-encoded first (RFC 6749, 2.3.1).
    Basic {
        /// The user or client.
        user: String,
        /// The password or client secret.
        secret: SecretName,
    },
    /// `Authorization: Basic` with both parts as they are (RFC 7617).
    Login {
        /// The user; a `:` in it could not be told from the one that ends it.
        user: String,
        /// The password.
        secret: SecretName,
    },
    /// A header of its own, e.g. `X-Api-Key`.
    Header {
        /// The header's name.
        name: String,
        /// Its value.
        secret: SecretName,
    },
    /// One more field of a form body (RFC 6749, 2.3.1).
    FormField {
        /// The field's name, e.g. `client_secret`.
        name: String,
        /// Its value.
        secret: SecretName,
    },
    /// Several more fields of a form body (RFC 8693, 2.1): their names and values.
    FormFields(Vec<(String, SecretName)>),
    /// A signature over the whole request in the place of a secret: AWS Signature Version 4
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>).
    Aws {
        /// The id of the access key.
        key_id: SecretName,
        /// The secret access key.
        key: SecretName,
        /// The token that temporary keys come with.
        token: Option<SecretName>,
        /// The service that is called, e.g. `s3`.
        service: String,
        /// The region it is in.
        region: String,
    },
}

/// Where a request may go; the gate's operator says so, never a tenant.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// To public addresses over TLS alone: not to this machine, its network, or the address where
    /// clouds hand out credentials.
    #[default]
    Public,
    /// Anywhere, without TLS too: for systems inside, named on purpose. Still not to the addresses
    /// where clouds hand out credentials, for nothing that is named on purpose lives there.
    Anywhere,
}

/// The answer to a parcel.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The status.
    pub status: u16,
    /// Header names, lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body; one over the port's bound is an error.
    pub body: Vec<u8>,
}

impl Delivery {
    /// The first value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Why something outside could not be asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OutsideError {
    /// The address is none, or one that must not be called.
    #[error("`{url}` may not be called: {why}")]
    Forbidden {
        /// The address, without its query.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answers there, or not in time.
    #[error("`{host}` does not answer: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
    /// The request went out, and no answer came: it may have been done.
    #[error("`{host}` was asked and does not answer: {why}")]
    Unanswered {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
    /// There is no such secret, or it cannot be read.
    #[error("the secret `{0}` cannot be read")]
    NoSecret(String),
    /// The answer is not what it must be.
    #[error("the answer of `{host}` is not usable: {why}")]
    Unusable {
        /// The host.
        host: String,
        /// What is wrong with it.
        why: String,
    },
}

impl OutsideError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "outside.forbidden",
            Self::Unreachable { .. } => "outside.unreachable",
            Self::Unanswered { .. } => "outside.unanswered",
            Self::NoSecret(_) => "outside.no_secret",
            Self::Unusable { .. } => "outside.unusable",
        }
    }

    /// Whether trying again later may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Unanswered { .. })
    }
}
