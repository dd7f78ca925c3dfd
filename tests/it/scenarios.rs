//! Every scenario that ships, played by a scripted trainee: the real desk, the real engine and journal, the real embedded Px.

use crate::kit::Home;
use pxdesk::practice::scenario::{read, shipped};
use pxdesk::terminal::practice::{Trainee, play};

#[test]
fn all_of_them() {
    for (name, text) in shipped::FILES {
        let scenario = read(text).unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"));
        assert_eq!(scenario.name, name);
    }
}
