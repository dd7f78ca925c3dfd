//! Key and secret: into the keyring, used, and out of it again; and every way in which a keyring can fail a person.

use crate::journal_server::server_on;
use crate::keyring::Bus;
use crate::kit::{self, Home, Sandbox, order};
use crate::pty::Desk;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const PAIR: &str = "the-consumer-key\nthe-consumer-secret\n";
const LOGIN: [&str; 3] = ["login", "-e", "sandbox"];
const LOGOUT: [&str; 3] = ["logout", "-e", "sandbox"];

/// A home whose sandbox environment is the Px at `base`, with its credentials in `store`.
fn home_with(base: &str, store: &str) -> Home {
    let home = Home::empty();
    home.configure(&format!(
        "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"{base}/\"\ncredentials = \"{store}\"\n"
    ));
    home
}

/// `order walk` to its first call.
fn retrieve(id: &str) -> [&str; 7] {
    ["order", "walk", id, "--method", "sms", "--until", "retrieved"]
}

#[test]
fn a_keyring_serves_a_whole_walk_and_gives_back_what_it_held() {
    let px = Sandbox::serve(&[]);
    let home = home_with(&px.base, "keyring");
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    let ran = bus.run_with(&home, &LOGIN, PAIR).with(0);
    assert!(ran.out.is_empty() && ran.err.contains("pxdesk doctor -e sandbox"), "{ran:?}");
    assert_eq!(bus.entry(&home, "sandbox"), PAIR);
    let doctor = bus.run(&home, &["doctor", "--output", "json"]).with(0);
    assert_eq!(doctor.json()["checks"][1]["found"], "the platform's keyring answers", "{doctor:?}");
    assert!(!doctor.out.contains("the-consumer-"), "{doctor:?}");

    let id = home.open(&order("1"));
    let walk = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann Okafor"];
    bus.run(&home, &walk).with(0);
    assert_eq!(home.show(&id)["state"], "completed");

    let ran = bus.run(&home, &LOGOUT).with(0);
    assert!(ran.err.contains("no longer in the platform's keyring"), "{ran:?}");
    assert_eq!(bus.entry(&home, "sandbox"), "");
    let ran = bus.run(&home, &LOGOUT).with(0);
    assert!(ran.err.contains("there were no credentials for sandbox"), "{ran:?}");
    let id = home.open(&order("2"));
    let ran = bus.run(&home, &retrieve(&id)).with(5);
    assert!(ran.err.contains("holds none") && ran.err.contains("pxdesk login -e sandbox"), "{ran:?}");
}

/// The password of the server that the journal is on; what else is in the keyring goes with an environment.
#[test]
fn a_journal_on_a_server_is_opened_with_the_password_from_the_keyring() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home = Home::empty();
    let settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
    let Some((_folder, server)) = server_on(&settings, port) else { return };
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    let database = server.database();
    server.put("pg_hba.conf", "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
    server.psql("postgres", "CREATE ROLE ann SUPERUSER LOGIN PASSWORD 'right'").unwrap();
    server.psql("postgres", "SELECT pg_reload_conf()").unwrap();
    let url = format!("postgres://ann@127.0.0.1:{port}/{}", database.name);
    home.configure(&format!("[journal]\nurl = \"{url}\"\npassword = \"keyring\"\n"));
    let (login, list) = (["login", "--journal"], ["order", "list", "--output", "json"]);

    let none = bus.run(&home, &list).with(6);
    assert!(none.err.contains("holds none") && none.err.contains("pxdesk login --journal"), "{none:?}");
    bus.run_with(&home, &login, "wrong\n").with(0);
    let wrong = bus.run(&home, &list).with(6);
    assert!(wrong.err.contains("in the keyring") && !wrong.err.contains("wrong"), "{wrong:?}");
    bus.run_with(&home, &login, "right\n").with(0);
    assert_eq!(bus.entry(&home, "journal"), "right\n");
    bus.run(&home, &list).with(0);
    let doctor = bus.run(&home, &["doctor", "--output", "json"]);
    assert!(!doctor.out.contains("right\n") && doctor.out.contains("can be written"), "{doctor:?}");
    let gone = bus.run(&home, &["logout", "--journal"]).with(0);
    assert!(gone.err.contains("no longer in the platform's keyring"), "{gone:?}");
    bus.run(&home, &list).with(6);
    bus.run_with(&home, &["login", "--journal", "-e", "sandbox", "--market"], "x\n").with(2);
}

