//! The receiver: what is answered was on disk before, and what comes again gets the same answer.

use super::floor::{Floor, Receiver, deploy, secret, sent};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn webhook(floor: &Floor, text: &str) {
    floor.home.configure_also(&format!("[market.webhook]\n{text}\n"));
}

/// A request as it stands on the wire; what came back.
fn raw(receiver: &Receiver, headers: &str, body: &[u8]) -> String {
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /deploy HTTP/1.1\r\nhost: {address}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // One that refuses early closes before it has read all.
    let _ = stream.write_all(body);
    let mut reply = String::new();
    let _ = stream.read_to_string(&mut reply);
    reply
}

fn waits(floor: &Floor) -> Vec<Value> {
    floor.json(&["market", "requests"])["waiting"].as_array().unwrap().clone()
}

#[test]
fn the_same_deploy_gets_the_same_answer_and_another_under_its_id_is_refused_and_shown() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let first = sent(&receiver.url, &deploy("p-1"));
    assert_eq!(first, (200, json!({ "customerId": "C-1" })));
    let mut sorted = deploy("p-1");
    let email = sorted.as_object_mut().unwrap().shift_remove("contactEmail").unwrap();
    sorted["contactEmail"] = email;
    assert_eq!(sent(&receiver.url, &sorted), first, "the order of its members is nothing");
    let mut other = deploy("p-1");
    other["userAlias"] = json!("EFGH");
    assert_eq!(sent(&receiver.url, &other).0, 409);
    assert_eq!(sent(&receiver.url, &deploy("p-1")), first);
    assert_eq!(sent(&receiver.url, &deploy("p-2")), (200, json!({ "customerId": "C-2" })));
    receiver.ends();
    let requests = floor.json(&["market", "requests"]);
    assert_eq!(requests["conflicting"][0]["provisioningId"], "p-1", "{requests}");
    assert_eq!(
        requests["secondTries"][0],
        json!({ "provisioningId": "p-2", "earlier": ["p-1"] }),
        "{requests}"
    );
    let again = floor.receiver();
    assert_eq!(sent(&again.url, &deploy("p-1")), first, "another process knows it");
    assert_eq!(sent(&again.url, &deploy("p-3")), (200, json!({ "customerId": "C-3" })));
    floor.verifies();
}

