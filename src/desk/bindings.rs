//! Which keys do what on the screen one is on: one table, for `update`, the line of keys, help and the palette alike.

use super::model::{Confirm, Model, OrderScreen, Overlay, Pane, Screen};
use super::training;
use super::{Code, Key};
use crate::order::{Environment, Next, Reopens, next_steps, span};

/// A key and what it does now.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    pub key: Key,
    /// One or two words for the line of keys.
    pub label: &'static str,
    /// A sentence for help and the palette.
    pub help: &'static str,
    /// The one next key, shown big; at most one of the bindings is.
    pub primary: bool,
    pub deed: Deed,
}

/// What a person can do with a key or from the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    // Everywhere.
    Help,
    Palette,
    Theme,
    Back,
    Quit,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    // The queue.
    OpenChosen,
    TakeIn,
    Filter,
    Refresh,
    Stalled,
    Training,
    // Forms and questions.
    Submit,
    NextField,
    PreviousField,
    Yes,
    // The order.
    Retrieve,
    Read,
    SendSms,
    SendEmail,
    PassageRead,
    LookBack,
    Interrupt,
    ReadAgain,
    AcceptVerbally,
    Decline,
    Check,
    StopChecking,
    Complete,
    Amend,
    Release,
    Abandon,
    History,
    Copy,
    // Stalled orders.
    RetryOne,
    RetryAll,
    // Training.
    Practise,
}

fn bind(key: Key, label: &'static str, help: &'static str, deed: Deed) -> Binding {
    Binding { key, label, help, primary: false, deed }
}

fn primary(key: Key, label: &'static str, help: &'static str, deed: Deed) -> Binding {
    Binding { primary: true, ..bind(key, label, help, deed) }
}

fn plain(code: Code) -> Key {
    Key::plain(code)
}

/// The keys that mean something now, the next one first: those of what lies over the screen, else those of the screen.
pub fn bindings(model: &Model) -> Vec<Binding> {
    let esc = |label| bind(plain(Code::Esc), label, "Close this without doing anything.", Deed::Back);
    match &model.overlay {
        None => screen_bindings(model),
        Some(Overlay::Help | Overlay::History) => vec![
            primary(plain(Code::Esc), "close", "Close this.", Deed::Back),
            bind(plain(Code::Down), "scroll", "Scroll down.", Deed::Down),
            bind(plain(Code::Up), "scroll up", "Scroll up.", Deed::Up),
        ],
        Some(Overlay::Palette(_)) => vec![
            primary(plain(Code::Enter), "do it", "Do what is chosen.", Deed::Submit),
            bind(plain(Code::Down), "next", "Choose the next one.", Deed::Down),
            bind(plain(Code::Up), "previous", "Choose the one before.", Deed::Up),
            esc("close"),
        ],
        Some(Overlay::Confirm(confirm)) => {
            vec![primary(Key::char('y'), yes(confirm), "Yes, do it.", Deed::Yes), esc("no")]
        }
        Some(Overlay::Ask(confirm, form)) => vec![
            primary(
                plain(Code::Enter),
                if form.fields.len() > 1 { "next, then do it" } else { yes(confirm) },
                "To the next field; on the last one, do it.",
                Deed::Submit,
            ),
            bind(Key::ctrl('s'), "do it", "Do it now, from any field.", Deed::Submit),
            bind(plain(Code::Tab), "next field", "To the next field.", Deed::NextField),
            bind(plain(Code::BackTab), "field before", "To the field before.", Deed::PreviousField),
            esc("never mind"),
        ],
    }
}

fn yes(confirm: &Confirm) -> &'static str {
    match confirm {
        Confirm::Complete => "yes, complete it",
        Confirm::AcceptVerbally => "the customer said yes",
        Confirm::SendSms | Confirm::SendEmail => "send it",
        Confirm::Amend => "correct it",
        Confirm::Decline => "the customer declined",
        Confirm::Release => "release it",
        Confirm::Abandon => "abandon it",
        Confirm::RetryOne(_) => "retry it",
        Confirm::RetryAll(_) => "retry these",
        Confirm::Leave => "leave all the same",
    }
}

/// The keys of the screen itself, whatever lies over it.
pub fn screen_bindings(model: &Model) -> Vec<Binding> {
    let mut all = match model.screen {
        Screen::Queue => queue(model),
        Screen::Intake => intake(),
        Screen::Order => model.order.as_ref().map(|screen| order(model, screen)).unwrap_or_default(),
        Screen::Stalled => stalled(),
        Screen::Training => training_keys(model),
    };
    if model.screen != Screen::Queue {
        all.push(bind(plain(Code::Esc), "back", "Back to the queue.", Deed::Back));
    }
    let typing = model.screen == Screen::Intake || (model.screen == Screen::Queue && model.queue.filtering);
    let help = if typing { plain(Code::F(1)) } else { Key::char('?') };
    all.push(bind(help, "help", "What every key on this screen does.", Deed::Help));
    all.push(bind(Key::ctrl('p'), "all commands", "Find a command by its name.", Deed::Palette));
    if !typing {
        all.push(bind(Key::char('T'), "colours", "Dark, light, high contrast, or none.", Deed::Theme));
    }
    all
}

