//! The embedded Px: requests a second over connections that stay open.

use crate::home::order;
use crate::table::Pair;
use crate::{floor, in_turn};
use base64::Engine as _;
use pxdesk::order::Timestamp;
use pxdesk::px::Request;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 4;
const ROUND: Duration = Duration::from_secs(1);

pub fn measure() -> Pair {
    let px = floor::embedded_px();
    let body = Request::retrieve(&order(1, Timestamp::now()).identity).body;
    let request = retrieve(px, &body);
    let bare = floor::axum(reply_to(px, &body));
    let (mut ours, mut theirs) = (Clients::open(px), Clients::open(bare));
    in_turn(7, || ours.requests_a_second(&request), || theirs.requests_a_second(&request))
}

/// The body that the embedded Px answers this one with.
pub fn reply_to(px: SocketAddr, body: &[u8]) -> Vec<u8> {
    body_of(Connection::open(px).exchange(&retrieve(px, body))).to_vec()
}

/// The whole request.
fn retrieve(px: SocketAddr, body: &[u8]) -> Vec<u8> {
    let head = format!("authorization: Bearer {}\r\ncontent-type: application/json", token(px));
    request(floor::PATH, &head, body)
}

/// A token of the embedded Px.
pub fn token(px: SocketAddr) -> String {
    let basic = base64::engine::general_purpose::STANDARD.encode("practice:practice");
    let head = format!("authorization: Basic {basic}\r\ncontent-type: application/x-www-form-urlencoded");
    let mut connection = Connection::open(px);
    let request = request("/oauth/v2/token", &head, b"grant_type=client_credentials");
    let reply: serde_json::Value = serde_json::from_slice(body_of(connection.exchange(&request))).unwrap();
    reply["access_token"].as_str().unwrap().to_owned()
}

fn request(path: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{head}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn body_of(reply: &[u8]) -> &[u8] {
    &reply[head_of(reply).unwrap()..]
}

/// The length of the head, when it is there as a whole.
fn head_of(reply: &[u8]) -> Option<usize> {
    reply.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4)
}

/// One thread, so that the server has the other core to itself: a request on each connection, then the replies.
struct Clients(Vec<Connection>);

impl Clients {
    fn open(server: SocketAddr) -> Self {
        Self((0..CONNECTIONS).map(|_| Connection::open(server)).collect())
    }

    fn requests_a_second(&mut self, request: &[u8]) -> f64 {
        let begun = Instant::now();
        let mut done: u32 = 0;
        while begun.elapsed() < ROUND {
            for connection in &mut self.0 {
                connection.stream.write_all(request).unwrap();
            }
            for connection in &mut self.0 {
                connection.read();
                done += 1;
            }
        }
        f64::from(done) / begun.elapsed().as_secs_f64()
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How long a whole reply is; all are as long as the first.
    length: Option<usize>,
}

impl Connection {
    fn open(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self { stream, buffer: vec![0; 256 * 1024], length: None }
    }

    fn exchange(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).unwrap();
        self.read()
    }

    /// Reads one reply.
    fn read(&mut self) -> &[u8] {
        let mut filled = 0;
        while self.length.is_none_or(|length| filled < length) {
            let count = self.stream.read(&mut self.buffer[filled..]).unwrap();
            assert_ne!(count, 0, "the server closed the connection");
            filled += count;
            if self.length.is_none() {
                self.length = whole(&self.buffer[..filled]);
            }
        }
        let reply = &self.buffer[..filled];
        assert!(reply.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(reply));
        assert_eq!(Some(filled), self.length, "replies of other lengths");
        reply
    }
}

/// The length of the reply that begins so, once its head is there.
fn whole(reply: &[u8]) -> Option<usize> {
    let head = head_of(reply)?;
    let text = std::str::from_utf8(&reply[..head]).unwrap().to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    Some(head + length.trim().parse::<usize>().unwrap())
}
