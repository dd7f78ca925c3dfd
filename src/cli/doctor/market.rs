//! The marketplace as it is configured: where it is, its key, how deploys are received, what is sold.

use super::{Check, Status};
use crate::config::{Answering, MarketSettings, MarketTarget, Otherwise, Proof, Settings, Webhook};
use crate::credentials::{KeyKeeper, read_login, read_secret};
use crate::market::Client;
use crate::session::{Exit, market_client};
use crate::webhook::{Forward, startable, tls, validity};

/// What is configured; of one to practice on no more than what keeps it from receiving deploys.
pub async fn look(settings: &Settings) -> Vec<Check> {
    let Some(market) = &settings.market else { return Vec::new() };
    let MarketTarget::At { base_url } = &market.target else {
        let receiver = receiver(market).await;
        return if receiver.status == Status::Failed { vec![receiver] } else { Vec::new() };
    };
    let mut checks = Vec::new();
    match market_client(settings, None) {
        Ok(client) => {
            checks.push(Check::ok("marketplace", place(market, base_url)));
            checks.extend(match client {
                Some(client) => Some(reach(&client).await),
                None => None,
            });
        }
        Err(failed) => {
            let mend = format!("fix it in {}", settings.account.file.display());
            checks.push(Check::failed("marketplace", failed.exit, failed.what, mend));
        }
    }
    checks.extend([key(market.key.clone()).await, receiver(market).await, skus(market)]);
    checks
}

fn place(market: &MarketSettings, base_url: &str) -> String {
    let paths = &market.paths;
    format!(
        "{base_url} (a call takes {:?} at most)\nstart_billing {}, usage {}, usage_end {}\ntracking {}, update_subscription {}",
        market.timeout,
        paths.start_billing,
        paths.usage,
        paths.usage_end,
        paths.tracking,
        paths.update_subscription
    )
}

/// Whether it can be reached: name, connection, certificate. Nothing that counts is sent there, and no key is shown.
async fn reach(client: &Client) -> Check {
    const NAME: &str = "market server";
    let server = client.server();
    let answers = async {
        let addresses = server.resolve().await?;
        server.connect(&addresses).await?;
        client.greet().await
    };
    match answers.await {
        Ok(_) => Check::ok(NAME, format!("{} answers", server.host())),
        Err(why) => {
            let mend = "check base_url, ca_file and proxy of the marketplace, and the network";
            Check::failed(NAME, Exit::Unreachable, format!("{}: {why}", server.host()), mend)
        }
    }
}

async fn key(keeper: Option<KeyKeeper>) -> Check {
    const NAME: &str = "provider key";
    let Some(keeper) = keeper else {
        return Check::skipped(NAME, "an embedded marketplace has a key of its own");
    };
    let place = keeper.store().to_string();
    let read = tokio::task::spawn_blocking(move || keeper.read().map(|_| ())).await;
    match read {
        Ok(Ok(())) => Check::ok(NAME, format!("in {place}")),
        Ok(Err(error)) => Check::failed(NAME, Exit::Configuration, error.what(), error.next_step()),
        Err(error) => Check::failed(NAME, Exit::Configuration, error.to_string(), "try again"),
    }
}

/// How deploys are received. Where it listens is a flag of the command that does.
async fn receiver(market: &MarketSettings) -> Check {
    const NAME: &str = "receiver";
    let webhook = &market.webhook;
    let otherwise = match &webhook.otherwise {
        Otherwise::Assign => "assigned".to_owned(),
        Otherwise::Refuse(answer) => format!("refused: {}", answer.body()),
    };
    let mut lines = vec![
        format!("{}, answered by {}; ids {}", webhook.path, webhook.answer, webhook.assign),
        format!("without an answer after {:?}: {otherwise}", webhook.answer_within),
        format!("who sends: {}", proof(&webhook.proof)),
    ];
    lines.extend(webhook.v1_path.iter().map(|path| format!("version 1: {path}")));
    lines.extend(webhook.tls.iter().map(|tls| format!("TLS with {}", tls.cert.display())));
    lines.extend(webhook.behind_proxy.iter().map(|proxy| format!("TLS ends at {proxy}")));
    let found = lines.join("\n");
    if let Err(why) = usable(market).await {
        return Check::failed(NAME, Exit::Configuration, why, "put that right; no deploy is received before");
    }
    if webhook.proof.is_none() {
        let mend = "set secret_header and secret_file, basic_file or client_ca_file in [market.webhook]";
        return Check::warning(NAME, found, mend);
    }
    Check::ok(NAME, found)
}

fn proof(proof: &Proof) -> String {
    let header = proof.header.as_ref().map(|(name, _)| format!("header {name}"));
    let basic = proof.basic.as_ref().map(|_| "user and password".to_owned());
    let certificate = proof.client_ca.as_ref().map(|_| "certificate".to_owned());
    let asked: Vec<_> = [header, basic, certificate].into_iter().flatten().collect();
    if asked.is_empty() { "not asked for any proof".to_owned() } else { asked.join(", ") }
}

/// Whether all that the receiver needs can be used, and files with a secret be read by nobody else.
async fn usable(market: &MarketSettings) -> Result<(), String> {
    let Webhook { proof, tls: files, answer, answer_within, .. } = &market.webhook;
    let Proof { header, basic, client_ca } = proof;
    header.as_ref().map_or(Ok(()), |(_, file)| read_secret(file).map(drop))?;
    basic.as_ref().map_or(Ok(()), |file| read_login(file).map(drop))?;
    if let Some(files) = files {
        tls(&files.cert, &files.key, client_ca.as_deref())?;
        validity(&files.cert)?;
    }
    match answer {
        Answering::Command(words) => startable(words),
        Answering::Forward(url) => Forward::new(url, &market.transport, *answer_within).await.map(drop),
        Answering::Assign | Answering::Ask => Ok(()),
    }
}

/// What is sold. A SKU that is not configured waits for a person.
fn skus(market: &MarketSettings) -> Check {
    let line = |(sku, settings): (&crate::subscription::Sku, &crate::config::SkuSettings)| {
        let usage = match (settings.usage, &settings.unit) {
            (true, Some(unit)) => format!(", usage in {unit}"),
            (true, None) => ", usage".to_owned(),
            (false, _) => String::new(),
        };
        format!("{sku}: {}{usage}", settings.billing)
    };
    let lines: Vec<_> = market.skus.iter().map(line).collect();
    if lines.is_empty() {
        let mend = "name each SKU: [market.skus.\"NAME\"] billing, usage, unit";
        return Check::warning("skus", "none is configured; each waits for a person", mend);
    }
    Check::ok("skus", lines.join("\n"))
}
