//! The questions of the registration's desk, in words.

use super::words;
use crate::desk::{ContractAsk as Ask, Model};
use crate::order::Environment;
use crate::registry::{Collection, Plan};
use crate::view::frame::page::Page;
use crate::view::frame::words::{count, plural};

/// What is about to happen, in words. What is to be typed stands below it: then a list goes no further than `room` rows.
pub fn question(page: &mut Page, model: &Model, ask: &Ask, room: usize) {
    let theme = &page.look.theme;
    let (title, what) = words_of(ask);
    page.text((theme.strong, title));
    page.gap();
    if !what.is_empty() {
        page.text((theme.base, what));
        page.gap();
    }
    match ask {
        Ask::Add(_) => {}
        Ask::Rename((collection, id)) => page.pair(collection.one(), (theme.base, id.as_str())),
        Ask::Remove((collection, id), pairs) => {
            page.pair(collection.one(), (theme.strong, id.as_str()));
            page.pair("removed too", (theme.warn, &plural(pairs.len(), "pair")));
            page.gap();
            for pair in pairs {
                page.hang(&[(theme.base, "    ")], (theme.warn, &pair.to_string()));
            }
        }
        Ask::Preview(plan) => {
            page.row(&[(theme.strong, &plan.counts())]);
            page.gap();
            for line in plan.lines() {
                words::whole_line(page, &line);
            }
        }
        Ask::Apply(plan) => apply(page, model, plan, room),
        Ask::Quit(changes) => page.pair("not applied", (theme.warn, &plural(*changes, "change"))),
    }
}

fn apply(page: &mut Page, model: &Model, plan: &Plan, room: usize) {
    let look = page.look;
    let theme = &look.theme;
    let real = match model.setup.environment {
        Environment::Embedded => "Practice: nothing leaves this machine.",
        Environment::Sandbox => "A test system, as far as the configuration says.",
        Environment::Production => "PRODUCTION: this changes the real contract.",
    };
    page.text((theme.strong, real));
    if let Some(setup) = &model.setup.registration {
        page.pair("contract", (theme.strong, setup.contract.as_str()));
    }
    page.pair("changes", (theme.base, &plan.counts()));
    let lines = plan.removals() + plan.goes_along.len();
    let room = room.saturating_sub(page.len() + 1);
    let removals = count(plan.removals());
    let none = if lines > 0 && room == 0 { "; Esc, then p shows them" } else { "" };
    page.pair("removals", (theme.strong, &format!("{removals}{none}")));
    let shown = fitting(page, plan, lines, room);
    for line in plan.removal_lines().take(shown) {
        words::whole_line(page, &format!("  {line}"));
    }
    if lines > shown && room > 0 {
        let more = format!("  and {} more lines; Esc, then p shows all", count(lines - shown));
        page.row(&[(theme.dim, &more)]);
    }
}

/// How many of the removals' lines are shown in `room` rows. Each is shown whole; where not all are, a row is left to say so.
fn fitting(page: &Page, plan: &Plan, lines: usize, room: usize) -> usize {
    let mut rows = page.another();
    let mut ends = Vec::new();
    for line in plan.removal_lines() {
        words::whole_line(&mut rows, &format!("  {line}"));
        if rows.len() > room {
            break;
        }
        ends.push(rows.len());
    }
    if ends.len() == lines { lines } else { ends.partition_point(|end| *end < room) }
}

/// A title, and what will happen.
fn words_of(ask: &Ask) -> (&'static str, &'static str) {
    let pending = "It is added to your pending changes; nothing is sent yet.";
    match ask {
        Ask::Add(Collection::Applications) => ("Add an application", pending),
        Ask::Add(Collection::Customers | Collection::Pairs) => ("Add a customer", pending),
        Ask::Rename(_) => ("Give it another name", pending),
        Ask::Remove((Collection::Applications, _), _) => (
            "Remove this application?",
            "With it go the pairs below: these customers do not have it any more. Nothing is sent yet.",
        ),
        Ask::Remove((Collection::Customers | Collection::Pairs, _), _) => (
            "Remove this customer?",
            "With it go the pairs below: it has none of these applications any more. Nothing is sent yet.",
        ),
        Ask::Preview(plan) if plan.is_empty() => ("Nothing would change", ""),
        Ask::Preview(_) => ("This would change", ""),
        Ask::Apply(_) => ("Apply these changes?", ""),
        Ask::Quit(_) => {
            ("Quit with changes that are not applied?", "They are kept while pxdesk runs, and nowhere else.")
        }
    }
}

/// The title of the box.
pub fn title(ask: &Ask) -> &'static str {
    if matches!(ask, Ask::Preview(_)) { " Preview " } else { " Are you sure? " }
}
