//! The supervisor's screen: orders that are stuck until someone acts, by cause, and whether a retry is useful.

use super::batch;
use super::verdict::{group_verdict, verdict};
use crate::desk::frame::list::first_shown;
use crate::desk::{Line, Model, Target, batch_rows, stalled_rows};
use crate::order::stalled::{Group, outlook};
use crate::order::{Attention, Summary};
use crate::view::frame::list::{beyond, with_margin};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{ago, count, plural, time};
use crate::view::words;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::style::Style;

/// From this width on, a row has room for its order's transaction and for why.
const WIDE: usize = 104;

/// Draws the stalled orders.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let stalled = &model.stalled;
    if stalled.lines.is_empty() {
        return none(model, look, buffer, body, layout);
    }
    let rows = stalled_rows(model, body.height);
    let rows = [
        Constraint::Length(rows.heading),
        Constraint::Fill(1),
        Constraint::Length(u16::from(rows.detail > 0)),
        Constraint::Length(rows.detail),
        Constraint::Length(rows.batch),
    ];
    let [head, list, _, detail, foot] = Split::vertical(rows).areas(body);
    heading(model, look, buffer, head, layout);
    lines(model, look, buffer, with_margin(list), layout);
    details(model, look, buffer, detail, layout);
    batch::draw(model, look, buffer, foot, layout);
}

fn none(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let foot = batch_rows(model, body.height);
    let [top, foot] = Split::vertical([Constraint::Fill(1), Constraint::Length(foot)]).areas(body);
    let mut page = Page::new(look, body.width);
    page.row(&[(theme.strong, "Stalled orders"), (theme.dim, "   stuck until someone acts")]);
    page.gap();
    if model.stalled.loading {
        page.row(&[(theme.dim, "…  loading")]);
    } else {
        page.row(&[(theme.good, "✓ None. Every order is moving or has ended.")]);
    }
    page.draw(buffer, top, 0, layout);
    batch::draw(model, look, buffer, foot, layout);
}

fn heading(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let (theme, stalled) = (&look.theme, &model.stalled);
    let mut page = Page::new(look, place.width);
    let orders = plural(stalled.rows.len(), "order");
    let causes = plural(stalled.groups.len(), "cause");
    let first = if stalled.more { "the first " } else { "" };
    let sum = format!("   {first}{orders}, {causes}");
    let marked = stalled.marked_rows().count();
    let marks = if marked == 0 { String::new() } else { format!("■ {} marked", count(marked)) };
    let loading = if stalled.loading { "  …" } else { "" };
    let row = page.row(&[(theme.strong, "Stalled orders"), (theme.dim, &sum), (theme.dim, loading)]);
    row.put_right(place.width.into(), 24, (theme.accent, &marks));
    page.row(&[(theme.dim, &parts(model))]);
    let at = Columns::of(place.width.into());
    let row = page.blank();
    row.put(0, 20, (theme.dim, "CAUSE, ORDER"));
    row.put(at.agent + 2, 10, (theme.dim, "AGENT"));
    if let Some(calls) = at.calls {
        row.put_right(calls + CALLS, CALLS, (theme.dim, "CALLS"));
    }
    row.put_right(at.waits + WAITS, WAITS, (theme.dim, "WAITS"));
    row.put_right(at.left + LEFT, LEFT, (theme.dim, "LEFT"));
    row.put(at.verdict, VERDICT, (theme.dim, "A RETRY IS"));
    if let Some(why) = at.why {
        row.put(why, 20, (theme.dim, "WHY"));
    }
    page.draw(buffer, place, 0, layout);
}

/// How many of them are among those that need somebody, as the queue counts, and what the others are. Of a part of the list
/// nothing is said.
fn parts(model: &Model) -> String {
    let (rows, all) = (&model.stalled.rows, model.queue.counts.needing);
    let needing = rows.iter().filter(|row| row.attention() <= Attention::Ready).count();
    let others = rows.len() - needing;
    if model.stalled.more || (others == 0 && needing == all) {
        return String::new();
    }
    if needing == 0 {
        return if others == 1 { "it is idle or expired" } else { "all are idle or expired" }.to_owned();
    }
    // One that is ready to complete needs somebody, and has not stalled.
    let need = if needing < all {
        format!("{} of the {} that need you", count(needing), count(all))
    } else {
        format!("{} {} you", count(needing), if needing == 1 { "needs" } else { "need" })
    };
    match others {
        0 => need,
        1 => format!("{need}; 1 more is idle or expired"),
        _ => format!("{need}; {} more are idle or expired", count(others)),
    }
}

