//! The four steps, each done, now, to do or failed; the identifiers; the window's clock.

use crate::desk::{Model, OrderScreen, Pane};
use crate::order::{Call, Identity, State, Worker};
use crate::view::frame::look::Look;
use crate::view::frame::page::{Page, Row};
use crate::view::frame::text::Safe;
use crate::view::frame::words::time;
use crate::view::words;
use ratatui::style::Style;

const TITLES: [&str; 4] = ["Retrieve", "Read or send", "Accepted", "Complete"];

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Done,
    Now,
    Open,
    Trouble,
    Doubt,
}

impl Step {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("✓", "done"),
            Self::Now => ("▸", "now"),
            Self::Open => ("○", "to do"),
            Self::Trouble => ("×", "see below"),
            Self::Doubt => ("!", "in doubt"),
        }
    }

    fn style(self, look: &Look) -> Style {
        match self {
            Self::Done => look.theme.good,
            Self::Now => look.theme.accent,
            Self::Open => look.theme.dim,
            Self::Trouble | Self::Doubt => look.theme.bad,
        }
    }
}

fn steps(screen: &OrderScreen) -> [Step; 4] {
    let order = &screen.order;
    let done = [
        order.retrieval.is_some() && !order.rcc_blocked,
        order.acceptance.is_some()
            || order.delivery().is_some()
            || order.reading.as_ref().is_some_and(|r| r.left() == 0),
        order.acceptance.is_some(),
        order.completion.is_some(),
    ];
    let mut steps = done.map(|done| if done { Step::Done } else { Step::Open });
    let now = match screen.pane {
        Pane::Retrieve => Some(0),
        Pane::Deliver => Some(1),
        Pane::Reading => Some(if done[1] { 2 } else { 1 }),
        Pane::Sent => Some(2),
        Pane::Complete => Some(3),
        Pane::Outcome => None,
    };
    if let Some(now) = now {
        steps[now] = Step::Now;
    }
    if let Some(trouble) = &order.trouble {
        steps[match trouble.call() {
            Call::RetrieveRcc => 0,
            Call::SendRcc => 1,
            Call::GetRccAcceptance => 2,
            Call::CompleteOrder => 3,
        }] = Step::Trouble;
    }
    if order.standing() == State::InDoubt {
        steps[3] = Step::Doubt;
    }
    steps
}

/// The identifiers in the order in which they are shown, with their names in the intake JSON.
fn identifiers(identity: &Identity) -> [(&'static str, &'static str, &str); 5] {
    [
        ("transaction", "transactionId", identity.transaction_id.as_str()),
        ("partner order", "partnerOrderId", identity.partner_order_id.as_str()),
        ("sales code", "salesCode", identity.sales_code.as_str()),
        ("partner", "partnerId", identity.partner_id.as_str()),
        ("address", "addressDetailId", identity.address_detail_id.as_str()),
    ]
}

/// True when what last went wrong is about this identifier.
fn is_wrong(screen: &OrderScreen, field: &str) -> bool {
    screen.order.refusal().is_some_and(|error| error.remedy().field == field)
        || screen.problem.as_ref().is_some_and(|problem| problem.field == field)
}

/// Who else works on the order, or did last.
fn other_worker<'a>(screen: &'a OrderScreen, model: &Model) -> Option<&'a Worker> {
    let ended = screen.order.standing().is_final();
    screen.order.worker.as_ref().filter(|worker| !ended && worker.name != model.setup.agent)
}

fn put_identifier(
    row: &mut Row,
    at: usize,
    room: usize,
    look: &Look,
    wrong: bool,
    (label, value): (&str, &str),
) -> usize {
    let theme = &look.theme;
    let label = if wrong { format!("× {label} ") } else { format!("{label} ") };
    let after = row.put(at, room, (if wrong { theme.bad } else { theme.dim }, &label));
    let left = room.saturating_sub(after - at);
    row.put(after, left, (if wrong { theme.bad } else { theme.base }, value))
}

/// The rows of [`above`], the blank one at its end included.
pub const ABOVE: u16 = 6;

/// Who else works on the order, and the window's clock, on one row.
pub fn clock(page: &mut Page, screen: &OrderScreen, model: &Model) {
    let (look, width) = (page.look, page.width);
    let (state, window) = (screen.order.state(model.now), screen.order.window().at(model.now));
    let row = page.blank();
    row.put_right(width, width, (words::clock_style(look, state, window), &words::clock(state, window)));
    if let Some(worker) = other_worker(screen, model) {
        row.put(0, width / 2, (look.theme.dim, &format!("worked on by {}", worker.name)));
    }
}

