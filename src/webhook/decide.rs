//! Who says what a deploy is answered, when it is not the pattern: a program, a server, a person. A program or a server
//! may refuse, too. One that hangs, dies or says something else has not answered.

use crate::engine::Engine;
use crate::kind::ShortId;
use crate::subscription::{Answer, CustomerId, Subscription, read_object};
use crate::wire::{Http, Transport};
use reqwest::Url;
use serde_json::Value;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// As much of a program's answer as is read, in bytes.
const LONGEST: u64 = 64 * 1024;
/// As long as it takes to read what a program that has ended left in the pipe.
const EMPTIED: Duration = Duration::from_millis(250);
/// How often it is looked whether a person has answered.
pub const LOOK: Duration = Duration::from_millis(100);

/// What `program` says of `subscription`: the buyer's fields go in as JSON; `{"customerId": "…"}` comes out, or
/// `{"refusal": "…"}` with what the buyer is told. A refusal in words that may not be shown is told as `unworded`.
///
/// # Errors
/// Says why there is no answer; nothing of what it printed is in that.
pub async fn program(
    program: &[String],
    subscription: &Subscription,
    unworded: &Answer,
) -> Result<Answer, String> {
    let [name, arguments @ ..] = program else { return Err("no program is configured".to_owned()) };
    let mut command = Command::new(name);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|e| format!("the program `{name}` cannot be started: {e}"))?;
    let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let body = subscription.filled_in();
    let write = async {
        if let Some(mut stdin) = stdin.take() {
            // A program may answer without reading.
            let _ = stdin.write_all(body.as_bytes()).await;
        }
    };
    let mut said = Vec::new();
    let read = async {
        if let Some(stdout) = stdout {
            let _ = stdout.take(LONGEST).read_to_end(&mut said).await;
        }
    };
    let status = talked(&mut child, async { tokio::join!(write, read) }).await;
    let status = status.map_err(|e| format!("the program `{name}` cannot be waited for: {e}"))?;
    if !status.success() {
        return Err(format!("the program `{name}` ended with {status}"));
    }
    said_in(&said, unworded)
        .ok_or_else(|| format!("the program `{name}` printed no {{\"customerId\": \"…\"}}"))
}

/// How `child` ended, after `talk` with it. What it printed is in the pipe when it has ended; who keeps that open longer,
/// a process that it started, is not waited for.
async fn talked<T>(child: &mut Child, talk: impl Future<Output = T>) -> std::io::Result<ExitStatus> {
    tokio::pin!(talk);
    tokio::select! {
        _ = &mut talk => child.wait().await,
        status = child.wait() => {
            let _ = timeout(EMPTIED, &mut talk).await;
            status
        }
    }
}

/// A server of the partner's that decides, and the way to it.
pub struct Forward {
    url: Url,
    http: Http,
}

impl Forward {
    /// The server at `url`; `within` is as long as it may take at most. Whom it trusts is loaded now: a deploy has no time
    /// for that.
    ///
    /// # Errors
    /// Names the setting that cannot be used, and says why.
    pub async fn new(url: &str, transport: &Transport, within: Duration) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|e| format!("market.webhook.forward is not a URL: {e}"))?;
        let proxy = transport.proxy().map_err(|e| e.to_string())?;
        let authorities = transport.authorities().map_err(|e| e.to_string())?;
        let http = Http::new(url.scheme() == "http", within, proxy, authorities);
        http.ready().await.map_err(|failure| failure.why().to_owned())?;
        Ok(Self { url, http })
    }
}

/// What a server of the partner's says. A refusal in words that may not be shown is told as `unworded`.
///
/// # Errors
/// Says why there is no answer; nothing of what it said is in that.
pub async fn forward(
    Forward { url, http }: &Forward,
    subscription: &Subscription,
    limit: Duration,
    unworded: &Answer,
) -> Result<Answer, String> {
    let mut request = reqwest::Request::new(reqwest::Method::POST, url.clone());
    let json = reqwest::header::HeaderValue::from_static("application/json");
    request.headers_mut().insert(reqwest::header::CONTENT_TYPE, json);
    *request.body_mut() = Some(subscription.filled_in().into());
    // Once: whatever it makes of a customer, it is not to make two.
    let reply = http.send_once(request, limit, async { Ok(()) }).await.reply;
    let reply = reply.map_err(|failure| format!("forwarding failed: {}", failure.why()))?;
    match (reply.status, said_in(&reply.body, unworded)) {
        (200..300, Some(answer)) | (300..500, Some(answer @ Answer::Refused { .. })) => Ok(answer),
        (200..300, None) => Err("what it was forwarded to answered no {\"customerId\": \"…\"}".to_owned()),
        (status, _) if refuses(status) => Ok(worded(&reply.body).unwrap_or_else(|| unworded.clone())),
        (status, _) => Err(format!("what it was forwarded to answered HTTP {status}")),
    }
}

/// True for the statuses by which a server refuses the buyer. The others from 400 on are about the call: its address, its
/// proof, its time.
fn refuses(status: u16) -> bool {
    (400..500).contains(&status) && ![401, 404, 405, 407, 408, 425, 429].contains(&status)
}

