//! How many connections there may be, and how long one may take nothing of what it is sent.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How many connections are served at once.
const ALL: usize = 256;
/// How many of them from one address, behind which a whole class may be: a trainee needs two. From this machine there may
/// be more.
const OF_ONE: usize = 2 * 32;
const FROM_HERE: usize = 2 * 64;

/// The places that are taken, by the address that they are taken from.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A place, until it is dropped.
pub struct Place {
    places: Places,
    from: IpAddr,
}

impl Places {
    /// A place for a connection from there; none when there are too many from there, or too many at all.
    pub fn take(&self, from: IpAddr) -> Option<Place> {
        let from = from.to_canonical();
        let most = if from.is_loopback() { FROM_HERE } else { OF_ONE };
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = taken.values().sum();
        let of_one = taken.entry(from).or_default();
        if all >= ALL || *of_one >= most {
            return None;
        }
        *of_one += 1;
        Some(Place { places: self.clone(), from })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_one) = taken.get_mut(&self.from) {
            *of_one = of_one.saturating_sub(1);
        }
        taken.retain(|_, of_one| *of_one > 0);
    }
}

/// A connection that breaks when nothing of what is sent is taken for too long.
pub struct Impatient<S> {
    stream: S,
    patience: Duration,
    /// Runs while something waits to be taken.
    waits: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    /// `stream`, with so much patience.
    pub fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, waits: None }
    }

    /// What became of a write, unless it has been waited for too long.
    fn waited<T>(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.waits = None;
            return poll;
        }
        let patience = self.patience;
        let waits = self.waits.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waits.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.waited(context, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(context);
        self.waited(context, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(context);
        self.waited(context, poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    #[test]
    fn one_address_does_not_take_every_place() {
        let places = Places::default();
        let address = |last: u8| IpAddr::from([192, 0, 2, last]);
        let mut taken: Vec<Place> = (0..OF_ONE).map(|_| places.take(address(1)).unwrap()).collect();
        assert!(places.take(address(1)).is_none(), "one too many");
        assert!(places.take(address(2)).is_some(), "another address has places of its own");
        let loopback = IpAddr::from([127, 0, 0, 1]);
        let here: Vec<_> = (0..=OF_ONE).map_while(|_| places.take(loopback)).collect();
        assert_eq!(here.len(), OF_ONE + 1);
        taken.pop();
        assert!(places.take(address(1)).is_some(), "a place that is left is free again");
        drop((taken, here));
        assert!(places.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_takes_nothing_is_not_waited_for() {
        let (ours, theirs) = tokio::io::duplex(16);
        let mut stream = Impatient::new(ours, Duration::from_millis(50));
        stream.write_all(&[0; 16]).await.unwrap();
        let late = stream.write_all(&[0; 16]).await.unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
        drop(theirs);
    }
}
