//! Lists that lag behind: what the server says it has done is not done again, by this run or by the next one, and what has
//! a number by now is not taken for what had it before.

mod ids;
mod names;

use super::floor::home;
use super::server::{Arrived, Reply, Server};
use crate::kit::Home;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The customers of a contract, by their numbers.
type Customers = BTreeMap<u64, (String, Option<String>)>;

/// A contract with customers alone.
#[derive(Default)]
struct Contract {
    customers: Customers,
    /// What is listed instead, while there is something.
    stale: Option<Customers>,
    /// What the server makes of an id.
    ids: Option<fn(&str) -> String>,
    /// What the server makes of a name.
    names: Option<fn(&str) -> String>,
    /// What happens right after a removal.
    after_removal: Option<fn(&mut Customers)>,
    /// How many answers to removals are lost.
    lost: usize,
    /// True where what is created is there twice.
    twice: bool,
    /// True where the list has each customer twice.
    repeats: bool,
}

impl Contract {
    fn answers(&mut self, request: &Arrived) -> Reply {
        let (method, rest) = request.line.split_once(' ').unwrap();
        let path = rest.split('?').next().unwrap();
        let parts: Vec<_> = path.split('/').skip(3).collect();
        match (method, parts.as_slice()) {
            ("GET", ["customers"]) => {
                let listed = self.stale.as_ref().unwrap_or(&self.customers);
                let all: Vec<_> =
                    listed.iter().map(|(number, customer)| written(*number, customer)).collect();
                let all = if self.repeats { [all.clone(), all].concat() } else { all };
                Reply::json(&json!(all).to_string())
            }
            ("GET", [_]) => Reply::json("[]"),
            ("POST", ["customers"]) => {
                let number = self.customers.keys().last().map_or(0, |last| last + 1);
                self.customers.insert(number, self.said(&request.body));
                if self.twice {
                    self.customers.insert(number + 1, self.said(&request.body));
                }
                Reply::new("201 Created", &format!("location: /customers/{number}\r\n"), "")
            }
            (_, ["customers", number]) => self.one(method, number.parse().unwrap(), &request.body),
            _ => Reply::new("404 Not Found", "", "{}"),
        }
    }

    fn one(&mut self, method: &str, number: u64, body: &str) -> Reply {
        let Some(customer) = self.customers.get(&number) else {
            return Reply::new("404 Not Found", "", "{}");
        };
        match method {
            "GET" => return Reply::json(&written(number, customer).to_string()),
            "PUT" => drop(self.customers.insert(number, self.said(body))),
            _ => {
                self.customers.remove(&number);
                if let Some(after) = self.after_removal {
                    after(&mut self.customers);
                }
                if self.lost > 0 {
                    self.lost -= 1;
                    return Reply::new("204 No Content", "", "").cut(0);
                }
            }
        }
        Reply::new("204 No Content", "", "")
    }

    /// What a form says, as it is kept here.
    fn said(&self, form: &str) -> (String, Option<String>) {
        let value = |member: &str| {
            let found = form.split('&').find_map(|part| part.strip_prefix(member)?.strip_prefix('='));
            found.map(|text| text.replace('+', " "))
        };
        let name = value("customerName").map(|name| self.names.map_or(name.clone(), |made| made(&name)));
        let id = value("providerCustomerId").unwrap();
        (self.ids.map_or(id.clone(), |made| made(&id)), name)
    }
}

fn written(number: u64, (id, name): &(String, Option<String>)) -> Value {
    match name {
        Some(name) => json!({ "providerCustomerId": id, "customerName": name, "surrogateId": number }),
        None => json!({ "providerCustomerId": id, "surrogateId": number }),
    }
}

/// A partner, and the server of a contract.
struct Scene {
    home: Home,
    server: Server,
    contract: Arc<Mutex<Contract>>,
}

impl Scene {
    fn new(contract: Contract) -> Self {
        let contract = Arc::new(Mutex::new(contract));
        let answering = Arc::clone(&contract);
        let server = Server::answering(move |request| answering.lock().unwrap().answers(request));
        Self { home: home(&server.base), server, contract }
    }

