//! The map of the rooms in `src/lib.rs`, held to what their files import.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A line of the map.
struct Room {
    name: String,
    pure: bool,
    /// The rooms that it may touch, as its line names them; none where it says "everything".
    uses: Option<BTreeSet<String>>,
}

/// What code that takes and returns values has no use for.
const OUTSIDE: [&str; 11] = [
    "std::fs",
    "TcpStream",
    "std::env",
    "std::process",
    "std::thread",
    "tokio::",
    "rusqlite::",
    "reqwest::",
    "crossterm::",
    "SystemTime::now",
    "Instant::now",
];

#[test]
fn each_room_uses_what_the_map_says_and_nothing_below_it() {
    let map = map();
    let mut above = BTreeSet::new();
    for room in &map {
        let used = used_by(&room.name, map.iter().map(|room| room.name.as_str()));
        if let Some(uses) = &room.uses {
            assert_eq!(&used, uses, "what `{}` imports, and what its line in the map names", room.name);
        }
        let below: Vec<_> = used.difference(&above).collect();
        assert!(below.is_empty(), "`{}` uses rooms that come after it in the map: {below:?}", room.name);
        above.insert(room.name.clone());
    }
}

#[test]
fn every_room_is_on_the_map() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let there = std::fs::read_dir(folder).unwrap();
    let there: BTreeSet<String> = there
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !["lib", "main"].contains(&name.as_str()))
        .collect();
    let named: BTreeSet<String> = map().into_iter().map(|room| room.name).collect();
    assert_eq!(there, named);
}

#[test]
fn nothing_pure_reaches_outside() {
    for room in map().iter().filter(|room| room.pure) {
        for (file, code) in code_of(&room.name) {
            let reached = OUTSIDE.iter().find(|name| code.contains(**name));
            assert_eq!(reached, None, "`{}` is pure, and {} is in it", room.name, file.display());
        }
    }
}

/// The lines of the map.
fn map() -> Vec<Room> {
    let rows = include_str!("../../src/lib.rs").lines().filter_map(|line| line.strip_prefix("//! | [`"));
    let room = |row: &str| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let (name, rest) = cells[0].split_once("`]").unwrap();
        let may = cells[2];
        let uses = (!may.starts_with("everything")).then(|| {
            let ticked = may.split('`').skip(1).step_by(2);
            ticked.map(str::to_owned).collect()
        });
        Room { name: name.to_owned(), pure: rest.contains("(pure)"), uses }
    };
    let map: Vec<Room> = rows.map(room).collect();
    assert!(map.len() > 20, "the map is not read any more");
    map
}

/// The other rooms that a room's code names.
fn used_by<'r>(room: &str, all: impl Iterator<Item = &'r str>) -> BTreeSet<String> {
    let code = code_of(room);
    let names = |name: &str| {
        code.values().any(|code| {
            let listed = code.lines().filter_map(|line| line.strip_prefix("use crate::{"));
            let mut listed = listed.flat_map(|line| line.trim_end_matches("};").split(", "));
            listed.any(|item| item == name)
                || code.contains(&format!("crate::{name}::"))
                || code.contains(&format!("use crate::{name};"))
        })
    };
    all.filter(|name| *name != room && names(name)).map(str::to_owned).collect()
}

/// The files of a room and what they hold, without comments and tests.
fn code_of(room: &str) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open: Vec<PathBuf> = [room.to_owned(), format!("{room}.rs")].map(|name| folder.join(name)).into();
    open.retain(|path| path.exists());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs") && !is_test(&path) {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            files.insert(path, code.collect::<Vec<_>>().join("\n"));
        }
    }
    files
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}
