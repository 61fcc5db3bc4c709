//! Names and streams of the network, as something that a test can stand in for.

use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin};
use tokio::net::{TcpStream, lookup_host};

/// What the network says later.
pub type Answered<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// Resolves names and opens streams. It decides nothing: what it says is checked before it is used.
pub trait Network: fmt::Debug + Send + Sync {
    /// The addresses of a name. It is asked once for each request.
    ///
    /// # Errors
    /// When the name cannot be resolved.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answered<'a, Vec<SocketAddr>>;

    /// A stream to exactly this address.
    ///
    /// # Errors
    /// When nobody accepts it.
    fn connect(&self, address: SocketAddr) -> Answered<'_, TcpStream>;
}

/// The network of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Internet;

impl Network for Internet {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answered<'a, Vec<SocketAddr>> {
        Box::pin(async move { Ok(lookup_host((host, port)).await?.collect()) })
    }

    fn connect(&self, address: SocketAddr) -> Answered<'_, TcpStream> {
        Box::pin(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(stream)
        })
    }
}