    /// How many requests with that method came in.
    fn count(&self, method: &str) -> usize {
        self.server.arrived().iter().filter(|request| request.line.starts_with(method)).count()
    }

    fn change(&self, change: impl FnOnce(&mut Contract)) {
        change(&mut self.contract.lock().unwrap());
    }

    fn file(&self, ids: &[&str]) -> String {
        let path = self.home.path().join("contract.csv");
        let lines: String = ids.iter().flat_map(|id| [*id, ",\n"]).collect();
        std::fs::write(&path, format!("customer,application\n{lines}")).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn customers(ids: &[&str]) -> Customers {
    (0..).zip(ids).map(|(number, id)| (number, ((*id).to_owned(), None))).collect()
}

/// A contract whose list is behind for as long as a test wants.
fn behind(ids: &[&str]) -> Contract {
    Contract { customers: customers(ids), stale: Some(customers(ids)), ..Contract::default() }
}

#[test]
fn the_next_run_does_not_create_again_what_is_not_listed_yet() {
    let scene = Scene::new(behind(&["old"]));
    let file = scene.file(&["old", "new"]);
    let apply = ["registration", "apply", "--file", &file];
    let first = scene.home.run(&apply).with(8);
    assert!(first.err.contains("it is not created again without your word"), "{}", first.err);
    assert_eq!(
        scene.home.run(&["registration", "runs", "--output", "json"]).json()[0]["state"],
        "unfinished"
    );
    // Not by another run, and not with a person's word either: it is there.
    for more in [&[][..], &["--create-again"]] {
        let next = scene.home.run(&[&apply, more].concat()).with(8);
        assert!(next.err.contains("it is there, and the list does not show it yet"), "{}", next.err);
    }
    let single = scene.home.run(&["registration", "create", "customer", "new"]).with(8);
    assert!(single.err.contains("as the object 1"), "{}", single.err);
    assert_eq!(scene.count("POST"), 1);
    scene.change(|contract| contract.stale = None);
    scene.home.run(&apply).with(0);
    assert_eq!(scene.count("POST"), 1);
    scene.home.verifies();
}

#[test]
fn lists_that_go_back_to_what_was_before_a_create_make_no_second_one() {
    let scene = Scene::new(Contract { customers: customers(&["old"]), ..Contract::default() });
    let file = scene.file(&["old", "new"]);
    let apply = ["registration", "apply", "--file", &file];
    scene.home.run(&apply).with(0);
    scene.change(|contract| contract.stale = Some(customers(&["old"])));
    for more in [&[][..], &["--create-again"]] {
        let ran = scene.home.run(&[&apply, more].concat()).with(8);
        assert!(
            ran.err.contains("as the object 1; it is there, and the list does not show it yet"),
            "{}",
            ran.err
        );
    }
    scene.change(|contract| contract.stale = None);
    scene.home.run(&apply).with(0);
    assert_eq!(scene.count("POST"), 1);
    // What somebody has removed since is created again, whoever has its number by now.
    scene.change(|contract| drop(contract.customers.insert(1, ("stranger".to_owned(), None))));
    scene.home.run(&["registration", "create", "customer", "new"]).with(0);
    assert_eq!(scene.count("POST"), 2);
    scene.home.verifies();
}

#[test]
fn what_is_neither_listed_nor_there_is_created_again_at_a_persons_word() {
    let scene = Scene::new(behind(&[]));
    let file = scene.file(&["new"]);
    let apply = ["registration", "apply", "--file", &file];
    scene.home.run(&apply).with(8);
    scene.change(|contract| *contract = Contract::default());
    let next = scene.home.run(&apply).with(8);
    assert!(next.err.contains("the server says there is none"), "{}", next.err);
    assert!(next.err.contains("registration apply --file FILE --create-again"), "{}", next.err);
    assert_eq!(scene.count("POST"), 1);
    scene.home.run(&[&apply[..], &["--create-again"]].concat()).with(0);
    assert_eq!(scene.count("POST"), 2);
    let runs = scene.home.run(&["registration", "runs", "--output", "json"]).json();
    assert_eq!((&runs[1]["done"], &runs[1]["failed"]), (&json!(0), &json!(1)));
    scene.home.verifies();
}

#[test]
fn a_removal_that_was_answered_is_not_sent_again_to_whoever_has_the_number_now() {
    let reused: fn(&mut Customers) = |customers| drop(customers.insert(1, ("victim".to_owned(), None)));
    let scene = Scene::new(Contract { after_removal: Some(reused), ..behind(&["old", "gone"]) });
    let file = scene.file(&["old"]);
    let apply = ["registration", "apply", "--file", &file, "--allow-removals", "1"];
    let first = scene.home.run(&apply).with(8);
    assert!(first.err.contains("it is still listed"), "{}", first.err);
    let next = scene.home.run(&apply).with(8);
    assert!(next.err.contains("it is not there any more, and the list still shows it"), "{}", next.err);
    assert_eq!(scene.count("DELETE"), 1);
    // The list catches up: the file names the new one as well.
    scene.change(|contract| contract.stale = None);
    let file = scene.file(&["old", "victim"]);
    scene.home.run(&["registration", "apply", "--file", &file]).with(0);
    assert_eq!(scene.count("DELETE"), 1);
}

#[test]
fn before_each_removal_the_server_is_asked_whose_the_number_is() {
    let reused: fn(&mut Customers) = |customers| drop(customers.insert(1, ("victim".to_owned(), None)));
    let scene = Scene::new(Contract { after_removal: Some(reused), lost: 1, ..behind(&["old", "gone"]) });
    let file = scene.file(&["old"]);
    scene.home.run(&["registration", "apply", "--file", &file, "--allow-removals", "1"]).with(8);
    assert_eq!((scene.count("DELETE"), scene.count("GET /config-saas-registration/v1/customers/1")), (1, 2));
    let runs = scene.home.run(&["registration", "runs", "--output", "json"]).json();
    let told = scene.home.run(&["registration", "runs", runs[0]["id"].as_str().unwrap()]).with(0).out;
    assert!(told.contains("the server has something else under its number"), "{told}");
    assert!(!told.contains("404"), "none came: {told}");
    assert!(scene.contract.lock().unwrap().customers.values().any(|(id, _)| id == "victim"));
}

#[test]
fn lists_that_go_back_to_what_was_before_a_removal_remove_nobody_else() {
    let scene = Scene::new(Contract { customers: customers(&["old", "gone"]), ..Contract::default() });
    let file = scene.file(&["old"]);
    let apply = ["registration", "apply", "--file", &file, "--allow-removals", "1"];
    scene.home.run(&apply).with(0);
    scene.change(|contract| {
        contract.customers.insert(1, ("victim".to_owned(), None));
        contract.stale = Some(customers(&["old", "gone"]));
    });
    scene.home.run(&apply).with(8);
    assert_eq!(scene.count("DELETE"), 1);
    assert!(scene.contract.lock().unwrap().customers.contains_key(&1));
}

#[test]
fn nothing_goes_on_once_a_listing_shows_something_twice() {
    let scene = Scene::new(Contract { customers: customers(&["gone"]), twice: true, ..Contract::default() });
    let file = scene.file(&["new"]);
    let ran = scene.home.run(&["registration", "apply", "--file", &file, "--allow-removals", "1"]).with(8);
    assert!(
        ran.err.contains("there are two customers with the id `new`: the objects 1 and 2"),
        "{}",
        ran.err
    );
    assert_eq!((scene.count("POST"), scene.count("DELETE")), (1, 0));
}

#[test]
fn an_id_that_the_server_keeps_otherwise_is_told_and_nothing_is_made_twice() {
    let small: fn(&str) -> String = str::to_ascii_lowercase;
    let scene = Scene::new(Contract { ids: Some(small), ..Contract::default() });
    let create = ["registration", "create", "customer", "Acme"];
    let ran = scene.home.run(&create).with(8);
    assert!(ran.err.contains("the server keeps it as `acme`, the object 0"), "{}", ran.err);
    for more in [&[][..], &["--create-again"]] {
        let ran = scene.home.run(&[&create, more].concat()).with(8);
        assert!(ran.err.contains("that object is `acme`: the server keeps the id otherwise"), "{}", ran.err);
        assert!(!ran.err.contains("--create-again"), "{}", ran.err);
    }
    assert_eq!(scene.count("POST"), 1);
    // Nothing else waits for it.
    scene.home.run(&["registration", "create", "customer", "other"]).with(0);
    // A process that did not see it leaves it to the next one.
    scene.change(|contract| contract.stale = Some(contract.customers.clone()));
    scene.home.run(&["registration", "create", "customer", "Bee"]).with(8);
    scene.change(|contract| contract.stale = None);
    let ran = scene.home.run(&["registration", "create", "customer", "third"]).with(8);
    assert!(ran.err.contains("that object is `bee`"), "{}", ran.err);
    scene.home.run(&["registration", "create", "customer", "third"]).with(0);
    scene.home.verifies();
}

#[test]
fn of_a_customer_that_a_list_repeats_none_is_removed() {
    let scene = Scene::new(Contract { customers: customers(&["a"]), repeats: true, ..Contract::default() });
    let file = scene.file(&["a"]);
    let remove = ["registration", "remove", "customer"];
    for args in [
        &["registration", "plan", "--file", &file][..],
        &[&remove[..], &["--surrogate", "0"]].concat()[..],
        &[&remove[..], &["a"]].concat()[..],
    ] {
        let ran = scene.home.run(args).with(8);
        assert!(ran.err.contains("the list of customers has the object 0 twice"), "{}", ran.err);
        assert!(!ran.err.contains("--surrogate"), "{}", ran.err);
    }
    assert_eq!(scene.count("DELETE"), 0);
}

#[test]
fn an_apply_that_gives_up_says_what_it_did() {
    let scene = Scene::new(Contract::default());
    let file = scene.home.path().join("contract.csv");
    std::fs::write(&file, "customer,application\none,mail\n").unwrap();
    let apply = ["registration", "apply", "--file", file.to_str().unwrap(), "--output", "json"];
    // This server knows no applications, and says so; the customer comes all the same.
    let ran = scene.home.run(&apply).with(3).json();
    assert_eq!((&ran["changes"], &ran["done"]), (&json!(3), &json!(1)));
    let runs = scene.home.run(&["registration", "runs", "--output", "json"]).json();
    assert_eq!((&runs[0]["done"], &runs[0]["failed"]), (&json!(1), &json!(2)), "{runs}");
    // Nobody answers any more.
    let gone = Server::answering(|request| {
        if request.line.starts_with("GET") { Reply::json("[]") } else { Reply::json("[]").cut(0) }
    });
    let home = home(&gone.base);
    let apply = ["registration", "create", "customer", "two", "--output", "json"];
    let ran = home.run(&apply).with(7);
    assert_eq!(ran.json()["done"], 0);
    assert!(ran.json()["halted"].is_string(), "{}", ran.out);
}

#[test]
fn a_name_that_cannot_be_seen_is_kept_as_it_is_and_not_written() {
    let mut kept = customers(&["a", "b"]);
    kept.get_mut(&0).unwrap().1 = Some("Ac\u{200b}me\tLtd".to_owned());
    kept.get_mut(&1).unwrap().1 = Some("Bee".to_owned());
    let scene = Scene::new(Contract { customers: kept, ..Contract::default() });
    let listed = scene.home.run(&["registration", "list", "customers", "--output", "json"]).with(0).json();
    assert_eq!(listed[0]["name"], "Ac\u{200b}me\tLtd");
    let shown = scene.home.run(&["registration", "list", "customers"]).with(0);
    assert!(shown.out.contains("Ac<U+200B>me<U+0009>Ltd"), "{}", shown.out);
    for format in ["toml", "json", "csv"] {
        let exported = scene.home.run(&["registration", "export", "--format", format]).with(0);
        assert!(!exported.out.contains("Ac") && exported.out.contains("Bee"), "{}", exported.out);
        assert!(exported.err.contains("the name of `a` holds what cannot be seen"), "{}", exported.err);
        let file = scene.home.path().join(format!("contract.{format}"));
        std::fs::write(&file, exported.out).unwrap();
        scene.home.run(&["registration", "plan", "--file", file.to_str().unwrap()]).with(0);
    }
}