fn moving(all: &mut Vec<Binding>) {
    all.extend([
        bind(plain(Code::Down), "down", "To the next row (also j).", Deed::Down),
        bind(plain(Code::Up), "up", "To the row before (also k).", Deed::Up),
        bind(plain(Code::PageDown), "page down", "A page further.", Deed::PageDown),
        bind(plain(Code::PageUp), "page up", "A page back.", Deed::PageUp),
        bind(plain(Code::Home), "first", "To the first row.", Deed::First),
        bind(plain(Code::End), "last", "To the last row.", Deed::Last),
    ]);
}

fn queue(model: &Model) -> Vec<Binding> {
    let empty = model.queue.matches.is_empty();
    let mut all = Vec::new();
    let take_in = bind(Key::char('n'), "take in", "Take an order in, by typing or pasting it.", Deed::TakeIn);
    if model.queue.filtering {
        all.push(primary(
            plain(Code::Enter),
            "keep filter",
            "Keep the filter and go back to the rows.",
            Deed::Submit,
        ));
        all.push(bind(plain(Code::Esc), "clear", "Show every order again.", Deed::Back));
        moving(&mut all);
        return all;
    }
    if empty {
        all.push(Binding { primary: true, ..take_in });
    } else {
        all.push(primary(plain(Code::Enter), "open", "Open the chosen order.", Deed::OpenChosen));
        all.push(take_in);
    }
    all.push(bind(Key::char('/'), "filter", "Show only orders that hold what you type.", Deed::Filter));
    if !model.queue.filter.value().is_empty() {
        all.push(bind(plain(Code::Esc), "clear filter", "Show every order again.", Deed::Back));
    }
    all.push(bind(Key::char('s'), "stalled", "The orders that will not move by themselves.", Deed::Stalled));
    if model.setup.environment == Environment::Embedded {
        all.push(bind(
            Key::char('t'),
            "training",
            "Play the customer, the clock and bad luck on the embedded Px.",
            Deed::Training,
        ));
    }
    all.push(bind(Key::char('r'), "refresh", "Read the queue again.", Deed::Refresh));
    all.push(bind(Key::char('q'), "quit", "Leave the desk; nothing is lost.", Deed::Quit));
    moving(&mut all);
    all
}

fn intake() -> Vec<Binding> {
    vec![
        primary(Key::ctrl('s'), "take it in", "Take the order in and retrieve its RCC text.", Deed::Submit),
        bind(plain(Code::Tab), "next field", "To the next field (also Enter).", Deed::NextField),
        bind(plain(Code::BackTab), "field before", "To the field before.", Deed::PreviousField),
    ]
}

fn stalled() -> Vec<Binding> {
    let mut all = vec![
        primary(plain(Code::Enter), "open", "Open the chosen order.", Deed::OpenChosen),
        bind(
            Key::char('r'),
            "retry",
            "Retry the chosen order, if that is safe and may help.",
            Deed::RetryOne,
        ),
        bind(
            Key::char('A'),
            "retry all safe",
            "Retry every order for which that is safe, after a preview.",
            Deed::RetryAll,
        ),
    ];
    moving(&mut all);
    all
}

fn training_keys(model: &Model) -> Vec<Binding> {
    let mut all = Vec::new();
    if !training::items(model).is_empty() {
        all.push(primary(
            plain(Code::Enter),
            "do it",
            "Do the chosen thing to the embedded Px.",
            Deed::Practise,
        ));
    }
    moving(&mut all);
    all
}

