use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

fn request() -> reqwest::Request {
    let url = Url::parse("http://px.example/pxCompleteOrder").unwrap();
    let mut request = reqwest::Request::new(reqwest::Method::POST, url);
    *request.body_mut() = Some(br#"{"transactionId":"T-1","rccAccepted":true}"#.to_vec().into());
    request
}

/// Sends the request over a pipe that takes `room` bytes before somebody reads; `server` does what it likes at the
/// other end. What was counted, and what came of it.
async fn over<F>(room: usize, limit: Duration, server: impl FnOnce(DuplexStream) -> F) -> Exchange
where
    F: Future<Output = Option<DuplexStream>> + Send + 'static,
{
    let (ours, theirs) = duplex(room);
    let written = Written::default();
    let server = tokio::spawn(server(theirs));
    let stream = Counted::new(ours, written.clone());
    let talked = until(Instant::now() + limit, talk(stream, request(), &AtomicU16::new(0))).await;
    let reply = talked.map_err(|lack| failure(&lack, "px.example", limit, written.bytes()));
    drop(server.await.unwrap());
    Exchange { written: written.bytes(), whole: written.bytes() >= length(&request()), head: None, reply }
}

async fn whole() -> Vec<u8> {
    let (seen, told) = tokio::sync::oneshot::channel();
    let sent = over(4096, Duration::from_secs(10), |mut stream| async move {
        let mut bytes = vec![0; 4096];
        let n = stream.read(&mut bytes).await.unwrap();
        bytes.truncate(n);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        seen.send(bytes).unwrap();
        Some(stream)
    })
    .await;
    let bytes = told.await.unwrap();
    assert!(sent.whole && length(&request()) == bytes.len() as u64, "the length is known to the byte");
    assert_eq!((sent.written, sent.reply.unwrap().body), (bytes.len() as u64, b"{}".to_vec()));
    bytes
}

#[tokio::test]
async fn the_request_is_http_1_1_with_a_path_and_a_host() {
    let bytes = String::from_utf8(whole().await).unwrap().to_lowercase();
    assert!(bytes.starts_with("post /pxcompleteorder http/1.1\r\n"), "{bytes}");
    assert!(
        bytes.contains("\r\nhost: px.example\r\n") && bytes.contains("\r\nuser-agent: pxdesk/"),
        "{bytes}"
    );
}

#[tokio::test]
async fn closed_after_any_number_of_bytes_the_count_is_exact() {
    let length = whole().await.len();
    for room in 1..length {
        // Nobody reads: the pipe takes `room` bytes, and then its other end is closed.
        let sent = over(room, Duration::from_secs(10), |stream| async move {
            tokio::task::yield_now().await;
            drop(stream);
            None
        })
        .await;
        let Err(failure) = sent.reply else { panic!("{room}: a reply out of nowhere") };
        match sent.written {
            0 => assert!(matches!(failure, Failure::NotSent(_)), "{failure:?}"),
            n => {
                assert_eq!(n, room as u64);
                assert!(matches!(failure, Failure::Unknown(_)), "{failure:?}");
            }
        }
    }
}

#[tokio::test]
async fn silence_after_any_number_of_bytes_is_unknown() {
    let length = whole().await.len();
    let limit = Duration::from_millis(50);
    let mut silences = tokio::task::JoinSet::new();
    for room in 1..length {
        let silent = async move |stream| Some(stream);
        silences.spawn(async move { (room, over(room, limit, silent).await) });
    }
    while let Some(silence) = silences.join_next().await {
        let (room, sent) = silence.unwrap();
        let Err(Failure::Unknown(why)) = sent.reply else { panic!("{room}") };
        assert_eq!((sent.written, sent.whole), (room as u64, false));
        let bytes = if room == 1 { "1 byte was".to_owned() } else { format!("{room} bytes were") };
        assert_eq!(why, format!("no whole answer from px.example within 50ms after {bytes} sent"));
    }
}

#[tokio::test]
async fn closed_before_the_first_byte_nothing_was_sent() {
    let (ours, theirs) = duplex(64);
    drop(theirs);
    let written = Written::default();
    let Err(lack) = talk(Counted::new(ours, written.clone()), request(), &AtomicU16::new(0)).await else {
        panic!("a reply")
    };
    let failure = failure(&lack, "px.example", Duration::from_secs(1), written.bytes());
    let Failure::NotSent(why) = failure else { panic!("{failure:?}") };
    assert!(
        why.starts_with("the connection to px.example broke before any byte of the request was sent: "),
        "{why}"
    );
}

/// What comes of a reply of which `bytes` arrive before the end of the connection.
async fn replied(bytes: &[u8]) -> Result<Received, Failure> {
    let bytes = bytes.to_vec();
    let server = |mut stream: DuplexStream| async move {
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        stream.write_all(&bytes).await.unwrap();
        None
    };
    over(4096, Duration::from_secs(10), server).await.reply
}

#[tokio::test]
async fn a_reply_that_ends_early_is_no_reply_however_it_is_framed() {
    let json = r#"{"orderNumber":"7"}"#;
    let length = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{json}", json.len());
    let chunks = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\r\ne\r\n{}\r\n0\r\n\r\n",
        &json[..5],
        &json[5..]
    );
    for whole in [length, chunks] {
        for end in 0..whole.len() {
            let reply = replied(&whole.as_bytes()[..end]).await;
            assert!(matches!(reply, Err(Failure::Unknown(_))), "{:?}", &whole[..end]);
        }
        assert_eq!(replied(whole.as_bytes()).await.unwrap().body, json.as_bytes());
    }
    // Only the connection's end says where this one ends: what came is all there is, and no prefix of it is JSON.
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    for end in 0..json.len() {
        let cut = format!("{head}{}", &json[..end]);
        let reply = replied(cut.as_bytes()).await.unwrap();
        assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
    }
}

/// Ctrl-Z, or a paused machine: the reply lay in the socket while nobody could look.
#[test]
fn a_reply_that_came_while_the_process_was_stopped_is_read() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answered = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        let _read = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").unwrap();
        std::thread::sleep(Duration::from_millis(20));
        stream.write_all(b"{}").unwrap();
        stream
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let talked = runtime.block_on(async {
        let stream = TcpStream::connect(address).await.unwrap();
        let stop = async {
            // Once the request is on its way nothing runs until long after the deadline.
            tokio::time::sleep(Duration::from_millis(5)).await;
            std::thread::sleep(Duration::from_millis(300));
        };
        let deadline = Instant::now() + Duration::from_millis(100);
        let head = AtomicU16::new(0);
        tokio::join!(until(deadline, talk(stream, request(), &head)), stop).0
    });
    assert!(talked.is_ok_and(|received| received.body == b"{}"));
    drop(answered.join().unwrap());
}
