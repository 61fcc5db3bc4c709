//! Carries requests over HTTP/1.1, and opens lines over WebSocket.

use crate::{
    address,
    dialer::Dialer,
    idle::{Body as Sent, Connection, Idle, Way},
    line::{self, Limits},
    network::{Internet, Network},
    request::request,
    roots,
    secrets::Secrets,
    setup::SetupError,
    target::{Place, Protocol, Target},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Request, Response,
    body::{Body, Incoming},
    client::conn::http1,
    header::HeaderMap,
};
use hyper_util::rt::TokioIo;
use portcullis_firewall::outside::{
    Arrival, Awaited, Courier, Delivery, Flow, Line, OutsideError, Parcel, Reach,
};
use std::{fmt, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::timeout};
use url::Host;

/// The most bytes of an answer's first line and headers.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// How requests are carried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CourierSettings {
    /// A PEM file of authorities that are trusted besides the system's, for private ones.
    pub extra_roots: Option<PathBuf>,
    /// The most bytes of an answer's body, and of one message on a line.
    pub most_bytes: usize,
    /// For resolving a name, connecting and TLS together.
    pub connect_timeout: Duration,
    /// For a request from beginning to end, and for opening a line.
    pub timeout: Duration,
    /// How long a line may be silent until the other side is asked whether it is still there, and
    /// how long it has to answer.
    pub silence: Duration,
}

impl Default for CourierSettings {
    /// 1 MiB, 5 seconds, 20 seconds and 45 seconds.
    fn default() -> Self {
        Self {
            extra_roots: None,
            most_bytes: 1024 * 1024,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            silence: Duration::from_secs(45),
        }
    }
}

/// The port [`Courier`] over the network. A connection carries one request at a time, and another
/// one only within a second of the last answer's end.
///
/// Fails closed: an address is looked at where it is resolved, and the one that was looked at is
/// the one that is called. Redirects come back as answers. Without its secret a request is not sent.
#[derive(Debug)]
pub struct HttpCourier {
    dialer: Dialer,
    secrets: Secrets,
    limits: Limits,
    idle: Arc<Idle>,
}

impl HttpCourier {
    /// A courier on this machine's network. Reads the system's certificate authorities.
    ///
    /// # Errors
    /// [`SetupError::Roots`], [`SetupError::Tls`].
    pub fn new(settings: &CourierSettings, secrets: Secrets) -> Result<Self, SetupError> {
        Self::on(Arc::new(Internet), settings, secrets)
    }

    /// The same on another network.
    ///
    /// # Errors
    /// As [`HttpCourier::new`].
    pub fn on(
        network: Arc<dyn Network>,
        settings: &CourierSettings,
        secrets: Secrets,
    ) -> Result<Self, SetupError> {
        let dialer = Dialer {
            network,
            tls: roots::connector(settings.extra_roots.as_deref(), "http/1.1")?,
            timeout: settings.connect_timeout,
        };
        let limits = Limits {
            most_bytes: settings.most_bytes,
            timeout: settings.timeout,
            silence: settings.silence,
        };
        Ok(Self {
            dialer,
            secrets,
            limits,
            idle: Arc::default(),
        })
    }

    async fn carry(&self, parcel: Parcel) -> Result<Delivery, OutsideError> {
        let target = Target::read(&parcel.url, parcel.reach, Protocol::Http)?;
        let exchange = async {
            let (response, taken) = self.exchange(parcel, &target).await?;
            let delivery = self.receive(&target.place, response).await?;
            taken.give_back();
            Ok(delivery)
        };
        let done = timeout(self.limits.timeout, exchange).await;
        done.unwrap_or_else(|_| Err(target.place.unanswered("not in time")))
    }

    async fn arrive(&self, parcel: Parcel) -> Result<Arrival, OutsideError> {
        let target = Target::read(&parcel.url, parcel.reach, Protocol::Http)?;
        let begun = timeout(self.limits.timeout, self.exchange(parcel, &target)).await;
        let (response, taken) =
            begun.unwrap_or_else(|_| Err(target.place.unanswered("not in time")))?;
        let (parts, body) = response.into_parts();
        Ok(Arrival {
            status: parts.status.as_u16(),
            headers: readable(&parts.headers),
            body: Box::new(Inflow {
                place: target.place,
                body,
                taken: Some(taken),
            }),
        })
    }

    /// Sends a request on a connection that nobody else speaks on.
    async fn exchange(
        &self,
        parcel: Parcel,
        target: &Target,
    ) -> Result<(Response<Incoming>, Taken), OutsideError> {
        let way = Way::to(target, parcel.reach);
        let reach = parcel.reach;
        let request = request(parcel, target, &self.secrets)?;
        let broken = |error: hyper::Error| exchange_error(&target.place, &error);
        let taken = |connection| Taken {
            way: way.clone(),
            connection,
            idle: Arc::clone(&self.idle),
        };
        let request = match self.again(&way, request).await {
            Again::Answered(response, connection) => return Ok((response, taken(connection))),
            Again::Broken(error) => return Err(broken(error)),
            Again::Unsent(request) => request,
        };
        let mut connection = self.connect(target, reach).await?;
        let sent = connection.send(request).await;
        let response = sent.map_err(|(error, _)| broken(error))?;
        Ok((response, taken(connection)))
    }

