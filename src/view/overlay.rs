//! What lies over a screen: help, the palette, a question before something is done.

use super::page::Page;
use super::text::Safe;
use super::{Layout, Look, form, order, words};
use crate::desk::{Binding, Confirm, Form, Model, Overlay, Palette, palette_lines, screen_bindings};
use crate::order::{Environment, OrderId, Statement, doubt};
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

/// The widest box.
const WIDEST: u16 = 76;

/// The keys of this screen, a sentence each.
pub fn help(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let mut page = Page::new(look, body.width);
    page.row(&[(look.theme.strong, "Keys on this screen")]);
    page.gap();
    for binding in screen_bindings(model) {
        key_row(&mut page, &binding);
    }
    page.gap();
    page.text((
        look.theme.dim,
        "▣ locked: the transaction and the partner order are one pair, from taking in to the end.",
    ));
    page.text((
        look.theme.dim,
        "<U+200B> and the like stand for a character that nobody could see otherwise.",
    ));
    page.draw(buffer, body, model.scroll, layout);
}

fn key_row(page: &mut Page, binding: &Binding) {
    let theme = &page.look.theme;
    let key = format!("{:<11}", words::key(binding.key));
    let label = format!("{:<16}", binding.label);
    page.hang(&[(theme.key, &key), (theme.strong, &label)], (theme.base, binding.help));
}

/// The overlays that leave the screen in sight behind them.
pub fn boxed(
    model: &Model,
    over: &Overlay,
    look: &Look,
    buffer: &mut Buffer,
    body: Rect,
    layout: &mut Layout,
) {
    let width = body.width.min(WIDEST);
    let mut page = Page::new(look, width - 6);
    let mut follow = 0;
    let title = match over {
        Overlay::Palette(state) => {
            follow = palette(&mut page, model, state, body.height.saturating_sub(4).into());
            " Do "
        }
        Overlay::Confirm(confirm) => {
            question(&mut page, model, confirm);
            " Are you sure? "
        }
        Overlay::Ask(confirm, form) => {
            follow = ask(&mut page, model, confirm, form);
            " Fill in "
        }
        Overlay::Help | Overlay::History => return,
    };
    let wanted = u16::try_from(page.len() + 4).unwrap_or(u16::MAX);
    let height = wanted.min(body.height);
    let place =
        Rect { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 3, width, height };
    // The rows beside the box too: a list's marker stands in the margin.
    let rows = Rect { x: buffer.area.x, width: buffer.area.width, ..place };
    Clear.render(rows, buffer);
    buffer.set_style(rows, look.theme.base);
    Block::bordered().border_type(BorderType::Rounded).border_style(look.theme.accent).render(place, buffer);
    let line = Rect { x: place.x + 2, width: place.width.saturating_sub(4), height: 1, ..place };
    Safe::line(title).draw(buffer, line, look.theme.accent, look.theme.mark);
    if model.setup.environment == Environment::Production {
        let name = Safe::line(" PRODUCTION ");
        let width = u16::try_from(name.width()).unwrap_or(0).min(line.width);
        let at = Rect { x: line.right() - width, width, ..line };
        name.draw(buffer, at, look.theme.environment(Environment::Production), look.theme.mark);
    }
    let margin = Margin::new(3, if wanted > body.height { 1 } else { 2 });
    let inner = place.inner(margin);
    page.draw(buffer, inner, (follow + 1).saturating_sub(inner.height.into()), layout);
}

/// What can be done here, by its words. The row of the chosen one.
fn palette(page: &mut Page, model: &Model, state: &Palette, height: usize) -> usize {
    let theme = &page.look.theme;
    let (text, cursor) = form::visible_part(&state.input, page.width.saturating_sub(2));
    let row = page.row(&[(theme.accent, "▸ ")]);
    row.put_safe(2, theme.strong, text);
    row.cursor = Some(2 + cursor);
    page.gap();
    let found = palette_lines(model);
    if found.is_empty() {
        page.row(&[(theme.dim, "Nothing here is called that.")]);
    }
    let room = height.saturating_sub(3).max(1);
    let top = super::queue::top(0, state.selected, room);
    let width = page.width;
    for (at, binding) in found.iter().enumerate().skip(top).take(room) {
        let chosen = at == state.selected;
        let row = page.blank();
        row.fill = chosen.then_some(theme.chosen);
        let style = if chosen { theme.chosen } else { theme.base };
        row.put(0, 2, (style, if chosen { "▸" } else { " " }));
        row.put(2, 16, (style, binding.label));
        row.put(20, width.saturating_sub(32), (style, binding.help));
        row.put_right(width, 10, (if chosen { style } else { theme.key }, &words::key(binding.key)));
    }
    0
}

