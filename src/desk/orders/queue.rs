//! The queue: the open orders, the most urgent first, and those that ended today. Only a window of it is in memory.

use super::window::{CHUNK, Counts, FOUND, MOST, Page, Part};
use crate::desk::frame::list::{Move, first_shown};
use crate::order::{OrderId, State, Summary, Timestamp};
use std::collections::BTreeSet;
use tui_input::Input;

/// A window of the queue, which of its rows match the filter, and which is chosen.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Queue {
    /// Sorted by [`Summary::sort_key`]; [`MOST`] of them at the most.
    pub rows: Vec<Summary>,
    /// How many rows come before the window, where that is known.
    pub skipped: Option<usize>,
    /// Whether there are rows before the window, and after it.
    pub before: bool,
    pub after: bool,
    pub counts: Counts,
    /// What the journal found for the filter, wherever in the queue or outside it.
    pub found: Vec<Summary>,
    /// What matches the filter: indices into `rows`, and beyond them into `found`.
    pub matches: Vec<u32>,
    /// The chosen one, an index into `matches`.
    pub selected: usize,
    /// How many rows further down one wants to be than the window goes, while more of it is on its way.
    pub ahead: usize,
    /// The first visible one, an index into `matches`.
    pub top: usize,
    pub filter: Input,
    /// True while keys go into the filter.
    pub filtering: bool,
    /// True until a part that was asked for has come.
    pub loading: bool,
    /// The timer of the search in the journal that waits for a pause in typing.
    pub search: Option<u64>,
    /// Orders that the customer accepted while nobody looked; until they are opened.
    pub news: BTreeSet<OrderId>,
    /// Rows that this desk changed while a part was being read: it may not know of them.
    changed: Vec<Summary>,
    /// Midnight: what ended earlier is not in the queue.
    today: Option<Timestamp>,
}

impl Queue {
    /// The queue of a desk that has just opened: what it asks for first is on its way.
    pub fn opening() -> Self {
        Self { loading: true, ..Self::default() }
    }

    /// The row of a match.
    pub fn row(&self, index: u32) -> Option<&Summary> {
        let at = index as usize;
        self.rows.get(at).or_else(|| self.found.get(at - self.rows.len()))
    }

    /// The row of an order, if it is known here.
    pub fn of(&self, id: &OrderId) -> Option<&Summary> {
        self.rows.iter().chain(&self.found).find(|row| row.id == *id)
    }

    /// The chosen row.
    pub fn chosen(&self) -> Option<&Summary> {
        self.matches.get(self.selected).and_then(|index| self.row(*index))
    }

    fn chosen_id(&self) -> Option<OrderId> {
        self.chosen().map(|row| row.id.clone())
    }

    /// The rows that fit `height` lines, with their place among the matches.
    pub fn visible(&self, height: usize) -> impl Iterator<Item = (usize, &Summary)> {
        let shown = self.matches.iter().enumerate().skip(self.top).take(height);
        shown.filter_map(|(at, index)| self.row(*index).map(|row| (at, row)))
    }

    /// True when something is typed into the filter.
    pub fn is_filtered(&self) -> bool {
        !self.filter.value().trim().is_empty()
    }

    /// True when orders may match the filter that are not among the matches: beyond the window, or beyond what a search
    /// finds at the most.
    pub fn may_match_more(&self) -> bool {
        self.is_filtered() && (!self.is_whole() || self.found.len() >= FOUND)
    }

    /// True when the window is the whole queue.
    pub fn is_whole(&self) -> bool {
        !self.before && !self.after
    }

    /// The part to ask for so that what is in sight is up to date: it begins where the window begins, or lies around the
    /// chosen row.
    pub fn reload(&mut self) -> (Part, usize) {
        self.loading = true;
        self.changed.clear();
        let anchor = self.chosen().filter(|_| self.before).or(self.rows.first().filter(|_| self.before));
        let part = anchor.map_or(Part::First, |row| Part::Around(Box::new(row.clone())));
        (part, self.rows.len().clamp(CHUNK, MOST))
    }

    /// The part to ask for when the chosen row comes within `page` rows of an end of the window that is not the queue's.
    pub fn missing(&mut self, page: usize) -> Option<(Part, usize)> {
        if self.loading || self.is_filtered() {
            return None;
        }
        let part = if self.after && self.selected + page >= self.rows.len() {
            self.rows.last().map(|row| Part::After(Box::new(row.clone())))
        } else if self.before && self.selected < page {
            self.rows.first().map(|row| Part::Before(Box::new(row.clone())))
        } else {
            None
        };
        self.loading = part.is_some();
        part.map(|part| (part, CHUNK))
    }

