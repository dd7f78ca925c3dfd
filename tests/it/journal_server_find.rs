//! Finding orders in a journal on PostgreSQL: what the server is told of whom somebody looks for.

use crate::journal::open;
use crate::journal_server::server;
use pxdesk::order::Environment;

/// A server may log every statement with its values.
#[tokio::test]
async fn a_caller_s_number_and_address_are_never_told_to_the_server_in_clear() {
    let Some((_home, server)) = server("log_statement = 'all'") else { return };
    let database = server.database();
    let journal = database.open().await;
    let order = open(&journal, 1).await;
    let search = async |text: &str| journal.search(Environment::Embedded, text).await.unwrap();
    for text in ["(303) 555-0123", "3035550123", "+13035550123"] {
        assert_eq!(search(text).await.len(), 1, "{text}");
    }
    for text in ["(303) 555-0199", "ann.canary@example.com", "ann.canary@exam"] {
        assert_eq!(search(text).await, [], "{text}");
    }
    let by_beginning = search(&order.identity.transaction_id.as_str()[..3]).await;
    assert_eq!(by_beginning.len(), 1);
    let log = std::fs::read_to_string(server.folder().join("log")).unwrap();
    assert!(log.contains(&order.identity.transaction_id.as_str()[..3]), "it logs what it is asked: {log}");
    for secret in ["3035550123", "555-0123", "555-0199", "canary"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
