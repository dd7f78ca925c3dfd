//! How deploys are received and answered.

use super::file::WebhookFile;
use super::values::{Header, Mode, Then, UrlPath};
use crate::subscription::{Answer, Pattern};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How deploys are received and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Where the marketplace sends them.
    pub path: String,
    /// Where it sends those of version 1; none when it does not.
    pub v1_path: Option<String>,
    pub answer: Answering,
    /// By which ids are assigned, whether always or otherwise.
    pub assign: Pattern,
    /// How long a program, a forward or a person may take.
    pub answer_within: Duration,
    pub otherwise: Otherwise,
    /// What a buyer is told who is refused in no words that may be shown.
    pub refusal: Answer,
    pub proof: Proof,
    /// With what it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// The proxy that ends TLS in front of it.
    pub behind_proxy: Option<String>,
}

/// Who decides what a deploy is answered.
#[derive(Clone, PartialEq, Eq)]
pub enum Answering {
    /// The pattern.
    Assign,
    /// A program with its arguments; there is at least its name.
    Command(Vec<String>),
    /// A server of the partner's, at this URL.
    Forward(String),
    /// A person.
    Ask,
}

/// What a deploy is answered when whoever decides has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// An id by the pattern.
    Assign,
    /// This refusal.
    Refuse(Answer),
}

/// By what a sender proves to be the marketplace. All that is configured is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// A header's name, and the file with its value.
    pub header: Option<(String, PathBuf)>,
    /// The file with a user's name and a password.
    pub basic: Option<PathBuf>,
    /// The authorities of its certificate.
    pub client_ca: Option<PathBuf>,
}

/// A certificate and its key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl Webhook {
    /// What the file says, checked as a whole; other files stand in `folder`.
    ///
    /// # Errors
    /// Names the setting, and says what is not right with it.
    pub(super) fn of(file: WebhookFile, folder: &Path) -> Result<Self, String> {
        let at = |name: &Option<String>| name.as_ref().map(|name| folder.join(name));
        let tls = both("tls_cert_file", at(&file.tls_cert_file), "tls_key_file", at(&file.tls_key_file))?;
        let tls = tls.map(|(cert, key)| TlsFiles { cert, key });
        let header = file.secret_header.map(|Header(name)| name);
        let proof = Proof {
            header: both("secret_header", header, "secret_file", at(&file.secret_file))?,
            basic: at(&file.basic_file),
            client_ca: at(&file.client_ca_file),
        };
        if proof.client_ca.is_some() && tls.is_none() {
            return Err(wrong("client_ca_file", "goes with tls_cert_file and tls_key_file"));
        }
        if file.v1_path.as_ref() == Some(&file.path) {
            return Err(wrong("v1_path", "is the same as path; the two are answered differently"));
        }
        let answer = match (file.answer, file.command.as_slice(), file.forward) {
            (Mode::Assign, ..) => Answering::Assign,
            (Mode::Ask, ..) => Answering::Ask,
            (Mode::Command, [program, ..], _) if !program.is_empty() => Answering::Command(file.command),
            (Mode::Command, ..) => return Err(wrong("answer", "is \"command\", and `command` names none")),
            (Mode::Forward, _, Some(url)) => Answering::Forward(url.0),
            (Mode::Forward, _, None) => {
                return Err(wrong("answer", "is \"forward\", and `forward` is missing"));
            }
        };
        let refusal = Answer::refusal(&file.refusal.0).map_err(|why| wrong("refusal", &why))?;
        let otherwise = match file.otherwise {
            Then::Assign => Otherwise::Assign,
            Then::Refuse => Otherwise::Refuse(refusal.clone()),
        };
        Ok(Self {
            path: file.path.0,
            v1_path: file.v1_path.map(|UrlPath(path)| path),
            answer,
            assign: file.assign,
            answer_within: file.answer_within.0,
            otherwise,
            refusal,
            proof,
            tls,
            behind_proxy: file.behind_proxy.0,
        })
    }
}

impl Proof {
    /// True when anybody could be the sender.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign => f.write_str("assign"),
            Self::Command(words) => write!(f, "command {}", words.join(" ")),
            Self::Forward(url) => write!(f, "forward {}", without_secrets(url)),
            Self::Ask => f.write_str("ask"),
        }
    }
}

/// A URL as it may be shown: a password and a query can be what proves who calls.
fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(_, host)| ("…@", host));
    let query = if url.contains('?') { "?…" } else { "" };
    format!("{scheme}://{user}{host}/{path}{query}")
}

/// Two settings that go together.
fn both<A, B>(one: &str, a: Option<A>, other: &str, b: Option<B>) -> Result<Option<(A, B)>, String> {
    match (a, b) {
        (Some(a), Some(b)) => Ok(Some((a, b))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(wrong(one, &format!("goes with {other}, which is missing"))),
        (None, Some(_)) => Err(wrong(other, &format!("goes with {one}, which is missing"))),
    }
}

fn wrong(key: &str, what: &str) -> String {
    format!("market.webhook.{key} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_forward_to_is_shown_without_what_proves_who_calls() {
        for (url, shown) in [
            ("https://partner.example/deploy", "https://partner.example/deploy"),
            (
                "https://ann:hunter2@partner.example:8443/a/b?key=hunter2#x",
                "https://…@partner.example:8443/a/b?…",
            ),
            ("https://partner.example?key=hunter2", "https://partner.example/?…"),
        ] {
            let forward = Answering::Forward(url.to_owned());
            assert_eq!(forward.to_string(), format!("forward {shown}"));
            assert!(!format!("{forward:?}").contains("hunter2"));
        }
    }
}
