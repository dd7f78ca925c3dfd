//! What stands on every screen: the top line, the notice, the next key, the line of keys.

use super::look::{Layout, Look};
use super::stack::stack;
use super::text::Safe;
use super::words;
use crate::desk::frame::binding::Binding;
use crate::desk::frame::key::Key;
use crate::desk::frame::notice::Severity;
use crate::desk::frame::state::{Frame, TALL};
use crate::desk::frame::target::Target;
use crate::order::{Environment, Timestamp};
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;

/// What the top line tells.
#[derive(Clone, Copy)]
pub struct Bar<'a> {
    pub environment: Environment,
    /// True where trainees join from other terminals.
    pub classroom: bool,
    /// Which desk it is, and what is told of it: the longest text first. None where there is one desk alone.
    pub desks: &'a [String],
    pub agent: &'a str,
    pub now: Timestamp,
    /// How far the embedded Px's clock is ahead.
    pub clock_offset: SignedDuration,
}

/// What surrounds a screen. `A` is what a person can do; `Q` what may be asked before.
pub struct Chrome<'a, A, Q> {
    pub bar: Bar<'a>,
    pub frame: &'a Frame<Q>,
    pub bindings: &'a [Binding<A>],
    /// Which actions keep their place at the end of the line of keys: the way back, and help.
    pub kept: fn(A) -> bool,
    /// What somebody who is shown around is told, above the notice: a lead, and the lines that begin with it.
    pub guide: (&'a str, &'a [Safe]),
    /// What the next key does.
    pub next: &'a str,
    /// What is in progress, when anything is.
    pub under_way: &'a str,
}

/// Draws it, and gives the place that is left for the screen.
pub fn draw<A: Copy + PartialEq, Q>(
    chrome: &Chrome<A, Q>,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    layout: &mut Layout,
) -> Rect {
    let (style, mut lines) = notice(chrome.frame, chrome.under_way, look, area.width - 4);
    // On a small screen the blank row of a notice that is not there goes to the guide: the text above keeps its rows.
    if area.height < TALL && !chrome.guide.1.is_empty() {
        lines.retain(|line| line.width() > 0);
    }
    let mut next_lines = Safe::paragraph(chrome.next, usize::from(area.width - 6));
    next_lines.truncate(2);
    let rows = [
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(u16::from(area.height >= TALL)),
        Constraint::Length(u16::try_from(chrome.guide.1.len()).unwrap_or(1)),
        Constraint::Length(u16::try_from(lines.len()).unwrap_or(1)),
        Constraint::Length(u16::try_from(next_lines.len()).unwrap_or(1)),
        Constraint::Length(1),
    ];
    let [top, _, body, _, guide, said, next, keys] = stack(area, rows);
    top_line(&chrome.bar, of_journal(chrome.frame), look, buffer, top);
    show_around(chrome.guide, look, buffer, inset(guide));
    for (line, y) in lines.iter().zip(said.y..said.bottom()) {
        line.draw(buffer, inset(Rect { y, height: 1, ..said }), style, look.theme.mark);
    }
    next_key(chrome.bindings, &next_lines, look, buffer, next, layout);
    key_line(chrome.bindings, chrome.kept, look, buffer, inset(keys), layout);
    inset(body)
}

/// Puts a text and gives the line that is left after it and `gap` columns.
fn put(buffer: &mut Buffer, line: Rect, text: &str, style: Style, look: &Look, gap: u16) -> Rect {
    let text = Safe::line(text).fit(line.width.into());
    text.draw(buffer, line, style, look.theme.mark);
    let used = u16::try_from(text.width()).unwrap_or(line.width).saturating_add(gap).min(line.width);
    Rect { x: line.x + used, width: line.width - used, ..line }
}

fn put_right(buffer: &mut Buffer, line: Rect, text: &str, style: Style, look: &Look) -> Rect {
    let text = Safe::line(text).fit(line.width.into());
    let used = u16::try_from(text.width()).unwrap_or(line.width).min(line.width);
    let at = Rect { x: line.right() - used, width: used, ..line };
    text.draw(buffer, at, style, look.theme.mark);
    Rect { width: line.width - used, ..line }
}

/// What the environment means for the customer.
fn meaning(environment: Environment) -> &'static str {
    match environment {
        Environment::Embedded => "practice: nothing leaves this machine",
        Environment::Sandbox => "Lumen's test system",
        Environment::Production => "live: everything here is real",
    }
}

