//! The format is held to its description, and the frames to what a terminal makes of them.

use super::*;
use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};
use serde_json::Value;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_186_800_000 + millis).unwrap()
}

/// The header and what is written, each line held to asciicast v2.
fn read(cast: &str) -> (Value, Vec<(f64, String)>) {
    let (header, events) = events(cast);
    let written = events.into_iter().map(|(seconds, code, data)| {
        assert_eq!(code, "o");
        (seconds, data)
    });
    (header, written.collect())
}

fn events(cast: &str) -> (Value, Vec<(f64, String, String)>) {
    assert!(cast.ends_with("]\n") && !cast.contains('\r'), "lines end with a line feed, the last one too");
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(header["version"], 2);
    assert!(header["width"].is_u64() && header["height"].is_u64() && header["timestamp"].is_i64());
    assert!(header["title"].is_string() && header["env"]["TERM"].is_string());
    let event = |line: &str| serde_json::from_str::<(f64, String, String)>(line).unwrap();
    let events: Vec<_> = lines.map(event).collect();
    assert!(events.windows(2).all(|pair| pair[0].0 <= pair[1].0), "time goes on");
    (header, events)
}

/// Plays it on a terminal; the terminal after the last event.
fn play(cast: &str) -> vt100::Parser {
    let (header, events) = events(cast);
    let cells = |cells: u16| std::num::NonZero::new(cells).unwrap();
    let size = |name: &str| cells(u16::try_from(header[name].as_u64().unwrap()).unwrap());
    let mut terminal = vt100::Parser::new(size("height"), size("width"), 0);
    for (_, code, data) in events {
        if code == "r" {
            let (width, height) = data.split_once('x').unwrap();
            terminal.screen_mut().set_size(cells(height.parse().unwrap()), cells(width.parse().unwrap()));
        } else {
            assert_eq!(code, "o");
            terminal.process(data.as_bytes());
        }
    }
    terminal
}

#[track_caller]
fn is_shown(cast: &str, frame: &Buffer) {
    let terminal = play(cast);
    let screen = terminal.screen();
    for position in frame.area.positions() {
        let (wanted, got) = (&frame[position], screen.cell(position.y, position.x).unwrap());
        if got.is_wide_continuation() {
            continue;
        }
        let symbol = if got.contents().is_empty() { " " } else { got.contents() };
        assert_eq!(symbol, wanted.symbol(), "{position:?}");
        let color = |color| match color {
            vt100::Color::Default => Color::Reset,
            vt100::Color::Idx(index) => Color::Indexed(index),
            vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
        };
        assert_eq!((color(got.fgcolor()), color(got.bgcolor())), (wanted.fg, wanted.bg), "{position:?}");
        let has = |modifier| wanted.modifier.contains(modifier);
        let styles = (got.bold(), got.inverse(), got.italic(), got.underline());
        let wanted_styles =
            (has(Modifier::BOLD), has(Modifier::REVERSED), has(Modifier::ITALIC), has(Modifier::UNDERLINED));
        assert_eq!(styles, wanted_styles, "{position:?}");
    }
}

fn frame(lines: &[&str]) -> Buffer {
    Buffer::with_lines(lines.iter().copied())
}

#[test]
fn times_are_those_of_the_frames_but_for_long_pauses() {
    let mut cast = Cast::new((4, 1), at(0), "a \"title\"", 1.0);
    for (millis, text) in [(0, "a   "), (1_500, "b   "), (61_500, "c   "), (31_500, "d   "), (61_600, "e   ")]
    {
        cast.frame(at(millis), &frame(&[text]));
    }
    assert_eq!(cast.length(), Duration::from_millis(4_600));
    let (header, events) = read(&cast.finish());
    assert_eq!(header["title"], "a \"title\"");
    assert_eq!((&header["width"], &header["height"]), (&4.into(), &1.into()));
    assert_eq!(header["timestamp"], 1_795_186_800);
    let times: Vec<f64> = events.iter().map(|(seconds, _)| *seconds).collect();
    assert_eq!(times, [0.0, 0.0, 1.5, 4.5, 4.5, 4.6, 6.6]);
    for (speed, length) in [(2.0, 3.75), (0.5, 6.0), (0.0, 6.0), (f64::NAN, 6.0)] {
        let mut cast = Cast::new((4, 1), at(0), "", speed);
        for (millis, text) in [(1_500, "b   "), (61_500, "c   ")] {
            cast.frame(at(millis), &frame(&[text]));
        }
        assert!((cast.length().as_secs_f64() - length).abs() < 1e-6, "{speed}: {:?}", cast.length());
    }
}

