//! Opens streams to addresses that may be called, and to no others.

use crate::{
    address,
    network::Network,
    target::{Place, Target},
};
use portcullis_firewall::outside::{OutsideError, Reach};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{CertificateError, Error as TlsError, pki_types::ServerName},
};
use url::Host;

/// How many addresses of one name are tried.
const MOST_TRIES: usize = 4;

/// Bytes in both directions, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub(crate) struct Dialer {
    pub(crate) network: Arc<dyn Network>,
    pub(crate) tls: TlsConnector,
    /// For resolving, connecting and TLS together.
    pub(crate) timeout: Duration,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialer({:?})", self.network)
    }
}

impl Dialer {
    /// Opens a stream to `target`.
    ///
    /// Fails closed: the name is resolved once, and one forbidden address among its addresses
    /// forbids them all; the stream goes to an address that was looked at.
    pub(crate) async fn open(
        &self,
        target: &Target,
        reach: Reach,
    ) -> Result<Box<dyn Stream>, OutsideError> {
        let opened = timeout(self.timeout, self.open_slowly(target, reach)).await;
        opened.unwrap_or_else(|_| Err(target.place.unreachable("not in time")))
    }

    async fn open_slowly(
        &self,
        target: &Target,
        reach: Reach,
    ) -> Result<Box<dyn Stream>, OutsideError> {
        let place = &target.place;
        let stream = self.reach(place, reach).await?;
        if !target.tls {
            return Ok(Box::new(stream));
        }
        let name = server_name(&place.host).ok_or_else(|| place.forbidden("it is no name"))?;
        let encrypted = self.tls.connect(name, stream).await;
        let encrypted = encrypted.map_err(|error| tls_error(place, &error))?;
        Ok(Box::new(encrypted))
    }

    /// A stream that nobody has spoken on; without an end to how long it takes.
    pub(crate) async fn reach(
        &self,
        place: &Place,
        reach: Reach,
    ) -> Result<TcpStream, OutsideError> {
        let addresses = resolve(&*self.network, place, reach).await?;
        self.connect(place, &addresses).await
    }

    /// The first of the addresses that accepts; each has its share of the time, so that one that
    /// swallows everything leaves some to the others.
    async fn connect(
        &self,
        place: &Place,
        addresses: &[SocketAddr],
    ) -> Result<TcpStream, OutsideError> {
        let tries = addresses.len().clamp(1, MOST_TRIES);
        let share = self.timeout / u32::try_from(tries).unwrap_or(1);
        let mut last = place.unreachable("it has no address");
        for address in addresses.iter().take(tries) {
            match timeout(share, self.network.connect(*address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = place.unreachable(error.kind()),
                Err(_) => last = place.unreachable("not in time"),
            }
        }
        Err(last)
    }
}

/// The addresses of a place, IPv4 first, all of them looked at.
pub(crate) async fn resolve(
    network: &dyn Network,
    place: &Place,
    reach: Reach,
) -> Result<Vec<SocketAddr>, OutsideError> {
    let addresses: Vec<IpAddr> = match &place.host {
        Host::Ipv4(address) => vec![(*address).into()],
        Host::Ipv6(address) => vec![(*address).into()],
        Host::Domain(name) => {
            let found = network.resolve(name, place.port).await;
            let found = found.map_err(|_| place.unreachable("its name cannot be resolved"))?;
            found.iter().map(SocketAddr::ip).collect()
        }
    };
    for address in &addresses {
        if let Some(why) = address::refusal(*address, reach) {
            return Err(place.forbidden(format_args!("it is {address}, and {why}")));
        }
    }
    let mut addresses: Vec<SocketAddr> = addresses
        .into_iter()
        .map(|address| SocketAddr::new(address, place.port))
        .collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    Ok(addresses)
}

pub(crate) fn server_name(host: &Host<String>) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from(name.clone()).ok(),
        Host::Ipv4(address) => Some(IpAddr::from(*address).into()),
        Host::Ipv6(address) => Some(IpAddr::from(*address).into()),
    }
}

pub(crate) fn tls_error(place: &Place, error: &io::Error) -> OutsideError {
    match tls_fault(error) {
        Some(why) => place.unusable(why),
        None => place.unreachable(error.kind()),
    }
}

/// What is wrong with the other side's TLS, unless it was the stream that broke. In our own words:
/// the library's repeat what the other side put into its certificate.
pub(crate) fn tls_fault(error: &io::Error) -> Option<&'static str> {
    let inner = error.get_ref()?.downcast_ref::<TlsError>()?;
    Some(match inner {
        TlsError::InvalidCertificate(wrong) => certificate_fault(wrong),
        _ => "it does not speak TLS as it must",
    })
}

const fn certificate_fault(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name"
        }
        CertificateError::UnknownIssuer => "nobody who is trusted has signed its certificate",
        _ => "its certificate is not valid",
    }
}