/// The environment's bar: its name, in its own colors; what is left of it.
pub fn environment(bar: &Bar, look: &Look, buffer: &mut Buffer, line: Rect) -> Rect {
    let style = look.theme.environment(bar.environment);
    buffer.set_style(line, style);
    // Whatever happens in the embedded environment is practice, and every screen says so.
    let training = if bar.environment == Environment::Embedded { " TRAINING" } else { "" };
    let name = format!("{}{training}", bar.environment.name().to_uppercase());
    let rest = put(buffer, inset(line), "pxdesk", style, look, 3);
    put(buffer, rest, &name, style, look, 2)
}

/// What the environment means, on what is left of its bar, if there is room for all of it.
pub fn explain(bar: &Bar, look: &Look, buffer: &mut Buffer, rest: Rect) {
    let long = if bar.classroom { "practice: made-up customers only" } else { meaning(bar.environment) };
    let room = usize::from(rest.width).saturating_sub(2);
    let short = long.split(':').next().filter(|_| !bar.desks.is_empty());
    if let Some(meaning) = std::iter::once(long).chain(short).find(|text| text.len() < room) {
        put(buffer, rest, meaning, look.theme.environment(bar.environment), look, 0);
    }
}

/// Which desk it is: the longest text that leaves room for `right`, or else the shortest.
fn desk(bar: &Bar, right: &str, look: &Look, buffer: &mut Buffer, rest: Rect) -> Rect {
    let style = look.theme.environment(bar.environment);
    let room = usize::from(rest.width).saturating_sub(Safe::line(right).width() + 2);
    let fits = bar.desks.iter().find(|text| Safe::line(text).width() <= room);
    match fits.or(bar.desks.last()) {
        Some(text) => put(buffer, rest, text, style, look, 2),
        None => rest,
    }
}

/// What is wrong with the journal, for the top line: the notice that says so goes with the next key.
fn of_journal<Q>(frame: &Frame<Q>) -> &'static str {
    match (frame.journal.away, frame.journal.doubted) {
        (true, _) => "NO JOURNAL   ",
        (false, true) => "JOURNAL READ-ONLY   ",
        (false, false) => "",
    }
}

fn top_line(bar: &Bar, mark: &str, look: &Look, buffer: &mut Buffer, line: Rect) {
    // The environment first: no agent's name, however long, takes its place.
    let rest = environment(bar, look, buffer, line);
    let time = bar.now.to_zoned(look.zone.clone()).strftime("%H:%M").to_string();
    let time = words::zone_where_needed(look, bar.now, time);
    let offset = bar.clock_offset;
    let right = if offset == SignedDuration::ZERO {
        format!("{mark}{}   {time}", bar.agent)
    } else {
        let sign = if offset.is_negative() { "−" } else { "+" };
        format!("{mark}{}   Px clock {sign}{}   {time}", bar.agent, words::ago(offset.abs()))
    };
    let style = look.theme.environment(bar.environment);
    let rest = desk(bar, &right, look, buffer, rest);
    let rest = put_right(buffer, rest, &right, style, look);
    explain(bar, look, buffer, rest);
}

/// Blank columns between two keys.
const GAP: usize = 3;
/// The longest notice that is shown whole, in rows.
const NOTICE: usize = 3;

/// What just happened, in as many rows as it needs.
fn notice<Q>(frame: &Frame<Q>, under_way: &str, look: &Look, width: u16) -> (Style, Vec<Safe>) {
    let theme = &look.theme;
    let (style, text) = match &frame.notice {
        _ if frame.quit_requested => {
            let under_way = words::plural(frame.under_way, "action");
            (theme.warn, format!("… quitting as soon as what is in progress has finished ({under_way})"))
        }
        Some(notice) => {
            let (style, lead) = match notice.severity {
                Severity::Info => (theme.base, "·"),
                Severity::Done => (theme.good, "✓"),
                Severity::Warning => (theme.warn, "! warning:"),
                Severity::Error => (theme.bad, "× error:"),
            };
            (style, format!("{lead} {}", notice.text))
        }
        None if frame.under_way > 0 => (theme.dim, format!("… {under_way}")),
        None => (theme.dim, String::new()),
    };
    let mut lines = Safe::paragraph(&text, width.into());
    if lines.len() > NOTICE {
        lines.truncate(NOTICE);
        lines[NOTICE - 1] = lines[NOTICE - 1].shortened(width.into());
    }
    (style, lines)
}

/// What somebody new is told, its lead in the color of where one is.
fn show_around((lead, lines): (&str, &[Safe]), look: &Look, buffer: &mut Buffer, place: Rect) {
    for (line, y) in lines.iter().zip(place.y..place.bottom()) {
        line.draw(buffer, Rect { y, height: 1, ..place }, look.theme.strong, look.theme.mark);
    }
    let width = u16::try_from(Safe::line(lead).width()).unwrap_or(place.width).min(place.width);
    buffer.set_style(Rect { width, height: place.height.min(1), ..place }, look.theme.accent);
}

