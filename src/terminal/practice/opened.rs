//! The world of a run: settings, journal and embedded Px of an empty home, and the scenario's order in the queue.

use crate::config::{Flags, Settings};
use crate::order::{Environment, parse_order};
use crate::practice::Scenario;
use crate::practice::scenario::{Fault, Lasts};
use crate::sandbox;
use crate::session::{Exit, Failed, PrivateFolder, Session};
use crate::terminal::simulation;
use serde_json::json;
use std::path::Path;

/// No customer accepts by themselves: the stage says when. A year, which is as long as can be said.
const NEVER: i64 = 365 * 24 * 3600;

/// The world of a run.
pub struct Opened {
    pub session: Session,
    pub settings: Settings,
    pub px: Px,
    /// Removed at the end.
    pub folder: PrivateFolder,
}

/// A run's Px, and the order that it is about.
#[derive(Clone, Debug)]
pub struct Px {
    /// Where it listens.
    pub base: String,
    /// For its control side.
    pub client: reqwest::Client,
    pub transaction_id: String,
}

impl Opened {
    /// Makes the world of `scenario` for `trainee`; `own` are the person's own settings, of which the pace of reading and the
    /// desk's habits are taken over, and the folder below which it is made.
    pub async fn open(own: &Settings, scenario: &Scenario, trainee: &str) -> Result<Self, Failed> {
        let folder = PrivateFolder::of_run(&own.places.data)
            .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot make the folder of the run: {e}")))?;
        let settings = settings(own, folder.path(), trainee)?;
        let transaction_id = format!("TX-{:09}", std::process::id());
        let session = Session::open_for_practice(&settings, behaviour(scenario, &transaction_id)).await?;
        let base = session.embedded.clone().unwrap_or_default();
        let client = crate::wire::local_client().map_err(|why| Failed::new(Exit::Unexpected, why))?;
        let px = Px { base, client, transaction_id };
        let opened = Self { session, settings, px, folder };
        opened.add_order(scenario).await?;
        for fault in &scenario.server {
            opened.add_fault(fault).await?;
        }
        Ok(opened)
    }

    async fn add_order(&self, scenario: &Scenario) -> Result<(), Failed> {
        let engine = &self.session.engine;
        let now = engine.clock().now();
        let transaction_id = &self.px.transaction_id;
        let order = scenario.order_json(transaction_id, &transaction_id.replace("TX", "PO"), now);
        let new = parse_order(&order, now).map_err(|errors| {
            let why: Vec<String> = errors.iter().map(|e| format!("{} {}", e.field, e.problem)).collect();
            Failed::new(Exit::BadInput, format!("the scenario {}: order: {}", scenario.name, why.join("; ")))
        })?;
        engine.open(new).await?;
        Ok(())
    }

    async fn add_fault(&self, fault: &Fault) -> Result<(), Failed> {
        let mut body = json!({ "call": fault.call, "afterCalls": fault.after_calls, "fault": fault.fault });
        match fault.lasts {
            Lasts::Times(times) => body["times"] = json!(times),
            Lasts::Seconds(seconds) => body["forSeconds"] = json!(seconds),
        }
        let url = format!("{}/_sandbox/faults", self.px.base);
        let added = simulation::post(&self.px.client, &url, &body).await;
        added.map(|_| ()).map_err(|why| Failed::new(Exit::Unexpected, why))
    }
}

/// The settings of an empty home: nothing of the person's own configuration is in reach.
fn settings(own: &Settings, folder: &Path, trainee: &str) -> Result<Settings, Failed> {
    let variable = |name: &str, value: &Path| (name.to_owned(), value.display().to_string());
    let mut variables = vec![("USER".to_owned(), trainee.to_owned())];
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"] {
        variables.push(variable(name, folder));
    }
    let flags = Flags { config: None, environment: Some(Environment::Embedded) };
    let mut settings = Settings::load(&flags, variables)?;
    settings.fastest = own.fastest;
    settings.desk = own.desk.clone();
    settings.acceptance = own.acceptance.clone();
    (settings.market, settings.registration) = (None, None);
    Ok(settings)
}

/// How this run's Px behaves.
fn behaviour(scenario: &Scenario, transaction_id: &str) -> sandbox::Scenario {
    let order = &scenario.order;
    let special = sandbox::Special {
        transaction_id: transaction_id.to_owned(),
        prepared_minutes_ago: order.prepared_minutes_ago.unwrap_or(0),
        offer: order.offer.clone(),
        language: order.language.clone(),
        payment_required: order.payment_required,
        declines: false,
    };
    sandbox::Scenario { accepts_after_seconds: NEVER, orders: vec![special], ..sandbox::Scenario::default() }
}
