//! Deploys that come at the same moment to several receivers of one journal.

use crate::server::{self, NOWHERE};
use pxdesk::engine::{Engine, NewDeploy, Received};
use pxdesk::order::Environment;
use pxdesk::subscription::{Answer, Billing, By, CustomerId, Plan, Sku, read_deploy};

fn deploy(content: &str) -> NewDeploy {
    let body = format!(r#"{{"provisioningId":"p","productSkus":["S"],"productId":7,"company":"{content}"}}"#);
    let billing = Billing::Manual;
    let sku = Sku::new("S").unwrap();
    let plan = Plan { sku, billing, usage: true, unit: None, known: true, starts: None };
    let answer = Answer::Provisioned { customer_id: CustomerId::new("c").unwrap() };
    NewDeploy {
        deploy: read_deploy(body.as_bytes()).unwrap(),
        plans: vec![plan],
        first_version: false,
        answer: Some((answer, By::Program)),
    }
}

async fn received(engine: &Engine, content: &str) -> Received {
    engine.receive(vec![deploy(content)]).await.unwrap().remove(0).unwrap()
}

#[tokio::test]
async fn what_the_journal_has_is_answered_again_while_another_receiver_refuses_other_content() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pxdesk.db");
    let one = server::engine(&file, Environment::Sandbox, NOWHERE).await;
    let other = server::engine(&file, Environment::Sandbox, NOWHERE).await;
    assert!(matches!(received(&one, "A").await, Received::New(_)));
    let refuses = tokio::spawn({
        let other = other.clone();
        async move {
            for _ in 0..100 {
                assert!(matches!(received(&other, "B").await, Received::Conflict(_)));
            }
        }
    });
    for _ in 0..100 {
        let again = received(&one, "A").await;
        assert!(matches!(again, Received::Again(_)), "{again:?}");
    }
    refuses.await.unwrap();
    one.journal().close().await;
    other.journal().close().await;
}
