//! A run of practice as the trainee sees it: what is said on the phone, whether the run is paused, and at its end the report.

use super::scene::PlayView;
use crate::desk::action::Action;
use crate::desk::effect::Effect;
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::frame::notice::Severity;
use crate::desk::frame::target::Target;
use crate::desk::model::{Binding, Model, Screen};
use crate::desk::msg::Msg;

/// The keys of a run, on every screen.
pub fn bindings(model: &Model) -> Vec<Binding> {
    let Some(play) = &model.training.play else { return Vec::new() };
    if play.over.is_some() {
        let graded = model.screen == Screen::Graded;
        let report =
            bind(plain(Code::F(5)), "report", "How the run went, and what it is worth.", Action::Graded);
        return (!graded).then_some(report).into_iter().collect();
    }
    vec![
        bind(plain(Code::F(3)), "ask customer", "Ask the customer for what is missing.", Action::AskCustomer),
        bind(plain(Code::F(4)), "call carrier", "Call the carrier about this order.", Action::CallCarrier),
    ]
}

/// The keys of the report.
pub fn graded() -> Vec<Binding> {
    vec![
        primary(plain(Code::Down), "scroll", "Scroll down.", Action::Down),
        bind(Key::char('q'), "leave", "Leave the run.", Action::Quit),
        bind(plain(Code::Up), "scroll up", "Scroll up.", Action::Up),
        bind(plain(Code::PageDown), "page down", "A page down.", Action::PageDown),
        bind(plain(Code::PageUp), "page up", "A page up.", Action::PageUp),
    ]
}

/// True while the trainer has paused the run: what a person does at the desk does nothing, but to leave. A trainer may be gone
/// for good.
pub fn keeps(model: &mut Model, msg: &Msg) -> bool {
    let paused = model.training.is_paused();
    let leaves = matches!(
        msg,
        Msg::Key(Key { code: Code::Char('c'), ctrl: true, .. })
            | Msg::Clicked(Target::Key(Key { code: Code::Char('c'), ctrl: true, .. }))
    );
    let person = matches!(msg, Msg::Key(_) | Msg::Held(_) | Msg::Paste(_) | Msg::Clicked(_)) && !leaves;
    if paused && person {
        model.say(Severity::Info, "The trainer has paused the run: keys do nothing until it goes on.");
    }
    paused && person
}

/// It stands otherwise now.
pub fn changed(model: &mut Model, play: PlayView) -> Vec<Effect> {
    if !play.paused && model.training.play.as_ref().is_some_and(|before| before.paused) {
        // What was said of the pause is not so any more.
        model.say(Severity::Info, "The trainer has resumed the run.");
    }
    let before = model.training.play.as_ref();
    match (before.is_some_and(|before| before.lost), play.lost) {
        (false, true) => {
            model.say(Severity::Warning, "The trainer cannot be reached. Go on, or end it with Ctrl-C.");
        }
        (true, false) => model.say(Severity::Info, "The trainer can be reached again."),
        (false, false) | (true, true) => {}
    }
    let before = model.training.play.as_ref();
    let over = play.over.as_ref().filter(|_| before.is_none_or(|before| before.over.is_none()));
    if let Some(report) = over {
        model.say(Severity::Done, format!("The run is over: {} of 100 points.", report.grade));
    }
    model.training.play = Some(play);
    Vec::new()
}

/// The report, once there is one.
pub fn show_report(model: &mut Model) -> Vec<Effect> {
    if model.training.play.as_ref().is_some_and(|play| play.over.is_some()) {
        model.graded_from = model.screen;
        model.training.report_top = 0;
        model.screen = Screen::Graded;
    }
    Vec::new()
}
