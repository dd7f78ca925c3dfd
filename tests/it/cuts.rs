//! Complete over a connection that is cut at every byte of the request and of the reply: by a reset, by an end of file,
//! by silence; and whether the order was placed or not. The outcome must be the one that can be answered for.

use crate::server::{TOKEN_PATH, settings};
use pxdesk::order::{Failure, Identity, Method, Outcome, Secret};
use pxdesk::px::{Answer, Client, Request, Settings};
use pxdesk::sandbox;
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Reset,
    EndOfFile,
    Silence,
}

/// Where the connection is cut: after so many bytes of the one or the other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Where {
    Request(usize),
    Reply(usize),
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    how: How,
    at: Where,
    /// False: Px refuses the order, so that nothing is placed whatever arrives.
    good: bool,
}

/// What the proxy did about one transaction.
#[derive(Clone, Copy, Debug, Default)]
struct Done {
    /// The whole request reached Px.
    arrived: bool,
    /// The whole reply was handed to the client.
    answered: bool,
    /// How long it was.
    reply: usize,
}

/// Between the client and Px; cuts as the plan for the transaction says.
struct Proxy {
    px: SocketAddr,
    plans: Mutex<HashMap<String, Cut>>,
    /// Connections that are being relayed.
    busy: AtomicUsize,
    done: Mutex<HashMap<String, Done>>,
}

impl Proxy {
    async fn serve(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let proxy = Arc::clone(&self);
            proxy.busy.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                proxy.relay(stream).await;
                proxy.busy.fetch_sub(1, Ordering::SeqCst);
            });
        }
    }

    /// Returns when every connection is dealt with.
    async fn idle(&self) {
        while self.busy.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn relay(&self, mut client: TcpStream) {
        let Some((transaction, length)) = foresee(&client).await else { return };
        let cut = self.plans.lock().unwrap()[&transaction];
        let mut px = TcpStream::connect(self.px).await.unwrap();
        let before = match cut.at {
            Where::Request(bytes) => bytes,
            Where::Reply(_) => length,
        };
        let mut done = Done::default();
        let mut request = vec![0; before];
        client.read_exact(&mut request).await.unwrap();
        px.write_all(&request).await.unwrap();
        if before == length {
            let reply = whole_reply(&mut px).await;
            (done.arrived, done.reply) = (true, reply.len());
            if let Where::Reply(bytes) = cut.at {
                done.answered = bytes >= reply.len();
                let _ = client.write_all(&reply[..bytes.min(reply.len())]).await;
            }
        }
        self.done.lock().unwrap().insert(transaction, done);
        match cut.how {
            How::Reset => client.set_zero_linger().unwrap(),
            How::EndOfFile => {}
            // Until the client gives up.
            How::Silence => while client.read(&mut [0; 1024]).await.is_ok_and(|n| n > 0) {},
        }
    }
}

