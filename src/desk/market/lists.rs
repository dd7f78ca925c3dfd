//! Which rows the lists show, and moving through them.

use super::state::{List, Market, Request};
use crate::desk::frame::list::{Move, first_shown};
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{State, SubscriptionRow};

/// So many of the latest deploys are looked at for earlier tries of the same buyers.
const LATEST: usize = 100;
/// A deploy that is older is no news to anybody.
const OLD: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 7);

impl Market {
    /// Finds the rows of the lists anew; the chosen ones stay chosen.
    pub fn arrange(&mut self, now: Timestamp) {
        let chosen = [self.id_at(List::Requests), self.id_at(List::Subscriptions)];
        self.requests = requests(self, now);
        let words: Vec<String> =
            self.filter.value().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let found = self.rows.iter().enumerate().filter(|(_, row)| holds(row, &words, now));
        self.matches = found.map(|(at, _)| at).collect();
        for (list, id) in [List::Requests, List::Subscriptions].into_iter().zip(chosen) {
            let rows = &self.rows;
            let is = |at: usize| id.as_ref().is_some_and(|id| rows[at].id == *id);
            let place = match list {
                List::Requests => self.requests.iter().position(|(_, at)| is(*at)),
                _ => self.matches.iter().position(|at| is(*at)),
            };
            if let Some(place) = place {
                self.selected[list as usize] = place;
            }
        }
        self.keep_inside();
    }

    fn id_at(&self, list: List) -> Option<ShortId> {
        let selected = self.selected[list as usize];
        let at = match list {
            List::Requests => self.requests.get(selected).map(|(_, at)| *at),
            _ => self.matches.get(selected).copied(),
        };
        Some(self.rows.get(at?)?.id.clone())
    }

    /// The filter was typed into: what it finds is shown from its beginning.
    pub fn typed(&mut self, now: Timestamp) {
        self.arrange(now);
        let list = List::Subscriptions as usize;
        (self.selected[list], self.top[list]) = (0, 0);
    }

    /// No list has a chosen row beyond its end.
    pub fn keep_inside(&mut self) {
        let front = self.list;
        for list in List::ALL {
            self.list = list;
            let last = self.length().saturating_sub(1);
            let selected = &mut self.selected[list as usize];
            *selected = (*selected).min(last);
        }
        self.list = front;
    }

    /// Moves through the list in front.
    pub fn go(&mut self, to: Move, page: usize) {
        let len = self.length();
        let list = self.list as usize;
        self.choose(to.from(self.selected[list], len, page), page);
    }

    /// Chooses this row of the list in front.
    pub fn choose(&mut self, row: usize, page: usize) {
        let list = self.list as usize;
        if row < self.length() {
            self.selected[list] = row;
        }
        self.top[list] = first_shown(self.top[list], self.selected[list], self.length(), page);
    }

    /// The latest deploys that nobody has looked at for earlier tries.
    pub fn unlooked(&self, now: Timestamp) -> Vec<ShortId> {
        let latest = self.rows.iter().take(LATEST);
        let new =
            latest.filter(|row| !self.looked.contains(&row.id) && now.duration_since(row.requested_at) < OLD);
        new.map(|row| row.id.clone()).collect()
    }
}

/// The deploys that a person should look at: the most urgent reason first, and each deploy once.
fn requests(market: &Market, now: Timestamp) -> Vec<(Request, usize)> {
    let reason = |row: &SubscriptionRow| match row.state(now) {
        State::Requested => Some(Request::Waiting),
        _ if row.conflicts > 0 => Some(Request::Conflict),
        State::Provisioned | State::Billing if row.unconfirmed => Some(Request::Unconfirmed),
        _ if market.tries.contains_key(&row.id) => Some(Request::SecondTry),
        _ => None,
    };
    let rows = market.rows.iter().enumerate();
    let mut found: Vec<_> = rows.filter_map(|(at, row)| Some((reason(row)?, at))).collect();
    found.sort_by_key(|(reason, at)| (*reason as u8, *at));
    found
}

/// True when the row holds all the words.
fn holds(row: &SubscriptionRow, words: &[String], now: Timestamp) -> bool {
    if words.is_empty() {
        return true;
    }
    let customer = row.customer_id.as_ref().map_or("", |id| id.as_str());
    let mut text = format!("{} {} {customer} {}", row.id, row.provisioning_id, row.state(now).name());
    for line in &row.skus {
        text.push(' ');
        text.push_str(line.plan.sku.as_str());
        text.push(' ');
        text.push_str(line.state_in(row.state(now), now).name());
    }
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}
