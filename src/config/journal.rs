//! Where the journal is, and what goes with one on PostgreSQL.

use super::file::Journal;
use super::store::password_keeper;
use crate::credentials::PasswordKeeper;
use crate::journal::{Address, Password, Place};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The files that go with a journal on PostgreSQL.
#[derive(Clone, Debug)]
pub struct ServerFiles {
    password_file: Option<PathBuf>,
    /// Who keeps the password in a keyring, when that is where it is.
    pub keeper: Option<PasswordKeeper>,
    key: PathBuf,
}

impl ServerFiles {
    /// Where a connection finds the password.
    fn password(&self) -> Option<Password> {
        let Some(keeper) = self.keeper.clone() else { return self.password_file.clone().map(Password::File) };
        Some(Password::Asked(Arc::new(move || match keeper.read() {
            Ok(password) => Ok(Zeroizing::new(password.expose().as_bytes().to_vec())),
            Err(error) => Err(error.to_string()),
        })))
    }
}

/// The journal of the configuration, and what goes with one on PostgreSQL; files are in `data` or in `folder`.
///
/// # Errors
/// Names the setting, and says what is not right in it.
pub fn resolve(file: &Journal, data: &Path, folder: &Path) -> Result<(Place, ServerFiles), String> {
    for (key, value) in [("password_file", &file.password_file), ("key_file", &file.key_file)] {
        if value.as_ref().is_some_and(|file| file.trim().is_empty()) {
            return Err(format!("journal.{key} is empty; name the file, or leave it out"));
        }
    }
    let keeper = password_keeper(file.password.as_deref())?;
    if keeper.is_some() && file.password_file.is_some() {
        return Err("journal.password and journal.password_file: leave one of them out".to_owned());
    }
    let server = ServerFiles {
        password_file: file.password_file.as_ref().map(|file| folder.join(file)),
        keeper,
        key: data.join(file.key_file.as_deref().unwrap_or("pxdesk.key")),
    };
    let url = file.url.as_deref().unwrap_or("sqlite:pxdesk.db");
    let journal = place(url, data, &server).map_err(|why| format!("journal.url {why}"))?;
    if let Place::File(file) = &journal {
        refuse_new_folder(file, data).map_err(|why| format!("journal.url {why}"))?;
    }
    Ok((journal, server))
}

/// Our own folder is made where it is missing. Any other one that is missing is a slip, or a disk that is not there: an
/// empty journal would be begun in its place, without a word.
fn refuse_new_folder(file: &Path, data: &Path) -> Result<(), String> {
    match file.parent() {
        Some(folder) if !folder.starts_with(data) && !folder.exists() => Err(format!(
            "names a file in {}, and there is no such folder. Make it, or write the path that is meant",
            folder.display()
        )),
        Some(_) | None => Ok(()),
    }
}

/// The journal that a URL names.
///
/// # Errors
/// Says what is not right in it.
pub fn place(url: &str, data: &Path, server: &ServerFiles) -> Result<Place, String> {
    match url.split_once(':') {
        Some(("sqlite", rest)) if !rest.trim_start_matches("//").is_empty() => {
            let name = rest.strip_prefix("//").unwrap_or(rest);
            plain(name)?;
            Ok(Place::File(data.join(name)))
        }
        Some(("postgres" | "postgresql", _)) => {
            let mut address = Address::parse(url, server.key.clone())?;
            address.password = server.password();
            Ok(Place::Server(Box::new(address)))
        }
        Some(_) | None => {
            Err("is not a journal; write sqlite:FILE or postgres://USER@HOST/DATABASE".to_owned())
        }
    }
}

/// Nothing, where a file of that name can be what is meant. What a shell, or another program that uses `SQLite`, makes something
/// else of would be taken as it is written, and a journal begun there that is new and empty.
fn plain(name: &str) -> Result<(), String> {
    let is_variable = |after: &str| after.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c));
    let what = if name.trim() != name {
        "blanks around the file's name"
    } else if name.split('$').skip(1).any(is_variable) {
        "a variable, which is put in by a shell alone"
    } else if name.starts_with('~') {
        "a ~ that is not followed by a /"
    } else if name.starts_with(':') || name.starts_with("file:") {
        "a name that is no file's"
    } else if name.contains('?') {
        "a ?, and parameters have no effect on a file"
    } else {
        return Ok(());
    };
    Err(format!("holds {what}; write sqlite:~/FILE, or the whole path of the file"))
}

/// A file on the command line is below the current folder, one in the configuration below the data folder. Where only the
/// second is there, it is most likely meant.
///
/// # Errors
/// Says which of the two are there.
pub fn refuse_one_elsewhere(file: &Path, data: &Path) -> Result<(), String> {
    let (here, there) = (std::path::absolute(file), data.join(file));
    match here {
        Ok(here) if here != there && !here.exists() && there.exists() => Err(format!(
            "means {}, which does not exist, and there is a {}. Write the whole path of the one that you mean, for instance \
             sqlite:{}",
            here.display(),
            there.display(),
            there.display()
        )),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The URL of a journal, as people see it.
pub fn url_of(journal: &Place) -> String {
    match journal {
        Place::File(file) => format!("sqlite:{}", file.display()),
        Place::Server(address) => address.shown.clone(),
    }
}
