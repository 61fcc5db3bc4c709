//! A stream that gives no more than so many bytes.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream with a bound on what comes; beyond it, it breaks.
pub(super) struct Bounded<S> {
    stream: S,
    left: u64,
}

impl<S> Bounded<S> {
    pub(super) const fn new(stream: S, most: u64) -> Self {
        Self { stream, left: most }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = bytes.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, bytes);
        let came = bytes.filled().len().saturating_sub(before);
        match self.left.checked_sub(came.try_into().unwrap_or(u64::MAX)) {
            Some(left) => self.left = left,
            None => {
                bytes.set_filled(before);
                return Poll::Ready(Err(io::Error::other("too much came")));
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;
    use tokio::io::AsyncReadExt as _;

    #[tokio::test]
    async fn what_is_within_the_bound_comes_and_no_more() {
        let mut out = Vec::new();
        let mut within = Bounded::new(&b"1234"[..], 4);
        within.read_to_end(&mut out).await.unwrap();
        assert_eq!(out, b"1234");
        let mut beyond = Bounded::new(&b"12345"[..], 4);
        assert!(beyond.read_to_end(&mut Vec::new()).await.is_err());
    }
}
