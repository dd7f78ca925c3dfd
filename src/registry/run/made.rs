//! What earlier runs have created, as far as an answer or a listing told its number, and what they have renamed.

use super::{Begun, Ended, How, RunEvent};
use crate::kind::Recorded;
use crate::registry::{Change, Plan, SurrogateId, Verb};
use std::collections::HashMap;

/// The changes of `plan` that create what was created before, and as which objects. The histories are those
/// of runs, the latest first; of what several created the latest counts.
pub fn made_before(plan: &Plan, histories: &[Vec<Recorded<RunEvent>>]) -> Vec<(Change, SurrogateId)> {
    let mut made = HashMap::new();
    for history in histories.iter().rev() {
        let mut begun = HashMap::new();
        for recorded in history {
            match &recorded.event {
                RunEvent::ChangesStarted { begun: changes, .. } => {
                    begun.extend(changes.iter().map(|Begun { n, change }| (*n, change)));
                }
                RunEvent::ChangesEnded { ended } => {
                    let answered = ended.iter().filter_map(|Ended { n, how }| match how {
                        How::Answered { surrogate: Some(surrogate), .. }
                        | How::Listed { surrogate: Some(surrogate) } => Some((begun.get(n)?, surrogate)),
                        _ => None,
                    });
                    made.extend(answered.map(|(change, surrogate)| (change.target(), surrogate)));
                }
                RunEvent::RunOpened { .. } | RunEvent::RunTakenOver { .. } | RunEvent::RunClosed { .. } => {}
            }
        }
    }
    let creates = plan.changes.iter().filter(|change| change.call().verb == Verb::Create);
    creates.filter_map(|change| Some((change.clone(), (*made.get(&change.target())?).clone()))).collect()
}

/// What was renamed, each object's last renaming that the server has answered. The histories are those of runs, the latest first.
pub fn renamed_before(histories: &[Vec<Recorded<RunEvent>>]) -> Vec<Change> {
    let mut renamed = HashMap::new();
    for history in histories.iter().rev() {
        let mut begun = HashMap::new();
        for recorded in history {
            match &recorded.event {
                RunEvent::ChangesStarted { begun: changes, .. } => {
                    begun.extend(changes.iter().map(|Begun { n, change }| (*n, change)));
                }
                RunEvent::ChangesEnded { ended } => {
                    for Ended { n, how } in ended {
                        let Some(change @ Change::Rename { collection, surrogate, .. }) = begun.get(n) else {
                            continue;
                        };
                        match how {
                            How::Answered { .. } | How::Listed { .. } => {
                                renamed.insert((*collection, surrogate.clone()), (*change).clone());
                            }
                            // The server keeps another name.
                            How::GivenUp { .. } => {
                                renamed.remove(&(*collection, surrogate.clone()));
                            }
                            _ => {}
                        }
                    }
                }
                RunEvent::RunOpened { .. } | RunEvent::RunTakenOver { .. } | RunEvent::RunClosed { .. } => {}
            }
        }
    }
    renamed.into_values().collect()
}
