//! A client of practice, and what the tests of it have in common.

use pxdesk::kind::Timestamp;
use pxdesk::registration::{Client, PRACTICE_CONTRACT, Request, Settings, Source};
use pxdesk::registry::{ContractId, Name, ProviderId};
use pxdesk::wire::Transport;
use std::time::Duration;

/// Of the server at `base`.
pub fn client(base: &str) -> Client {
    Client::new(settings(base)).unwrap()
}

pub fn settings(base: &str) -> Settings {
    let timeout = Duration::from_secs(20);
    Settings {
        base_url: Some(base.to_owned()),
        contract: ContractId::new(PRACTICE_CONTRACT).unwrap(),
        trailing_slash: false,
        timeout,
        connect: timeout,
        transport: Transport::default(),
        credentials: Source::practice(),
    }
}

pub fn id(text: &str) -> ProviderId {
    ProviderId::new(text).unwrap()
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// Of a customer.
pub fn create() -> Request {
    Request::create_customer(&id("custId1"), Some(&name("AutoSoft")))
}

/// Some time that is not this machine's.
pub fn now() -> Timestamp {
    "2031-11-20T15:04:05Z".parse().unwrap()
}