/// The steps and the identifiers in five rows above the pane.
pub fn above(page: &mut Page, screen: &OrderScreen, model: &Model) {
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    let room = width / 4;
    let steps = steps(screen);
    for line in 0..2 {
        let row = page.blank();
        for (i, (step, title)) in steps.iter().zip(TITLES).enumerate() {
            let (glyph, word) = step.words();
            let strong = if *step == Step::Now { theme.accent } else { theme.base };
            if line == 0 {
                row.put(i * room, 2, (step.style(look), glyph));
                row.put(i * room + 2, room - 3, (strong, &format!("{} {title}", i + 1)));
            } else {
                row.put(i * room + 4, room - 4, (step.style(look), word));
            }
        }
    }
    clock(page, screen, model);
    let ids = identifiers(&screen.order.identity);
    let wrong = |field| is_wrong(screen, field);
    let row = page.blank();
    row.put(0, 9, (theme.strong, "▣ locked"));
    for (line, ids) in [&ids[..2], &ids[2..]].into_iter().enumerate() {
        let wanted: Vec<(usize, bool)> =
            ids.iter().map(|id| (wanted(id, wrong(id.1)), wrong(id.1))).collect();
        let rooms = rooms(&wanted, width.saturating_sub(10));
        // The two locked ids stand in columns where they fit.
        let half = (width - 10) / 2;
        let columns = line == 0 && rooms.iter().all(|room| *room <= half - 2);
        let row = if line == 0 { page.last() } else { page.blank() };
        let mut at = 10;
        for (i, ((label, field, value), room)) in ids.iter().zip(rooms).enumerate() {
            let from = if columns { 10 + i * half } else { at };
            at = put_identifier(row, from, room, look, wrong(field), (label, value)) + APART;
        }
    }
    page.gap();
}

/// Blank columns between two identifiers.
const APART: usize = 3;

/// The columns that an identifier takes as a whole.
fn wanted((label, _, value): &(&str, &str, &str), wrong: bool) -> usize {
    Safe::line(label).width() + 1 + Safe::line(value).width() + if wrong { 2 } else { 0 }
}

/// The columns for identifiers that want so many, of `width` in all. What was refused is shown whole wherever it fits: the
/// others are cut first, each to its share of what is left.
fn rooms(wanted: &[(usize, bool)], width: usize) -> Vec<usize> {
    let mut left = width.saturating_sub(wanted.len().saturating_sub(1) * APART);
    let mut rooms = vec![0; wanted.len()];
    // The shortest first: what it does not need is the others'.
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| (!wanted[*at].1, wanted[*at].0));
    for (n, at) in order.iter().enumerate() {
        let (columns, wrong) = wanted[*at];
        let share = if wrong { left } else { left / (wanted.len() - n) };
        rooms[*at] = columns.min(share);
        left -= rooms[*at];
    }
    rooms
}

/// The same as a column beside the pane.
pub fn beside(page: &mut Page, screen: &OrderScreen, model: &Model) {
    let now = model.now;
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    for (i, (step, title)) in steps(screen).iter().zip(TITLES).enumerate() {
        let (glyph, word) = step.words();
        let strong = if *step == Step::Now { theme.accent } else { theme.base };
        let row = page.blank();
        row.put(0, 2, (step.style(look), glyph));
        row.put(2, width, (strong, &format!("{} {title}", i + 1)));
        row.put(19, width - 19, (step.style(look), word));
        page.gap();
    }
    let (state, window) = (screen.order.state(now), screen.order.window().at(now));
    page.gap();
    page.row(&[(words::clock_style(look, state, window), &words::clock(state, window))]);
    // Px may call an order expired earlier than this clock does: then the clock's end means nothing.
    let end = screen.order.window().expires_at().filter(|end| state != State::Expired || now > *end);
    if let Some(end) = end {
        let verb = if now > end { "at " } else { "expires " };
        page.row(&[(theme.dim, verb), (theme.dim, &time(look, end, now))]);
    }
    page.gap();
    let ids = identifiers(&screen.order.identity);
    page.row(&[(theme.strong, "▣ locked"), (theme.dim, "   cannot be changed")]);
    for (i, (label, field, value)) in ids.into_iter().enumerate() {
        let wrong = is_wrong(screen, field);
        if i == 2 {
            page.gap();
        }
        let label = if wrong { format!("× {label:<14}") } else { format!("  {label:<14}") };
        let style = if wrong { theme.bad } else { theme.dim };
        let row = page.blank();
        row.put(0, 16, (style, &label));
        if i < 2 {
            let row = page.blank();
            row.put(2, width - 2, (if wrong { theme.bad } else { theme.strong }, value));
        } else {
            row.put(15, width - 15, (if wrong { theme.bad } else { theme.base }, value));
        }
    }
    page.gap();
    let row = page.blank();
    row.put(2, 13, (theme.dim, "order"));
    row.put(15, width - 15, (theme.base, screen.order.id.as_str()));
    let row = page.blank();
    row.put(2, 13, (theme.dim, "added by"));
    row.put(15, width - 15, (theme.base, &screen.order.agent));
    if screen.order.holder != screen.order.agent {
        let row = page.blank();
        row.put(2, 13, (theme.dim, "assigned to"));
        row.put(15, width - 15, (theme.base, &screen.order.holder));
    }
    if let Some(worker) = other_worker(screen, model) {
        let row = page.blank();
        row.put(2, 13, (theme.dim, "worked on by"));
        row.put(15, width - 15, (theme.base, &worker.name));
    }
}

#[cfg(test)]
mod tests {
    use super::rooms;

    #[test]
    fn what_was_refused_is_whole_and_the_others_are_cut_first() {
        assert_eq!(rooms(&[(21, true), (14, false), (17, false)], 66), [21, 14, 17], "all of it fits");
        assert_eq!(rooms(&[(21, true), (14, false), (17, false)], 46), [21, 9, 10]);
        assert_eq!(rooms(&[(19, false), (16, true), (17, false)], 46), [12, 16, 12]);
        assert_eq!(
            rooms(&[(60, true), (14, false), (17, false)], 46),
            [40, 0, 0],
            "it is longer than the line"
        );
        assert_eq!(
            rooms(&[(30, false), (5, false)], 40),
            [30, 5],
            "a short one leaves its room to the other"
        );
    }
}