#[test]
fn a_locked_keyring_says_so() {
    let px = Sandbox::serve(&[]);
    let home = home_with(&px.base, "keyring");
    let Some(bus) = Bus::start(&home) else { return };
    let mut bus = bus.unlocked(&home);
    bus.run_with(&home, &LOGIN, PAIR).with(0);
    bus.lock(&home);
    let id = home.open(&order("1"));
    for ran in [bus.run(&home, &retrieve(&id)), bus.run_with(&home, &LOGIN, PAIR), bus.run(&home, &LOGOUT)] {
        let ran = ran.with(5);
        assert!(ran.err.contains("keyring is locked") && ran.err.contains("unlock it"), "{ran:?}");
    }
}

/// The desk is there before the D-Bus session and its keyring are.
#[test]
fn a_keyring_that_comes_up_later_is_seen_by_a_desk_that_runs() {
    let px = Sandbox::serve(&[]);
    let home = home_with(&px.base, "keyring");
    home.open(&order("1"));
    let mut desk = Desk::on_bus(&home, &Bus::address_in(&home));
    desk.shows("T-1").keys("\r").shows("1 Retrieve").keys("\r").shows("cannot be reached");
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    bus.run_with(&home, &LOGIN, PAIR).with(0);
    desk.keys("\r").shows("RCC text retrieved");
    assert!(desk.keys("\x1b").shows("1 open").keys("q").ends());
}

#[test]
fn without_a_keyring_other_places_are_named() {
    let home = home_with("http://127.0.0.1:9", "keyring");
    let id = home.open(&order("1"));
    for ran in [home.run_with(&LOGIN, PAIR), home.run(&retrieve(&id)), home.run(&LOGOUT)] {
        let ran = ran.with(5);
        assert!(ran.err.contains("keyring cannot be reached"), "{ran:?}");
        for way in ["D-Bus session", "\"FILE\" (mode 0600)", "\"keyutils\"", "pxdesk login -e sandbox"] {
            assert!(ran.err.contains(way), "{way}: {ran:?}");
        }
        assert!(!ran.err.contains("the-consumer-"), "{ran:?}");
    }
}

#[test]
fn an_entry_of_another_shape_is_replaced_by_a_login() {
    let px = Sandbox::serve(&[]);
    let home = home_with(&px.base, "keyring");
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    let id = home.open(&order("1"));
    for text in ["{\"key\":\"hunter1\",\"secret\":\"hunter2\"}", "hunter2", "a\nb\nhunter2\n"] {
        bus.write_entry(&home, "sandbox", text);
        let ran = bus.run(&home, &retrieve(&id)).with(5);
        assert!(ran.err.contains("two lines") && ran.err.contains("pxdesk login -e sandbox"), "{ran:?}");
        assert!(!ran.err.contains("hunter"), "{ran:?}");
    }
    bus.run_with(&home, &LOGIN, PAIR).with(0);
    bus.run(&home, &retrieve(&id)).with(0);
}

#[test]
fn the_kernel_keeps_credentials_too() {
    // What a developer has stored there must not be touched.
    if fs::read_to_string("/proc/keys").is_ok_and(|keys| keys.contains("keyring:sandbox@pxdesk")) {
        return kit::skip("a kernel's keyring without an entry of pxdesk's");
    }
    // A session with a keyring of its own, as a login has it; none where the kernel gives none.
    if !kit::has("keyctl")
        || !Command::new("keyctl").args(["session", "-", "true"]).status().unwrap().success()
    {
        return kit::skip("a session keyring");
    }
    let px = Sandbox::serve(&[]);
    let home = home_with(&px.base, "keyutils");
    let (first, second) = (home.open(&order("1")), home.open(&order("2")));
    let script = format!(
        "$PXDESK login -e sandbox && $PXDESK order walk {first} --method verbal --read-and-accepted-by Ann &&
         $PXDESK logout -e sandbox && $PXDESK order walk {second} --method sms --until retrieved"
    );
    let mut command = Command::new("keyctl");
    command.args(["session", "-", "/bin/sh", "-c", &script]);
    command.env("HOME", home.path()).env("PXDESK", env!("CARGO_BIN_EXE_pxdesk"));
    let ran = kit::fed(command, PAIR).with(5);
    assert!(ran.err.contains("the kernel's keyring holds none"), "{ran:?}");
    assert_eq!(home.show(&first)["state"], "completed");
}