fn order(model: &Model, screen: &OrderScreen) -> Vec<Binding> {
    let mut all = steps(model, screen);
    let next = next_steps(&screen.order, model.now);
    let idle = screen.busy.is_none() && screen.polling.is_none();
    if idle && must_mend(screen) {
        // Sending the same again would bring the same: the correction comes first.
        for binding in &mut all {
            binding.primary = false;
        }
        all.insert(
            0,
            primary(
                Key::char('a'),
                "correct it",
                "Correct what Px refused; the two locked ids stay.",
                Deed::Amend,
            ),
        );
    } else if idle && next.contains(&Next::Amend) {
        all.push(bind(
            Key::char('a'),
            "amend",
            "Correct what Px refused; the two locked ids stay.",
            Deed::Amend,
        ));
    }
    if idle && next.contains(&Next::Abandon) {
        all.push(bind(Key::char('X'), "abandon", "End this order for good.", Deed::Abandon));
    }
    all.push(bind(Key::char('h'), "history", "Everything that happened to this order.", Deed::History));
    all.push(bind(
        Key::char('c'),
        "copy",
        "Copy the order number, or the error's code and TxID.",
        Deed::Copy,
    ));
    if model.setup.environment == Environment::Embedded {
        all.push(bind(
            Key::char('t'),
            "training",
            "Play the customer, the clock and bad luck on the embedded Px.",
            Deed::Training,
        ));
    }
    all.push(bind(plain(Code::PageDown), "scroll", "Scroll down a long text.", Deed::PageDown));
    all.push(bind(plain(Code::PageUp), "scroll up", "Scroll up a long text.", Deed::PageUp));
    all
}

/// True when Px refused something that is corrected here.
fn must_mend(screen: &OrderScreen) -> bool {
    screen.order.refusal().is_some_and(|error| error.remedy().reopens == Reopens::Mend)
}

/// The keys of the step that the order is at. While a call is under way there are none: nothing can be done twice.
fn steps(model: &Model, screen: &OrderScreen) -> Vec<Binding> {
    if screen.polling.is_some() {
        return vec![primary(
            Key::char('x'),
            "stop asking",
            "Stop asking Px; you can start again at any time.",
            Deed::StopChecking,
        )];
    }
    if screen.busy.is_some() {
        return Vec::new();
    }
    let next = next_steps(&screen.order, model.now);
    let can = |step| next.contains(&step);
    let read = |label| bind(Key::char('v'), label, "Read the text aloud to the customer.", Deed::Read);
    let sms = |label| bind(Key::char('s'), label, "Have the text sent by SMS.", Deed::SendSms);
    let email = |label| bind(Key::char('e'), label, "Have the text sent by e-mail.", Deed::SendEmail);
    let decline = bind(Key::char('d'), "declined", "The customer said no.", Deed::Decline);
    let again = bind(
        Key::char('g'),
        "get text again",
        "Retrieve the RCC text again; a changed text needs a new yes.",
        Deed::Retrieve,
    );
    let enter = plain(Code::Enter);
    match screen.pane {
        Pane::Retrieve if can(Next::Retrieve) => {
            vec![primary(enter, "retrieve", "Retrieve the RCC text from Px.", Deed::Retrieve)]
        }
        Pane::Deliver if can(Next::Read) => {
            vec![
                primary(enter, "read aloud", "Read the text aloud to the customer.", Deed::Read),
                read("read aloud"),
                sms("send SMS"),
                email("send e-mail"),
                again,
            ]
        }
        Pane::Reading if can(Next::AcceptVerbally) => vec![
            primary(enter, "customer said yes", "Take down who said yes.", Deed::AcceptVerbally),
            decline,
            bind(Key::char('R'), "read again", "Read it again from the start.", Deed::ReadAgain),
            bind(Key::char('b'), "look back", "Show the passage before.", Deed::LookBack),
            sms("send SMS instead"),
            email("send e-mail instead"),
        ],
        Pane::Reading if can(Next::Read) => vec![
            primary(
                Key::char(' '),
                "passage read",
                "This passage was read; light the next one (also Enter).",
                Deed::PassageRead,
            ),
            bind(
                Key::char('b'),
                "look back",
                "Show the passage before; it stays read (also Up).",
                Deed::LookBack,
            ),
            bind(Key::char('i'), "interrupt", "Stop here; the bookmark stays.", Deed::Interrupt),
            bind(Key::char('R'), "read again", "Read it again from the start.", Deed::ReadAgain),
            decline,
            sms("send SMS instead"),
            email("send e-mail instead"),
        ],
        Pane::Sent if can(Next::CheckAcceptance) => vec![
            primary(enter, "customer accepted", "The customer says: I accepted. Ask Px for it.", Deed::Check),
            sms("SMS again"),
            email("e-mail again"),
            read("read aloud instead"),
            decline,
            again,
        ],
        Pane::Complete if can(Next::Complete) => {
            vec![
                primary(enter, "complete", "Submit the order, after one question.", Deed::Complete),
                again,
                read("read again"),
                decline,
            ]
        }
        Pane::Outcome if can(Next::Release) => {
            vec![bind(Key::char('u'), "release", "Lift the hold, with the carrier's word.", Deed::Release)]
        }
        Pane::Retrieve | Pane::Deliver | Pane::Reading | Pane::Sent | Pane::Complete | Pane::Outcome => {
            Vec::new()
        }
    }
}

