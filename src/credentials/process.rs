//! A look into the platform's keyring in a process of its own.
//!
//! `keyring` opens its store once in a process. A desk runs for days, and in that time a D-Bus session comes up, or a
//! keyring is started again: so each look is this program once more, which opens the store, answers over a pipe, and
//! ends. It also keeps what the keyring's library does with a secret out of the desk's own memory.

use super::entry::{Done, Work, in_platform};
use super::error::Why;
use super::slot::Slot;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use zeroize::Zeroizing;

/// The first argument of such a process; the others are what to do, and with which entry.
const LOOK: &str = "--keyring-look";
/// More than any key and secret, or any reason for people, needs.
const LONGEST: usize = 8192;

/// Has a process of its own do `work`, and waits for it.
pub fn look(slot: Slot, work: &Work) -> Result<Done, Why> {
    let mut command = Command::new(program().map_err(Why::File)?);
    command.args([LOOK, name(work), &slot.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Why::File)?;
    if let (Some(mut stdin), Work::Write(text)) = (child.stdin.take(), work) {
        // A process that does not listen says why not.
        let _ = stdin.write_all(text);
    }
    let mut said = Zeroizing::new(Vec::with_capacity(LONGEST));
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LONGEST as u64).read_to_end(&mut said).map_err(Why::File)?;
    }
    let ended = child.wait().map_err(Why::File)?;
    // By a signal, as Ctrl-C is one: it reaches all that runs in the terminal.
    if ended.code().is_none() { Err(Why::Ended(work.left_open())) } else { understand(&said) }
}

/// This program, also when another version of it was installed meanwhile.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() }
}

/// Does the look that this process was started for; none when it was started for something else.
pub fn answer() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    (args.next()? == LOOK).then(|| match read_work(args) {
        // Only a pipe: what is answered may be a secret, and a terminal would show it.
        Some((slot, work)) if !io::stdout().is_terminal() => {
            let said = say(in_platform(slot, &work));
            ExitCode::from(u8::from(io::stdout().write_all(&said).is_err()))
        }
        Some(_) | None => ExitCode::from(2),
    })
}

fn read_work(mut args: impl Iterator<Item = OsString>) -> Option<(Slot, Work)> {
    let work = args.next()?;
    let slot = Slot::named(args.next()?.to_str()?)?;
    let work = match work.to_str()? {
        "read" => Work::Read,
        "remove" => Work::Remove,
        "write" => {
            let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
            io::stdin().take(LONGEST as u64).read_to_end(&mut text).ok()?;
            Work::Write(text)
        }
        _ => return None,
    };
    Some((slot, work))
}

fn name(work: &Work) -> &'static str {
    match work {
        Work::Read => "read",
        Work::Write(_) => "write",
        Work::Remove => "remove",
    }
}

/// What goes over the pipe: a word, a line's end, and what belongs to it.
fn say(done: Result<Done, Why>) -> Zeroizing<Vec<u8>> {
    let (word, rest) = match done {
        Ok(held) => ("done", held),
        Err(why) => {
            let (word, reason) = match why {
                Why::Nothing => ("nothing", String::new()),
                Why::Shape => ("shape", String::new()),
                Why::Several => ("several", String::new()),
                Why::Unreachable(reason) => ("unreachable", reason),
                Why::Locked(reason) => ("locked", reason),
                Why::Failed(reason) => ("failed", reason),
                other => ("failed", format!("{other:?}")),
            };
            (word, Zeroizing::new(reason.into_bytes()))
        }
    };
    let mut said = Zeroizing::new(Vec::with_capacity(word.len() + 1 + rest.len()));
    said.extend_from_slice(word.as_bytes());
    said.push(b'\n');
    said.extend_from_slice(&rest);
    said
}

fn understand(said: &[u8]) -> Result<Done, Why> {
    let end = said.iter().position(|byte| *byte == b'\n').unwrap_or(said.len());
    let (word, rest) = (&said[..end], said.get(end + 1..).unwrap_or_default());
    let reason = || String::from_utf8_lossy(rest).into_owned();
    Err(match word {
        b"done" => return Ok(Zeroizing::new(rest.to_vec())),
        b"nothing" => Why::Nothing,
        b"shape" => Why::Shape,
        b"several" => Why::Several,
        b"unreachable" => Why::Unreachable(reason()),
        b"locked" => Why::Locked(reason()),
        b"failed" => Why::Failed(reason()),
        _ => Why::Failed("it broke off".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let text = b"the-key\nthe-secret\n".to_vec();
        let held = understand(&say(Ok(Zeroizing::new(text.clone())))).unwrap();
        assert_eq!(*held, text);
        for why in [
            Why::Nothing,
            Why::Shape,
            Why::Several,
            Why::Unreachable("no\nbus".to_owned()),
            Why::Locked("dismissed".to_owned()),
            Why::Failed("no answer".to_owned()),
        ] {
            let shown = format!("{why:?}");
            assert_eq!(format!("{:?}", understand(&say(Err(why))).unwrap_err()), shown);
        }
        for cut in ["", "don", "rubbish\nthe-key"] {
            assert!(matches!(understand(cut.as_bytes()), Err(Why::Failed(why)) if why == "it broke off"));
        }
    }

    #[test]
    fn only_a_whole_request_is_one() {
        let read = |args: &[&str]| read_work(args.iter().map(OsString::from));
        let (slot, work) = read(&["read", "sandbox"]).unwrap();
        assert_eq!((slot.to_string().as_str(), super::name(&work)), ("sandbox", "read"));
        let (slot, work) = read(&["remove", "production-market"]).unwrap();
        assert_eq!((slot.to_string().as_str(), super::name(&work)), ("production-market", "remove"));
        for args in [&[][..], &["read"], &["read", "nowhere"], &["look", "sandbox"]] {
            assert!(read(args).is_none(), "{args:?}");
        }
    }
}
