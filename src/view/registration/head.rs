//! What the top line says of the registration's desk: the contract.

use crate::desk::Model;

/// The texts, of which the first one that fits is shown.
pub fn of(model: &Model) -> Vec<String> {
    match &model.setup.registration {
        Some(setup) => {
            let contract = &setup.contract;
            vec![format!("[3] registration · {contract}"), format!("[3] {contract}"), "[3]".to_owned()]
        }
        None => vec!["[3] registration".to_owned()],
    }
}