/// What the next key does, in as many rows as it needs, on a bar that can be clicked.
fn next_key<A>(
    bindings: &[Binding<A>],
    lines: &[Safe],
    look: &Look,
    buffer: &mut Buffer,
    bar: Rect,
    layout: &mut Layout,
) {
    if lines.iter().all(|line| line.width() == 0) {
        return;
    }
    buffer.set_style(bar, look.theme.next);
    Safe::line("▸").draw(buffer, inset(bar), look.theme.next, look.theme.mark);
    for (line, y) in lines.iter().zip(bar.y..bar.bottom()) {
        let place = Rect { x: bar.x + 4, y, width: bar.width - 6, height: 1 };
        line.draw(buffer, place, look.theme.next, look.theme.mark);
    }
    if let Some(primary) = bindings.iter().find(|b| b.primary) {
        layout.places.push((bar, Target::Key(primary.key)));
    }
}

/// A place without the margins at its sides.
fn inset(line: Rect) -> Rect {
    Rect { x: line.x + line.width.min(2), width: line.width.saturating_sub(4), ..line }
}

/// The keys, as many as fit; the way back and help always, at the end.
fn key_line<A: Copy + PartialEq>(
    bindings: &[Binding<A>],
    kept: fn(A) -> bool,
    look: &Look,
    buffer: &mut Buffer,
    line: Rect,
    layout: &mut Layout,
) {
    let width = |b: &Binding<A>| Safe::line(&words::key(b.key)).width() + 1 + Safe::line(b.label).width();
    let is_kept = |b: &&Binding<A>| kept(b.action);
    let kept: Vec<&Binding<A>> = bindings.iter().filter(is_kept).collect();
    let room = kept.iter().map(|b| width(b) + GAP).sum::<usize>().saturating_sub(GAP);
    let room = u16::try_from(room).unwrap_or(u16::MAX);
    let room = room.min(line.width);
    let mut rest = Rect { width: line.width - room, ..line };
    let mut end = Rect { x: rest.right(), width: room, ..line };
    for binding in kept {
        end = put_key(buffer, end, binding.key, binding.label, look, layout);
    }
    let mut shown: Vec<A> = Vec::new();
    for binding in bindings.iter().filter(|b| !is_kept(b)) {
        // A second key for the same is for those who know it; help names it.
        if shown.contains(&binding.action) {
            continue;
        }
        if width(binding) + GAP > usize::from(rest.width) {
            break;
        }
        shown.push(binding.action);
        rest = put_key(buffer, rest, binding.key, binding.label, look, layout);
    }
}

fn put_key(buffer: &mut Buffer, line: Rect, key: Key, label: &str, look: &Look, layout: &mut Layout) -> Rect {
    let after = put(buffer, line, &words::key(key), look.theme.key, look, 1);
    let rest = put(buffer, after, label, look.theme.dim, look, 0);
    layout.places.push((Rect { width: rest.x - line.x, ..line }, Target::Key(key)));
    let gap = rest.width.min(3);
    Rect { x: rest.x + gap, width: rest.width - gap, ..rest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::frame::key::Code;
    use crate::desk::frame::theme::ThemeName;
    use jiff::tz::TimeZone;

    fn keys(width: u16) -> (String, Layout) {
        let binding = |key, label, action| Binding { key, label, help: "", primary: false, action };
        let bindings = [
            binding(Key::plain(Code::Enter), "read", "read"),
            binding(Key::char('?'), "help", "help"),
            binding(Key::ctrl('p'), "do", "palette"),
        ];
        let line = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(line);
        let mut layout = Layout::default();
        let look = Look::new(ThemeName::Plain, TimeZone::UTC);
        key_line(&bindings, |action| action == "help", &look, &mut buffer, line, &mut layout);
        (buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect(), layout)
    }

    #[test]
    fn as_many_keys_as_fit_and_help_always() {
        assert_eq!(keys(40).0, "Enter read   Ctrl-P do            ? help");
        assert_eq!(keys(20).0, "Enter read    ? help");
        assert_eq!(keys(9).0, "   ? help");
    }

    #[test]
    fn a_key_can_be_clicked_where_it_stands() {
        let (_, layout) = keys(40);
        assert_eq!(layout.at(0, 0), Some(Target::Key(Key::plain(Code::Enter))));
        assert_eq!(layout.at(15, 0), Some(Target::Key(Key::ctrl('p'))));
        assert_eq!(layout.at(39, 0), Some(Target::Key(Key::char('?'))));
        assert_eq!(layout.at(30, 0), None);
    }
}
