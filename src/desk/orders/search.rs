//! Looking for orders in the journal: after a pause in typing, when the window does not show enough.

use super::queue::Queue;
use crate::desk::effect::Effect;
use crate::desk::model::Model;
use jiff::SignedDuration;

/// How long nothing is typed before the journal is asked.
const PAUSE: SignedDuration = SignedDuration::from_millis(250);
/// With fewer matches than this the journal is asked too, even when the whole queue is in the window: orders that ended
/// on earlier days are only there.
const FEW: usize = 10;

/// The filter was changed.
pub fn typed(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let queue = &mut model.queue;
    (queue.selected, queue.top, queue.search) = (0, 0, None);
    queue.found.clear();
    queue.refilter(None, now);
    if !is_needed(queue) {
        return Vec::new();
    }
    let id = model.frame.next_timer();
    model.queue.search = Some(id);
    vec![Effect::Timer { id, delay: PAUSE }]
}

fn is_needed(queue: &Queue) -> bool {
    queue.is_filtered() && (!queue.is_whole() || queue.matches.len() < FEW)
}

/// A timer fired: if it is that of the search, the journal is asked.
pub fn timer(model: &mut Model, id: u64) -> Option<Effect> {
    if model.queue.search != Some(id) {
        return None;
    }
    model.queue.search = None;
    Some(Effect::Search(model.queue.filter.value().trim().to_owned()))
}
