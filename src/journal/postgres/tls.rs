//! TLS to PostgreSQL: the platform's idea of whom to trust, the server's name always checked.

use crate::wire::tls;
use rustls::CertificateError;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Encrypted;

/// Makes encrypted connections.
#[derive(Clone)]
pub struct Tls(Arc<rustls::ClientConfig>);

impl Tls {
    /// Trusts whom the platform trusts, and the authorities in a file.
    ///
    /// # Errors
    /// Says what is wrong with the file, or that the platform trusts nobody.
    pub fn trusting(authorities: Option<&Path>) -> Result<Self, String> {
        let extra = match authorities {
            None => Vec::new(),
            Some(file) => tls::authorities(file).map_err(|why| unusable(file, &why))?,
        };
        let config = tls::trusting(&extra).map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(config)))
    }

    /// For a server on this machine, which is spoken to in plain.
    ///
    /// # Errors
    /// None that can happen with the provider that is built in.
    pub fn trusting_nobody() -> Result<Self, String> {
        tls::trusting_nobody().map(|config| Self(Arc::new(config))).map_err(|error| error.to_string())
    }
}

/// Where a file was looked for, and what is wrong with it.
fn unusable(file: &Path, why: &str) -> String {
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let from =
        if file.is_absolute() { "" } else { ". Its path counts from the folder that pxdesk is started in" };
    format!("sslrootcert: {} {why}{from}", whole.display())
}

/// What is wrong with the certificate that a server has shown, and what is done about it, if that is why there is no connection;
/// continues "the server …".
pub fn refused(error: &(dyn Error + 'static)) -> Option<String> {
    let why = certificate(error)?;
    let mend = match why {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "is not valid now. It must be renewed, unless this machine's clock is wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name. The host in `journal.url` must be a name that it is for"
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_) => {
            "nobody vouches for whom this machine trusts. If the server is the right one, name the file with the certificate of \
             its authority in `journal.url` (?sslrootcert=FILE)"
        }
        _ => "cannot be used",
    };
    Some(format!("shows a certificate that {mend} ({why})"))
}

fn certificate<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CertificateError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(rustls::Error::InvalidCertificate(why)) = inner.and_then(|inner| inner.downcast_ref()) {
            return Some(why);
        }
        cause = error.source();
    }
    None
}

/// One connection to be made.
pub struct Connect {
    connector: TlsConnector,
    /// None of a socket on this machine, which is spoken to in plain.
    name: Result<ServerName<'static>, InvalidDnsNameError>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Stream<S>;
    type TlsConnect = Connect;
    type Error = Infallible;

    fn make_tls_connect(&mut self, host: &str) -> Result<Connect, Infallible> {
        let name = ServerName::try_from(host).map(|name| name.to_owned());
        Ok(Connect { connector: TlsConnector::from(Arc::clone(&self.0)), name })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Connect {
    type Stream = Stream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let name = self.name.map_err(io::Error::other)?;
            self.connector.connect(name, stream).await.map(|stream| Stream(Box::new(stream)))
        })
    }
}

/// An encrypted connection.
pub struct Stream<S>(Box<Encrypted<S>>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        // The server is known by its certificate.
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}
