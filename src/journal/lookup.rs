//! Finding orders by what a person says or types: an id, a phone number, an e-mail address.

use super::error::Error;
use super::select::Select;
use super::store::Journal;
use crate::kind::Kind;
use crate::order::{Contact, Environment, Order, Summary};

/// The ids that Px knows an order by.
const PAIR: [&str; 2] = ["transaction_id", "partner_order_id"];

/// How many orders a person is shown who looks for one.
const FOUND: u32 = 10;

impl Journal {
    /// The orders that a person means by `text`: the one with that id; else those with just that transaction id or partner
    /// order id. A part of an id means none: what is done to an order may not be undone.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn find(&self, environment: Environment, text: &str) -> Result<Vec<Summary>, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let own = self.rows_by_id::<Order>(&text.to_ascii_lowercase(), 1).await?;
        let own = own.into_iter().filter(|row| row.environment == environment);
        let own: Vec<_> = own.filter(|row| row.id.as_str().eq_ignore_ascii_case(text)).collect();
        if !own.is_empty() {
            return Ok(own);
        }
        let mut found = Vec::new();
        for column in PAIR {
            let mut select = Select { by: &[column], limit: FOUND, ..Select::default() };
            select.equal.push(("environment", environment.name().into()));
            select.equal.push((column, text.into()));
            found.extend(self.rows::<Order>(&select).await?);
        }
        Ok(newest_first(found))
    }

    /// The order of a row that [`Journal::find`] has found by `text`. The row may have been changed; what the order's events
    /// say may not, and they have to say the same.
    ///
    /// # Errors
    /// [`Error::Broken`] when they do not; and when the journal cannot be read.
    pub async fn meant(&self, row: &Summary, text: &str) -> Result<Order, Error> {
        let order = self.load::<Order>(&row.id).await?;
        let text = text.trim();
        let pair = [order.identity.transaction_id.as_str(), order.identity.partner_order_id.as_str()];
        if order.id.as_str().eq_ignore_ascii_case(text) || pair.contains(&text) {
            return Ok(order);
        }
        Err(self.not_so_called::<Order>(order.id.as_str(), text))
    }

    /// What the events of a thing make its row, where they say that it is what was meant by `text`. The row that led to it may
    /// have been changed.
    ///
    /// # Errors
    /// [`Error::Broken`] when they do not; and when the journal cannot be read.
    pub async fn proven_row<K: Kind>(
        &self,
        id: &K::Id,
        text: &str,
        is_meant: impl FnOnce(&K::Row) -> bool + Send,
    ) -> Result<K::Row, Error> {
        let thing = self.load::<K>(id).await?;
        let name = id.to_string();
        let row =
            K::read_row(&name, thing.seq(), &thing.row()).map_err(|why| self.broken::<K>(&name, why))?;
        if is_meant(&row) { Ok(row) } else { Err(self.not_so_called::<K>(&name, text)) }
    }

    fn not_so_called<K: Kind>(&self, thing: &str, text: &str) -> Error {
        self.broken::<K>(thing, format!("its row is found by `{text}`, and its events say nothing of that"))
    }

    /// The orders that one who types `text` may be looking for, [`FOUND`] at most. A whole phone number or e-mail address: those
    /// of the customer who has it, the latest first. Else those that [`Journal::find`] finds, and after them those with an id, a
    /// transaction id or a partner order id that begins so.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn search(&self, environment: Environment, text: &str) -> Result<Vec<Summary>, Error> {
        match Contact::parse(text) {
            // By its keyed hash alone: what is asked in clear may stand in a server's log.
            Some(contact) => self.rows_by_term::<Order>(&contact.term(environment), FOUND).await,
            // No id of ours or of Px's is most of an e-mail address.
            None if text.contains('@') => Ok(Vec::new()),
            None => {
                let mut found = self.find(environment, text).await?;
                let mut others = self.beginning(environment, text.trim()).await?;
                others.retain(|row| found.iter().all(|known| known.id != row.id));
                found.append(&mut others);
                found.truncate(FOUND as usize);
                Ok(found)
            }
        }
    }

    /// The orders with an id, a transaction id or a partner order id that begins so.
    async fn beginning(&self, environment: Environment, text: &str) -> Result<Vec<Summary>, Error> {
        let Some(end) = after_all_that_begin(text) else { return Ok(Vec::new()) };
        let mut found = self.rows_by_id::<Order>(&text.to_ascii_lowercase(), FOUND).await?;
        found.retain(|row| row.environment == environment);
        for column in PAIR {
            let mut select = Select { by: &[column], limit: FOUND, ..Select::default() };
            select.equal.push(("environment", environment.name().into()));
            select.from.push((column, text.into()));
            select.below.push((column, end.as_str().into()));
            found.extend(self.rows::<Order>(&select).await?);
        }
        Ok(newest_first(found))
    }
}

/// Each order once, the latest first.
fn newest_first(mut found: Vec<Summary>) -> Vec<Summary> {
    found.sort_by_cached_key(|row| (std::cmp::Reverse(row.opened_at), row.id.clone()));
    found.dedup_by(|a, b| a.id == b.id);
    found
}

/// The least text that is greater than every text that begins with `text`; none when there is none.
fn after_all_that_begin(text: &str) -> Option<String> {
    let last = text.chars().next_back()?;
    let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32)?;
    let mut end = text.to_owned();
    end.pop();
    end.push(next);
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_a_range() {
        assert_eq!(after_all_that_begin("TX-1").as_deref(), Some("TX-2"));
        assert_eq!(after_all_that_begin("%").as_deref(), Some("&"));
        assert_eq!(after_all_that_begin("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(after_all_that_begin(""), None);
    }
}
