//! A Px between the program and the embedded one: it hears every token, and can put words into Px's mouth.

use serde_json::Value;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct State {
    /// What came after `Authorization:`, each once.
    authorizations: Vec<String>,
    /// How often each path was asked for.
    asked: Vec<String>,
    /// Replies that come before any other: a path, a status, a body.
    next: VecDeque<(String, u16, String)>,
    /// Put into every RCC text.
    in_rcc: String,
    /// Every body, either way.
    bodies: String,
}

pub struct Relay {
    pub base: String,
    state: Arc<Mutex<State>>,
}

impl Relay {
    /// To the Px at `base`; every RCC text says `in_rcc`.
    pub fn to(base: &str, in_rcc: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { in_rcc: in_rcc.to_owned(), ..State::default() }));
        let (px, shared) = (base.strip_prefix("http://").unwrap().to_owned(), state.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (px, shared) = (px.clone(), shared.clone());
                // A connection that breaks is what some of the tests are about.
                std::thread::spawn(move || relay(&stream, &px, &shared).unwrap_or(()));
            }
        });
        Self { base: format!("http://{address}"), state }
    }

    /// The next request for `path` is answered so.
    pub fn say(&self, path: &str, status: u16, body: &Value) {
        self.state.lock().unwrap().next.push_back((path.to_owned(), status, body.to_string()));
    }

    /// Everything that was shown as an authorization: `Basic …` and `Bearer …`.
    pub fn authorizations(&self) -> Vec<String> {
        self.state.lock().unwrap().authorizations.clone()
    }

    /// True when some body held `text`.
    pub fn heard(&self, text: &str) -> bool {
        self.state.lock().unwrap().bodies.contains(text)
    }

    /// How often `path` was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }
}

fn relay(mut stream: &TcpStream, px: &str, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (head, body) = message(&mut reader, true)?;
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let canned = hear(&head, &path, state);
    let (status, reply) = match canned {
        Some((status, reply)) => (status.to_string(), reply),
        None => forward(px, &head, &body)?,
    };
    let reply = {
        let mut state = state.lock().unwrap();
        // A word of every practice text.
        let reply = reply.replace("month", &format!("month, {},", state.in_rcc));
        state.bodies += &(String::from_utf8_lossy(&body) + &*reply);
        reply
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        reply.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(reply.as_bytes())
}

/// Remembers what was shown; returns the reply that comes before Px's own, if there is one.
fn hear(head: &str, path: &str, state: &Mutex<State>) -> Option<(u16, String)> {
    let mut state = state.lock().unwrap();
    state.asked.push(path.to_owned());
    for line in head.lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let known = state.authorizations.iter().any(|a| a == value.trim());
        if name.eq_ignore_ascii_case("authorization") && !known {
            state.authorizations.push(value.trim().to_owned());
        }
    }
    let (_, status, reply) = state.next.pop_front_if(|(wanted, ..)| wanted == path)?;
    Some((status, reply))
}

fn forward(px: &str, asked: &str, body: &[u8]) -> std::io::Result<(String, String)> {
    let mut stream = TcpStream::connect(px)?;
    let head = asked.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    // What answers HEAD says how long it would be.
    let (head, body) = message(&mut BufReader::new(stream), !asked.starts_with("HEAD "))?;
    let status = head.split(' ').nth(1).ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok((status.to_owned(), String::from_utf8_lossy(&body).into_owned()))
}

/// The head, with the empty line after it, and the body, if it has one.
fn message(reader: &mut BufReader<TcpStream>, has_body: bool) -> std::io::Result<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = head[start..].to_ascii_lowercase();
        if let Some(n) = line.strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; if has_body { length } else { 0 }];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}
