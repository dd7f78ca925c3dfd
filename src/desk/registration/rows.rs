//! Which rows the lists show, and moving through them.

use super::snapshot::Key;
use super::state::Registration;
use crate::desk::frame::list::{Move, first_shown};
use crate::registry::{Collection, ProviderId};

impl Registration {
    /// Finds the rows of the lists anew; the chosen ones stay chosen. The filter is for the list in front.
    pub fn arrange(&mut self) {
        let chosen = self.key();
        let column = self.applications.get(self.column).cloned();
        self.applications = self.found(Collection::Applications);
        self.customers = self.found(Collection::Customers);
        if let Some(at) = column.and_then(|id| self.applications.iter().position(|is| *is == id)) {
            self.column = at;
        }
        self.column = self.column.min(self.applications.len().saturating_sub(1));
        if let Some(key) = chosen {
            self.choose_key(&key);
        }
        for list in Collection::ALL {
            let rows = match list {
                Collection::Applications => &self.applications,
                Collection::Customers | Collection::Pairs => &self.customers,
            };
            let selected = &mut self.selected[list as usize];
            *selected = (*selected).min(rows.len().saturating_sub(1));
        }
    }

    /// The ids of a collection that the filter finds, where it is for that collection.
    fn found(&self, collection: Collection) -> Vec<ProviderId> {
        let Some(here) = &self.here else { return Vec::new() };
        let ids = self.draft.ids(here, collection).into_iter();
        let text = self.filter.value().to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() || collection != self.rows_of() {
            return ids.collect();
        }
        let holds = |id: &ProviderId| {
            let name = self.draft.name(here, &(collection, id.clone()));
            let text = format!("{id} {}", name.map_or("", |name| name.as_str())).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        ids.filter(holds).collect()
    }

    /// The filter was typed into: what it finds is shown from its beginning.
    pub fn typed(&mut self) {
        self.arrange();
        let list = self.list as usize;
        (self.selected[list], self.top[list]) = (0, 0);
    }

    /// Chooses this row of the list in front, if it is shown.
    pub fn choose_key(&mut self, (collection, id): &Key) {
        if *collection != self.rows_of() {
            return;
        }
        if let Some(at) = self.rows().iter().position(|is| is == id) {
            self.selected[self.list as usize] = at;
        }
    }

    /// Moves through the list in front.
    pub fn go(&mut self, to: Move, page: usize) {
        let list = self.list as usize;
        self.choose(to.from(self.selected[list], self.rows().len(), page), page);
    }

    /// Chooses the n-th row of the list in front.
    pub fn choose(&mut self, row: usize, page: usize) {
        let list = self.list as usize;
        if row < self.rows().len() {
            self.selected[list] = row;
        }
        self.top[list] = first_shown(self.top[list], self.selected[list], self.rows().len(), page);
    }
}