#[test]
fn what_cannot_be_read_is_kept_and_refused_and_a_stranger_is_counted() {
    let floor = Floor::new();
    webhook(&floor, "secret_header = \"X-Deploy-Key\"\nsecret_file = \"deploy.key\"\nbasic_file = \"basic\"");
    secret(&floor.home, "deploy.key", "long and random\n");
    secret(&floor.home, "basic", "market\nhunter2\n");
    let receiver = floor.receiver();
    let proof = "x-deploy-key: long and random\r\nauthorization: Basic bWFya2V0Omh1bnRlcjI=\r\n";
    for (headers, body, status) in [
        ("", deploy("p-1").to_string(), "401"),
        ("x-deploy-key: long and random\r\n", deploy("p-1").to_string(), "401"),
        (
            "x-deploy-key: wrong\r\nauthorization: Basic bWFya2V0Omh1bnRlcjI=\r\n",
            deploy("p-1").to_string(),
            "401",
        ),
        (proof, "not JSON".to_owned(), "400"),
        (proof, "[]".to_owned(), "400"),
        (proof, json!({ "productSkus": ["A"], "productId": 1 }).to_string(), "400"),
        (proof, json!({ "provisioningId": "p", "productSkus": ["A"], "productId": "1" }).to_string(), "400"),
        (proof, "x".repeat(10 * 1024 * 1024), "413"),
        (proof, deploy("p-1").to_string(), "200"),
    ] {
        let reply = raw(&receiver, headers, body.as_bytes());
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{status}: {reply}");
        assert_eq!(reply.contains("www-authenticate: Basic"), status == "401", "{reply}");
    }
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    for hangs_up in [false, true] {
        let mut cut = TcpStream::connect(address).unwrap();
        let head = format!("POST /deploy HTTP/1.1\r\nhost: {address}\r\n{proof}content-length: 500\r\n\r\n");
        cut.write_all(format!("{head}{{\"provisioningId\":\"p-cut\",").as_bytes()).unwrap();
        if !hangs_up {
            cut.shutdown(std::net::Shutdown::Write).unwrap();
            // Whether the answer still comes is the connection's matter.
            let _ = cut.read_to_string(&mut String::new());
        }
    }
    for _ in 0..12 {
        raw(&receiver, "", b"{}");
    }
    receiver.ends();
    let folder = std::fs::read_dir(floor.home.path().join(".local/state/pxdesk")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path());
    let logs = files.filter(|file| file.extension().is_some_and(|kind| kind == "log"));
    let log: String = logs.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert_eq!(log.matches("larger than 1 MiB").count(), 1, "{log}");
    let requests = floor.json(&["market", "requests"]);
    // Those that did not come whole may have been purchases as well.
    assert_eq!(requests["unreadable"], 7, "{requests}");
    let last = floor.json(&["market", "requests", "--show", "7"]);
    assert!(last["body"].as_str().unwrap().contains("p-cut"), "{last}");
    assert_eq!(
        requests["strangers"], 15,
        "the first at once, ten of them, and the last when it ends: {requests}"
    );
    assert_eq!(floor.json(&["market", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn one_that_is_slow_holds_nobody_up() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap().to_owned();
    let slow: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(b"POST /deploy HTTP/1.1\r\nhost: x\r\n").unwrap();
            stream
        })
        .collect();
    assert_eq!(sent(&receiver.url, &deploy("p-1")).0, 200);
    drop(slow);
    receiver.ends();
}

#[test]
fn off_this_machine_a_sender_must_prove_itself_and_tls_is_spoken() {
    let floor = Floor::new();
    let serve = ["market", "serve", "--listen", "0.0.0.0:0"];
    assert!(floor.run(&serve).with(5).err.contains("must prove"));
    webhook(&floor, "secret_header = \"X-Deploy-Key\"\nsecret_file = \"deploy.key\"");
    secret(&floor.home, "deploy.key", "long and random\n");
    assert!(floor.run(&serve).with(5).err.contains("TLS"));
}

#[test]
fn a_person_answers_at_the_desk_or_the_configuration_does_for_them() {
    let floor = Floor::new();
    webhook(
        &floor,
        "answer = \"ask\"\nanswer_within = \"8s\"\notherwise = \"refuse\"\nrefusal = \"Please call us.\"",
    );
    let receiver = floor.receiver();
    let url = receiver.url.clone();
    let ask = |id: &'static str| {
        let url = url.clone();
        std::thread::spawn(move || sent(&url, &deploy(id)))
    };
    let until = |id: &str| {
        let end = Instant::now() + Duration::from_secs(7);
        while !waits(&floor).iter().any(|row| row["provisioningId"] == id) {
            assert!(Instant::now() < end, "{id} never waits");
        }
    };
    let (first, again) = (ask("p-1"), ask("p-1"));
    until("p-1");
    floor.run(&["market", "provision", "p-1", "--customer-id", "1234"]).with(0);
    assert_eq!(first.join().unwrap(), (200, json!({ "customerId": "1234" })));
    assert_eq!(again.join().unwrap(), (200, json!({ "customerId": "1234" })));
    floor.run(&["market", "provision", "p-1", "--customer-id", "5"]).with(8);
    let second = ask("p-2");
    until("p-2");
    floor.run(&["market", "reject", "p-2", "--message", "line one\nline two"]).with(2);
    let preview =
        floor.run(&["market", "reject", "p-2", "--message", "No seats are left.", "--preview"]).with(0);
    assert_eq!(preview.out, "No seats are left.\n");
    floor.run(&["market", "reject", "p-2", "--message", "No seats are left."]).with(0);
    let (status, body) = second.join().unwrap();
    assert_eq!((status, body), (422, Value::Null), "the buyer sees plain text");
    let (status, _) = ask("p-3").join().unwrap();
    assert_eq!(status, 422, "nobody answered in time");
    assert_eq!(floor.json(&["market", "show", "p-3"])["answer"]["message"], "Please call us.");
}

