//! Moving through whatever is in front: rows, commands, a long text.

use crate::desk::action::Action;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::list::Move;
use crate::desk::market::act::Act;
use crate::desk::market::ask::Ask;
use crate::desk::model::{Model, Overlay, Screen};
use crate::desk::orders::{replaying, window::CHUNK};
use crate::desk::registration::{act::Act as ContractAct, ask::Ask as ContractAsk};
use crate::desk::screen_keys::palette_lines;
use crate::desk::supervisor::stalled;
use crate::desk::training::{act::Act as TrainerAct, perform as training};

/// As many rows as a question has at the most, on the smallest screen.
const LONGEST_QUESTION: usize = 24;

/// A step, in whatever is in front.
pub fn step(model: &mut Model, to: Move) -> Vec<Effect> {
    let page = model.page();
    let moved = |at, len| to.from(at, len, page);
    // Where the end of a text is, only the view knows; it shows no more than there is.
    let scrolled = |at| moved(at, usize::from(u16::MAX));
    match &model.frame.overlay {
        Some(Overlay::History) => {
            model.frame.scroll = match (&model.stalled.batch, model.screen) {
                // Each is a row, under three rows of headings.
                (Some(batch), Screen::Stalled) => moved(model.frame.scroll, batch.ended.len() + 3),
                _ => scrolled(model.frame.scroll),
            };
        }
        Some(Overlay::Help) => model.frame.scroll = scrolled(model.frame.scroll),
        Some(Overlay::Palette(palette)) => {
            let at = moved(palette.selected, palette_lines(model).len());
            if let Some(Overlay::Palette(palette)) = &mut model.frame.overlay {
                palette.selected = at;
            }
        }
        Some(Overlay::Confirm(Confirm::RetryAll(plan))) => {
            let rows = plan.send.len() + plan.left_out.len() + 3;
            model.frame.scroll = moved(model.frame.scroll, rows);
        }
        Some(Overlay::Confirm(
            Confirm::Market(Ask::Preview(_))
            | Confirm::Contract(ContractAsk::Preview(_) | ContractAsk::Remove(..) | ContractAsk::Apply(_)),
        )) => {
            model.frame.scroll = scrolled(model.frame.scroll);
        }
        Some(Overlay::Confirm(_)) => model.frame.scroll = moved(model.frame.scroll, LONGEST_QUESTION),
        Some(Overlay::Ask(..)) => {}
        None => match model.screen {
            Screen::Queue => {
                model.queue.go(to, page);
                model.queue.scroll_to_chosen(page);
                return model.queue.end(to).map(|part| Effect::LoadQueue(part, CHUNK)).into_iter().collect();
            }
            Screen::Stalled => {
                stalled::choose(model, moved(model.stalled.selected, model.stalled.lines.len()));
            }
            Screen::Day => {
                // A notice, or a long line about the next key, may take a few rows of the page.
                let last = model.day.lines.saturating_sub(page.saturating_sub(3));
                model.day.top = moved(model.day.top, last + 1);
            }
            Screen::Training => training::step(model, to, page),
            Screen::Graded => model.training.report_top = scrolled(model.training.report_top),
            Screen::Order => {
                if let Some(screen) = &mut model.order {
                    screen.scroll_to(scrolled(screen.top));
                }
            }
            Screen::Replay => replaying::step(model, to),
            Screen::Market => model.market.go(to, page),
            Screen::Subscription => model.market.page_top = scrolled(model.market.page_top),
            Screen::Sending => {
                if let Some(run) = &mut model.market.run {
                    run.top = moved(run.top, run.sent.len() + 1);
                }
            }
            Screen::Contract => model.registration.go(to, page),
            Screen::Applying => {
                if let Some(run) = &mut model.registration.run {
                    run.top = scrolled(run.top);
                }
            }
            Screen::Intake => {}
        },
    }
    Vec::new()
}

/// The wheel turned so many rows; negative is up.
pub fn scroll(model: &mut Model, rows: i32) -> Vec<Effect> {
    let to = if rows < 0 { Move::Up } else { Move::Down };
    for _ in 0..rows.unsigned_abs() {
        step(model, to);
    }
    Vec::new()
}

/// A row of the list was clicked: it is chosen. Clicked again, it is opened: what that means is returned.
pub fn click(model: &mut Model, row: usize) -> Option<Action> {
    if model.frame.overlay.is_some() {
        return None;
    }
    let (selected, len, action) = match model.screen {
        Screen::Queue => (model.queue.selected, model.queue.matches.len(), Action::OpenChosen),
        Screen::Stalled => (model.stalled.selected, model.stalled.lines.len(), Action::OpenChosen),
        Screen::Training => {
            (model.training.selected(), training::length(model), Action::Trainer(TrainerAct::Run))
        }
        Screen::Market => {
            let market = &model.market;
            (market.selected[market.list as usize], market.length(), Action::Market(Act::Next))
        }
        Screen::Contract => {
            let registration = &model.registration;
            let selected = registration.selected[registration.list as usize];
            (selected, registration.rows().len(), Action::Contract(ContractAct::Next))
        }
        Screen::Order
        | Screen::Graded
        | Screen::Replay
        | Screen::Intake
        | Screen::Day
        | Screen::Subscription
        | Screen::Sending
        | Screen::Applying => return None,
    };
    if row == selected {
        return (row < len).then_some(action);
    }
    match model.screen {
        _ if row >= len => {}
        Screen::Queue => model.queue.selected = row,
        Screen::Stalled => stalled::choose(model, row),
        Screen::Training => model.training.choose(row),
        Screen::Market => {
            let page = model.page();
            model.market.choose(row, page);
        }
        Screen::Contract => {
            let page = model.page();
            model.registration.choose(row, page);
        }
        Screen::Order
        | Screen::Graded
        | Screen::Replay
        | Screen::Intake
        | Screen::Day
        | Screen::Subscription
        | Screen::Sending
        | Screen::Applying => {}
    }
    None
}
