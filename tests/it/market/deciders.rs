//! Who decides on a deploy, a program or a server of the partner's: its refusal is an answer, and the want of one is told.

use super::floor::{Floor, deploy, sent};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};

fn webhook(floor: &Floor, text: &str) {
    floor.home.configure_also(&format!("[market.webhook]\n{text}\n"));
}

/// A program that does what `body` says, as the configuration names it.
fn program(floor: &Floor, body: &str) -> String {
    let script = floor.home.path().join("decides.sh");
    std::fs::write(&script, body).unwrap();
    format!("[\"/bin/sh\", \"{}\"]", script.display())
}

#[test]
fn a_program_that_refuses_has_answered_and_one_that_fails_is_told_of() {
    let floor = Floor::new();
    let body = "read line\ncase \"$line\" in\n*p-1*) echo '{\"refusal\":\"Please choose another plan.\"}';;\n\
                *p-2*) echo '{\"refusal\":\"<b>no</b>\"}';;\n*) exit 1;;\nesac\n";
    let command = program(&floor, body);
    webhook(&floor, &format!("answer = \"command\"\ncommand = {command}\nrefusal = \"Please call us.\""));
    let receiver = floor.receiver();
    let answered = |id: &str| sent(&receiver.url, &deploy(id)).0;
    assert_eq!((answered("p-1"), answered("p-2"), answered("p-3")), (422, 422, 200));
    let said = |id: &str| floor.json(&["market", "show", id])["answer"].clone();
    assert_eq!(said("p-1")["message"], "Please choose another plan.");
    assert_eq!(said("p-1")["by"], json!({ "by": "program" }));
    assert_eq!(said("p-2")["message"], "Please call us.", "what a buyer cannot be shown");
    let shown = floor.run(&["market", "show", "p-3"]).with(0).out;
    assert!(shown.contains("answered by") && shown.contains("ended with"), "{shown}");
    let requests = floor.json(&["market", "requests"]);
    let otherwise = requests["answeredOtherwise"].as_array().unwrap().clone();
    assert_eq!((otherwise.len(), &otherwise[0]["provisioningId"]), (1, &json!("p-3")), "{requests}");
    assert!(floor.run(&["market", "requests"]).with(0).out.contains("answered by `otherwise`: "));
    floor.run(&["market", "set-aside", "p-3", "--reason", "they are a customer of ours"]).with(0);
    assert_eq!(floor.json(&["market", "requests"])["answeredOtherwise"], json!([]));
    let all = floor.json(&["market", "requests", "--all"]);
    assert_eq!(all["answeredOtherwise"][0]["provisioningId"], "p-3", "{all}");
    floor.run(&["market", "set-aside", "p-3", "--reason", "again"]).with(8);
    receiver.ends();
    let err = std::fs::read_to_string(floor.home.path().join("serve.err")).unwrap();
    assert!(err.contains("ended with") && err.contains("as `otherwise` says"), "{err}");
    floor.verifies();
}

/// What is used would be on the other company's bill.
#[test]
fn a_program_cannot_give_one_company_the_customer_id_of_another() {
    let floor = Floor::new();
    let command = program(&floor, "cat > /dev/null; echo '{\"customerId\":\"ACME-1\"}'\n");
    webhook(&floor, &format!("answer = \"command\"\ncommand = {command}"));
    let receiver = floor.receiver();
    let given = |id: &str, company: &str| {
        let mut bought = deploy(id);
        bought["companyName"] = json!(company);
        bought["contactEmail"] = json!(format!("ann@{company}.example"));
        bought["userAlias"] = json!(company);
        let (status, answer) = sent(&receiver.url, &bought);
        assert_eq!(status, 200, "{answer}");
        answer["customerId"].clone()
    };
    assert_eq!(given("p-1", "acme"), "ACME-1");
    assert_eq!(given("p-2", "acme"), "ACME-1", "one company may have several subscriptions");
    assert_ne!(given("p-3", "other"), "ACME-1");
    let answer = floor.json(&["market", "show", "p-3"])["answer"].clone();
    assert_eq!(answer["by"]["by"], "otherwise", "{answer}");
    let why = answer["by"]["why"].as_str().unwrap();
    assert!(why.contains("the customer id ACME-1 belongs to the subscription"), "{answer}");
    assert!(!answer.to_string().contains("acme"), "a buyer's name is not kept with another's: {answer}");
    receiver.ends();
    let told = std::fs::read_to_string(floor.home.path().join("serve.err")).unwrap();
    assert!(told.contains("ACME-1") && !told.contains("acme"), "{told}");
}

#[test]
fn a_server_that_refuses_has_answered_and_the_buyer_reads_its_words() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/deploy", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut asked = vec![0; 64 * 1024];
            let mut length = 0;
            while !asked[..length].ends_with(b"}") {
                length += stream.read(&mut asked[length..]).unwrap();
            }
            let asked = String::from_utf8_lossy(&asked[..length]).into_owned();
            let (status, body) = match asked {
                asked if asked.contains("p-plain") => ("400 Bad Request", "Please choose another plan.\n"),
                asked if asked.contains("p-json") => ("409 Conflict", r#"{"message":"Sold out."}"#),
                asked if asked.contains("p-page") => ("422 X", "<html><body>no</body></html>"),
                asked if asked.contains("p-null") => {
                    ("200 OK", r#"{"customerId":null,"refusal":"Not there."}"#)
                }
                asked if asked.contains("p-id") => ("200 OK", r#"{"customerId":"C-40","refusal":null}"#),
                asked if asked.contains("p-moved") => ("302 Found", r#"{"refusal":"Not here."}"#),
                asked if asked.contains("p-lost") => ("404 Not Found", "404 page not found"),
                _ => ("500 X", "{}"),
            };
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    let floor = Floor::new();
    webhook(&floor, &format!("answer = \"forward\"\nforward = \"{url}\"\nrefusal = \"Please call us.\""));
    let receiver = floor.receiver();
    for (id, status, message, by) in [
        ("p-plain", 422, json!("Please choose another plan."), "forward"),
        ("p-json", 422, json!("Sold out."), "forward"),
        ("p-page", 422, json!("Please call us."), "forward"),
        ("p-null", 422, json!("Not there."), "forward"),
        ("p-id", 200, Value::Null, "forward"),
        ("p-moved", 422, json!("Not here."), "forward"),
        ("p-lost", 200, Value::Null, "otherwise"),
        ("p-broken", 200, Value::Null, "otherwise"),
    ] {
        assert_eq!(sent(&receiver.url, &deploy(id)).0, status, "{id}");
        let answer = floor.json(&["market", "show", id])["answer"].clone();
        assert_eq!((&answer["message"], &answer["by"]["by"]), (&message, &json!(by)), "{id}: {answer}");
    }
    receiver.ends();
}
