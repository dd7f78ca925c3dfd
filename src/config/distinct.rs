//! Paths of one server: each call has its own.

/// Nothing, when no two of the paths, each with its name, are the same.
///
/// # Errors
/// Begins with the key of the later one, as `key` makes it of a name.
pub fn distinct(named: &[(&str, &str)], key: impl Fn(&str) -> String) -> Result<(), String> {
    for (at, (name, path)) in named.iter().enumerate() {
        let is_same = |(_, other): &&(&str, &str)| other.trim_matches('/') == path.trim_matches('/');
        if let Some((before, _)) = named[..at].iter().find(is_same) {
            let key = key(before);
            return Err(format!(
                "{key} and {name} are the same; every {name} would be taken for the other call"
            ));
        }
    }
    Ok(())
}
