//! Connections: TLS, limits, one request each.

use super::clerk::Clerk;
use super::options::Options;
use super::receive::{Receiver, Reply, unavailable};
use super::watched::Watched;
use crate::engine::{Engine, MarketError};
use crate::subscription::Subscription;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use futures_util::StreamExt as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// How many connections are served at once; the others wait.
const CONNECTIONS: usize = 64;
/// The largest body, in bytes.
const LARGEST: usize = 1024 * 1024;
/// How long the handshake and the head of a request may take, each.
const HEAD: Duration = Duration::from_secs(5);
/// How long a body may take.
const BODY: Duration = Duration::from_secs(10);

/// How long it is waited for a peer to close its side, once it was answered.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long a peer of TLS is given to close first.
const FIRST: Duration = Duration::from_millis(500);

/// The subscription that the connection's answer is about, once there is one.
type Answering = Arc<Mutex<Option<Subscription>>>;

/// What a request can reach.
#[derive(Clone)]
struct Desk {
    receiver: Arc<Receiver>,
    answering: Answering,
    first_version: bool,
}

/// Receives deploys on `listener` until `shutdown` is over; what is under way then is answered.
///
/// # Errors
/// When the journal cannot be read.
pub async fn serve(
    listener: TcpListener,
    engine: Engine,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), MarketError> {
    let acceptor = options.tls.clone().map(TlsAcceptor::from);
    let (clerk, writing) = Clerk::start(&engine, options.assign.clone()).await?;
    // What comes again is not to be answered from an older copy as if it were new.
    let looked = engine.clone();
    let looking = looked.keep_looking();
    let receiver = Arc::new(Receiver::new(engine, options, clerk));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown, looking);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        tokio::select! {
            () = &mut shutdown => break,
            never = &mut looking => match never {},
            // Those that have ended are let go of.
            Some(_) = connections.join_next() => {}
            (permit, accepted) = next => match (permit, accepted) {
                (Ok(permit), Ok((stream, _))) => {
                    connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&receiver), permit));
                }
                (_, Err(error)) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                (Err(_), Ok(_)) => break,
            },
        }
    }
    while connections.join_next().await.is_some() {}
    receiver.settle().await;
    // What is still decided has a handle to it. With the last one the clerk ends; what it was given is written by then.
    drop(receiver);
    let _ = writing.await;
    Ok(())
}

async fn connection(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    receiver: Arc<Receiver>,
    _permit: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => talk(stream, Duration::ZERO, receiver).await,
        Some(acceptor) => match timeout(HEAD, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => talk(stream, FIRST, receiver).await,
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        },
    }
}

/// One request and its answer; then it is known whether that was taken. The peer is given until `first` to close.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    first: Duration,
    receiver: Arc<Receiver>,
) {
    let answering = Answering::default();
    let service = TowerToHyperService::new(router(&receiver, &answering));
    let mut server = hyper::server::conn::http1::Builder::new();
    server.keep_alive(false).half_close(true).timer(TokioTimer::new()).header_read_timeout(HEAD);
    let ended = server.serve_connection(TokioIo::new(Watched::new(stream)), service).without_shutdown().await;
    let answered = answering.lock().unwrap_or_else(PoisonError::into_inner).take();
    let taken = match ended {
        Ok(parts) => {
            let (stream, closed) = parts.io.into_inner().into_parts();
            is_taken(stream, first).await && !closed
        }
        Err(_) => false,
    };
    if let Some(subscription) = answered {
        receiver.clerk.delivered(subscription, taken).await;
    }
}

/// Ends the connection, and waits a moment for what the peer says to that: one that has closed without reading the answer
/// resets it. Written is not taken.
///
/// The end of TLS is a message. A peer that has read the answer and closes before it has read that message resets the
/// connection as well. So it may close `first`; whoever waits for our end is told after that.
async fn is_taken(mut stream: impl AsyncRead + AsyncWrite + Unpin, first: Duration) -> bool {
    if !first.is_zero()
        && let Ok(closed) = timeout(first, closes(&mut stream)).await
    {
        // What it has not read would have broken the connection by now.
        return closed && matches!(timeout(GOODBYE, stream.shutdown()).await, Ok(Ok(())));
    }
    if stream.shutdown().await.is_err() {
        return false;
    }
    timeout(GOODBYE, closes(&mut stream)).await.unwrap_or(true)
}

/// Waits until the peer closes its side; false when it resets the connection.
async fn closes(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut rest = [0; 1024];
    loop {
        match stream.read(&mut rest).await {
            Ok(0) => return true,
            Ok(_) => {}
            // A peer may close TLS without a word.
            Err(error) => return error.kind() == std::io::ErrorKind::UnexpectedEof,
        }
    }
}

fn router(receiver: &Arc<Receiver>, answering: &Answering) -> Router {
    let desk = |first_version| Desk {
        receiver: Arc::clone(receiver),
        answering: Arc::clone(answering),
        first_version,
    };
    let mut router = Router::new().route(&receiver.options.path, post(deploy).with_state(desk(false)));
    if let Some(path) = &receiver.options.first_version {
        router = router.route(path, post(deploy).with_state(desk(true)));
    }
    router
}

async fn deploy(State(desk): State<Desk>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let reply = match desk.receiver.prove(&head.headers).await {
        Err(reply) => reply,
        Ok(()) => taken(Arc::clone(&desk.receiver), body, desk.first_version).await,
    };
    let challenge =
        (reply.status == StatusCode::UNAUTHORIZED).then(|| desk.receiver.options.proof.challenge());
    let Reply { status, content_type, body, of } = reply;
    *desk.answering.lock().unwrap_or_else(PoisonError::into_inner) = of;
    // The journal may have kept this thread busy. The end of what the sender has closed meanwhile is seen after this.
    tokio::task::yield_now().await;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(challenge) = challenge {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

/// What a deploy is answered. It is decided and recorded to its end even where the sender hangs up meanwhile: a program
/// that makes a customer is not stopped half-way, and the same deploy finds its answer when it comes again. One that did
/// not come whole may have been a purchase, so what came of it is kept.
async fn taken(receiver: Arc<Receiver>, body: Body, first_version: bool) -> Reply {
    let deciding = tokio::spawn(async move {
        let mut came = Vec::new();
        let broken = match timeout(BODY, read(body, &mut came)).await {
            Ok(Ok(())) => return receiver.deploy(&came, first_version).await,
            Ok(Err(broken)) => broken,
            Err(_) => (StatusCode::BAD_REQUEST, "The request took too long."),
        };
        let (status, why) = broken;
        tracing::warn!(why, bytes = came.len(), "a deploy of a proved sender did not come whole");
        receiver.keep(status, why, &came).await
    });
    deciding.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a deploy was not decided");
        unavailable()
    })
}

/// Reads a body into `came`, which has what came of it whatever becomes of it.
async fn read(body: Body, came: &mut Vec<u8>) -> Result<(), (StatusCode, &'static str)> {
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| (StatusCode::BAD_REQUEST, "The request did not come whole."))?;
        let room = frame.len().min(LARGEST - came.len());
        came.extend_from_slice(&frame[..room]);
        if room < frame.len() {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "The request is larger than 1 MiB."));
        }
    }
    Ok(())
}