/// The transaction that the waiting request is about, and the request's length; without reading it.
async fn foresee(client: &TcpStream) -> Option<(String, usize)> {
    let mut bytes = vec![0; 8192];
    loop {
        let n = client.peek(&mut bytes).await.ok().filter(|n| *n > 0)?;
        if let Some((length, body)) = parts(&bytes[..n]) {
            let body: Value = serde_json::from_slice(body).unwrap();
            return Some((body["transactionId"].as_str()?.to_owned(), length));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The length of a message, and its body, once it is there.
fn parts(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length: usize = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())?;
    Some((head + length, bytes.get(head..head + length)?))
}

async fn whole_reply(px: &mut TcpStream) -> Vec<u8> {
    let mut reply = Vec::new();
    while parts(&reply).is_none() {
        assert_ne!(px.read_buf(&mut reply).await.unwrap(), 0);
    }
    reply
}

/// An embedded Px, and a proxy before it.
struct Bench {
    px: SocketAddr,
    proxy: Arc<Proxy>,
    patient: Client,
    hasty: Client,
    direct: Client,
}

impl Bench {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let px = listener.local_addr().unwrap();
        let scenario = sandbox::Scenario::named("practice").unwrap();
        let options =
            sandbox::Options { scenario, seed: 1, state_file: None, market: false, registration: false };
        tokio::spawn(sandbox::serve(listener, options, std::future::pending()));
        let proxy = Arc::new(Proxy {
            px,
            plans: Mutex::default(),
            busy: AtomicUsize::new(0),
            done: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let by_proxy = settings(
            &format!("http://{}", listener.local_addr().unwrap()),
            &format!("http://{px}{TOKEN_PATH}"),
        );
        tokio::spawn(Arc::clone(&proxy).serve(listener));
        let with = |complete_order| {
            let mut settings: Settings = by_proxy.clone();
            settings.timeouts.complete_order = complete_order;
            Client::new(settings).unwrap()
        };
        let direct =
            Client::new(settings(&format!("http://{px}"), &format!("http://{px}{TOKEN_PATH}"))).unwrap();
        Self { px, proxy, patient: with(Duration::from_mins(1)), hasty: with(HASTY), direct }
    }

    /// One order, from the retrieving of its RCC to a Complete that is cut.
    async fn run(&self, number: usize, cut: Cut) -> (String, Answer) {
        let transaction = format!("T-{number:06}");
        let identity = identity(number);
        self.proxy.plans.lock().unwrap().insert(transaction.clone(), cut);
        let retrieved = self.direct.send(&Request::retrieve(&identity), &identity).await;
        assert!(matches!(retrieved.outcome, Outcome::Rcc { .. }), "{retrieved:?}");
        let token = Secret::new(if cut.good { "tok-good-12345" } else { "declined-12345" });
        let request = Request::complete(&identity, Method::Verbal, Some(&token), &[]);
        let whole = matches!(cut.at, Where::Reply(bytes) if bytes >= WHOLE);
        let client = if cut.how == How::Silence && !whole { &self.hasty } else { &self.patient };
        (transaction, client.send(&request, &identity).await)
    }

    /// The lengths of a Complete and of its reply, from one that is not cut.
    async fn measure(&self, number: usize, good: bool) -> (usize, usize) {
        let (transaction, answer) =
            self.run(number, Cut { how: How::EndOfFile, at: Where::Reply(WHOLE), good }).await;
        self.proxy.idle().await;
        let written = answer.written.unwrap();
        (usize::try_from(written).unwrap(), self.proxy.done.lock().unwrap()[&transaction].reply)
    }

    /// How often each order was placed.
    async fn placed(&self) -> HashMap<String, u64> {
        let url = format!("http://{}/_sandbox/ledger", self.px);
        let ledger = tokio::task::spawn_blocking(move || crate::kit::get(&url)).await.unwrap();
        let lines = ledger["transactions"].as_array().unwrap().iter();
        lines
            .map(|line| {
                let transaction = line["transactionId"].as_str().unwrap().to_owned();
                (transaction, line["completesApplied"].as_u64().unwrap())
            })
            .collect()
    }
}

/// A reply may be some bytes longer than the one that was measured: its ids are not all of one length.
const LONGER: usize = 4;

/// How long the client waits where the connection falls silent.
const HASTY: Duration = Duration::from_millis(800);

/// More bytes than any reply has.
const WHOLE: usize = 100_000;

fn identity(number: usize) -> Identity {
    let json = format!(
        r#"{{"salesCode":"S","partnerId":"P","partnerOrderId":"PO-{number:06}","transactionId":"T-{number:06}","addressDetailId":"A"}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// Every cut there is: the request at every byte, and both replies at every byte, three ways each.
fn cuts(request: usize, placed: usize, refused: usize) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for how in [How::Reset, How::EndOfFile, How::Silence] {
        cuts.extend((0..=request).map(|n| Cut { how, at: Where::Request(n), good: true }));
        cuts.extend((0..=placed + LONGER).map(|n| Cut { how, at: Where::Reply(n), good: true }));
        cuts.extend((0..=refused + LONGER).map(|n| Cut { how, at: Where::Reply(n), good: false }));
    }
    cuts
}

#[tokio::test]
async fn cut_at_every_byte_the_outcome_is_one_that_can_be_answered_for() {
    let bench = Arc::new(Bench::start().await);
    let (request, placed) = bench.measure(0, true).await;
    let (_, refused) = bench.measure(1, false).await;
    let mut runs = JoinSet::new();
    let many = Arc::new(Semaphore::new(100));
    for (n, cut) in cuts(request, placed, refused).into_iter().enumerate() {
        let (bench, turn) = (Arc::clone(&bench), Arc::clone(&many).acquire_owned().await.unwrap());
        runs.spawn(async move {
            let (transaction, answer) = bench.run(n + 2, cut).await;
            drop(turn);
            (cut, transaction, answer)
        });
    }
    let runs = runs.join_all().await;
    bench.proxy.idle().await;
    let ledger = bench.placed().await;
    let done = bench.proxy.done.lock().unwrap();
    let mut classes = [0; 4];
    for (cut, transaction, answer) in &runs {
        let done = done.get(transaction).copied().unwrap_or_default();
        classes[class(*cut, done, answer)] += 1;
        assert_eq!(ledger[transaction], u64::from(cut.good && done.arrived), "{cut:?}");
    }
    let [not_sent, in_doubt, completed, refused] = classes;
    // What each of them was is looked at above.
    assert!(completed >= 3 && refused >= 3, "a whole reply is what it says: {classes:?}");
    crate::kit::say(&format!(
        "cuts: {} runs, {not_sent} not sent, {in_doubt} in doubt, {completed} completed, {refused} refused",
        runs.len()
    ));
}

/// Which of the four it is: not sent, in doubt, completed, refused; after a look at whether it may be.
fn class(cut: Cut, done: Done, answer: &Answer) -> usize {
    match &answer.outcome {
        Outcome::Failed(Failure::NotSent(_)) => {
            assert!(answer.written == Some(0) && !done.arrived, "{cut:?} {answer:?}");
            0
        }
        Outcome::Failed(Failure::Unknown(_)) => {
            // On a busy machine a whole reply may come when the client has given up.
            let gave_up = cut.how == How::Silence && answer.elapsed >= HASTY;
            assert!(answer.written > Some(0) && (!done.answered || gave_up), "{cut:?} {answer:?}");
            1
        }
        Outcome::Completed { .. } => {
            assert!(cut.good && done.answered, "{cut:?} {answer:?}");
            2
        }
        Outcome::Refused(error) => {
            assert!(
                !cut.good && done.answered && error.internal_code.as_deref() == Some("1099"),
                "{cut:?} {answer:?}"
            );
            3
        }
        other => panic!("{cut:?} {other:?}"),
    }
}
