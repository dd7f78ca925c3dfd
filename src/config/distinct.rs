//! Paths of one server: each call has its own.

use reqwest::Url;

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
    // Stated impossibility: the text is a URL.
    let mut url = Url::parse("http://localhost/").expect("a URL");
    url.set_path(path.trim_start_matches('/'));
    let sent = url.path();
    if path.contains('%') {
        Err(format!("is {path:?}; a path holds no %"))
    } else if sent.trim_matches('/') == path.trim_matches('/') {
        Ok(())
    } else {
        Err(format!("is {path:?}, but would be sent as {sent:?}; write what is to be sent"))
    }
}
