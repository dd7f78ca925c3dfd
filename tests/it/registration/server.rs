//! A server that is made by hand: it reads requests as text, keeps their connections, and answers as it is told to, or
//! breaks off.

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Method, path and query.
    pub line: String,
    /// All lines of the head.
    pub head: String,
    pub body: String,
}

/// What is written back; after it the connection is closed when that is said.
pub struct Reply {
    pub bytes: Vec<u8>,
    pub closes: bool,
}

impl Reply {
    /// A whole reply, `headers` being whole lines.
    pub fn new(status: &str, headers: &str, body: &str) -> Self {
        let text = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
        Self { bytes: text.into_bytes(), closes: false }
    }

    /// JSON, with 200.
    pub fn json(body: &str) -> Self {
        Self::new("200 OK", "content-type: application/json\r\n", body)
    }

    /// Its first bytes alone.
    pub fn cut(mut self, length: usize) -> Self {
        self.bytes.truncate(length);
        self.closes = true;
        self
    }
}

/// It serves for as long as the test runs.
pub struct Server {
    pub base: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Answers each request with what `answer` makes of it.
    pub fn answering(answer: impl Fn(&Arrived) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (arrived, connections) = (Arc::default(), Arc::default());
        let server = Self { base, arrived: Arc::clone(&arrived), connections: Arc::clone(&connections) };
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (arrived, answer) = (Arc::clone(&arrived), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &arrived, &*answer));
            }
        });
        server
    }

    /// What came in so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn serve(stream: TcpStream, arrived: &Mutex<Vec<Arrived>>, answer: &dyn Fn(&Arrived) -> Reply) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(request) = read(&mut reader) {
        arrived.lock().unwrap().push(request.clone());
        let reply = answer(&request);
        // The client may be gone already.
        if writer.write_all(&reply.bytes).is_err() || reply.closes {
            return;
        }
    }
}

fn read(reader: &mut impl std::io::BufRead) -> Option<Arrived> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        let line = head[start..].trim();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    Some(Arrived { line, head, body: String::from_utf8(body).unwrap() })
}
