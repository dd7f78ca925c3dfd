//! What a trainer can simulate on the embedded Px: its clock, its customers, its failures.

use crate::desk::effect::{Effect, Simulation};
use crate::desk::model::Model;
use crate::order::{Call, Environment, remedy};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::LazyLock;

/// One line of the trainer's list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub label: String,
    pub simulation: Simulation,
}

/// True on the embedded Px, the only one that a trainer can control.
pub fn is_offered(model: &Model) -> bool {
    model.setup.environment == Environment::Embedded
}

/// Everything that can be done now; nothing off the embedded Px.
pub fn items(model: &Model) -> Vec<Item> {
    if !is_offered(model) {
        return Vec::new();
    }
    let mut items = Vec::new();
    if let Some(screen) = &model.order {
        let id = screen.order.identity.transaction_id.to_string();
        items.push(Item {
            label: format!("The customer of {id} accepts the RCC"),
            simulation: Simulation::Accept { transaction_id: id.clone() },
        });
        items.push(Item {
            label: format!("The customer of {id} declines the RCC"),
            simulation: Simulation::Decline { transaction_id: id },
        });
    }
    items.extend([10, 30, 121].map(|minutes| Item {
        label: format!("The clock jumps ahead {minutes} minutes"),
        simulation: Simulation::Advance(SignedDuration::from_mins(minutes)),
    }));
    items.extend_from_slice(&FAILURES);
    items
}

/// Every way in which the next call can fail.
static FAILURES: LazyLock<Vec<Item>> = LazyLock::new(|| {
    let refusals = remedy::all().iter().map(|row| {
        let (_, key) = row.id.split_once('/').unwrap_or_default();
        let code = if row.code.is_empty() { "without a code" } else { &row.code };
        Item {
            label: format!("The next {} is refused: {code}, {}", row.call, row.reason),
            simulation: Simulation::Fail { call: row.call.name(), fault: json!({ "row": key }) },
        }
    });
    refusals.chain(accidents()).collect()
});

/// Failures that are not in the table of documented errors.
fn accidents() -> Vec<Item> {
    let complete = Call::CompleteOrder;
    let retrieve = Call::RetrieveRcc;
    let acceptance = Call::GetRccAcceptance;
    let list = [
        (complete, "is placed, and the connection is cut before the answer", json!({ "cut": "after" })),
        (complete, "is cut before Px has it", json!({ "cut": "before" })),
        (complete, "is placed and never answered", json!({ "hang": "after" })),
        (
            complete,
            "is placed and answered with a page of HTML, 502",
            json!({ "body": "html", "status": 502 }),
        ),
        (complete, "is placed and answered with garbage", json!({ "body": "garbled" })),
        (complete, "is placed and answered for another order", json!({ "body": "other_ids" })),
        (retrieve, "is refused by the gateway: invalid token", json!({ "gateway": "invalid_token" })),
        (retrieve, "takes five seconds", json!({ "latencySeconds": 5 })),
        (acceptance, "is told to wait five seconds (429)", json!({ "status": 429, "retryAfter": 5 })),
    ];
    let item = |(call, what, fault): (Call, &str, _)| Item {
        label: format!("The next {call} {what}"),
        simulation: Simulation::Fail { call: call.name(), fault },
    };
    list.into_iter().map(item).collect()
}

/// Makes the chosen thing happen on the embedded Px.
pub fn simulate(model: &mut Model) -> Vec<Effect> {
    let chosen = items(model).into_iter().nth(model.training.selected);
    chosen.map(|item| Effect::Simulate(item.simulation)).into_iter().collect()
}
