//! A connection of which it is known whether the peer had closed its side before it was answered.
//!
//! One that sends all it has and closes its side may still read: so it is answered. One that has gone closes in the same way,
//! and then nobody reads. Which of the two it is cannot be told, so such an answer is not said to be delivered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that looks once more at the peer's side when the first byte of the answer is written.
pub struct Watched<S> {
    inner: S,
    answered: bool,
    closed: bool,
}

impl<S> Watched<S> {
    /// Watches `inner`.
    pub fn new(inner: S) -> Self {
        Self { inner, answered: false, closed: false }
    }

    /// The connection, and whether the peer had closed its side before the answer.
    pub fn into_parts(self) -> (S, bool) {
        (self.inner, self.closed)
    }
}

impl<S: AsyncRead + Unpin> Watched<S> {
    /// Looks at the peer's side before the first byte of the answer.
    fn look(&mut self, cx: &mut Context<'_>) {
        if !self.answered {
            // Each connection has one request: what comes behind it is read by nobody.
            let mut rest = [0; 64];
            let _ = Pin::new(&mut *self).poll_read(cx, &mut ReadBuf::new(&mut rest));
            self.answered = true;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        let ended =
            matches!(read, Poll::Ready(Ok(()))) && buf.filled().len() == before && buf.remaining() > 0;
        self.closed |= ended && !self.answered;
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.look(cx);
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.look(cx);
        Pin::new(&mut self.inner).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
