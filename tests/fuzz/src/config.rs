//! The configuration: a file, and after a NUL the variables, one `NAME=value` a line.

use pxdesk::config::{Flags, Settings, Target};
use std::path::PathBuf;
use std::sync::LazyLock;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("pxdesk-fuzz-{}.toml", std::process::id()))
});

pub fn check(data: &[u8]) {
    let (file, variables) = data.split_at(data.iter().position(|b| *b == 0).unwrap_or(data.len()));
    std::fs::write(&*FILE, file).expect("a file that can be written");
    let home = [("HOME".to_owned(), "/home/r".to_owned())];
    let variables = crate::text(variables);
    let set = variables.trim_start_matches('\0').lines().filter_map(|line| line.split_once('='));
    let ours = set.map(|(name, value)| (format!("PXDESK_{name}"), value.to_owned()));
    // The file's place is given, and no flag names the environment.
    let ours = ours.filter(|(name, _)| name != "PXDESK_CONFIG");
    let variables: Vec<_> = home.into_iter().chain(ours).collect();
    let flags = Flags { config: Some(FILE.clone()), environment: None };
    match Settings::load(&flags, variables) {
        Ok(settings) => {
            if let Target::At { base_url, token_url } = &settings.target {
                for url in [base_url, token_url] {
                    let lower = url.trim().to_ascii_lowercase();
                    assert!(lower.starts_with("https:") || is_local(&lower), "in clear, to {url}");
                }
            }
            assert!(!settings.timeouts.complete_order.0.is_zero());
        }
        Err(error) => {
            let error = error.to_string();
            let Some(place) = error.strip_prefix(&*FILE.to_string_lossy()) else {
                assert!(error.contains("PXDESK_") || !file.is_ascii(), "names no place: {error}");
                return;
            };
            let line = place.trim_start_matches(':').split(':').next().unwrap_or_default();
            let lines = file.iter().filter(|b| **b == b'\n').count() + 1;
            let named = line.parse().is_ok_and(|line: usize| (1..=lines).contains(&line));
            assert!(named || place.starts_with(": "), "names no line: {error}");
        }
    }
}

fn is_local(url: &str) -> bool {
    ["http://localhost", "http://127.", "http://[::1]", "http:localhost", "http:/localhost"]
        .iter()
        .any(|start| url.starts_with(start))
}
