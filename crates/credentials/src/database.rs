//! Sessions at databases that speak PostgreSQL.

mod bounded;
mod encryption;

use crate::{
    dialer::{self, Dialer},
    network::{Internet, Network},
    roots,
    secrets::Secrets,
    setup::SetupError,
    target::Place,
};
use bounded::Bounded;
use encryption::Encryption;
use portcullis_firewall::outside::{OutsideError, Reach, SecretName};
use std::{future::Future, path::Path, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};
use tokio_postgres::{Client, Config, Connection, Error, NoTls, config::SslMode};

/// For resolving, connecting, TLS and logging in together.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes that come over one session: 64 MiB.
const MOST_BYTES: u64 = 64 << 20;
/// What the server's own lists call the gate.
const APPLICATION: &str = "portcullis";

/// Where a database is, and who the gate is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DatabaseSettings {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The database there.
    pub name: String,
    /// Who the gate is there.
    pub user: String,
    /// The password.
    pub password: Option<SecretName>,
    /// Whether the line is encrypted and the server shows who it is. Without it a password goes to
    /// this machine only.
    pub tls: bool,
    /// Where the server may be.
    pub reach: Reach,
}

impl DatabaseSettings {
    /// What is wrong with them before anything is called or read.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if self.place().is_none() {
            return Some("the host or the port is none");
        }
        let named = |text: &str| !text.is_empty() && !text.contains('\0');
        if !named(&self.name) || !named(&self.user) {
            return Some("the database or the user is none");
        }
        (!self.tls && self.reach != Reach::Anywhere)
            .then_some("without TLS its reach has to be anywhere")
    }

    fn place(&self) -> Option<Place> {
        Place::named(&self.host, self.port, "postgres")
    }
}

/// Opens sessions, each on a connection of its own.
///
/// Fails closed: without TLS where it is due, without its password, or at an address that its reach
/// does not allow, nothing is sent. What comes has a bound; a session that passes it breaks.
#[derive(Debug)]
pub struct Databases {
    dialer: Dialer,
    secrets: Secrets,
}

impl Databases {
    /// Sessions on this machine's network. Reads the system's certificate authorities, and those of
    /// a PEM file besides.
    ///
    /// # Errors
    /// [`SetupError::Roots`], [`SetupError::Tls`].
    pub fn new(extra_roots: Option<&Path>, secrets: Secrets) -> Result<Self, SetupError> {
        Self::on(Arc::new(Internet), extra_roots, secrets)
    }

    /// The same on another network.
    ///
    /// # Errors
    /// As [`Databases::new`].
    pub fn on(
        network: Arc<dyn Network>,
        extra_roots: Option<&Path>,
        secrets: Secrets,
    ) -> Result<Self, SetupError> {
        let dialer = Dialer {
            network,
            // A server of version 17 turns away who names another protocol.
            tls: roots::connector(extra_roots, "postgresql")?,
            timeout: TIMEOUT,
        };
        Ok(Self { dialer, secrets })
    }

    /// Opens a session, and says what moves its bytes until the client is dropped.
    ///
    /// # Errors
    /// [`OutsideError`].
    pub async fn open(
        &self,
        settings: &DatabaseSettings,
    ) -> Result<(Client, JoinSet<()>), OutsideError> {
        let place = settings.place().ok_or_else(|| OutsideError::Forbidden {
            url: "postgres://…".to_owned(),
            why: "it is no address".to_owned(),
        })?;
        if let Some(why) = settings.fault() {
            return Err(place.forbidden(why));
        }
        let opened = timeout(TIMEOUT, self.open_slowly(settings, &place)).await;
        opened.unwrap_or_else(|_| Err(place.unreachable("not in time")))
    }

    async fn open_slowly(
        &self,
        settings: &DatabaseSettings,
        place: &Place,
    ) -> Result<(Client, JoinSet<()>), OutsideError> {
        if let Some(why) = place.name_refusal(settings.reach) {
            return Err(place.forbidden(why));
        }
        let config = self.config(settings, place)?;
        let stream = self.dialer.reach(place, settings.reach).await?;
        if !settings.tls && settings.password.is_some() && !is_here(&stream) {
            let why = "a password goes without TLS to this machine only";
            return Err(place.forbidden(why));
        }
        let stream = Bounded::new(stream, MOST_BYTES);
        if !settings.tls {
            let opened = config.connect_raw(stream, NoTls).await;
            return opened
                .map(driven)
                .map_err(|error| database_error(place, &error));
        }
        let name = dialer::server_name(&place.host);
        let name = name.ok_or_else(|| place.forbidden("it is no name"))?;
        let encryption = Encryption::new(self.dialer.tls.clone(), name);
        let opened = config.connect_raw(stream, encryption).await;
        opened
            .map(driven)
            .map_err(|error| database_error(place, &error))
    }

    fn config(&self, settings: &DatabaseSettings, place: &Place) -> Result<Config, OutsideError> {
        let mut config = Config::new();
        config
            .user(&settings.user)
            .dbname(&settings.name)
            .application_name(APPLICATION)
            .ssl_mode(if settings.tls {
                SslMode::Require
            } else {
                SslMode::Disable
            });
        if let Some(password) = &settings.password {
            config.password(self.secrets.read(password)?.bytes());
        }
        if settings.user.contains('\0') || settings.name.contains('\0') {
            return Err(place.forbidden("the database or the user is none"));
        }
        Ok(config)
    }
}

/// Sets what moves the bytes to work.
fn driven<S, T>((client, connection): (Client, Connection<S, T>)) -> (Client, JoinSet<()>)
where
    Connection<S, T>: Future<Output = Result<(), Error>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        // Whoever uses the client hears of it there.
        let _ = connection.await;
    });
    (client, driver)
}

fn is_here(stream: &TcpStream) -> bool {
    stream
        .peer_addr()
        .is_ok_and(|address| address.ip().is_loopback())
}

/// In our own words: a server's may repeat what was sent.
fn database_error(place: &Place, error: &Error) -> OutsideError {
    if let Some(code) = error.code() {
        return place.unusable(format_args!("it answers with code {}", code.code()));
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
        Some(io) => dialer::tls_error(place, io),
        None => place.unusable("it does not speak PostgreSQL or TLS as it must"),
    }
}
