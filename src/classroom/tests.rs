//! Hub and links against each other, over loopback.

use super::words::{HEADER, VERSION};
use super::{Code, Connection, Hub, Link, Seat};
use crate::order::Call;
use crate::practice::{Directive, Snapshot};
use crate::wire::local_client;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const CODE: &str = "K7QFM2XW";
/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

struct Room {
    hub: Hub,
    serving: JoinHandle<()>,
}

impl Room {
    fn at(address: &str) -> Self {
        let (hub, server) = Hub::bind(address.parse().unwrap(), Code::read(CODE)).unwrap();
        Self { hub, serving: tokio::spawn(server.run()) }
    }

    fn open() -> Self {
        Self::at("127.0.0.1:0")
    }

    fn address(&self) -> String {
        self.hub.address().to_string()
    }

    /// The trainer's program ends; gives the address that is free again.
    async fn closes(self) -> SocketAddr {
        let address = self.hub.address();
        self.serving.abort();
        assert!(self.serving.await.unwrap_err().is_cancelled());
        address
    }

    /// Waits until the seats are so.
    async fn until(&self, what: &str, is: impl Fn(&[Seat]) -> bool) -> Vec<Seat> {
        let mut seen = 0;
        let wait = async {
            loop {
                let seats = self.hub.seats();
                if is(&seats) {
                    return seats;
                }
                seen = self.hub.changed(seen).await;
            }
        };
        match timeout(PATIENCE, wait).await {
            Ok(seats) => seats,
            Err(late) => panic!("{late}: {what}: {:?}", self.hub.seats()),
        }
    }
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.expect("in time")
}

fn advance(minutes: i64) -> Directive {
    Directive::Advance { minutes }
}

fn with_keys(keys: u32) -> Snapshot {
    Snapshot { keys, ..Snapshot::default() }
}

#[tokio::test]
async fn a_trainee_is_seen_live_and_gets_what_the_trainer_wants_in_order_each_once() {
    let room = Room::open();
    let link = Link::join(&room.address(), "k7qf-m2xw", "Dana").await.unwrap();
    let seats =
        room.until("Dana is here", |seats| seats.len() == 1 && seats[0].snapshot.trainee == "Dana").await;
    assert_eq!((seats[0].number, seats[0].name.as_str(), seats[0].away), (1, "Dana", false));
    assert!(seats[0].last_key.is_none());
    // Of many, the newest is told.
    for keys in 1..=500 {
        link.tell(with_keys(keys));
    }
    let seats = room.until("the newest", |seats| seats[0].snapshot.keys == 500).await;
    assert!(seats[0].last_key.is_some());
    let all = [
        Directive::Start { scenario: "name = \"verbal\"\n".into() },
        Directive::Fail { call: Call::CompleteOrder, fault: json!({ "cut": "after" }) },
        Directive::Pause,
        Directive::Say { text: "¿Perdón?".into() },
        advance(10),
        advance(10),
        Directive::Line { on: false },
        Directive::End,
    ];
    for directive in &all {
        assert!(room.hub.direct(1, directive.clone()));
    }
    for directive in &all {
        assert_eq!(soon(link.next()).await, *directive);
    }
    room.until("all have arrived", |seats| seats[0].waiting == 0).await;
    assert!(room.hub.direct(1, Directive::Resume));
    assert_eq!(soon(link.next()).await, Directive::Resume, "nothing came twice before it");
    assert!(!room.hub.direct(2, Directive::End), "nobody sits there");
}

#[tokio::test]
async fn two_trainees_are_told_apart() {
    let room = Room::open();
    let dana = Link::join(&room.address(), CODE, "Dana").await.unwrap();
    let omar = Link::join(&room.address(), CODE, "Omar").await.unwrap();
    dana.tell(with_keys(3));
    omar.tell(with_keys(7));
    room.until("both", |seats| {
        seats.iter().map(|seat| (seat.name.as_str(), seat.snapshot.keys)).eq([("Dana", 3), ("Omar", 7)])
    })
    .await;
    room.hub.direct(2, advance(30));
    room.hub.direct(1, advance(10));
    assert_eq!(soon(omar.next()).await, advance(30));
    assert_eq!(soon(dana.next()).await, advance(10));
}

