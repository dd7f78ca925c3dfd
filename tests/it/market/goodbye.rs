//! Over TLS: an answer that was read counts as delivered, however its reader closes.

use super::floor::{Floor, Receiver, deploy, secret};
use crate::tls::Authority;
use rcgen::CertificateParams;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject as _};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A floor whose receiver speaks TLS, and who trusts it.
fn secure() -> (Floor, Receiver, Arc<ClientConfig>) {
    let (floor, authority) = (Floor::new(), Authority::new());
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = authority.pem(&params);
    secret(&floor.home, "cert.pem", &certificate);
    secret(&floor.home, "key.pem", &key);
    floor.home.configure_also("[market.webhook]\ntls_cert_file = \"cert.pem\"\ntls_key_file = \"key.pem\"\n");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority.file()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let receiver = floor.receiver();
    (floor, receiver, Arc::new(config))
}

/// A deploy of this id on its way.
fn asked(receiver: &Receiver, config: &Arc<ClientConfig>, id: &str) -> Stream {
    let address = receiver.url.strip_prefix("https://").unwrap().strip_suffix("/deploy").unwrap();
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::clone(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    let body = deploy(id).to_string();
    let head = format!("POST /deploy HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    stream.flush().unwrap();
    stream
}

/// Reads the answer to its last byte, and no further.
fn reads(stream: &mut Stream) {
    let mut came = Vec::new();
    while !came.ends_with(b"}") {
        let mut some = [0; 512];
        let n = stream.read(&mut some).unwrap();
        assert!(n > 0, "{}", String::from_utf8_lossy(&came));
        came.extend_from_slice(&some[..n]);
    }
}

#[test]
fn an_answer_that_was_read_is_delivered_however_its_reader_closes() {
    let (floor, receiver, config) = secure();
    let mut silent = asked(&receiver, &config, "silent");
    reads(&mut silent);
    // Whatever else comes meanwhile stays unread.
    std::thread::sleep(Duration::from_millis(100));
    drop(silent);
    let mut polite = asked(&receiver, &config, "polite");
    reads(&mut polite);
    polite.conn.send_close_notify();
    polite.flush().unwrap();
    drop(polite);
    let mut waits = asked(&receiver, &config, "waits");
    waits.read_to_end(&mut Vec::new()).unwrap();
    drop(waits);
    let unread = asked(&receiver, &config, "unread");
    std::thread::sleep(Duration::from_millis(300));
    drop(unread);
    receiver.ends();
    let delivered = |id| floor.json(&["market", "show", id])["delivered"].clone();
    for (id, is) in [("silent", true), ("polite", true), ("waits", true), ("unread", false)] {
        assert_eq!(delivered(id), is, "{id}");
    }
}
