//! What became of the changes that a process had begun before it died.

use super::here::Here;
use super::{Moment, pause};
use crate::kind::Reached;
use crate::registry::{Ended, How, Listing, Open};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// What a listing says of open changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
    pub ended: Vec<Ended>,
    /// How long until the others can be settled, if there are any: they may still be on their way.
    pub wait: Option<SignedDuration>,
}

/// What `listing`, which was asked for at `moment`, says of the changes that are open. `quiet` is how long a request can be
/// on its way.
pub fn settle(
    open: &BTreeMap<u32, Open>,
    listing: &Listing,
    moment: &Moment,
    quiet: SignedDuration,
) -> Settled {
    let here = Here::of(listing);
    let mut settled = Settled::default();
    for (n, Open { change, at, uptime }) in open {
        let begun = Moment { now: *at, uptime: uptime.clone() };
        let left = moment.left(&begun, pause(change, Reached::Unknown, quiet));
        let how = if here.shows(change) {
            How::Listed
        } else if left.is_zero() {
            How::NotThere
        } else {
            settled.wait = Some(settled.wait.map_or(left, |wait| wait.max(left)));
            continue;
        };
        settled.ended.push(Ended { n: *n, how });
    }
    settled
}
