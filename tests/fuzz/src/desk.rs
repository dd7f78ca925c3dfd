//! Key sequences on the desk, drawn: no harm, no panic, nothing hidden on the screen.
//!
//! The first byte is the environment. Then each byte is what a terminal sends: letters, Enter, Esc, control keys. From
//! 0x80 on a byte is another key, a click, a paste, time that passes, or an answer of the world; see [`Reader`].

mod reader;
mod world;

use pxdesk::order::{Environment, is_invisible};
use pxdesk::view::{Look, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use reader::Reader;
use std::cell::RefCell;
use world::World;

/// Longer days only cost time.
const LONGEST: usize = 128;
/// After how many happenings the screen is looked at, besides at the end.
const LOOK_EVERY: usize = 24;

thread_local! {
    static SCREEN: RefCell<Buffer> = RefCell::default();
    static LOOK: Look = Look::new(pxdesk::desk::ThemeName::Dark, jiff::tz::TimeZone::UTC);
}

pub fn check(data: &[u8]) {
    let [environment, happenings @ ..] = data else { return };
    let environment = Environment::ALL[usize::from(*environment) % Environment::ALL.len()];
    let mut world = World::new(environment);
    let mut reader = Reader(&happenings[..happenings.len().min(LONGEST)]);
    let mut count = 0;
    while let Some(happening) = reader.next(&world) {
        world.happen(happening);
        count += 1;
        if count % LOOK_EVERY == 0 {
            look_at(&mut world);
        }
    }
    look_at(&mut world);
}

/// Draws the desk and reads the screen.
fn look_at(world: &mut World) {
    world.check_keys();
    let (width, height) = world.model.frame.size;
    SCREEN.with_borrow_mut(|buffer| {
        buffer.resize(Rect::new(0, 0, width, height));
        buffer.reset();
        world.layout = LOOK.with(|look| view(&world.model, look, buffer));
        world.shown();
        for cell in &buffer.content {
            assert!(!cell.symbol().chars().any(is_invisible), "hidden on the screen: {:?}", cell.symbol());
        }
        let inside = |place: &(ratatui::layout::Rect, _)| buffer.area.union(place.0) == buffer.area;
        assert!(world.layout.places.iter().all(inside), "a place that is not on the screen");
        assert!(world.layout.cursor.is_none_or(|at| buffer.area.contains(at)), "the cursor is outside");
    });
}
