//! The keys of an order, step by step.

use super::bindings::to_replay;
use super::hands::worked_on_by;
use super::replaying::is_reading;
use super::screen::{OrderScreen, Pane};
use crate::desk::action::Action;
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model};
use crate::order::{Call, Next, Reopens, is_to_be_retrieved, next_steps};

const TAKE_OVER: &str =
    "Take over this order from whoever is working on it; you confirm first, and the history records it.";

/// The keys of an order's screen.
pub fn keys(model: &Model, screen: &OrderScreen) -> Vec<Binding> {
    let mut all = steps(model, screen);
    let next = next_steps(&screen.order, &model.moment());
    let idle = screen.busy.is_none() && !model.polls.contains_key(&screen.order.id);
    let mine = worked_on_by(model, &screen.order).is_none();
    if idle && mine && must_mend(model, screen) {
        // Sending the same again would bring the same: the correction comes first.
        for binding in &mut all {
            binding.primary = false;
        }
        all.insert(
            0,
            primary(
                Key::char('a'),
                "correct",
                "Correct what Px refused; the two locked ids stay.",
                Action::Amend,
            ),
        );
    } else if idle && mine && next.contains(&Next::Amend) {
        all.push(bind(
            Key::char('a'),
            "correct",
            "Correct what Px refused; the two locked ids stay.",
            Action::Amend,
        ));
    }
    if idle && !mine {
        let take = bind(Key::char('O'), "take over", TAKE_OVER, Action::TakeOver);
        // Where an outcome is looked after, that is done by whoever may.
        all.insert(0, Binding { primary: screen.pane != Pane::Outcome, ..take });
    }
    if idle && next.contains(&Next::Abandon) {
        all.push(bind(Key::char('X'), "abandon", "End this order for good.", Action::Abandon));
    }
    all.push(bind(Key::char('N'), "note", "Write a note; it is kept in the history.", Action::Note));
    if idle && !screen.order.standing().is_final() {
        all.push(bind(Key::char('G'), "assign", "Assign this order to an agent.", Action::Assign));
    }
    all.push(bind(Key::char('h'), "history", "Everything that happened to this order.", Action::History));
    all.push(bind(
        Key::char('c'),
        "copy",
        "Copy the order number, the error code and TxID, or the two ids.",
        Action::Copy,
    ));
    if model.trains() {
        all.push(bind(
            Key::char('t'),
            "training",
            "Simulate the customer, the clock and failures on the embedded Px.",
            Action::Training,
        ));
    }
    if !is_reading(model, screen) {
        all.push(to_replay());
    }
    all.push(bind(plain(Code::PageDown), "scroll", "Scroll down a long text.", Action::PageDown));
    all.push(bind(plain(Code::PageUp), "scroll up", "Scroll up a long text.", Action::PageUp));
    all
}

/// True when Px refused something that is corrected here, and the order still can be.
pub fn must_mend(model: &Model, screen: &OrderScreen) -> bool {
    let order = &screen.order;
    let refused = order.refusal().is_some_and(|error| error.remedy().reopens == Reopens::Mend);
    let complete = screen.pane == Pane::Complete && order.to_mend(Call::CompleteOrder).is_some();
    (refused || complete) && next_steps(order, &model.moment()).contains(&Next::Amend)
}

/// True when the answer to a Complete that is sent now would come inside the window.
pub fn has_room(model: &Model, screen: &OrderScreen) -> bool {
    screen.order.window().has_room(model.now, model.setup.complete_room)
}

/// The next key before the text is read or sent: Px may hold another one by now.
fn deliver(screen: &OrderScreen) -> Binding {
    let enter = plain(Code::Enter);
    if is_to_be_retrieved(&screen.order) {
        let help = "Retrieve the RCC text again: it may have changed.";
        return primary(enter, "get text again", help, Action::Retrieve);
    }
    primary(enter, "read aloud", "Read the text aloud to the customer.", Action::Read)
}

