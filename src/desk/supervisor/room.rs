//! How the rows of the stalled orders' screen are shared out: the view draws by it, and by it is known what fits.

use crate::desk::model::Model;

/// The name of the screen and of its columns.
const HEADING: u16 = 3;

/// How many rows each part has, from the top down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    pub heading: u16,
    pub list: u16,
    /// Of the chosen order or group, under a blank row; none where it stands beside the list.
    pub detail: u16,
    pub batch: u16,
}

/// The rows of each part, of so many for all of them.
pub fn rows(model: &Model, body: u16) -> Rows {
    let batch = batch_rows(model, body);
    let detail = match body {
        _ if model.has_room_beside() => 0,
        // The list itself comes first.
        ..14 => 0,
        // The list and a batch are looked at more closely than why a retry is what it is: it has what they leave.
        14..22 if batch > 0 => {
            let lines = u16::try_from(model.stalled.lines.len()).unwrap_or(u16::MAX);
            body.saturating_sub(HEADING + 1 + batch).saturating_sub(lines).clamp(3, 5)
        }
        14..22 => 5,
        22.. => 6,
    };
    let list = body.saturating_sub(HEADING + u16::from(detail > 0) + detail + batch);
    Rows { heading: HEADING, list, detail, batch }
}

/// How many rows a batch takes, of so many; none without a batch.
pub fn batch_rows(model: &Model, body: u16) -> u16 {
    let Some(batch) = &model.stalled.batch else { return 0 };
    let most = usize::from(body / 4).max(3);
    u16::try_from((batch.ended.len() + 2).min(most)).unwrap_or(0)
}
