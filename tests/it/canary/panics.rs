//! A panic with secrets in its message.

use super::house::files_below;
use super::needles::Canary;
use super::{SECRETS, search};
use pxdesk::config::{Flags, Settings};
use std::path::PathBuf;
use std::process::Command;

const HOME: &str = "CANARY_HOME";

#[test]
fn a_panic_says_where_and_not_what() {
    let home = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let ran = Command::new(program)
        .args(["--exact", "canary::panics::it_panics", "--ignored", "--nocapture", "--test-threads", "1"])
        .env_clear()
        .env("HOME", home.path())
        .env(HOME, home.path())
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    assert!(!ran.status.success());
    let out = [ran.stdout, ran.stderr].concat();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(out.matches("pxdesk met an error of its own at ").count(), 3, "{out}");
    let mut said = vec![("what a panic says".to_owned(), out)];
    for file in files_below(home.path()) {
        said.push((file.display().to_string(), std::fs::read_to_string(file).unwrap()));
    }
    assert!(said.len() > 1 && said[1].1.matches("panicked").count() == 3, "the log knows of it: {said:?}");
    search(&said, &SECRETS.map(Canary::new));
}

#[test]
#[ignore = "panics: for the test above, which runs it in a process of its own"]
fn it_panics() {
    let home = std::env::var(HOME).unwrap();
    let variables = [("HOME".to_owned(), home), ("PXDESK_LOG".to_owned(), "trace".to_owned())];
    let settings = Settings::load(&Flags { config: None, environment: None }, variables).unwrap();
    pxdesk::telemetry::be_discreet();
    let _logs = pxdesk::telemetry::start(&settings).unwrap();
    let secrets: PathBuf = SECRETS.iter().collect();
    let quoted = std::thread::spawn(move || panic!("{}", secrets.display()));
    assert!(quoted.join().is_err());
    // The standard library quotes the text that is cut in the middle of a character.
    let cut = std::thread::spawn(|| {
        let text = format!("\u{e9}{}", SECRETS[3]);
        text[1..].len()
    });
    assert!(cut.join().is_err());
    std::hint::black_box(Err::<(), &str>(SECRETS[1])).unwrap();
}
