//! Where settings, data and logs live: the XDG folders, or the platform's own.

use super::error::Error;
use super::variables::lookup;
use std::path::PathBuf;

/// The folders of this person's pxdesk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    pub config: PathBuf,
    pub data: PathBuf,
    pub state: PathBuf,
    /// Where the settings lie when no variable names another place, which a run may do for itself alone.
    pub usual: Option<PathBuf>,
}

impl Places {
    /// Works the folders out from the environment's variables; creates none.
    pub fn find(variables: &[(String, String)]) -> Result<Self, Error> {
        let var = |name: &str| lookup(variables, name).map(PathBuf::from).filter(|p| p.is_absolute());
        let home = var("HOME").or_else(|| var("USERPROFILE"));
        let place = |xdg: &str, native: &str, fallback: &str| {
            let native = var(native).filter(|_| cfg!(windows));
            let fallback = home.as_ref().map(|home| home.join(fallback));
            let dir = var(xdg).or(native).or(fallback);
            dir.map(|dir| dir.join("pxdesk")).ok_or_else(|| Error(missing(xdg, lookup(variables, "HOME"))))
        };
        let (config, data, state) = if cfg!(target_os = "macos") {
            ("Library/Application Support", "Library/Application Support", "Library/Logs")
        } else {
            (".config", ".local/share", ".local/state")
        };
        let native = var("APPDATA").filter(|_| cfg!(windows));
        let usual = native.or_else(|| home.as_ref().map(|home| home.join(config)));
        Ok(Self {
            config: place("XDG_CONFIG_HOME", "APPDATA", config)?,
            data: place("XDG_DATA_HOME", "LOCALAPPDATA", data)?,
            state: place("XDG_STATE_HOME", "LOCALAPPDATA", state)?,
            usual: usual.map(|dir| dir.join("pxdesk")),
        })
    }
}

/// Why there is no place for what `xdg` is about.
fn missing(xdg: &str, home: Option<&str>) -> String {
    match home {
        Some(home) => {
            format!("HOME is `{home}`, which does not begin at the root; set it, or {xdg}, to a whole path")
        }
        None => format!("neither {xdg} nor HOME is set; set one of them"),
    }
}
