//! Connections that can be cut after so many bytes of a reply: what a dying network does, on demand.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Cuts one connection.
#[derive(Clone, Debug)]
pub struct Cutter(Arc<AtomicUsize>);

impl Cutter {
    /// Lets `bytes` more of the reply through, then closes the connection.
    pub fn cut_after(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Release);
    }
}

/// A listener whose connections have a [`Cutter`] each.
#[derive(Debug)]
pub struct Cuttable(pub TcpListener);

/// A connection that can be cut.
#[derive(Debug)]
pub struct Stream {
    inner: TcpStream,
    /// How many bytes may still be written.
    left: Arc<AtomicUsize>,
}

impl Listener for Cuttable {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        let (inner, address) = Listener::accept(&mut self.0).await;
        // Replies are small; waiting for more to send only delays them.
        let _ = inner.set_nodelay(true);
        (Stream { inner, left: Arc::new(AtomicUsize::new(usize::MAX)) }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Cuttable>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        Self(stream.io().left.clone())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.left.load(Ordering::Acquire);
        if left == usize::MAX {
            return Pin::new(&mut self.inner).poll_write(cx, buf);
        }
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = Pin::new(&mut self.inner).poll_write(cx, &buf[..buf.len().min(left)]);
        if let Poll::Ready(Ok(bytes)) = written {
            self.left.store(left - bytes, Ordering::Release);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