/// The answer in `{"customerId": "…"}` or `{"refusal": "…"}`. A number is taken as the string that spells it. What says nothing,
/// null for instance, is as good as not there: many programs write every member that they know. A refusal that says more is one,
/// whatever stands beside it. Where a member is there twice there is no answer, as a deploy with one cannot be read.
fn said_in(said: &[u8], unworded: &Answer) -> Option<Answer> {
    let said = read_object(said.trim_ascii()).ok()?;
    let id = said.get("customerId").filter(|id| !says_nothing(id));
    match (id, said.get("refusal")) {
        (Some(id), refusal) if refusal.is_none_or(says_nothing) => customer_id(id),
        (_, None | Some(Value::Null | Value::Bool(false))) => None,
        (_, Some(Value::String(why))) => Some(Answer::refusal(why).unwrap_or_else(|_| unworded.clone())),
        (_, Some(_)) => Some(unworded.clone()),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn customer_id(id: &Value) -> Option<Answer> {
    let id = match id {
        Value::String(id) => id.clone(),
        Value::Number(id) if id.is_i64() || id.is_u64() => id.to_string(),
        _ => return None,
    };
    CustomerId::new(id).ok().map(|customer_id| Answer::Provisioned { customer_id })
}

/// The words of a refusal, where a buyer may be shown them: plain text, or as JSON a text or the member `message`.
fn worded(body: &[u8]) -> Option<Answer> {
    let text = match serde_json::from_slice(body) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(members)) => members.get("message")?.as_str()?.to_owned(),
        Ok(_) => return None,
        // JSON that was cut is no text.
        Err(_) => {
            std::str::from_utf8(body).ok().filter(|text| !text.starts_with(['{', '[', '"']))?.to_owned()
        }
    };
    Answer::refusal(&text).ok()
}

/// The subscription once somebody has answered it; none when nobody has until `deadline`.
///
/// # Errors
/// What the journal cannot do.
pub async fn answered(
    engine: &Engine,
    id: &ShortId,
    deadline: Instant,
) -> Result<Option<Subscription>, crate::engine::MarketError> {
    loop {
        let subscription = engine.of::<Subscription>().load(id).await?;
        if subscription.answer.is_some() {
            return Ok(Some(subscription));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        sleep(LOOK.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_way_that_cannot_be_gone_is_refused_before_there_is_a_deploy() {
        let missing = Transport { ca_file: Some("/nowhere/ca.pem".into()), ..Transport::default() };
        let proxied = Transport { proxy: Some("socks5://p:1".into()), ..Transport::default() };
        let none = Transport::default();
        for (url, transport, named) in [
            ("no address", &none, "market.webhook.forward is not a URL"),
            ("https://partner.example/", &missing, "ca_file /nowhere/ca.pem"),
            ("https://partner.example/", &proxied, "proxy "),
        ] {
            let why = Forward::new(url, transport, Duration::from_secs(1)).await.err().unwrap();
            assert!(why.starts_with(named), "{why}");
        }
        assert!(Forward::new("http://127.0.0.1:1/", &none, Duration::from_secs(1)).await.is_ok());
    }

    #[test]
    fn only_an_id_is_an_answer() {
        let sorry = Answer::refusal("Please call us.").unwrap();
        let id = |said: &str| said_in(said.as_bytes(), &sorry).map(|answer| answer.body());
        assert_eq!(id("{\"customerId\":\"C-1\",\"x\":1}\n").as_deref(), Some(r#"{"customerId":"C-1"}"#));
        assert_eq!(id(r#"{"customerId":1234}"#).as_deref(), Some(r#"{"customerId":"1234"}"#));
        for said in [
            "",
            "C-1",
            "{}",
            r#"{"customerId":""}"#,
            r#"{"customerId":1.5}"#,
            r#"{"customerId":null}"#,
            r#"{"customerId":"C-1","customerId":"C-2"}"#,
            r#"{"customerId":"C-\ud83d"}"#,
            r#"{"refusal":null}"#,
            r#"{"customerId":null,"refusal":false}"#,
            r#"{"customerId":"","refusal":null}"#,
        ] {
            assert_eq!(id(said), None, "{said}");
        }
        for said in [r#"{"customerId":"C-1","refusal":null}"#, r#"{"customerId":"C-1","refusal":""}"#] {
            assert_eq!(id(said).as_deref(), Some(r#"{"customerId":"C-1"}"#), "{said}");
        }
        for said in [
            r#"{"customerId":null,"refusal":"No."}"#,
            r#"{"customerId":"","refusal":"No."}"#,
            r#"{"customerId":"C-1","refusal":"No."}"#,
        ] {
            assert_eq!(id(said).as_deref(), Some("No."), "{said}");
        }
        for said in [r#"{"refusal":""}"#, r#"{"refusal":5}"#, r#"{"refusal":["a"]}"#, r#"{"refusal":true}"#] {
            assert_eq!(id(said).as_deref(), Some("Please call us."), "{said}");
        }
        assert_eq!(id(r#"{"refusal":"No seats are left."}"#).as_deref(), Some("No seats are left."));
        assert_eq!(id(r#"{"refusal":"<b>no</b>"}"#).as_deref(), Some("Please call us."));
    }

    #[test]
    fn the_words_of_a_refusal_are_shown_where_they_are_plain_and_short() {
        let words = |body: &str| worded(body.as_bytes()).map(|answer| answer.body());
        for body in ["Another plan.\n", r#""Another plan.""#, r#"{"code":4,"message":"Another plan."}"#] {
            assert_eq!(words(body).as_deref(), Some("Another plan."), "{body}");
        }
        for body in ["", "<html>no</html>", "[1]", "{}", r#"{"message":"cut"#, &"x".repeat(201)] {
            assert_eq!(words(body), None, "{body}");
        }
        let refusing: Vec<u16> = (200..600).filter(|status| refuses(*status)).collect();
        assert!(refusing.contains(&400) && refusing.contains(&403) && refusing.contains(&422));
        assert!(!refusing.contains(&404) && !refusing.contains(&429) && !refusing.contains(&500));
    }
}
