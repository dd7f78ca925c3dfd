//! What a receiver is told.

use super::decide::Forward;
use super::proof::Proof;
use crate::engine::NewDeploy;
use crate::subscription::{Answer, Billing, By, Calendar, Deploy, Pattern, Plan, Sku};
use jiff::Timestamp;
use rustls::ServerConfig;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How deploys are received and answered.
pub struct Options {
    /// Where the marketplace sends them.
    pub path: String,
    /// Where it sends those of version 1, where it does.
    pub first_version: Option<String>,
    pub proof: Proof,
    /// With what it speaks TLS itself.
    pub tls: Option<Arc<ServerConfig>>,
    pub plans: Plans,
    pub deciding: Deciding,
    pub assign: Pattern,
    /// How long whoever decides may take.
    pub within: Duration,
    pub otherwise: Otherwise,
    /// What a buyer is told whom the partner's own system refuses in no words that may be shown.
    pub refusal: Answer,
    /// Tells whoever started the receiver that a deploy was not answered by the one who decides.
    pub tell: fn(&str),
}

/// Who decides what a deploy is answered.
pub enum Deciding {
    Assign,
    /// A program with its arguments.
    Program(Vec<String>),
    /// A server of the partner's.
    Forward(Box<Forward>),
    /// A person at a desk.
    Ask,
}

/// What a deploy is answered when whoever decides has not answered.
pub enum Otherwise {
    Assign,
    Refuse(Answer),
}

/// What is sold, and by which calendar.
pub struct Plans {
    pub skus: BTreeMap<Sku, (Billing, bool, Option<String>)>,
    pub calendar: Calendar,
}

impl Plans {
    /// A deploy that came at `now`, with what the configuration says of its SKUs.
    pub fn new_deploy(
        &self,
        deploy: Deploy,
        first_version: bool,
        answer: Option<(Answer, By)>,
        now: Timestamp,
    ) -> NewDeploy {
        let plans = deploy.skus.iter().map(|sku| self.of(sku, now)).collect();
        NewDeploy { deploy, plans, first_version, answer }
    }

    /// The plan of a SKU that was bought at `bought`. One that the configuration does not name waits for a person, and
    /// takes usage.
    pub fn of(&self, sku: &Sku, bought: Timestamp) -> Plan {
        let configured = self.skus.get(sku).cloned();
        let known = configured.is_some();
        let (billing, usage, unit) = configured.unwrap_or((Billing::Manual, true, None));
        let starts = billing.starts(bought, &self.calendar);
        Plan { sku: sku.clone(), billing, usage, unit, known, starts }
    }
}