/// The one line that says what the next key does.
pub fn next_line(model: &Model) -> String {
    match (&model.overlay, model.screen, &model.order) {
        (Some(Overlay::Confirm(Confirm::Complete)), ..) => {
            "y submits the order, once. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Confirm(_)), ..) => "y does it. Esc goes back.".to_owned(),
        (Some(Overlay::Ask(..)), ..) => "Fill in and press Enter. Esc goes back.".to_owned(),
        (Some(Overlay::Help | Overlay::History), ..) => "Esc closes this.".to_owned(),
        (Some(Overlay::Palette(_)), ..) => "Type a word, choose with the arrows, Enter does it.".to_owned(),
        (None, Screen::Queue, _) if model.queue.filtering => {
            "Type to filter. Enter keeps the filter, Esc clears it.".to_owned()
        }
        (None, Screen::Queue, _) if model.queue.rows.is_empty() => "n takes the first order in.".to_owned(),
        (None, Screen::Queue, _) => "Enter opens the chosen order. n takes a new one in.".to_owned(),
        (None, Screen::Intake, _) => "Fill in or paste the order's JSON; Ctrl-S takes it in.".to_owned(),
        (None, Screen::Stalled, _) => "Enter opens the order; r retries it if that is safe.".to_owned(),
        (None, Screen::Training, _) => "Enter does the chosen thing to the embedded Px.".to_owned(),
        (None, Screen::Order, Some(screen)) => order_line(model, screen),
        (None, Screen::Order, None) => "Esc goes back to the queue.".to_owned(),
    }
}

fn order_line(model: &Model, screen: &OrderScreen) -> String {
    if let Some((Some(call), _)) = screen.busy
        && screen.polling.is_none()
    {
        return format!("{call} is under way: nothing to press.");
    }
    if let Some(polling) = &screen.polling {
        let wait = polling.next_at.map(|at| at.duration_since(model.now));
        return match wait {
            Some(wait) if wait.is_positive() => {
                format!("Px is asked again in {}. x stops asking.", span(wait))
            }
            Some(_) | None => "Asking Px for the acceptance. x stops asking.".to_owned(),
        };
    }
    let bindings = steps(model, screen);
    if must_mend(screen) && screen.busy.is_none() {
        return "a corrects what Px refused; after that the step can be done again.".to_owned();
    }
    if let Some(next) = bindings.iter().find(|b| b.primary) {
        return primary_line(screen, next.deed);
    }
    match screen.order.state(model.now) {
        crate::order::State::InDoubt => {
            "Locked: nothing is sent again. Ask the carrier whether the order was placed.".to_owned()
        }
        crate::order::State::Completed => {
            "Done. c copies the order number; Esc goes back to the queue.".to_owned()
        }
        crate::order::State::Abandoned => "Ended. Esc goes back to the queue.".to_owned(),
        crate::order::State::Expired => {
            "Too late under these ids: X abandons it; prepare it again in the order system.".to_owned()
        }
        crate::order::State::Completing => {
            "Complete is under way at another desk: wait for its outcome.".to_owned()
        }
        crate::order::State::Refused if bindings.iter().any(|b| b.deed == Deed::Release) => {
            "Held: call the carrier first; u releases the order afterwards.".to_owned()
        }
        crate::order::State::Opened
        | crate::order::State::RccRetrieved
        | crate::order::State::RccBlocked
        | crate::order::State::Reading
        | crate::order::State::Sent
        | crate::order::State::Accepted
        | crate::order::State::Refused => {
            "Nothing to press here: see what to do next above. Esc goes back.".to_owned()
        }
    }
}

fn primary_line(screen: &OrderScreen, deed: Deed) -> String {
    let order = &screen.order;
    match deed {
        Deed::Retrieve if order.rcc_blocked => "Enter tries to retrieve the RCC text again.".to_owned(),
        Deed::Retrieve => "Enter retrieves the RCC text.".to_owned(),
        Deed::Read if order.replaced.is_some() => {
            "The text has changed: Enter reads the new one aloud; s sends it by SMS, e by e-mail.".to_owned()
        }
        Deed::Read => "Enter reads it aloud; s sends it by SMS, e by e-mail.".to_owned(),
        Deed::PassageRead => {
            let (done, all) =
                order.reading.as_ref().map_or((0, 0), |r| (r.passages.len() - r.left(), r.passages.len()));
            format!("Space: this passage was read; {} of {all}.", done + 1)
        }
        Deed::AcceptVerbally => "All read. Enter: the customer said yes. d: the customer said no.".to_owned(),
        Deed::Check => "Enter when the customer says: I accepted.".to_owned(),
        Deed::Complete => "Enter completes the order, after one question.".to_owned(),
        other => format!("Enter: {other:?}."),
    }
}