/// What is about to happen, in words.
fn question(page: &mut Page, model: &Model, confirm: &Confirm) {
    let theme = &page.look.theme;
    let (title, what) = words_of(confirm);
    page.text((theme.strong, title));
    page.gap();
    page.text((theme.base, what));
    match confirm {
        Confirm::Complete | Confirm::Probe => {
            let real = match model.setup.environment {
                Environment::Embedded => "Practice: no real order is placed.",
                Environment::Sandbox => "Lumen's test system: no real order is placed.",
                Environment::Production => "PRODUCTION: this is a real order.",
            };
            page.text((theme.strong, real));
            page.gap();
            if let Some(screen) = &model.order {
                let identity = &screen.order.identity;
                page.pair("transaction", (theme.base, identity.transaction_id.as_str()));
                page.pair("partner order", (theme.base, identity.partner_order_id.as_str()));
                order::evidence(page, &screen.order, model.now);
            }
        }
        Confirm::Settle(statement) => {
            page.gap();
            page.pair("reference", (theme.strong, &statement.reference));
            page.pair("your name", (theme.strong, &statement.name));
        }
        Confirm::RetryAll(ids) => preview(page, model, ids),
        Confirm::RetryOne(id) => preview(page, model, std::slice::from_ref(id)),
        Confirm::Live(_)
        | Confirm::Verdict
        | Confirm::AcceptVerbally
        | Confirm::SendSms
        | Confirm::SendEmail
        | Confirm::Amend
        | Confirm::Decline
        | Confirm::Release
        | Confirm::Abandon
        | Confirm::Leave => {}
    }
}

fn ask(page: &mut Page, model: &Model, confirm: &Confirm, form: &Form) -> usize {
    question(page, model, confirm);
    page.gap();
    form::fields(page, form, false)
}

/// A title, and what will happen.
fn words_of(confirm: &Confirm) -> (&'static str, &'static str) {
    match confirm {
        Confirm::Complete => (
            "Place this order now?",
            "Complete is sent to Px once. If no clear answer comes, it is not sent again by itself.",
        ),
        Confirm::Probe => ("Send the very same request once more?", doubt::PROBE),
        Confirm::Verdict => ("What does the carrier say?", doubt::VERDICT),
        Confirm::Settle(Statement { placed: true, .. }) => (
            "Write down that the order was placed?",
            "It then counts as completed, by your word, and nothing is ever sent for it again.",
        ),
        Confirm::Settle(Statement { placed: false, .. }) => (
            "Write down that the order was NOT placed?",
            "It then stands as before its Complete, to be completed again under the same ids. If the carrier is mistaken, that places it twice.",
        ),
        Confirm::Live(_) => (
            "Submit a real order?",
            "This would be the first one since this desk was opened. It goes to Lumen's PRODUCTION, for a real customer.",
        ),
        Confirm::AcceptVerbally => (
            "The customer said yes",
            "The yes is recorded with this name, for the very text that was read. Nothing is sent yet.",
        ),
        Confirm::SendSms => {
            ("Send the RCC by SMS", "Px sends the text to this number. The customer accepts it there.")
        }
        Confirm::SendEmail => {
            ("Send the RCC by e-mail", "Px sends the text to this address. The customer accepts it there.")
        }
        Confirm::Amend => (
            "Correct the order",
            "Only what Px can take again is here. The transaction and the partner order stay as they are.",
        ),
        Confirm::Decline => (
            "The customer said no?",
            "The no is recorded, and nothing that was accepted counts any more. The text can be read or sent again.",
        ),
        Confirm::Release => (
            "Lift the hold",
            "Only after what Px asked for was cleared by phone. Your reason stays in the order's history.",
        ),
        Confirm::Abandon => (
            "End this order for good",
            "Nothing more is sent for these ids, and they are never used again. Your reason stays in its history.",
        ),
        Confirm::RetryOne(_) => ("Retry this order?", "The same call, with the same ids, once:"),
        Confirm::RetryAll(_) => {
            ("Retry all of these?", "One after the other, each once; only orders for which it is safe:")
        }
        Confirm::Leave => (
            "Leave while something is under way?",
            "A call that is cut off may have arrived. Waiting a moment is safer.",
        ),
    }
}

/// The orders of a retry, and which call each would send.
fn preview(page: &mut Page, model: &Model, ids: &[OrderId]) {
    const MOST: usize = 8;
    let theme = &page.look.theme;
    page.gap();
    for id in ids.iter().take(MOST) {
        let found = model.queue.rows.iter().find(|row| row.id == *id);
        let call = found
            .and_then(|row| row.trouble.as_ref())
            .map_or(String::new(), |t| format!("{}   last: {}", t.call, t.label()));
        page.row(&[(theme.strong, id.as_str()), (theme.base, "   "), (theme.dim, &call)]);
    }
    if ids.len() > MOST {
        page.row(&[(theme.dim, &format!("and {} more", words::count(ids.len() - MOST)))]);
    }
}