#[tokio::test]
async fn a_link_finds_back_when_the_trainers_program_is_started_again_at_its_address() {
    let room = Room::open();
    let link = Link::join(&room.address(), CODE, "Dana").await.unwrap();
    link.tell(with_keys(5));
    room.hub.direct(1, advance(1));
    room.hub.direct(1, advance(2));
    assert_eq!((soon(link.next()).await, soon(link.next()).await), (advance(1), advance(2)));
    room.until("it is told", |seats| seats[0].snapshot.keys == 5 && seats[0].waiting == 0).await;
    let address = room.closes().await;
    assert_eq!(soon(link.connection_changed(Connection::Joined)).await, Connection::Away);
    assert!(link.trouble().contains("does not answer"), "{}", link.trouble());
    link.tell(with_keys(6));
    let pressed = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let again = Room::at(&address.to_string());
    assert_eq!(soon(link.connection_changed(Connection::Away)).await, Connection::Joined);
    assert_eq!(link.trouble(), "");
    let told = |seats: &[Seat]| seats.len() == 1 && seats[0].snapshot.keys == 6;
    let seats = again.until("what was told meanwhile", told).await;
    let off = seats[0].last_key.unwrap().saturating_duration_since(pressed);
    assert!(off < Duration::from_millis(500), "the key was pressed before the trainer was back: {off:?}");
    // Its numbers begin at 1 again, and are not taken for old ones.
    again.hub.direct(1, advance(3));
    assert_eq!(soon(link.next()).await, advance(3));
}

/// Two of one name come back to a trainer who was started again, the second one first.
#[tokio::test]
async fn a_trainee_comes_back_under_the_name_that_they_were_given() {
    let room = Room::open();
    let first = Link::join(&room.address(), CODE, "Dana").await.unwrap();
    let second = Link::join(&room.address(), CODE, "Dana").await.unwrap();
    room.until("both", |seats| seats.len() == 2).await;
    assert_eq!([first.known_as(), second.known_as()], ["Dana", "Dana (2)"], "each can be told");
    drop(first);
    let address = room.closes().await;
    assert_eq!(soon(second.connection_changed(Connection::Joined)).await, Connection::Away);
    let again = Room::at(&address.to_string());
    assert_eq!(soon(second.connection_changed(Connection::Away)).await, Connection::Joined);
    let _first = Link::join(&again.address(), CODE, "Dana").await.unwrap();
    let names: Vec<String> = again.hub.seats().into_iter().map(|seat| seat.name).collect();
    assert_eq!(names, ["Dana (2)", "Dana"]);
}

#[test]
fn nobody_is_given_a_name_that_is_not_made_of_theirs() {
    use super::seats::Seats;
    let mut seats = Seats::default();
    for (given, expected) in [
        (None, "Dana"),
        (Some("Dana"), "Dana"),
        (Some("Dana (2)"), "Dana (2)"),
        (Some("Dana (02)"), "Dana"),
        (Some("Dana (x)"), "Dana"),
        (Some("Omar (2)"), "Dana"),
        (Some("Omar"), "Dana"),
    ] {
        assert_eq!(seats.known_as("Dana", given), expected, "{given:?}");
    }
    let now = tokio::time::Instant::now();
    for key in ["a", "b"] {
        seats.join("Dana", None, key.to_owned(), now).unwrap();
    }
    assert_eq!(seats.name("b").as_deref(), Some("Dana (2)"));
    assert_eq!(seats.known_as("Dana", Some("Dana (2)")), "Dana", "somebody has it");
}

