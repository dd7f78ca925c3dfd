//! The queue: what needs me now comes first. Only the rows that are seen cost anything.

use crate::desk::frame::list::first_shown;
use crate::desk::{Action, Model, Queue, Target, screen_bindings};
use crate::order::{Brief, Summary, Timestamp};
use crate::view::frame::form::visible_part;
use crate::view::frame::list::with_margin;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::{Bit, Page, Row};
use crate::view::frame::stack::stack;
use crate::view::frame::words::{age, ago, count, key};
use crate::view::words;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};

/// A column of the list.
struct Column {
    title: &'static str,
    width: usize,
    /// How wide it may grow when there is room.
    widest: usize,
    /// Columns of a higher rank are left out first.
    rank: u8,
    right: bool,
    text: fn(&Summary, Timestamp) -> String,
}

const fn column(
    title: &'static str,
    (width, widest, rank, right): (usize, usize, u8, bool),
    text: fn(&Summary, Timestamp) -> String,
) -> Column {
    Column { title, width, widest, rank, right, text }
}

/// Blank columns between two of them.
const GAP: usize = 2;

/// The title of the agents' column, in which the mark of who works on an order stands before the name.
const AGENT: &str = "  AGENT";

/// The state of an order that the customer accepted while the agent was elsewhere.
const JUST_ACCEPTED: &str = "◕ just accepted";

const COLUMNS: [Column; 9] = [
    column("STATE", (15, 15, 0, false), |row, now| {
        let state = row.state(now);
        format!("{} {}", words::glyph(state), state.title())
    }),
    column("ORDER", (10, 10, 6, false), |row, _| row.id.to_string()),
    column("TRANSACTION", (16, 24, 2, false), |row, _| row.transaction_id.to_string()),
    column("PARTNER ORDER", (13, 22, 4, false), |row, _| row.partner_order_id.to_string()),
    column("METHOD", (6, 6, 5, false), |row, _| words::method(row.method).to_owned()),
    column("AGE", (7, 7, 7, true), |row, now| age(now.duration_since(row.opened_at))),
    column("LEFT", (7, 7, 1, true), |row, now| {
        if row.standing.is_final() {
            "–".to_owned()
        } else {
            words::left(row.state(now), row.window().at(now))
        }
    }),
    column("ERROR", (9, 11, 3, false), |row, _| row.trouble.as_ref().map_or(String::new(), Brief::label)),
    column(AGENT, (12, 18, 8, false), |row, _| format!("  {}", row.agent)),
];

/// Draws the queue.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let queue = &model.queue;
    if queue.matches.is_empty() && !queue.is_filtered() && !queue.filtering && !queue.loading {
        empty(model, look, buffer, body, layout);
        return;
    }
    let rows = [
        Constraint::Length(2),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ];
    let [top, header, list, _, detail] = stack(body, rows);
    heading(queue, list.height.into(), look, buffer, top, layout);
    let columns = columns(list.width.into());
    let (header, list) = (with_margin(header), with_margin(list));
    head(&columns, look, buffer, header);
    if queue.matches.is_empty() && !queue.loading {
        let mut page = Page::new(look, list.width);
        page.gap();
        page.row(&[(look.theme.base, "  No order matches the filter.")]);
        page.draw(buffer, list, 0, layout);
        return;
    }
    list_rows(model, &columns, look, buffer, list, layout);
    details(model, look, buffer, detail, layout);
}

fn heading(queue: &Queue, height: usize, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let mut page = Page::new(look, place.width);
    let filter = queue.filter.value();
    let open = format!("{} open", count(queue.counts.open));
    if queue.filtering || !filter.is_empty() {
        let shown = count(queue.matches.len());
        let found = if queue.may_match_more() {
            format!("the first {shown}; more may match")
        } else {
            // Those that ended today may be among the shown, and are not among the open.
            format!("{shown} shown · {open}")
        };
        let row = page.row(&[(theme.accent, "Filter ")]);
        row.put_right(place.width.into(), 34, (theme.dim, &found));
        let width = usize::from(place.width).saturating_sub(7 + found.len() + 3);
        let (text, cursor) = visible_part(&queue.filter, width);
        let row = page.last();
        row.put_safe(7, theme.strong, &text);
        row.cursor = queue.filtering.then_some(7 + cursor);
    } else {
        let needing = queue.counts.needing;
        let verb = if needing == 1 { "needs" } else { "need" };
        let need = format!("{} {verb} you", count(needing));
        let style = if needing == 0 { theme.dim } else { theme.accent };
        let loading = if queue.loading { "  …  loading" } else { "" };
        let row = page.row(&[(style, &need), (theme.dim, &format!("  ·  {open}")), (theme.dim, loading)]);
        row.put_right(place.width.into(), 30, (theme.dim, &position(queue, height)));
    }
    page.draw(buffer, place, 0, layout);
}

