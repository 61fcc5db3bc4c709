//! TLS for who asks a gate that its user names, e.g. the command line.

use crate::{dialer, roots, setup::SetupError};
use std::{fmt, io, path::Path};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

/// Speaks TLS (1.2 or 1.3) as the one who asks, trusting the system's authorities and those of a
/// file besides.
///
/// Fails closed: whoever has no valid certificate for the name is told nothing.
#[derive(Clone)]
pub struct Tls(TlsConnector);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the system's certificate authorities, and those of a PEM file.
    ///
    /// # Errors
    /// [`SetupError::Roots`], [`SetupError::Tls`].
    pub fn new(extra_roots: Option<&Path>) -> Result<Self, SetupError> {
        roots::connector(extra_roots, "http/1.1").map(Self)
    }

    /// Speaks over `stream` with `host`, a name or an address.
    ///
    /// # Errors
    /// What the stream met, or in our own words what is wrong with the other side's certificate.
    pub async fn over(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
        let name = ServerName::try_from(host.to_owned()).map_err(|_| wrong("it is no name"))?;
        let encrypted = self.0.connect(name, stream).await;
        encrypted.map_err(|error| match dialer::tls_fault(&error) {
            Some(why) => wrong(why),
            None => error,
        })
    }
}