    /// Sends a request on a connection that waits, if there is one that takes it.
    async fn again(&self, way: &Way, request: Request<Sent>) -> Again {
        let Some(mut connection) = self.idle.take(way) else {
            return Again::Unsent(request);
        };
        match connection.send(request).await {
            Ok(response) => Again::Answered(response, connection),
            // It had ended while it waited, and nothing was written to it.
            Err((_, Some(request))) => Again::Unsent(request),
            Err((error, None)) => Again::Broken(error),
        }
    }

    async fn connect(&self, target: &Target, reach: Reach) -> Result<Connection, OutsideError> {
        let stream = TokioIo::new(self.dialer.open(target, reach).await?);
        let mut builder = http1::Builder::new();
        builder.max_header_size(MOST_HEADER_BYTES);
        let shaken = builder.handshake(stream).await;
        let (sender, moves) = shaken.map_err(|error| exchange_error(&target.place, &error))?;
        let mut driver = JoinSet::new();
        driver.spawn(moves);
        Ok(Connection {
            sender,
            _driver: driver,
        })
    }

    async fn receive(
        &self,
        place: &Place,
        response: Response<Incoming>,
    ) -> Result<Delivery, OutsideError> {
        let (parts, body) = response.into_parts();
        let most = self.limits.most_bytes;
        let too_long = || place.unusable(format_args!("it has more than {most} bytes"));
        // What is announced to be too long is not waited for.
        if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
            return Err(too_long());
        }
        let body = Limited::new(body, most).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                too_long()
            } else {
                place.unanswered("the answer broke off")
            }
        })?;
        Ok(Delivery {
            status: parts.status.as_u16(),
            headers: readable(&parts.headers),
            body: body.to_bytes().to_vec(),
        })
    }

    async fn open(&self, url: &str, reach: Reach) -> Result<Box<dyn Line>, OutsideError> {
        let target = Target::read(url, reach, Protocol::WebSocket)?;
        let opening = async {
            let stream = self.dialer.open(&target, reach).await?;
            line::open(&target, stream, self.limits).await
        };
        let opened = timeout(self.limits.timeout, opening).await;
        opened.unwrap_or_else(|_| Err(target.place.unreachable("not in time")))
    }
}

impl Courier for HttpCourier {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        Box::pin(self.carry(parcel))
    }

    fn begin(&self, parcel: Parcel) -> Awaited<'_, Arrival> {
        Box::pin(self.arrive(parcel))
    }

    fn dial<'a>(&'a self, url: &'a str, reach: Reach) -> Awaited<'a, Box<dyn Line>> {
        Box::pin(self.open(url, reach))
    }
}

/// What became of a request on a connection that waited.
enum Again {
    Answered(Response<Incoming>, Connection),
    Unsent(Request<Sent>),
    Broken(hyper::Error),
}

/// A connection in use; it ends with this, unless it is given back.
struct Taken {
    way: Way,
    connection: Connection,
    idle: Arc<Idle>,
}

impl Taken {
    /// To be called when the answer was read to its end, and not before: the next one would be
    /// taken for what is left of it.
    fn give_back(self) {
        self.idle.keep(self.way, self.connection);
    }
}

/// A body on its way.
struct Inflow {
    place: Place,
    body: Incoming,
    taken: Option<Taken>,
}

impl fmt::Debug for Inflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inflow")
    }
}

impl Flow for Inflow {
    fn more(&mut self) -> Awaited<'_, Option<Vec<u8>>> {
        Box::pin(async {
            while let Some(frame) = self.body.frame().await {
                let frame = frame.map_err(|_| self.place.unanswered("the answer broke off"))?;
                // Trailers say nothing that anybody needs.
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data.to_vec()));
                }
            }
            if let Some(taken) = self.taken.take() {
                taken.give_back();
            }
            Ok(None)
        })
    }
}

/// Whether an address may be called, as far as it can be told before its name is resolved.
///
/// # Errors
/// [`OutsideError::Forbidden`].
pub fn look(url: &str, reach: Reach) -> Result<(), OutsideError> {
    let target = Target::read(url, reach, Protocol::Http)?;
    let literal = match target.place.host {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(_) => None,
    };
    let refusal = literal.and_then(|address| address::refusal(address, reach));
    refusal.map_or(Ok(()), |why| Err(target.place.forbidden(why)))
}

/// A value that is no text is left out: nobody could read it.
fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let pairs = headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    pairs.collect()
}

/// In our own words: the library's may repeat what was sent.
fn exchange_error(place: &Place, error: &hyper::Error) -> OutsideError {
    if error.is_parse() {
        place.unusable("it is no HTTP")
    } else {
        place.unanswered("the connection broke")
    }
}