/// How many calls were sent.
const CALLS: usize = 5;
/// How long it has stood still.
const WAITS: usize = 7;
const LEFT: usize = 7;
const VERDICT: usize = 11;
/// An agent's narrowest.
const AGENT: usize = 10;
/// A transaction's widest.
const TRANSACTION: usize = 20;

/// Where the columns begin, in columns of the heading; the list begins two further left, for its marker.
struct Columns {
    /// Of an order: its transaction, where there is room.
    transaction: Option<usize>,
    /// The mark of who works on it now, and two columns further the name.
    agent: usize,
    agent_width: usize,
    /// How many calls were sent, where there is room.
    calls: Option<usize>,
    waits: usize,
    left: usize,
    verdict: usize,
    /// Why, where there is room.
    why: Option<usize>,
}

impl Columns {
    fn of(width: usize) -> Self {
        let roomy = width >= WIDE;
        let agent = if roomy { 17 + TRANSACTION + 1 } else { 15 };
        // What has no room for why is the agent's, and the headings of the groups have it too.
        let rest = WAITS + LEFT + VERDICT + 5;
        let calls = CALLS + 2;
        // What a retry is counts for more than how many calls there were.
        let counts = agent + AGENT + rest + calls <= width;
        let rest = if counts { rest + calls } else { rest };
        let agent_width = if roomy { 17 } else { width.saturating_sub(agent + rest).clamp(AGENT, 26) };
        let after = agent + agent_width + 1;
        let (calls, waits) = if counts { (Some(after), after + calls) } else { (None, after) };
        let left = waits + WAITS + 2;
        let verdict = left + LEFT + 2;
        let why = verdict + VERDICT + 2;
        let why = (why + 12 < width).then_some(why);
        Self { transaction: roomy.then_some(17), agent, agent_width, calls, waits, left, verdict, why }
    }
}

fn lines(model: &Model, look: &Look, buffer: &mut Buffer, list: Rect, layout: &mut Layout) {
    let stalled = &model.stalled;
    let rows = usize::from(list.height);
    let cut = stalled.lines.len() > rows;
    // What is not seen is said in the last row.
    let height = if cut { rows.saturating_sub(1) } else { rows };
    let middle = stalled.selected.saturating_sub(height / 2);
    let top = first_shown(middle, stalled.selected, stalled.lines.len(), height);
    let mut page = Page::new(look, list.width);
    for (at, line) in stalled.lines.iter().enumerate().skip(top).take(height) {
        let chosen = at == stalled.selected;
        match line {
            Line::Group(group) => {
                if let Some(group) = stalled.groups.get(*group) {
                    group_line(&mut page, model, group, chosen);
                }
            }
            Line::Row(row) => {
                if let Some(row) = stalled.rows.get(*row) {
                    order_line(&mut page, model, row, chosen);
                }
            }
        }
        page.last().target = Some(Target::Row(at));
    }
    if cut {
        let below = stalled.lines.len() - top - height;
        page.row(&[(look.theme.base, "  "), (look.theme.dim, &beyond(top, below))]);
    }
    page.draw(buffer, list, 0, layout);
}

