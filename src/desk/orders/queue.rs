//! The queue: every order of the environment, the most urgent first, filtered as one types.

use crate::desk::frame::list::first_shown;
use crate::order::{OrderId, Summary, Timestamp};
use std::collections::HashMap;
use tui_input::Input;

/// All rows, which of them match, and which is chosen.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Sorted by [`Summary::sort_key`].
    pub rows: Vec<Summary>,
    /// Indices into `rows` that match the filter, in order.
    pub matches: Vec<u32>,
    /// The chosen one, an index into `matches`.
    pub selected: usize,
    /// The first visible one, an index into `matches`.
    pub top: usize,
    pub filter: Input,
    /// True while keys go into the filter.
    pub filtering: bool,
    /// True until the last chunk has come.
    pub loading: bool,
}

impl Queue {
    /// The chosen row.
    pub fn chosen(&self) -> Option<&Summary> {
        self.matches.get(self.selected).and_then(|i| self.rows.get(*i as usize))
    }

    /// The rows that fit `height` lines, with their place among the matches.
    pub fn visible(&self, height: usize) -> impl Iterator<Item = (usize, &Summary)> {
        let shown = self.matches.iter().enumerate().skip(self.top).take(height);
        shown.filter_map(|(at, i)| self.rows.get(*i as usize).map(|row| (at, row)))
    }

    /// Adds a chunk of rows, keeping the chosen order chosen. No order ever leaves a journal, so a row is only ever
    /// added, or replaced by one that is not older.
    pub fn take(&mut self, rows: Vec<Summary>, first: bool, last: bool, now: Timestamp) {
        let chosen = self.chosen().map(|row| row.id.clone());
        let places: HashMap<&OrderId, usize> =
            self.rows.iter().enumerate().map(|(at, row)| (&row.id, at)).collect();
        let places: Vec<Option<usize>> = rows.iter().map(|row| places.get(&row.id).copied()).collect();
        for (row, place) in rows.into_iter().zip(places) {
            match place.and_then(|at| self.rows.get_mut(at)) {
                Some(known) if known.seq > row.seq => {}
                Some(known) => *known = row,
                None => self.rows.push(row),
            }
        }
        self.loading = !last && (first || self.loading);
        self.rows.sort_by_cached_key(|row| row.sort_key(now));
        self.refilter(chosen.as_ref());
    }

    /// Puts the rows in the order of `now`, when time has changed it.
    pub fn resort(&mut self, now: Timestamp) {
        if !self.rows.is_sorted_by_key(|row| row.sort_key(now)) {
            let chosen = self.chosen().map(|row| row.id.clone());
            self.rows.sort_by_cached_key(|row| row.sort_key(now));
            self.refilter(chosen.as_ref());
        }
    }

    /// Puts one changed or new order in its place.
    pub fn put(&mut self, row: Summary, now: Timestamp) {
        let chosen = self.chosen().map(|row| row.id.clone());
        self.rows.retain(|r| r.id != row.id);
        let at = self.rows.partition_point(|r| r.sort_key(now) <= row.sort_key(now));
        self.rows.insert(at, row);
        self.refilter(chosen.as_ref());
    }

    /// Works the matches out anew; `keep` stays chosen if it still matches.
    pub fn refilter(&mut self, keep: Option<&OrderId>) {
        let wanted = self.filter.value().trim().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let matching = self.rows.iter().enumerate().filter(|(_, row)| words.iter().all(|w| matches(row, w)));
        self.matches = matching.filter_map(|(i, _)| u32::try_from(i).ok()).collect();
        let kept = keep.and_then(|id| self.matches.iter().position(|i| self.rows[*i as usize].id == *id));
        self.selected = kept.unwrap_or(self.selected).min(self.matches.len().saturating_sub(1));
    }

    /// Keeps the chosen row on a screen of `height` rows.
    pub fn scroll_to_chosen(&mut self, height: usize) {
        self.top = first_shown(self.top, self.selected, height);
    }

    /// Shows every order again; the chosen one stays chosen, and in sight.
    pub fn clear_filter(&mut self, height: usize) {
        self.filtering = false;
        self.filter = Input::default();
        let chosen = self.chosen().map(|row| row.id.clone());
        self.refilter(chosen.as_ref());
        self.scroll_to_chosen(height);
    }
}

/// True when one of a row's columns holds `word`, which is in lower case.
fn matches(row: &Summary, word: &str) -> bool {
    let holds =
        |text: &str| text.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()));
    holds(&row.transaction_id)
        || holds(&row.partner_order_id)
        || holds(row.id.as_str())
        || holds(&row.agent)
        || holds(row.standing.title())
        || row.method.is_some_and(|m| holds(m.title()))
        || row.trouble.as_ref().is_some_and(|t| holds(&t.label()))
}
