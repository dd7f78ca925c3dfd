//! What became of the changes that an earlier run had begun and not ended.

use super::here::Here;
use super::{LAG, LISTED, Moment, pause};
use crate::kind::Reached;
use crate::registry::{Ended, How, Listing, Open};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a listing says of open changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
    pub ended: Vec<Ended>,
    /// How long until the others can be settled, if there are any: they may still be on their way.
    pub wait: Option<SignedDuration>,
    /// The changes of which a listing says too little: the server is to be asked for their objects. It said that they are
    /// done, or the number of what they remove may be another's by now.
    pub ask: Vec<u32>,
}

/// What `listing`, which was asked for at `moment`, says of the changes that are open. `quiet` is how long a request can be
/// on its way.
pub fn settle(
    open: &BTreeMap<u32, Arc<Open>>,
    listing: &Listing,
    moment: &Moment,
    quiet: SignedDuration,
) -> Settled {
    let here = Here::of(listing);
    let mut settled = Settled::default();
    for (n, open) in open {
        let left = left(open, moment, quiet);
        if here.shows(&open.change) {
            settled
                .ended
                .push(Ended { n: *n, how: How::Listed { surrogate: here.made(&open.change).cloned() } });
        } else if !left.is_zero() {
            settled.wait = Some(settled.wait.map_or(left, |wait| wait.max(left)));
        } else if open.answered.is_some() || open.change.is_removal() {
            settled.ask.push(*n);
        } else {
            settled.ended.push(Ended { n: *n, how: How::NotThere });
        }
    }
    settled
}

/// How long to wait for what the listing does not show.
fn left(open: &Open, moment: &Moment, quiet: SignedDuration) -> SignedDuration {
    let Open { change, at, uptime, answered } = open;
    let begun = Moment { now: *at, uptime: uptime.clone() };
    match answered {
        // It is done, and the next listing may show it.
        Some(_) => moment.left(&begun, quiet.min(LISTED)).min(LAG),
        None => moment.left(&begun, pause(change, Reached::Unknown, quiet)),
    }
}