/// The heading of a group: how many, what, for how long, and what a retry of them is.
fn group_line(page: &mut Page, model: &Model, group: &Group, chosen: bool) {
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    let stalled = &model.stalled;
    let at = Columns::of(width - 2);
    let pick = |style: Style| if chosen { theme.chosen } else { style };
    let line = page.blank();
    line.fill = chosen.then_some(theme.chosen);
    if chosen {
        line.put(0, 2, (theme.chosen, "▸"));
    }
    line.put(2, 2, (pick(theme.dim), if stalled.is_open(&group.cause.key) { "▾" } else { "▹" }));
    let marked = stalled.of_cause(&group.cause.key).filter(|row| stalled.marked.contains(&row.id)).count();
    let mark = match marked {
        0 => " ",
        n if n == group.count => "■",
        _ => "◧",
    };
    line.put(4, 2, (pick(theme.accent), mark));
    line.put_right(11, 5, (pick(theme.strong), &count(group.count)));
    let title = at.waits.saturating_sub(13);
    line.put(13, title, (pick(words::urgency(look, group.cause.attention)), &group.cause.title));
    line.put_right(at.waits + WAITS + 2, WAITS, (pick(theme.dim), &ago(group.oldest(model.now))));
    let left = group.least_left(model.now).map_or_else(|| "–".to_owned(), words::left_short);
    line.put_right(at.left + LEFT + 2, LEFT, (pick(theme.dim), &left));
    let (style, verdict) = group_verdict(look, group);
    line.put(at.verdict + 2, width.saturating_sub(at.verdict + 2), (pick(style), &verdict));
}

fn order_line(page: &mut Page, model: &Model, row: &Summary, chosen: bool) {
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    let at = Columns::of(width - 2);
    let pick = |style: Style| if chosen { theme.chosen } else { style };
    let marked = model.stalled.marked.contains(&row.id);
    let outlook = outlook(row, model.now);
    let line = page.blank();
    line.fill = chosen.then_some(theme.chosen);
    if chosen {
        line.put(0, 2, (theme.chosen, "▸"));
    }
    line.put(4, 2, (pick(theme.accent), if marked { "■" } else { "·" }));
    line.put(6, 11, (pick(theme.base), row.id.as_str()));
    if let Some(begin) = at.transaction {
        line.put(begin + 2, TRANSACTION, (pick(theme.base), &row.transaction_id));
    }
    line.put_right(
        at.waits + WAITS + 2,
        WAITS,
        (pick(theme.base), &ago(model.now.duration_since(row.still_since(model.now)))),
    );
    line.put(at.agent + 2, at.agent_width, (pick(theme.base), &agent(model, row)));
    if let Some(calls) = at.calls {
        line.put_right(calls + CALLS + 2, CALLS, (pick(theme.base), &count(row.attempts)));
    }
    let (state, window) = (row.state(model.now), row.window().at(model.now));
    let style = if chosen { theme.chosen } else { words::clock_style(look, state, window) };
    line.put_right(at.left + LEFT + 2, LEFT, (style, &words::left(state, window)));
    line.put(
        at.verdict + 2,
        VERDICT,
        (pick(words::verdict_style(look, outlook.retry)), &verdict(outlook.retry)),
    );
    if let Some(why) = at.why {
        line.put(why + 2, width.saturating_sub(why + 2), (pick(theme.dim), &outlook.why));
    }
}

/// Whom it is assigned to; who else works on it now goes first, with a mark. The names begin in the same column.
fn agent(model: &Model, row: &Summary) -> String {
    model.worked_on_by(row).map_or_else(|| format!("  {}", row.agent), |worker| format!("● {}", worker.name))
}

/// Of the chosen order, or group, what its line has no room for.
fn details(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    if place.height == 0 {
        return;
    }
    let theme = &look.theme;
    let mut page = Page::new(look, place.width);
    if let Some(row) = model.stalled.row() {
        let hands = match model.worked_on_by(row) {
            Some(worker) => format!("   {} is working on it", worker.name),
            None => format!("   agent {}", row.agent),
        };
        page.row(&[
            (theme.base, &row.transaction_id),
            (theme.dim, " + "),
            (theme.base, &row.partner_order_id),
            (theme.dim, &hands),
        ]);
        match model.probe_from(row) {
            Some(from) => page.hang(&[(theme.base, "  ")], (theme.base, &in_doubt(model, look, from))),
            None => super::group::brief(&mut page, model, row, place.height.into()),
        }
    } else if let Some(group) = model.stalled.group() {
        super::group::lines(&mut page, model, group, place.height.into());
    }
    page.draw(buffer, place, 0, layout);
}

/// What may be done about an order in doubt, and from when.
pub fn in_doubt(model: &Model, look: &Look, from: crate::order::Timestamp) -> String {
    if from > model.now {
        format!("In doubt: probe or verdict from {}.", time(look, from, model.now))
    } else {
        "In doubt: it may be probed or settled now. It is never retried.".to_owned()
    }
}
