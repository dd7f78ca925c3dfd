//! As JSON: names that other people's scripts hold on to.

use crate::kind::ShortId;
use crate::practice::coverage::Coverage;
use crate::practice::grade::Report;
use crate::practice::run::RunRow;
use serde_json::{Value, json};

/// A run: its id, if it is kept, and all that its report says.
pub fn run(id: Option<&ShortId>, report: &Report) -> Value {
    let mut whole = id.map_or_else(|| json!({}), |id| json!({ "id": id }));
    if let (Value::Object(whole), Value::Object(report)) = (&mut whole, json!(report)) {
        whole.extend(report);
    }
    whole
}

/// A list of runs.
pub fn runs(runs: &[RunRow]) -> Value {
    json!(runs)
}

/// The matrices of trainees.
pub fn coverage(all: &[Coverage]) -> Value {
    let one = |coverage: &Coverage| {
        json!({
            "trainee": coverage.trainee,
            "practiced": coverage.practiced(),
            // The first spelling, which scripts may go by.
            "practised": coverage.practiced(),
            "of": coverage.rows.len(),
            "rows": coverage.rows,
        })
    };
    all.iter().map(one).collect()
}