#[test]
fn a_frame_is_what_differs_from_the_one_before() {
    let mut cast = Cast::new((6, 2), at(0), "", 1.0);
    cast.frame(at(0), &frame(&["abcdef", "ghijkl"]));
    cast.frame(at(1), &frame(&["abXdef", "ghijkl"]));
    cast.frame(at(2), &frame(&["abXdef", "ghijkl"]));
    let (_, events) = read(&cast.finish());
    assert_eq!(events.len(), 4, "the same frame again is no event");
    assert_eq!(events[2].1, "\x1b[1;3H\x1b[0mX");
}

#[test]
fn a_terminal_shows_the_last_frame() {
    let mut wide = frame(&["a漢字b", "e\u{301}•—"]);
    wide.set_style(Rect::new(0, 0, 3, 1), Style::new().fg(Color::Indexed(80)).bg(Color::Indexed(234)));
    wide.set_style(Rect::new(3, 0, 2, 1), Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED));
    wide.set_style(
        Rect::new(0, 1, 2, 1),
        Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::ITALIC),
    );
    let mut cast = Cast::new((6, 2), at(0), "", 1.0);
    cast.frame(at(0), &frame(&["123456", "789012"]));
    cast.frame(at(10), &wide);
    is_shown(&cast.finish(), &wide);
    // And back, over what was wide.
    let mut cast = Cast::new((6, 2), at(0), "", 1.0);
    cast.frame(at(0), &wide);
    cast.frame(at(10), &frame(&["123456", "789012"]));
    is_shown(&cast.finish(), &frame(&["123456", "789012"]));
}

#[test]
fn nothing_in_a_cell_steers_the_terminal() {
    let mut hostile = frame(&["ab"]);
    hostile[(0, 0)].set_symbol("\x1b[2J");
    let mut cast = Cast::new((3, 2), at(0), "", 1.0);
    cast.frame(at(0), &hostile);
    is_shown(&cast.finish(), &frame(&[" b"]));
}

#[test]
fn a_recording_follows_the_size_of_the_terminal() {
    let frames = [&["abc"][..], &["abcdef", "ghijkl"], &["漢a"], &["漢ab"]].map(frame);
    let mut cast = Cast::new((3, 1), at(0), "", 1.0);
    for (n, last) in (0..).zip(&frames) {
        cast.frame(at(n * 100), last);
    }
    let text = cast.finish();
    is_shown(&text, &frames[3]);
    let sizes = events(&text).1.into_iter().filter(|(_, code, _)| code == "r").map(|(.., size)| size);
    assert_eq!(sizes.collect::<Vec<_>>(), ["6x2", "3x1", "4x1"]);
}

proptest! {
    #[test]
    fn any_frames_end_as_the_last_one(frames in prop::collection::vec(("[ab 漢•]{12}", 16_u8.., any::<bool>()), 1..5)) {
        let size = Rect::new(0, 0, 12, 1);
        let mut cast = Cast::new((12, 1), at(0), "", 1.0);
        let mut last = Buffer::empty(size);
        for (n, (text, color, bold)) in frames.iter().enumerate() {
            last = Buffer::empty(size);
            let style = Style::new().fg(Color::Indexed(*color));
            let style = if *bold { style.add_modifier(Modifier::BOLD) } else { style };
            last.set_string(0, 0, text, style);
            cast.frame(at(i64::try_from(n).unwrap() * 100), &last);
        }
        is_shown(&cast.finish(), &last);
    }
}
