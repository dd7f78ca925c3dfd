//! Where a journal on PostgreSQL is, pure: what may stand in its URL, and what may not.

use super::password::Password;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, Host, SslMode};

/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The address of a journal on PostgreSQL.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// As people see it: no password was ever in it.
    pub shown: String,
    pub(super) config: Config,
    /// PEM: authorities that are trusted besides the platform's.
    pub(super) authorities: Option<PathBuf>,
    /// Where the password is, if the configuration says so.
    pub password: Option<Password>,
    /// The journal's key, which all desks on it share.
    pub key: PathBuf,
}

/// What the query of the URL says of TLS.
struct Wanted {
    mode: Option<String>,
    authorities: Option<PathBuf>,
}

impl Address {
    /// The journal at `url`, whose key is in the file `key`.
    ///
    /// # Errors
    /// Says what in the URL is not right, after the name of the setting.
    pub fn parse(url: &str, key: PathBuf) -> Result<Self, String> {
        let (plain, wanted) = split(url)?;
        // The library's own words may repeat a part of the URL, a password for instance.
        let mut config: Config = plain.parse().map_err(|_| wrong_in(&plain))?;
        if config.get_password().is_some() {
            return Err(
                "holds a password, which others could read there; put it into the keyring (journal.password = \
                 \"keyring\", then `pxdesk login --journal`), or into a file of mode 0600 that journal.password_file names"
                    .to_owned(),
            );
        }
        if config.get_hosts().is_empty() {
            return Err("names no host; write postgres://USER@HOST/DATABASE".to_owned());
        }
        if config.get_channel_binding() == ChannelBinding::Require {
            return Err("has channel_binding=require; leave it out: the server is known by its certificate"
                .to_owned());
        }
        config.ssl_mode(tls(&config, &wanted)?);
        config.connect_timeout(CONNECT).keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(20)).application_name("pxdesk");
        Ok(Self { shown: plain, config, authorities: wanted.authorities, password: None, key })
    }
}

/// The URL without what the library does not know.
fn split(url: &str) -> Result<(String, Wanted), String> {
    let mut wanted = Wanted { mode: None, authorities: None };
    let Some((address, query)) = url.split_once('?') else { return Ok((url.to_owned(), wanted)) };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => wanted.mode = Some(mode.to_owned()),
            Some(("sslrootcert", file)) => wanted.authorities = Some(file.into()),
            Some(("password" | "sslpassword", _)) => {
                return Err(
                    "holds a password; put it into the keyring, or name a file of mode 0600 as journal.password_file"
                        .to_owned(),
                );
            }
            Some(_) | None => rest.push(pair),
        }
    }
    let plain = if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
    Ok((plain, wanted))
}

/// What in a URL is not right that the library does not take. Of a password nothing is repeated, wherever it stands.
fn wrong_in(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let is_wrong = |pair: &&str| format!("postgres://localhost/x?{pair}").parse::<Config>().is_err();
    let wrong = query.split('&').filter(|pair| !pair.is_empty()).find(is_wrong);
    let name = wrong.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if let Some(name) = name.filter(|_| !query.contains('@')).filter(is_name) {
        let mend = match name {
            "sslcert" | "sslkey" => "a desk logs in with a password, not with a certificate",
            "passfile" => "name a file that holds the password alone as journal.password_file",
            "service" | "servicefile" => "write here what that file says",
            _ => "correct it, or leave it out",
        };
        return format!("has the parameter `{name}`, which cannot be used as it is; {mend}");
    }
    let hosts = address.split_once("//").map_or("", |(_, rest)| rest);
    let hosts = hosts.rsplit('@').next().unwrap_or_default().split('/').next().unwrap_or_default();
    let port = |host: &str| host.rsplit_once(':').map(|(_, port)| port.to_owned());
    let is_none = |port: &String| !port.ends_with(']') && port.parse::<u16>().is_err();
    match hosts.split(',').filter_map(port).find(is_none) {
        Some(port) if address.contains('@') && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("has the port {port}; a port is a number from 1 to 65535")
        }
        Some(_) => "has a port that is none after its host; write a number from 1 to 65535".to_owned(),
        None => "is not an address of PostgreSQL; write postgres://USER@HOST/DATABASE".to_owned(),
    }
}

