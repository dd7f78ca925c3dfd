//! Who says what a deploy is answered, when it is not the pattern: a program, a server, a person. A program or a server
//! may refuse, too. One that hangs, dies or says something else has not answered. A program is asked in `program`.

use crate::engine::Engine;
use crate::kind::ShortId;
use crate::subscription::{Answer, CustomerId, Subscription, read_object};
use crate::wire::{Http, Transport};
use reqwest::Url;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often it is looked whether a person has answered.
pub const LOOK: Duration = Duration::from_millis(100);

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
        if !url.username().is_empty() || url.password().is_some() {
            return Err("market.webhook.forward names a user or a password, and none is sent to that server. Take them out, and \
                        let it know this program by the address"
                .to_owned());
        }
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
        (200..300, None) => {
            Err("what it was forwarded to answered no {\"customerId\": \"…\"} that can be used".to_owned())
        }
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
pub fn said_in(said: &[u8], unworded: &Answer) -> Option<Answer> {
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
            (
                "https://ann:hunter2@partner.example/",
                &none,
                "market.webhook.forward names a user or a password",
            ),
            ("https://ann@partner.example/", &none, "market.webhook.forward names a user or a password"),
            ("https://partner.example/", &missing, "ca_file /nowhere/ca.pem"),
            ("https://partner.example/", &proxied, "proxy "),
        ] {
            let why = Forward::new(url, transport, Duration::from_secs(1)).await.err().unwrap();
            assert!(why.starts_with(named) && !why.contains("hunter2"), "{why}");
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
