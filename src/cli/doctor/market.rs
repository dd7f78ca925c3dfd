//! The marketplace as it is configured: where it is, its key, how deploys are received, what is sold.

use super::Check;
use crate::config::{MarketSettings, MarketTarget, Otherwise, Proof, Settings, Webhook};
use crate::credentials::{KeyKeeper, read_login, read_secret};
use crate::session::{Exit, market_client};
use crate::webhook::tls;

/// What is configured; nothing where there is no marketplace, or only the one to practice on.
pub async fn look(settings: &Settings) -> Vec<Check> {
    let Some(market) = &settings.market else { return Vec::new() };
    let MarketTarget::At { base_url } = &market.target else { return Vec::new() };
    vec![
        place(settings, market, base_url),
        key(market.key.clone()).await,
        receiver(&market.webhook),
        skus(market),
    ]
}

/// Where it is, and whether a client can be made of that.
fn place(settings: &Settings, market: &MarketSettings, base_url: &str) -> Check {
    let paths = &market.paths;
    let found = format!(
        "{base_url} (a call takes {:?} at most)\nstart_billing {}, usage {}, usage_end {}\ntracking {}, update_subscription {}",
        market.timeout,
        paths.start_billing,
        paths.usage,
        paths.usage_end,
        paths.tracking,
        paths.update_subscription
    );
    match market_client(settings, None) {
        Ok(_) => Check::ok("marketplace", found),
        Err(failed) => {
            let mend = format!("fix it in {}", settings.account.file.display());
            Check::failed("marketplace", failed.exit, failed.what, mend)
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
fn receiver(webhook: &Webhook) -> Check {
    const NAME: &str = "receiver";
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
    if let Err(why) = readable(webhook) {
        return Check::failed(
            NAME,
            Exit::Configuration,
            why,
            "put the file right; no deploy is received before",
        );
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

/// Whether every file that the receiver needs can be used, and read by nobody else where it holds a secret.
fn readable(webhook: &Webhook) -> Result<(), String> {
    let Proof { header, basic, client_ca } = &webhook.proof;
    header.as_ref().map_or(Ok(()), |(_, file)| read_secret(file).map(drop))?;
    basic.as_ref().map_or(Ok(()), |file| read_login(file).map(drop))?;
    webhook.tls.as_ref().map_or(Ok(()), |files| tls(&files.cert, &files.key, client_ca.as_deref()).map(drop))
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