/// Whether the connection is encrypted: always, unless the server is on this machine and the URL names nobody who vouches for it.
fn tls(config: &Config, wanted: &Wanted) -> Result<SslMode, String> {
    let here =
        config.get_hosts().iter().all(is_here) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    match (wanted.mode.as_deref(), &wanted.authorities) {
        (Some("disable"), Some(_)) => {
            Err("has both sslmode=disable and sslrootcert; leave one of them out".to_owned())
        }
        (None | Some("disable"), None) if here => Ok(SslMode::Disable),
        (None | Some("require" | "verify-ca" | "verify-full"), _) => Ok(SslMode::Require),
        (Some("disable" | "allow" | "prefer"), _) => Err(
            "asks for a connection that need not be encrypted; write sslmode=verify-full, or nothing of the kind for a \
             server on this machine"
                .to_owned(),
        ),
        (Some(other), _) => Err(format!("has sslmode={other}; write sslmode=verify-full")),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<(String, SslMode), String> {
        let address = Address::parse(url, "pxdesk.key".into())?;
        Ok((address.shown, address.config.get_ssl_mode()))
    }

    #[test]
    fn a_server_elsewhere_is_spoken_to_over_tls_alone() {
        let floor = "postgres://ann@db.example/floor";
        assert_eq!(parse(floor), Ok((floor.to_owned(), SslMode::Require)));
        assert_eq!(parse(&format!("{floor}?sslmode=verify-full")), Ok((floor.to_owned(), SslMode::Require)));
        for mode in ["disable", "allow", "prefer"] {
            assert!(parse(&format!("{floor}?sslmode={mode}")).unwrap_err().contains("encrypted"), "{mode}");
        }
        assert!(parse(&format!("{floor}?sslmode=full")).unwrap_err().contains("sslmode=full"));
        for here in ["postgres://127.0.0.1/x", "postgres://[::1]/x", "postgres://a@localhost:5433/x"] {
            assert_eq!(parse(here).unwrap().1, SslMode::Disable, "{here}");
            assert_eq!(parse(&format!("{here}?sslmode=require")).unwrap().1, SslMode::Require);
        }
        assert_eq!(parse("postgres:///x?host=/run/postgresql").unwrap().1, SslMode::Disable);
        let one_of_two = "postgres://%2Frun%2Fpostgresql,db.example/x";
        assert_eq!(parse(one_of_two).unwrap().1, SslMode::Require);
    }

    /// `hostaddr` is where the connection goes, whatever the host is called.
    #[test]
    fn an_address_elsewhere_is_elsewhere_whatever_its_host_is_called() {
        let floor = "postgres://ann@localhost/floor?hostaddr";
        for elsewhere in [format!("{floor}=192.0.2.2"), format!("{floor}=2001:db8::1")] {
            assert_eq!(parse(&elsewhere), Ok((elsewhere.clone(), SslMode::Require)));
            let refused = parse(&format!("{elsewhere}&sslmode=disable")).unwrap_err();
            assert!(refused.contains("encrypted"), "{refused}");
        }
        let one_of_two = "postgres://localhost,localhost/floor?hostaddr=127.0.0.1,192.0.2.2";
        assert_eq!(parse(one_of_two).unwrap().1, SslMode::Require);
        for here in [format!("{floor}=127.0.0.1"), format!("{floor}=::1")] {
            assert_eq!(parse(&here).unwrap().1, SslMode::Disable, "{here}");
        }
        let named = "postgres://ann@db.example/floor?hostaddr=127.0.0.1";
        assert_eq!(parse(named).unwrap().1, SslMode::Require, "its name is what the certificate is for");
    }

    #[test]
    fn who_names_an_authority_wants_tls() {
        let floor = "postgres://ann@localhost/floor?sslrootcert=ca.crt";
        assert_eq!(parse(floor).unwrap().1, SslMode::Require);
        let both = parse(&format!("{floor}&sslmode=disable")).unwrap_err();
        assert!(both.contains("sslrootcert"), "{both}");
    }

    #[test]
    fn what_is_not_right_in_a_url_is_named() {
        let floor = "postgres://ann@db.example/floor";
        for (url, says) in [
            (format!("{floor}?sslcert=a.crt"), "`sslcert`"),
            (format!("{floor}?connect_timeout=3&passfile=x"), "journal.password_file"),
            (format!("{floor}?service=floor"), "`service`"),
            (format!("{floor}?conect_timeout=3"), "`conect_timeout`"),
            (format!("{floor}?connect_timeout=soon"), "`connect_timeout`"),
            (format!("{floor}?channel_binding=require"), "channel_binding=require"),
            ("postgres://ann@db.example:99999/floor".to_owned(), "the port 99999"),
            ("postgres://db.example:99999/floor".to_owned(), "a port that is none"),
            ("postgres://ann@[::1]:99999/floor".to_owned(), "the port 99999"),
        ] {
            let refused = parse(&url).unwrap_err();
            assert!(refused.contains(says), "{url}: {refused}");
        }
    }

    #[test]
    fn a_password_in_the_url_is_refused_and_not_repeated() {
        for url in [
            "postgres://ann:hunter2@db.example/floor",
            "postgres://ann@db.example/floor?password=hunter2",
            "postgres://ann:hunter2@db.example:port/floor",
            "postgres://ann:a?hunter=2@db.example/floor&hunter2",
            "postgres://ann:hunter2",
        ] {
            let refused = parse(url).unwrap_err();
            assert!(!refused.contains("hunter2"), "{refused}");
        }
        assert!(parse("postgres://ann:x@db.example/f").unwrap_err().contains("password_file"));
        assert!(parse("postgres:///floor").unwrap_err().contains("host"));
    }
}
