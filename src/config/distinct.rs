//! Paths of one server: each call has its own.

/// Nothing, when each of the paths, which come with their names, is sent as it is written, and no two are the same.
///
/// # Errors
/// Begins with the key of the one that is not, or that comes first of two, as `key` makes it of a name.
pub fn distinct(named: &[(&str, &str)], key: impl Fn(&str) -> String) -> Result<(), String> {
    for (at, (name, path)) in named.iter().enumerate() {
        plain(path).map_err(|why| format!("{} {why}", key(name)))?;
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

/// What a URL would make something else of might become the path of another call.
fn plain(path: &str) -> Result<(), String> {
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '%' | '\\' | '?' | '#');
    if let Some(odd) = path.chars().find(|c| odd(*c)) {
        return Err(format!("is {path:?}; a path holds no {odd:?}"));
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return Err(format!("is {path:?}; write the path that is meant, without . and .."));
    }
    Ok(())
}