#[test]
fn a_program_that_hangs_dies_or_prints_rubbish_has_not_answered() {
    let floor = Floor::new();
    let script = floor.home.path().join("provision.sh");
    let of = |body: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(&script, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    of("exit 1");
    let command = script.display();
    webhook(
        &floor,
        &format!(
            "answer = \"command\"\ncommand = [\"{command}\"]\nanswer_within = \"2s\"\nassign = \"X-{{n}}\""
        ),
    );
    let receiver = floor.receiver();
    for (n, body) in [
        "exit 1",
        "kill -9 $$",
        "echo rubbish",
        "echo '{\"customerId\": 1.5}'",
        "sleep 60",
        "echo no >&2; exit 3",
    ]
    .into_iter()
    .enumerate()
    {
        of(body);
        let (status, answer) = sent(&receiver.url, &deploy(&format!("bad-{n}")));
        assert_eq!(status, 200, "{body}");
        assert!(answer["customerId"].as_str().unwrap().starts_with("X-"), "{body}: {answer}");
        assert_eq!(floor.json(&["market", "show", &format!("bad-{n}")])["answer"]["by"]["by"], "otherwise");
    }
    of("read line; echo \"$line\" >> \"$HOME/asked\"; echo '{\"customerId\": \"good\"}'");
    assert_eq!(sent(&receiver.url, &deploy("good-1")), (200, json!({ "customerId": "good" })));
    assert_eq!(sent(&receiver.url, &deploy("good-1")), (200, json!({ "customerId": "good" })));
    let asked = std::fs::read_to_string(floor.home.path().join("asked")).unwrap();
    assert_eq!(asked.lines().count(), 1, "it is asked once");
    of("sleep 20 &\necho '{\"customerId\": \"kept\"}'");
    let kept = (200, json!({ "customerId": "kept" }));
    assert_eq!(sent(&receiver.url, &deploy("good-2")), kept, "what it started keeps the pipe open");
}

#[test]
fn a_buyer_who_hangs_up_stops_no_program_and_finds_the_answer_later() {
    let floor = Floor::new();
    let log = floor.home.path().join("asked");
    let script = floor.home.path().join("provision.sh");
    let text = format!(
        "#!/bin/sh\necho begun >> {0}\nsleep 1\necho done >> {0}\necho '{{\"customerId\": \"good\"}}'\n",
        log.display()
    );
    std::fs::write(&script, text).unwrap();
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let command = script.display();
    webhook(&floor, &format!("answer = \"command\"\ncommand = [\"{command}\"]\nanswer_within = \"8s\""));
    let receiver = floor.receiver();
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    let body = deploy("p-1").to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST /deploy HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .unwrap();
    let end = Instant::now() + Duration::from_secs(8);
    while !log.exists() {
        assert!(Instant::now() < end, "the program is never asked");
    }
    drop(stream);
    assert_eq!(sent(&receiver.url, &deploy("p-1")), (200, json!({ "customerId": "good" })));
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "begun\ndone\n", "once, and to its end");
}

#[test]
fn an_id_that_a_person_gave_is_given_to_nobody_else() {
    let floor = Floor::new();
    webhook(&floor, "answer = \"ask\"\nanswer_within = \"1s\"\notherwise = \"assign\"");
    let receiver = floor.receiver();
    let url = receiver.url.clone();
    let first = std::thread::spawn(move || sent(&url, &deploy("p-1")));
    let end = Instant::now() + Duration::from_secs(7);
    while floor.run(&["market", "provision", "p-1", "--customer-id", "C-2"]).status != 0 {
        assert!(Instant::now() < end, "p-1 never waits, or was answered by the pattern");
    }
    assert_eq!(first.join().unwrap(), (200, json!({ "customerId": "C-2" })));
    assert_eq!(sent(&receiver.url, &deploy("p-2")), (200, json!({ "customerId": "C-1" })));
    assert_eq!(sent(&receiver.url, &deploy("p-3")), (200, json!({ "customerId": "C-3" })));
}

#[test]
fn a_pattern_without_a_number_answers_a_repeated_deploy_and_gives_up_once_where_its_id_is_taken() {
    let floor = Floor::new();
    let script = floor.home.path().join("provision.sh");
    // It gives one deploy the id that the pattern has for another, and none afterwards.
    std::fs::write(
        &script,
        "read line\ncase \"$line\" in *p-1*) echo '{\"customerId\":\"p-9\"}';; *) exit 1;; esac\n",
    )
    .unwrap();
    let command = format!("[\"/bin/sh\", \"{}\"]", script.display());
    webhook(
        &floor,
        &format!(
            "answer = \"command\"\ncommand = {command}\nassign = \"{{provisioningId}}\"\notherwise = \"assign\""
        ),
    );
    let receiver = floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("p-1")), (200, json!({ "customerId": "p-9" })));
    assert_eq!(sent(&receiver.url, &deploy("p-2")), (200, json!({ "customerId": "p-2" })));
    assert_eq!(sent(&receiver.url, &deploy("p-9")).0, 503, "its id belongs to p-1");
    assert_eq!(waits(&floor)[0]["provisioningId"], "p-9");
    floor
        .run(&["market", "provision", waits(&floor)[0]["id"].as_str().unwrap(), "--customer-id", "other"])
        .with(0);
    assert_eq!(sent(&receiver.url, &deploy("p-9")), (200, json!({ "customerId": "other" })));
    receiver.ends();

    let floor = Floor::new();
    webhook(&floor, "assign = \"{provisioningId}\"");
    let receiver = floor.receiver();
    for id in ["p-1", "p-1", "p-2", "p-1"] {
        assert_eq!(sent(&receiver.url, &deploy(id)), (200, json!({ "customerId": id })));
    }
    receiver.ends();
}

