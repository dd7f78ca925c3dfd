//! The password of the server: looked up for each connection, and not kept.

use crate::files::bytes_of_file;
use crate::journal::error::Error;
use crate::journal::keyfile::only_ours;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::config::Config;
use zeroize::Zeroizing;

/// Looks up a password, or says why there is none.
pub type LookUp = dyn Fn() -> Result<Zeroizing<Vec<u8>>, String> + Send + Sync;

/// Where the password is.
#[derive(Clone)]
pub enum Password {
    /// In a file, for its owner alone.
    File(PathBuf),
    /// Where this looks. It may block; it is called where that does no harm.
    Asked(Arc<LookUp>),
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => f.debug_tuple("File").field(file).finish(),
            Self::Asked(_) => f.write_str("Asked(..)"),
        }
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(file), Self::File(of_other)) => file == of_other,
            (Self::Asked(look_up), Self::Asked(of_other)) => Arc::ptr_eq(look_up, of_other),
            (Self::File(_), Self::Asked(_)) | (Self::Asked(_), Self::File(_)) => false,
        }
    }
}

/// Puts the password into `config`: from where the configuration says, or as PostgreSQL's own programs take it from
/// `PGPASSWORD`.
///
/// # Errors
/// Says why it cannot be had.
pub(super) async fn add(password: Option<&Password>, config: &mut Config) -> Result<(), String> {
    match password {
        Some(Password::File(file)) => {
            config.password(in_file(file)?.as_slice());
        }
        Some(Password::Asked(look_up)) => {
            let look_up = Arc::clone(look_up);
            let asked = tokio::task::spawn_blocking(move || look_up()).await;
            let asked = asked.unwrap_or_else(|_| Err("it could not be looked up".to_owned()));
            config.password(asked?.as_slice());
        }
        None => {
            if let Some(password) = std::env::var_os("PGPASSWORD") {
                config.password(password.as_encoded_bytes());
            }
        }
    }
    Ok(())
}

/// The first line of the file, which others must not read.
fn in_file(file: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let shown = file.display();
    only_ours(file).map_err(|error| match error {
        Error::OpenKey { mode, .. } => {
            format!("others can read the password file {shown} (mode {mode:03o}). Run: chmod 600 {shown}")
        }
        other => other.to_string(),
    })?;
    let text = Zeroizing::new(bytes_of_file(file).map_err(|error| format!("{shown}: {error}"))?);
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    if line.is_empty() {
        return Err(format!("the first line of {shown} is to be the password, and is empty"));
    }
    Ok(Zeroizing::new(line.to_vec()))
}