#[test]
fn a_file_is_written_for_its_owner_alone() {
    let px = Sandbox::serve(&[]);
    let home = home_with(&px.base, "secret/credentials");
    let file = home.path().join(".config/pxdesk/secret/credentials");
    home.run_with(&LOGIN, PAIR).with(0);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let id = home.open(&order("1"));
    home.walk(&id).with(0);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let id = home.open(&order("2"));
    let ran = home.run(&retrieve(&id)).with(5);
    assert!(ran.err.contains(&format!("chmod 600 {}", file.display())), "{ran:?}");
    home.run(&LOGOUT).with(0);
    assert!(!file.exists());
}

#[test]
fn a_login_wants_an_environment_and_a_pair() {
    let home = home_with("http://127.0.0.1:9", "credentials");
    let refused = |args: &[&str], input: &str, why: &str| {
        let ran = home.run_with(args, input).with(2);
        assert!(ran.err.contains(why) && !ran.err.contains("the-consumer-"), "{ran:?}");
    };
    refused(&["login"], "", "the environment must be named");
    refused(&["logout"], "", "the environment must be named");
    refused(&["login", "-e", "embedded"], "", "the embedded Px has no credentials");
    for input in ["", "the-consumer-key\n", "the-consumer-key\n\n", "the-consumer-key\na b\n", "k:y\ns\n"] {
        refused(&LOGIN, input, "nothing was stored");
    }
    refused(&LOGIN, &format!("k\n{}", "s".repeat(5000)), "nothing was stored");
    assert!(!home.path().join(".config/pxdesk/credentials").exists());
}

#[test]
fn what_is_typed_is_not_shown_and_in_no_process_list() {
    let home = home_with("http://127.0.0.1:9", "credentials");
    let mut login = Desk::run(&home, &LOGIN, 100, 20);
    login.shows("Consumer key: ").keys("the-consumer-kex\x7fy\r").shows("Consumer secret: ");
    let of_process = |name: &str| {
        // Only root may read all of it: the process has asked for that.
        let bytes = fs::read(format!("/proc/{}/{name}", login.child.process_id().unwrap()));
        bytes.map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    assert!(of_process("cmdline").contains("login"));
    assert!(
        !of_process("cmdline").contains("the-consumer") && !of_process("environ").contains("the-consumer")
    );
    let limits = of_process("limits");
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(cores.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    login.keys("wrong\x15the-consumer-secret\r").shows("are in the credentials file");
    assert!(login.ends() && !login.text().contains("the-c"), "{}", login.text());
    assert_eq!(fs::read_to_string(home.path().join(".config/pxdesk/credentials")).unwrap(), PAIR);
}

#[test]
fn a_login_that_is_broken_off_gives_the_terminal_back() {
    let home = home_with("http://127.0.0.1:9", "credentials");
    let check = |end: &dyn Fn(&mut Desk)| {
        let mut login = Desk::run(&home, &LOGIN, 100, 24);
        login.shows("Consumer key: ").keys("the-con");
        assert!(!login.is_given_back());
        end(&mut login);
        assert_eq!(login.status(), 2);
        assert!(login.is_given_back());
        login.shows("nothing was stored");
        assert!(!login.text().contains("the-con"), "{}", login.text());
    };
    check(&|login| _ = login.keys("\x03"));
    check(&|login| _ = login.keys("\x1b"));
    check(&|login| _ = login.signal(rustix::process::Signal::TERM));
    assert!(!home.path().join(".config/pxdesk/credentials").exists());
}

#[test]
fn production_without_credentials_sends_nothing_anywhere() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let base = format!("http://{}", server.local_addr().unwrap());
    let home = Home::empty();
    home.configure(&format!(
        "environment = \"production\"\n[environments.production]\nbase_url = \"{base}/\"\n"
    ));
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    let id = home.open(&order("1"));
    let ran = bus.run(&home, &retrieve(&id)).with(5);
    assert!(ran.err.contains("no credentials for production"), "{ran:?}");
    assert!(ran.err.contains("pxdesk login -e production"), "{ran:?}");
    assert!(server.accept().is_err(), "something connected");
}

#[test]
fn the_embedded_px_never_sees_the_credentials_of_production() {
    let home = Home::empty();
    // Reading them would be refused: others may read the file.
    home.configure(
        "[environments.production]\nbase_url = \"http://127.0.0.1:9/\"\ncredentials = \"credentials\"\n\
         [environments.embedded]\ncredentials = \"credentials\"\n",
    );
    home.credentials(PAIR);
    let file = home.path().join(".config/pxdesk/credentials");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = home.run(&["order", "list"]).with(5);
    assert!(ran.err.contains("environments.embedded") && ran.err.contains("leave it out"), "{ran:?}");

    home.configure("[environments.production]\ncredentials = \"credentials\"\n");
    let id = home.open(&order("1"));
    home.walk(&id).with(0);
}