/// Where in the queue the chosen row is, as far as that is known; nothing when all of it is seen in `height` rows.
fn position(queue: &Queue, height: usize) -> String {
    if (queue.is_whole() && queue.matches.len() <= height) || queue.matches.is_empty() {
        return String::new();
    }
    match queue.skipped {
        Some(skipped) => {
            let (row, known) = (skipped + queue.selected + 1, skipped + queue.rows.len());
            // Those that ended today come after the open ones, and are not counted.
            let (of, more) =
                if queue.after { (known.max(queue.counts.open), " or more") } else { (known, "") };
            format!("row {} of {}{more}", count(row), count(of))
        }
        None if queue.after => String::new(),
        None => format!("{} from the end", count(queue.rows.len() - queue.selected.min(queue.rows.len()))),
    }
}

/// The columns that fit, with the columns of the screen at which they begin, and their widths.
fn columns(room: usize) -> Vec<(usize, usize, &'static Column)> {
    let gap = GAP;
    let fits = |most: u8| {
        COLUMNS.iter().filter(|c| c.rank <= most).map(|c| c.width + gap).sum::<usize>() <= room + gap
    };
    let most = (0..=8).take_while(|most| fits(*most)).last().unwrap_or(0);
    let shown: Vec<&Column> = COLUMNS.iter().filter(|c| c.rank <= most).collect();
    let mut spare = (room + gap).saturating_sub(shown.iter().map(|c| c.width + gap).sum());
    let mut at = 0;
    let place = |column: &'static Column| {
        let extra = spare.min(column.widest - column.width);
        spare -= extra;
        let here = (at, column.width + extra, column);
        at += column.width + extra + gap;
        here
    };
    shown.into_iter().map(place).collect()
}

fn head(columns: &[(usize, usize, &Column)], look: &Look, buffer: &mut Buffer, place: Rect) {
    let mut page = Page::new(look, place.width);
    let row = page.blank();
    for (at, width, column) in columns {
        put(row, 2 + at, *width, column.right, (look.theme.dim, column.title));
    }
    page.draw(buffer, place, 0, &mut Layout::default());
}

fn put(row: &mut Row, at: usize, width: usize, right: bool, bit: Bit<'_>) {
    if right {
        row.put_right(at + width, width, bit);
    } else {
        row.put(at, width, bit);
    }
}

fn list_rows(
    model: &Model,
    columns: &[(usize, usize, &Column)],
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let queue = &model.queue;
    let height = usize::from(place.height);
    let top = first_shown(queue.top, queue.selected, queue.matches.len(), height);
    let mut page = Page::with_room(look, place.width, height);
    let shown = queue.matches.iter().enumerate().skip(top).take(height);
    for (at, index) in shown {
        let Some(summary) = queue.row(*index) else { continue };
        let chosen = at == queue.selected;
        let urgency = words::urgency(look, summary.attention_at(model.now));
        let row = page.blank();
        row.target = Some(Target::Row(at));
        if chosen {
            row.fill = Some(look.theme.chosen);
            row.put(0, 2, (look.theme.pointer, "▸"));
        }
        for (i, (at, width, column)) in columns.iter().enumerate() {
            let style = if chosen {
                look.theme.chosen
            } else if i == 0 || column.title == "ERROR" {
                urgency
            } else {
                look.theme.base
            };
            let worker = model.worked_on_by(summary).filter(|_| column.title == AGENT);
            let text = if let Some(worker) = worker {
                format!("● {}", worker.name)
            } else if i == 0 && queue.news.contains(&summary.id) {
                JUST_ACCEPTED.to_owned()
            } else {
                (column.text)(summary, model.now)
            };
            put(row, 2 + at, *width, column.right, (style, &text));
        }
    }
    page.draw(buffer, place, 0, layout);
}

/// The chosen row's ids in full, and what had no room in its columns.
fn details(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let Some(row) = model.queue.chosen() else { return };
    let since = |at: Timestamp| ago(model.now.duration_since(at));
    let text = format!(
        "order {}  {} + {}  added by {} {} ago",
        row.id,
        row.transaction_id,
        row.partner_order_id,
        row.agent,
        since(row.opened_at)
    );
    let mut page = Page::new(look, place.width);
    match model.worked_on_by(row) {
        // First, so that no long id takes its place.
        Some(worker) => {
            let who = format!("● {} is working on it, last {} ago   ", worker.name, since(worker.at));
            page.row(&[(look.theme.warn, &who), (look.theme.dim, &text)]);
        }
        None => {
            page.row(&[(look.theme.dim, &text)]);
        }
    }
    page.draw(buffer, place, 0, layout);
}

fn empty(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let mut page = Page::new(look, body.width);
    if model.queue.counts.ended > 0 {
        page.text((look.theme.strong, "No order is open or ended today."));
        page.text((look.theme.base, "/ finds earlier ones."));
    } else {
        page.text((look.theme.strong, "No orders yet."));
    }
    page.gap();
    page.text((look.theme.base, "Add one with its five identifiers, or paste its JSON here."));
    page.text((look.theme.base, "From a script: pxdesk order open --json FILE."));
    page.gap();
    let useful = [Action::NewOrder, Action::Training, Action::Palette, Action::Help, Action::Quit];
    for binding in screen_bindings(model).into_iter().filter(|b| useful.contains(&b.action)) {
        let key = format!("{:<9}", key(binding.key));
        page.hang(&[(look.theme.key, &key)], (look.theme.dim, binding.help));
    }
    page.draw(buffer, body, 0, layout);
}