/// What a connection that breaks at the worst moment does: the answer is lost, the directive is not.
#[tokio::test]
async fn a_directive_is_given_again_until_it_has_arrived() {
    let room = Room::open();
    let seat = joined(&room, "Dana", None).await;
    room.hub.direct(1, advance(1));
    room.hub.direct(1, advance(2));
    let first = poll(&room, &seat, 0).await;
    assert_eq!(numbers(&first), [1, 2]);
    assert_eq!(poll(&room, &seat, 0).await, first, "nobody said that they arrived");
    assert_eq!(numbers(&poll(&room, &seat, 1).await), [2]);
    assert_eq!(room.hub.seats()[0].waiting, 1);
    // With its seat a trainee goes on, whatever broke.
    assert_eq!(joined(&room, "Dana", Some(&seat)).await, seat);
    assert_eq!(numbers(&poll(&room, &seat, 1).await), [2]);
    assert_eq!(room.hub.seats().len(), 1);
    room.hub.direct(1, advance(3));
    assert_eq!(numbers(&poll(&room, &seat, 2).await), [3]);
}

#[tokio::test]
async fn who_does_not_know_the_code_stays_outside_and_may_not_try_often() {
    let room = Room::open();
    let wrong = Link::join(&room.address(), "K7QFM2XX", "Mallory").await.err().unwrap();
    assert!(wrong.why.ends_with("the code is wrong") && wrong.mistyped, "{wrong:?}");
    let short = Link::join(&room.address(), "K7QF", "Mallory").await.err().unwrap();
    assert!(short.why.contains("no vowels, no 0 and 1") && short.mistyped, "{short:?}");
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(ask(&room, "join", Some(json!({ "name": "M", "code": "22222222" }))).await.0);
    }
    let refused = statuses.iter().filter(|status| **status == 403).count();
    assert!(statuses.iter().all(|status| matches!(status, 403 | 429)) && refused <= 6, "{statuses:?}");
    assert!(room.hub.seats().is_empty());
    // Who knows it gets in once the second is over.
    let joins = async {
        loop {
            if let Ok(link) = Link::join(&room.address(), CODE, "Dana").await {
                return link;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    drop(soon(joins).await);
}

#[tokio::test]
async fn an_old_code_is_not_tried_again_and_keeps_nobody_outside() {
    let room = Room::open();
    let link = Link::join(&room.address(), CODE, "Dana").await.unwrap();
    let address = room.closes().await;
    let (hub, server) = Hub::bind(address, Code::read("22222222")).unwrap();
    let serving = tokio::spawn(server.run());
    let refused = async {
        while link.connection() != Connection::Refused {
            link.connection_changed(link.connection()).await;
        }
    };
    soon(refused).await;
    assert!(link.trouble().ends_with("the code is wrong"), "{}", link.trouble());
    // The trainer's own trainees join while others type a wrong code, from another address.
    for _ in 0..5 {
        hub.wrong_code([192, 0, 2, 7].into());
    }
    assert!(!hub.may_try([192, 0, 2, 7].into()));
    assert!(hub.may_try([192, 0, 2, 8].into()));
    serving.abort();
}

#[tokio::test]
async fn what_is_told_last_is_told() {
    let room = Room::open();
    let link = Link::join(&room.address(), CODE, "Dana").await.unwrap();
    room.until("Dana is here", |seats| seats.len() == 1 && seats[0].snapshot.trainee == "Dana").await;
    link.tell(with_keys(8));
    // It is too soon for another snapshot, and the program ends.
    link.tell(with_keys(9));
    link.leave().await;
    drop(link);
    assert_eq!(room.hub.seats()[0].snapshot.keys, 9);
    // Nobody waits for long for a trainer who is gone.
    let link = Link::join(&room.address(), CODE, "Omar").await.unwrap();
    room.closes().await;
    timeout(Duration::from_secs(3), link.leave()).await.unwrap();
}

#[tokio::test]
async fn no_page_may_call_and_nothing_large_or_odd_is_taken() {
    let room = Room::open();
    let seat = joined(&room, "Dana", None).await;
    let join = json!({ "name": "P", "code": CODE });
    let post = |path: &str| {
        local_client().unwrap().post(url(&room, path)).header("content-type", "application/json")
    };
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    let body = || join.to_string();
    assert_eq!(status(post("join").body(body())).await, 403, "without the header");
    let ours = || post("join").header(HEADER, VERSION);
    assert_eq!(status(ours().header("origin", "http://evil.example").body(body())).await, 403);
    assert_eq!(status(ours().header("sec-fetch-site", "same-origin").body(body())).await, 403);
    assert_eq!(status(ours().body("{")).await, 400);
    let name = |name: &str| json!({ "name": name, "code": CODE }).to_string();
    for odd in ["", "  ", "a\u{202e}b", "a\nb", &"x".repeat(41)] {
        assert_eq!(status(ours().body(name(odd))).await, 400, "{odd:?}");
    }
    let told = format!("seats/{seat}/snapshot");
    let large = json!({ "screen": "x".repeat(300_000) }).to_string();
    assert_eq!(status(post(&told).header(HEADER, VERSION).body(large)).await, 413);
    assert_eq!(status(post(&told).header(HEADER, VERSION).body("7")).await, 400);
    for nobody in ["seats/1/snapshot", "seats/00000000000000000000000000000000/snapshot"] {
        assert_eq!(status(post(nobody).header(HEADER, VERSION).body("{}")).await, 404);
    }
    assert_eq!(room.hub.seats().len(), 1);
}

#[tokio::test]
async fn the_trainer_hears_of_an_address_that_is_taken_and_a_trainee_of_nobody_there() {
    let room = Room::open();
    let taken = Hub::bind(room.hub.address(), None).err().unwrap();
    assert!(taken.contains("is taken by another program"), "{taken}");
    let address = room.closes().await.to_string();
    let nobody = Link::join(&address, CODE, "Dana").await.err().unwrap();
    assert_eq!(nobody.why, format!("the trainer's desk at {address} does not answer"));
    assert!(!nobody.mistyped, "they may come back");
    for odd in
        ["", "10.0.0.5", "[::1]", "https://127.0.0.1:1", "127.0.0.1:1/x", "me@127.0.0.1:1", "127.0.0.1:99999"]
    {
        let wrong = Link::join(odd, CODE, "Dana").await.err().unwrap();
        assert!(wrong.why.contains("is not a classroom address") && wrong.mistyped, "{odd}: {wrong:?}");
    }
}

/// What else listens says so in its own words, which are not the trainer's.
#[tokio::test]
async fn what_answers_and_is_no_classroom_is_told_to_be_none() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let other = axum::Router::new().fallback(|| async {
        let json = [("content-type", "application/json")];
        (axum::http::StatusCode::NOT_FOUND, json, json!({ "message": "Not Found" }).to_string())
    });
    let serves = tokio::spawn(async move { axum::serve(listener, other).await });
    let wrong = Link::join(&address, CODE, "Dana").await.err().unwrap();
    assert_eq!(wrong.why, format!("what answers at {address} is not a pxdesk classroom"));
    assert!(wrong.mistyped);
    serves.abort();
}

#[test]
fn the_same_snapshot_again_is_a_sign_of_life_and_makes_its_times_no_newer() {
    use super::seats::Seats;
    let start = tokio::time::Instant::now();
    let later = start + Duration::from_secs(4);
    let mut seats = Seats::default();
    seats.join("Dana", None, "a".to_owned(), start).unwrap();
    assert!(seats.tell("a", with_keys(3), start) && seats.tell("a", with_keys(3), later));
    let seat = seats.all().remove(0);
    assert_eq!((seat.heard, seat.told, seat.last_key), (later, start, Some(start)));
    assert!(seats.tell("a", with_keys(4), later));
    let seat = seats.all().remove(0);
    assert_eq!((seat.told, seat.last_key), (later, Some(later)));
}

/// A trainer whose program was started again hears of all keys at once.
#[test]
fn the_last_key_was_pressed_when_the_trainee_says_and_not_when_that_is_told() {
    use super::seats::Seats;
    let start = tokio::time::Instant::now();
    let told = start + Duration::from_mins(5);
    let ago = |key_ago| Snapshot { key_ago: Some(key_ago), ..with_keys(3) };
    let mut seats = Seats::default();
    seats.join("Dana", None, "a".to_owned(), told).unwrap();
    assert!(seats.tell("a", ago(300_000), told));
    assert_eq!(seats.all()[0].last_key, Some(start));
    assert!(seats.tell("a", ago(304_000), told + Duration::from_secs(4)));
    let seat = seats.all().remove(0);
    assert_eq!((seat.told, seat.last_key), (told, Some(start)), "nothing is new");
}

/// Time is an argument here: nobody waits ten seconds.
#[test]
fn who_is_not_heard_of_is_away_and_nobody_else_sits_down_at_their_seat() {
    use super::seats::{AWAY, Seats};
    let start = tokio::time::Instant::now();
    let mut seats = Seats::default();
    let join = |seats: &mut Seats, name: &str, had: Option<&str>, key: &str, after: u64| {
        seats.join(name, had, key.to_owned(), start + Duration::from_secs(after)).unwrap()
    };
    assert_eq!(join(&mut seats, "Dana", None, "a", 0), "a");
    assert_eq!(join(&mut seats, "Dana", None, "b", 5), "b", "another one of that name");
    assert_eq!(seats.next_away(), Some(start + AWAY));
    assert!(!seats.mark_away(start + AWAY - Duration::from_millis(1)));
    assert!(seats.mark_away(start + AWAY) && !seats.mark_away(start + AWAY));
    assert_eq!(seats.all().iter().map(|seat| seat.away).collect::<Vec<_>>(), [true, false]);
    seats.direct(1, Directive::Pause);
    // Whoever comes by their name sits elsewhere, and what waits for them goes on waiting.
    assert_eq!(join(&mut seats, "Dana", None, "c", 11), "c");
    let all = seats.all();
    let all: Vec<_> = all.iter().map(|s| (s.number, s.name.as_str(), s.away, s.waiting)).collect();
    assert_eq!(all, [(1, "Dana", true, 1), (2, "Dana (2)", false, 0), (3, "Dana (3)", false, 0)]);
    assert_eq!(join(&mut seats, "Dana", Some("a"), "d", 12), "a");
    assert_eq!(seats.wanted("a").map(|wanted| wanted.len()), Some(1));
    // Who has a seat keeps the name that the trainer knows.
    assert_eq!(join(&mut seats, "Dana", Some("b"), "d", 12), "b");
    assert_eq!(seats.all()[1].name, "Dana (2)");
    for n in 0..61 {
        join(&mut seats, &format!("T{n}"), None, &format!("k{n}"), 12);
    }
    assert!(seats.join("late", None, "l".into(), start + Duration::from_secs(13)).is_none(), "all are taken");
    assert!(
        seats.join("late", None, "l".into(), start + Duration::from_mins(1)).is_some(),
        "somebody has gone"
    );
    assert_eq!(seats.all().len(), 64);
    for n in 0..=100 {
        assert_eq!(seats.direct(2, Directive::Pause), n < 100, "{n}");
    }
}

fn url(room: &Room, path: &str) -> String {
    format!("http://{}/classroom/{path}", room.address())
}

/// Asks as a link does; the status, and what came back.
async fn ask(room: &Room, path: &str, body: Option<Value>) -> (u16, Value) {
    let client = local_client().unwrap();
    let request = match body {
        Some(body) => {
            client.post(url(room, path)).header("content-type", "application/json").body(body.to_string())
        }
        None => client.get(url(room, path)),
    };
    let reply = soon(request.header(HEADER, VERSION).send()).await.unwrap();
    let status = reply.status().as_u16();
    (status, serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap())
}

async fn joined(room: &Room, name: &str, had: Option<&str>) -> String {
    let (status, reply) = ask(room, "join", Some(json!({ "name": name, "code": CODE, "seat": had }))).await;
    assert_eq!(status, 200, "{reply}");
    reply["seat"].as_str().unwrap().to_owned()
}

async fn poll(room: &Room, seat: &str, after: u64) -> Value {
    let (status, reply) = ask(room, &format!("seats/{seat}/directives?after={after}"), None).await;
    assert_eq!(status, 200, "{reply}");
    reply
}

fn numbers(reply: &Value) -> Vec<u64> {
    reply["directives"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect()
}
