//! `market serve`: the receiver of deploys.

use super::asked::Asked;
use super::market;
use crate::cli::stop::Stop;
use crate::cli::{Console, Exit, Failed, Session, remark};
use crate::config::{Answering, MarketSettings, Otherwise, Settings};
use crate::credentials::{read_login, read_secret};
use crate::session::plans;
use crate::subscription::{State, Subscription};
use crate::webhook::{self, Deciding, Forward, Options, Proof};
use axum::http::HeaderName;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::oneshot;

/// Receives deploys until it is asked to end.
pub async fn run(settings: &Settings, listen: SocketAddr, console: &Console) -> Result<Exit, Failed> {
    let options = options(market(settings)?).await?;
    let refuse = |what: &str, next: &str| {
        let what = format!("refused here: {what}");
        Err(Failed { exit: Exit::Configuration, what, next: Some(next.to_owned()) })
    };
    let is_local = listen.ip().is_loopback();
    if !is_local && options.proof.is_none() {
        return refuse(
            "off this machine, a sender must prove that it is the marketplace",
            "Set secret_header and secret_file, basic_file, or client_ca_file in [market.webhook].",
        );
    }
    if !is_local && options.tls.is_none() && market(settings)?.webhook.behind_proxy.is_none() {
        return refuse(
            "off this machine, it speaks TLS",
            "Set tls_cert_file and tls_key_file in [market.webhook], or name the proxy in front: behind_proxy.",
        );
    }
    let session = Session::open_for_market(settings, false).await?;
    session.engine.journal().trust()?;
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener =
        listener.map_err(|e| Failed::new(Exit::BadInput, format!("cannot listen on {listen}: {e}")))?;
    let address = listener.local_addr().map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?;
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    console.json_line(&json!({ "listening": format!("{scheme}://{address}") }))?;
    console.note(&format!("deploys are received at {scheme}://{address}{}; Ctrl-C ends it", options.path));
    let market = market(settings)?;
    if let Some(path) = market.webhook.v1_path.as_ref().filter(|_| !market.v1) {
        console.note(&format!(
            "v1_path is set, and version 1 is not enabled in [market.v1]: what comes to {path} gets a 404"
        ));
    }
    tell_handed_over(&session, options.within, console).await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move { _ = stopped.await };
    let work = webhook::serve(listener, session.engine.clone(), options, shutdown);
    let ended = Stop::listen().passing_on(console, || drop(stop), work).await;
    match ended {
        Ok(served) => served.map(|()| Exit::Done).map_err(Into::into),
        Err(_) => Err(Failed {
            exit: Exit::InDoubt,
            what: "stopped at once; nobody knows what became of the deploys that were being decided"
                .to_owned(),
            next: Some("`market requests` lists those without an answer.".to_owned()),
        }),
    }
}

/// Says of which deploys it is not known what became of them where they were handed over: nobody asks again by itself.
async fn tell_handed_over(session: &Session, within: Duration, console: &Console) -> Result<(), Failed> {
    for row in session.engine.subscriptions(Some(State::Requested)).await? {
        let of: Subscription = session.engine.journal().load(&row.id).await?;
        if let Some(asked) = Asked::of(&session.engine, &of, within).await.filter(|asked| !asked.waits) {
            console.note(&format!("{} {}: {}", row.id, row.provisioning_id, asked.words()));
        }
    }
    Ok(())
}

async fn options(market: &MarketSettings) -> Result<Options, Failed> {
    let bad = |why: String| Failed::new(Exit::Configuration, why);
    let from = &market.webhook;
    let mut proof = Proof::default();
    if let Some((name, file)) = &from.proof.header {
        let name = HeaderName::try_from(name.as_str()).map_err(|e| bad(format!("secret_header: {e}")))?;
        proof.header = Some((name, read_secret(file).map_err(bad)?));
    }
    if let Some(file) = &from.proof.basic {
        proof.basic = Some(read_login(file).map_err(bad)?);
    }
    proof.certificate = from.proof.client_ca.is_some();
    let tls = from
        .tls
        .as_ref()
        .map(|files| webhook::tls(&files.cert, &files.key, from.proof.client_ca.as_deref()).map_err(bad));
    Ok(Options {
        path: from.path.clone(),
        first_version: from.v1_path.clone().filter(|_| market.v1),
        proof,
        tls: tls.transpose()?,
        plans: plans(market)?,
        deciding: match &from.answer {
            Answering::Assign => Deciding::Assign,
            Answering::Command(words) => {
                webhook::startable(words).map_err(bad)?;
                Deciding::Program(words.clone())
            }
            Answering::Forward(url) => {
                let to = Forward::new(url, &market.transport, from.answer_within).await.map_err(bad)?;
                Deciding::Forward(Box::new(to))
            }
            Answering::Ask => Deciding::Ask,
        },
        assign: from.assign.clone(),
        within: from.answer_within,
        otherwise: match &from.otherwise {
            Otherwise::Assign => webhook::Otherwise::Assign,
            Otherwise::Refuse(answer) => webhook::Otherwise::Refuse(answer.clone()),
        },
        refusal: from.refusal.clone(),
        tell: remark,
    })
}