/// The keys of the step that the order is at. While a call is running there are none: nothing can be done twice.
pub fn steps(model: &Model, screen: &OrderScreen) -> Vec<Binding> {
    if model.polls.contains_key(&screen.order.id) {
        return vec![primary(
            Key::char('x'),
            "stop checking",
            "Stop checking; you can start again at any time.",
            Action::StopChecking,
        )];
    }
    if screen.busy.is_some() {
        return Vec::new();
    }
    if screen.pane != Pane::Outcome && worked_on_by(model, &screen.order).is_some() {
        return Vec::new();
    }
    let next = next_steps(&screen.order, &model.moment());
    let can = |step| next.contains(&step);
    let read = |label| bind(Key::char('v'), label, "Read the text aloud to the customer.", Action::Read);
    let sms = |label| bind(Key::char('s'), label, "Send the text by SMS.", Action::SendSms);
    let email = |label| bind(Key::char('e'), label, "Send the text by e-mail.", Action::SendEmail);
    let decline = bind(Key::char('d'), "declined", "The customer said no.", Action::Decline);
    let again = bind(
        Key::char('g'),
        "get text again",
        "Retrieve the RCC text again; a changed text needs a new yes.",
        Action::Retrieve,
    );
    let accepted = can(Next::CheckAcceptance).then(|| {
        let help = "The customer accepted what was sent before: check with Px, once.";
        bind(Key::char('w'), "accepted as sent", help, Action::Check)
    });
    let enter = plain(Code::Enter);
    let mut all = match screen.pane {
        Pane::Retrieve if can(Next::Retrieve) => {
            vec![primary(enter, "retrieve", "Retrieve the RCC text from Px.", Action::Retrieve)]
        }
        Pane::Deliver if can(Next::Read) => {
            vec![deliver(screen), read("read aloud"), sms("send SMS"), email("send e-mail"), again]
                .into_iter()
                .chain(accepted)
                .collect()
        }
        Pane::Reading if can(Next::AcceptVerbally) => vec![
            primary(enter, "customer said yes", "Record who accepted.", Action::AcceptVerbally),
            decline,
            bind(Key::char('R'), "read again", "Read it again from the start.", Action::ReadAgain),
            bind(Key::char('b'), "look back", "Show the previous section.", Action::LookBack),
            sms("send SMS instead"),
            email("send e-mail instead"),
        ]
        .into_iter()
        .chain(accepted)
        .collect(),
        Pane::Reading if can(Next::Read) => {
            let others = vec![decline, sms("send SMS instead"), email("send e-mail instead")];
            [reading(screen), others, accepted.into_iter().collect()].concat()
        }
        Pane::Sent if can(Next::CheckAcceptance) => vec![
            primary(
                enter,
                "customer accepted",
                "The customer says they accepted: check with Px.",
                Action::Check,
            ),
            sms("SMS again"),
            email("e-mail again"),
            read("read aloud instead"),
            decline,
            again,
        ],
        Pane::Complete if (can(Next::Complete) || must_mend(model, screen)) && has_room(model, screen) => {
            vec![
                primary(enter, "complete", "Submit the order; you confirm first.", Action::Complete),
                decline,
                again,
                read("read again"),
            ]
        }
        Pane::Outcome if can(Next::Probe) => doubt(),
        Pane::Outcome if can(Next::Release) => {
            vec![bind(
                Key::char('u'),
                "release",
                "Release the hold, once the carrier agrees.",
                Action::Release,
            )]
        }
        Pane::Retrieve | Pane::Deliver | Pane::Reading | Pane::Sent | Pane::Complete | Pane::Outcome => {
            Vec::new()
        }
    };
    // What Px refused is corrected before it is sent again.
    all.retain(|binding| call_of(binding.action).is_none_or(|call| screen.order.to_mend(call).is_none()));
    all
}

/// The call that a key of these steps leads to, of those that are refused once and not again the same.
fn call_of(action: Action) -> Option<Call> {
    match action {
        Action::Retrieve => Some(Call::RetrieveRcc),
        Action::SendSms | Action::SendEmail => Some(Call::SendRcc),
        Action::Complete => Some(Call::CompleteOrder),
        _ => None,
    }
}

/// While the text is read aloud.
fn reading(screen: &OrderScreen) -> Vec<Binding> {
    let bookmark = screen.order.reading.as_ref().and_then(crate::order::Reading::bookmark);
    let (label, help) = if screen.goes_on() {
        ("next part", "This much was read; show the next part of the section (also Enter).")
    } else if bookmark.is_some_and(|bookmark| screen.section < bookmark) {
        ("go on", "You looked back: go on to the next section (also Enter).")
    } else {
        ("section read", "This section was read; go to the next one (also Enter).")
    };
    vec![
        primary(Key::char(' '), label, help, Action::SectionRead),
        bind(
            Key::char('b'),
            "look back",
            "Show the previous section; it stays read (also Up).",
            Action::LookBack,
        ),
        bind(Key::char('i'), "interrupt", "Stop here; the bookmark is saved.", Action::Interrupt),
        bind(Key::char('R'), "read again", "Read it again from the start.", Action::ReadAgain),
    ]
}

/// When the quiet period of an order in doubt is over. Neither is the next key: it is a person's to choose.
fn doubt() -> Vec<Binding> {
    vec![
        bind(
            Key::char('p'),
            "probe",
            "Send the same request once more; you confirm first. 2130 means the first one arrived.",
            Action::Probe,
        ),
        bind(
            Key::char('v'),
            "verdict",
            "Record the carrier's answer: placed or not, its reference, your name.",
            Action::Verdict,
        ),
    ]
}