#[test]
fn an_answer_that_nobody_read_is_not_said_to_be_delivered() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    let body = deploy("p-1").to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST /deploy HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .unwrap();
    // What came is in this socket, and it closes without reading it.
    std::thread::sleep(Duration::from_millis(500));
    drop(stream);
    assert_eq!(sent(&receiver.url, &deploy("p-2")).0, 200);
    receiver.ends();
    let delivered = |id| floor.json(&["market", "show", id])["delivered"].clone();
    assert_eq!((delivered("p-1"), delivered("p-2")), (json!(false), json!(true)));
}

#[test]
fn an_answer_to_a_sender_who_has_closed_before_it_is_not_said_to_be_delivered() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    for n in 0..8 {
        let body = deploy(&format!("p-{n}")).to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("POST /deploy HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        // An ordinary end, while the deploy is being recorded.
        drop(stream);
    }
    assert_eq!(sent(&receiver.url, &deploy("p-8")).0, 200);
    receiver.ends();
    let unconfirmed = floor.json(&["market", "requests"])["unconfirmed"].as_array().unwrap().len();
    assert_eq!(unconfirmed, 8);
}

#[test]
fn a_deploy_for_which_the_pattern_makes_no_id_is_kept_and_waits_for_a_person() {
    let floor = Floor::new();
    webhook(&floor, "assign = \"C-{provisioningId}\"");
    let receiver = floor.receiver();
    let long = "p".repeat(255);
    for _ in 0..2 {
        assert_eq!(sent(&receiver.url, &deploy(&long)).0, 503);
    }
    assert_eq!(waits(&floor)[0]["provisioningId"], long.as_str());
    let id = waits(&floor)[0]["id"].as_str().unwrap().to_owned();
    floor.run(&["market", "provision", &id, "--customer-id", "short"]).with(0);
    assert_eq!(sent(&receiver.url, &deploy(&long)), (200, json!({ "customerId": "short" })));
    assert_eq!(sent(&receiver.url, &deploy("p-1")), (200, json!({ "customerId": "C-p-1" })));
    receiver.ends();
}

#[test]
fn killed_at_any_moment_no_deploy_was_answered_without_being_on_disk() {
    let floor = Floor::new();
    for round in 0..6_u64 {
        let receiver = floor.receiver();
        let (url, mut answered) = (receiver.url.clone(), Vec::new());
        let pid = receiver.child.id();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20 + 23 * round));
            crate::pty::send(pid, rustix::process::Signal::KILL);
        });
        for n in 0..400 {
            let id = format!("r{round}-{n}");
            let sent = std::panic::catch_unwind(|| sent(&url, &deploy(&id)));
            match sent {
                Ok((200, body)) => answered.push((id, body["customerId"].as_str().unwrap().to_owned())),
                Ok(_) | Err(_) => break,
            }
        }
        killer.join().unwrap();
        drop(receiver);
        let list = floor.json(&["market", "list"]);
        let list = list.as_array().unwrap();
        for (id, customer) in answered {
            let row = list.iter().find(|row| row["provisioningId"] == id.as_str());
            assert_eq!(row.unwrap_or_else(|| panic!("{id} is lost"))["customerId"], customer.as_str());
        }
        floor.verifies();
    }
    let list = floor.json(&["market", "list"]);
    let mut ids: Vec<_> = list.as_array().unwrap().iter().map(|row| row["customerId"].clone()).collect();
    let all = ids.len();
    ids.sort_by_key(Value::to_string);
    ids.dedup();
    assert_eq!(ids.len(), all, "no id was given twice");
}

#[test]
fn a_server_of_the_partner_decides() {
    let floor = Floor::new();
    let partner = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = partner.local_addr().unwrap();
    std::thread::spawn(move || {
        for (n, stream) in partner.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]).unwrap();
            let body = format!("{{\"customerId\":\"F-{n}\"}}");
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    webhook(&floor, &format!("answer = \"forward\"\nforward = \"http://{address}/\""));
    let receiver = floor.receiver();
    for n in 0..2 {
        let answer = json!({ "customerId": format!("F-{n}") });
        assert_eq!(sent(&receiver.url, &deploy(&format!("p-{n}"))), (200, answer));
    }
    receiver.ends();
}