    /// Moves the choice. What is beyond the end of the window is come to when more of the queue has come.
    pub fn go(&mut self, to: Move, page: usize) {
        let far = to.from(self.selected, usize::MAX, page);
        let last = self.matches.len().saturating_sub(1);
        let goes_on = matches!(to, Move::Down | Move::PageDown) && self.after && !self.is_filtered();
        self.ahead = if goes_on { self.ahead + far.saturating_sub(last) } else { 0 };
        self.selected = to.from(self.selected, self.matches.len(), page);
    }

    /// The part to ask for when one goes to an end of the queue that is not in the window.
    pub fn end(&mut self, to: Move) -> Option<Part> {
        let part = match to {
            Move::First if self.before => Part::First,
            Move::Last if self.after => Part::Last,
            Move::Up | Move::Down | Move::PageUp | Move::PageDown | Move::First | Move::Last => return None,
        };
        if self.is_filtered() {
            return None;
        }
        self.loading = true;
        Some(part)
    }

    /// Takes a part that was asked for, keeping the chosen order chosen.
    pub fn take(&mut self, page: Page, now: Timestamp) {
        let chosen = self.chosen_id();
        // From the middle of the queue its beginning is asked for only when one goes there.
        let to_first = self.before && page.part == Part::First;
        let to_last = page.part == Part::Last;
        let below_top =
            matches!(page.part, Part::Around(_)).then_some(self.selected - self.top.min(self.selected));
        (self.counts, self.today, self.loading) = (page.counts, Some(page.today), false);
        let joins = |end: Option<&Summary>, anchor: &Summary| end.is_some_and(|row| row.id == anchor.id);
        match &page.part {
            Part::After(anchor) if joins(self.rows.last(), anchor) => self.append(page.rows, page.after),
            Part::Before(anchor) if joins(self.rows.first(), anchor) => self.prepend(page.rows, page.before),
            // The window has moved on meanwhile.
            Part::After(_) | Part::Before(_) => {}
            Part::First | Part::Last | Part::Around(_) => {
                self.skipped = (!page.before).then_some(0);
                (self.before, self.after) = (page.before, page.after);
                self.replace(page.rows);
            }
        }

        for row in std::mem::take(&mut self.changed) {
            self.insert(row, now);
        }
        self.rows.sort_by_cached_key(|row| row.sort_key(now));
        let chosen = match (to_first, to_last) {
            (true, _) => self.rows.first().map(|row| row.id.clone()),
            (_, true) => self.rows.last().map(|row| row.id.clone()),
            (false, false) => chosen,
        };
        self.refilter(chosen.as_ref(), now);
        let ahead = std::mem::take(&mut self.ahead);
        if ahead > 0 && !self.is_filtered() {
            let last = self.matches.len().saturating_sub(1);
            let went = ahead.min(last - self.selected.min(last));
            self.selected += went;
            self.ahead = if self.after { ahead - went } else { 0 };
        }
        if let Some(below_top) = below_top {
            self.top = self.selected.saturating_sub(below_top);
        }
    }

    /// Takes other rows; one that this desk knows better stays as it is.
    fn replace(&mut self, rows: Vec<Summary>) {
        let newer = |row: Summary| match self.of(&row.id) {
            Some(known) if known.seq > row.seq => known.clone(),
            Some(_) | None => row,
        };
        let mut rows: Vec<Summary> = rows.into_iter().map(newer).collect();
        self.after |= rows.len() > MOST;
        rows.truncate(MOST);
        self.rows = rows;
    }

    /// Goes on at the end, and forgets as many at the beginning.
    fn append(&mut self, rows: Vec<Summary>, after: bool) {
        self.rows.retain(|known| rows.iter().all(|row| row.id != known.id));
        self.rows.extend(rows);
        self.after = after;
        let extra = self.rows.len().saturating_sub(MOST);
        if extra > 0 {
            self.rows.drain(..extra);
            self.before = true;
            self.skipped = self.skipped.map(|skipped| skipped + extra);
            self.top = self.top.saturating_sub(extra);
        }
    }

    /// Goes on at the beginning, and forgets as many at the end.
    fn prepend(&mut self, mut rows: Vec<Summary>, before: bool) {
        self.rows.retain(|known| rows.iter().all(|row| row.id != known.id));
        let added = rows.len();
        rows.append(&mut self.rows);
        self.rows = rows;
        self.before = before;
        self.skipped =
            if before { self.skipped.map(|skipped| skipped.saturating_sub(added)) } else { Some(0) };
        self.top += added;
        self.after |= self.rows.len() > MOST;
        self.rows.truncate(MOST);
    }

