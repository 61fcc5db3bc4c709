//! Sessions at databases, opened by whoever knows the passwords.

use portcullis_firewall::outside::{OutsideError, Reach, SecretName};
use std::{fmt, future::Future, pin::Pin, time::Duration};
use tokio::{task::JoinSet, time::timeout};
use tokio_postgres::Client;

/// How long a session may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where a database is, and who the gate is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Database {
    /// The server's name or address.
    pub host: String,
    /// Its port, usually 5432.
    pub port: u16,
    /// The database there.
    pub name: String,
    /// Who the gate is there: a role that may do what the actions need, and nothing else.
    pub user: String,
    /// The password.
    pub password: Option<SecretName>,
    /// Whether the line is encrypted, and the server shows who it is.
    pub tls: bool,
    /// Where the server may be.
    pub reach: Reach,
}

/// Opens sessions.
///
/// *Fails closed:* without its password, at an address that the reach does not allow, or without
/// TLS where it is due, no session is opened.
pub trait Opener: fmt::Debug + Send + Sync {
    /// A new session, which nobody has used before.
    ///
    /// # Errors
    /// [`OutsideError`].
    fn open<'a>(&'a self, database: &'a Database) -> Opening<'a>;
}

/// A session that is there later.
pub type Opening<'a> = Pin<Box<dyn Future<Output = Result<Session, OutsideError>> + Send + 'a>>;

/// A session at a database, for one order.
pub struct Session {
    client: Client,
    driver: JoinSet<()>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

impl Session {
    /// A session, and what moves its bytes until the client has gone.
    #[must_use]
    pub const fn new(client: Client, driver: JoinSet<()>) -> Self {
        Self { client, driver }
    }

    pub(super) const fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Says good-bye. A session that is dropped hangs up without a word.
    pub(super) async fn close(self) {
        let Self { client, mut driver } = self;
        drop(client);
        // Whether it was heard makes no difference.
        let _ = timeout(FAREWELL, driver.join_next()).await;
    }
}
