//! What earlier runs have created, as far as an answer or a listing told its number, and what they have renamed.

use super::{Begun, Ended, How, RunEvent};
use crate::kind::Recorded;
use crate::registry::{Change, Plan, SurrogateId, Verb};
use std::collections::HashMap;

/// Why a create is given up at a person's word.
pub const SAID_NOT_THERE: &str = "a person said that it is not there, and may be created again";

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

/// The changes of `plan` that create what the run of this history has created and given up, and as which objects: the server
/// keeps them under other ids. What a person said is not there is none of them.
pub fn kept_otherwise_before(plan: &Plan, history: &[Recorded<RunEvent>]) -> Vec<(Change, SurrogateId)> {
    let (mut begun, mut answered, mut kept) = (HashMap::new(), HashMap::new(), HashMap::new());
    for recorded in history {
        match &recorded.event {
            RunEvent::ChangesStarted { begun: changes, .. } => {
                for Begun { n, change } in changes {
                    begun.insert(*n, change);
                    answered.remove(n);
                }
            }
            RunEvent::ChangesEnded { ended } => {
                for Ended { n, how } in ended {
                    match how {
                        How::Answered { surrogate: Some(surrogate), .. } => {
                            answered.insert(*n, surrogate);
                        }
                        How::GivenUp { why } if why != SAID_NOT_THERE => {
                            if let (Some(change @ Change::Create { .. }), Some(surrogate)) =
                                (begun.get(n), answered.get(n))
                            {
                                kept.insert(change.target(), *surrogate);
                            }
                        }
                        _ => {}
                    }
                }
            }
            RunEvent::RunOpened { .. } | RunEvent::RunTakenOver { .. } | RunEvent::RunClosed { .. } => {}
        }
    }
    let creates = plan.changes.iter().filter(|change| matches!(change, Change::Create { .. }));
    creates.filter_map(|change| Some((change.clone(), (*kept.get(&change.target())?).clone()))).collect()
}