    /// Puts the rows in the order of `now`, when time has changed it. True when rows may have left a window that is not
    /// the whole queue: it has to be read again.
    pub fn resort(&mut self, now: Timestamp) -> bool {
        if self.rows.is_sorted_by_key(|row| row.sort_key(now)) {
            return false;
        }
        let chosen = self.chosen_id();
        self.rows.sort_by_cached_key(|row| row.sort_key(now));
        self.refilter(chosen.as_ref(), now);
        !self.is_whole()
    }

    /// Puts one changed or new order in its place, if that is in the window.
    pub fn put(&mut self, row: Summary, now: Timestamp) {
        let chosen = self.chosen_id();
        if self.loading {
            self.changed.push(row.clone());
        }
        match self.of(&row.id).map(Summary::attention) {
            Some(was) => self.counts.change(Some(was), row.attention()),
            None if row.seq == 1 => self.counts.change(None, row.attention()),
            None => {}
        }
        if let Some(found) = self.found.iter_mut().find(|found| found.id == row.id) {
            *found = row.clone();
        }
        self.insert(row, now);
        self.refilter(chosen.as_ref(), now);
    }

    /// A Complete begins for this order: its row says so as long as it is under way, as the journal does. What became of it
    /// comes with the order. One in doubt stays so while it is probed.
    pub fn complete(&mut self, id: &OrderId, now: Timestamp) {
        let row = self.of(id).filter(|row| row.standing != State::InDoubt).cloned();
        if let Some(row) = row {
            self.put(Summary { standing: State::Completing, ..row }, now);
        }
    }

    fn insert(&mut self, row: Summary, now: Timestamp) {
        self.rows.retain(|known| known.id != row.id);
        let of_earlier_days = row.ended_at.is_some_and(|at| self.today.is_some_and(|today| at < today));
        let at = self.rows.partition_point(|known| known.sort_key(now) <= row.sort_key(now));
        let outside = (at == 0 && self.before) || (at == self.rows.len() && self.after);
        if !of_earlier_days && !outside {
            self.rows.insert(at, row);
        }
    }

    /// Takes what the journal found for `text`, unless something else is typed by now.
    pub fn take_found(&mut self, text: &str, rows: Vec<Summary>, now: Timestamp) {
        if self.filter.value().trim() == text {
            let chosen = self.chosen_id();
            self.found = rows;
            self.refilter(chosen.as_ref(), now);
        }
    }

    /// Works out what matches at `now`; `keep` stays chosen if it still matches.
    pub fn refilter(&mut self, keep: Option<&OrderId>, now: Timestamp) {
        let wanted = self.filter.value().trim().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        if words.is_empty() {
            self.found.clear();
        }
        let matches_all = |row: &Summary| words.iter().all(|word| matches(row, word, now));
        let known: BTreeSet<&OrderId> = self.rows.iter().map(|row| &row.id).collect();
        // What the journal has found matches, though it may be by what no row shows: a phone number, an address.
        let found: BTreeSet<&OrderId> = self.found.iter().map(|row| &row.id).collect();
        let here = self.rows.iter().map(|row| matches_all(row) || found.contains(&row.id));
        let elsewhere = self.found.iter().map(|row| !known.contains(&row.id));
        let matching = here.chain(elsewhere).enumerate().filter(|(_, matches)| *matches);
        self.matches = matching.filter_map(|(at, _)| u32::try_from(at).ok()).collect();
        let is_kept = |index: &u32| self.row(*index).is_some_and(|row| Some(&row.id) == keep);
        let kept = self.matches.iter().position(is_kept);
        self.selected = kept.unwrap_or(self.selected).min(self.matches.len().saturating_sub(1));
    }

    /// Keeps the chosen row on a screen of `height` rows.
    pub fn scroll_to_chosen(&mut self, height: usize) {
        self.top = first_shown(self.top, self.selected, self.matches.len(), height);
    }

    /// Shows every order again; the chosen one stays chosen, and in sight.
    pub fn clear_filter(&mut self, height: usize, now: Timestamp) {
        self.filtering = false;
        self.filter = Input::default();
        self.search = None;
        let chosen = self.chosen_id();
        self.refilter(chosen.as_ref(), now);
        self.scroll_to_chosen(height);
    }
}

/// True when one of a row's columns, as they are shown at `now`, holds `word`, which is in lower case. A state is found by its
/// name in flags and JSON as well.
fn matches(row: &Summary, word: &str, now: Timestamp) -> bool {
    let state = row.state(now);
    let holds =
        |text: &str| text.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()));
    holds(&row.transaction_id)
        || holds(&row.partner_order_id)
        || holds(row.id.as_str())
        || holds(&row.agent)
        || holds(state.title())
        || holds(state.name())
        || row.method.is_some_and(|m| holds(m.title()))
        || row.trouble.as_ref().is_some_and(|t| holds(&t.label()))
}
