//! Every screen, pane and overlay in a realistic state, by name.

use super::fixture::*;
use crate::desk::*;
use crate::order::*;
use std::sync::Arc;

pub type Case = (&'static str, Model);

/// All of them.
pub fn all() -> Vec<Case> {
    let mut cases = screens();
    cases.extend(before());
    cases.extend(reading());
    cases.extend(ends());
    cases.extend(doubts());
    cases.extend(overlays());
    cases.extend(super::replay::all());
    cases.extend(super::market::all());
    cases.extend(super::registration::all());
    cases.extend(super::training::all());
    cases.extend(super::window::all());
    let tour = super::tour::all(&cases);
    cases.extend(tour);
    let run = super::play::all(&cases);
    cases.extend(run);
    cases
}

fn screens() -> Vec<Case> {
    let mut filtered = queue(400);
    filtered.queue.filter = "4050".into();
    filtered.queue.filtering = true;
    filtered.queue.refilter(None, filtered.now);
    let mut production = queue(10_000);
    production.setup.environment = Environment::Production;
    production.queue.selected = 2;
    let accepted = production.queue.rows.iter().find(|row| row.standing == State::Accepted).unwrap();
    let accepted = accepted.id.clone();
    production.queue.news.insert(accepted);
    production.frame.notice = Some(Notice { severity: Severity::Done, text: "Order added.".into() });
    let stalled = pressed(queue(60), "sj ");
    let marked = pressed(queue(60), "s  *");
    let mut open = pressed(queue(60), "sjj\rjj j");
    for row in &mut open.stalled.rows {
        row.worker = Some(Worker { name: row.agent.to_string(), at: at("15:31:00") });
    }
    let mut batch = pressed(queue(400), "sAy");
    for (n, what) in ["Retrieve RCC: answered, now RCC retrieved", "Retrieve RCC: refused again with 4040"]
        .into_iter()
        .enumerate()
    {
        let current = batch.stalled.batch.as_ref().and_then(|batch| batch.current.clone());
        let Some(id) = current else { continue };
        update(&mut batch, Msg::Ended(Ended { id, how: How::of(n == 0), what: what.into() }), now());
    }
    let paused = pressed(batch.clone(), "p");
    let results = pressed(paused.clone(), "h");
    let mut agent = queue(60);
    agent.setup.role = Role::Agent;
    let agent = pressed(agent, "sA");
    let mut locked = queue(60);
    locked.setup.environment = Environment::Production;
    (locked.frame.lock.locked, locked.frame.under_way) = (true, 1);
    let mut none_today = model(Screen::Queue);
    none_today.queue.counts.ended = 3;
    vec![
        ("queue_empty", model(Screen::Queue)),
        ("queue_none_today", none_today),
        ("locked", locked),
        ("queue_production", production),
        ("queue_filtered", filtered),
        ("intake", intake()),
        ("stalled", stalled),
        ("stalled_marked", marked),
        ("stalled_open", open),
        ("stalled_batch", batch),
        ("stalled_paused", paused),
        ("stalled_results", results),
        ("stalled_agent", agent),
        ("stalled_long", pressed(queue(60), "sjjjj\rjjjjjjjjjjjj")),
        ("day", day()),
    ]
}

/// A model after these keys.
pub fn pressed(mut model: Model, keys: &str) -> Model {
    press(&mut model, keys);
    model
}

pub fn press(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        model.frame.held = Held::default();
        let key = if key == '\r' { Key::plain(Code::Enter) } else { Key::char(key) };
        update(model, Msg::Key(key), now());
    }
}

/// A day with three agents.
fn day() -> Model {
    let mut figures = crate::report::Figures { orders: 214, ..Default::default() };
    figures.states = [12, 3, 0, 1, 9, 2, 0, 2, 171, 6, 1, 7];
    for (hour, n) in [(8, 4), (9, 18), (10, 31), (11, 40), (12, 12), (13, 29), (14, 27), (15, 10)] {
        figures.hours[hour] = n;
    }
    figures.minutes = [3, 41, 80, 25, 12, 6, 3, 1, 0];
    figures.acceptances.iter_mut().zip([120, 44, 9]).for_each(|(method, n)| method.1 = n);
    for (code, n) in [("retrieve_rcc/no_answer", 9), ("complete_order/2000", 4), ("send_rcc/4040", 1)] {
        figures.errors.insert(code.into(), n);
    }
    for (name, opened, completed) in [("j.lee", 70, 61), ("k.ono", 90, 71), ("r.diaz", 54, 39)] {
        let agent = crate::report::Agent { opened, completed, abandoned: 2, errors: 5 };
        figures.agents.insert(name.into(), agent);
    }
    let mut model = pressed(queue(60), "d");
    let figures = Arc::new(figures);
    update(&mut model, Msg::Day { figures, since: at("00:00:00"), until: now() }, now());
    model
}

/// Lists, with the chosen order beside them.
pub fn wide() -> Vec<Case> {
    let story = Story::opened(Some(at("15:04:05"))).sent();
    let (order, history) = (Arc::new(story.order()), Arc::new(story.history.clone()));
    let mut list = queue(60);
    list.frame.size = (140, 40);
    list.queue.take(Page::whole([list.queue.rows.clone(), vec![Summary::of(&order)]].concat()), now());
    let id = order.id.clone();
    list.queue.refilter(Some(&id), list.now);
    let effects = update(&mut list, Msg::Tick, now());
    for effect in effects {
        if let Effect::Timer { id, .. } = effect {
            update(&mut list, Msg::Timer(id), now());
        }
    }
    update(&mut list, Msg::Glance { order, history }, now());
    let mut loading = queue(60);
    loading.frame.size = (140, 40);
    let mut stalled = loading.clone();
    update(&mut stalled, Msg::Key(Key::char('s')), now());
    let chosen = pressed(stalled.clone(), "jj\rj ");
    vec![
        ("queue_wide", list),
        ("queue_wide_loading", loading),
        ("stalled_wide", stalled),
        ("stalled_wide_order", chosen),
        ("day_wide", day()),
    ]
}

fn opened() -> Story {
    Story::opened(Some(at("15:04:05")))
}

fn before() -> Vec<Case> {
    let refused = opened().calls("15:06:00", 1, Call::RetrieveRcc).refused(
        1,
        "retrieve_rcc/2000",
        "Missing or Invalid salesCode S1042; TxID 7f3a-40",
    );
    let mut busy = opened().on(Pane::Retrieve);
    busy.order.as_mut().unwrap().busy = Some((Some(Call::RetrieveRcc), at("15:38:17")));
    let mut changed = rcc();
    changed.sections[1].text = changed.sections[1].text.replace("$65.00", "$70.00");
    changed.sections[5].text.push_str(" Tell us a day before if you cannot be there.");
    let changed =
        opened().accepted().calls("15:36:00", 3, Call::RetrieveRcc).then("15:36:01", text_came(3, changed));
    let declined = opened().retrieved().then("15:20:00", Event::Declined { method: Some(Method::Verbal) });
    vec![
        ("retrieve", Story::opened(None).on(Pane::Retrieve)),
        ("retrieve_busy", busy),
        ("worked_on", worked_on()),
        ("retrieve_refused", refused.on(Pane::Retrieve)),
        ("text_changed", changed.on(Pane::Deliver)),
        ("deliver", opened().retrieved().on(Pane::Deliver)),
        ("deliver_declined", declined.on(Pane::Deliver)),
    ]
}

/// An order that somebody else is reading to the customer.
fn worked_on() -> Model {
    let mut model = opened().reading(2).on(Pane::Reading);
    model.setup.agent = "k.ono".into();
    model.now = at("15:10:00");
    model
}

fn reading() -> Vec<Case> {
    let interrupted =
        opened().reading(3).then("15:20:00", Event::ReadingInterrupted { section: 3 }).on(Pane::Deliver);
    let hard = Rcc {
        language: None,
        sections: vec![Section {
            id: None,
            title: None,
            text: "Price:\t$10\t20\u{202e} and \u{200b}more\u{1b}[31m.\rNext line.".into(),
        }],
    };
    let hard = opened()
        .calls("15:06:00", 1, Call::RetrieveRcc)
        .then("15:06:01", text_came(1, hard.clone()))
        .then("15:07:00", Event::ReadingStarted { sha256: hard.sha256(), afresh: false, uptime: None });
    let mut late = Story::opened(Some(at("13:40:00"))).reading(1).on(Pane::Reading);
    late.frame.notice = Some(Notice { severity: Severity::Warning, text: "2 minutes are left.".into() });
    vec![
        ("reading", opened().reading(2).on(Pane::Reading)),
        ("reading_interrupted", interrupted),
        ("reading_late", late),
        ("reading_all_read", opened().reading(7).on(Pane::Reading)),
        ("reading_hidden_characters", hard.on(Pane::Reading)),
    ]
}

fn ends() -> Vec<Case> {
    let mut polling = opened().sent().on(Pane::Sent);
    let pauses = polling.setup.pauses;
    let started_at = at("15:38:00");
    let next_at = Some(at("15:38:29"));
    let id = polling.order.as_ref().unwrap().order.id.clone();
    polling.polls.insert(id, Polling { pauses, started_at, checks: 4, next_at, timer: 4 });
    let complete = |time| opened().accepted().calls(time, 3, Call::CompleteOrder);
    let details = serde_json::json!({"dueDate": "2026-12-01", "products": [{"name": "Internet 500"}]});
    let completed = complete("15:36:00").then(
        "15:36:02",
        Event::Completed {
            attempt: 3,
            order_number: "N104421877".into(),
            order_status: Some("Submitted".into()),
            tx_id: Some("7f3a-50".into()),
            personal: Some(DetailsPersonal { details: Details(details) }),
        },
    );
    let payment =
        "Invalid credit card information. Authorization Failed Please correct and resend TxID 7f3a-40";
    let refused = complete("15:36:00").refused(3, "complete_order/1099", payment);
    let abandoned =
        opened().retrieved().then("15:20:00", Event::Abandoned { reason: "customer hung up".into() });
    vec![
        ("sent", opened().sent().on(Pane::Sent)),
        ("sent_polling", polling),
        ("complete", opened().accepted().on(Pane::Complete)),
        ("complete_refused", refused.on(Pane::Complete)),
        ("outcome_completed", completed.on(Pane::Outcome)),
        ("outcome_expired", Story::opened(Some(at("13:30:00"))).accepted().on(Pane::Outcome)),
        ("outcome_abandoned", abandoned.on(Pane::Outcome)),
    ]
}

/// A Complete whose answer never came, sent and lost at these times.
fn doubted(sent: &str, lost: &str) -> Story {
    let failure = Failure::Unknown("no answer within 30 s".into());
    opened()
        .accepted()
        .calls(sent, 3, Call::CompleteOrder)
        .then(lost, Event::CallFailed { attempt: Some(3), call: Call::CompleteOrder, failure, uptime: None })
}

fn doubts() -> Vec<Case> {
    let rested = || doubted("15:35:00", "15:35:30");
    let press_keys = |mut model: Model, keys: &[Key]| {
        for key in keys {
            model.frame.held = Held::default();
            update(&mut model, Msg::Key(*key), now());
        }
        model
    };
    let [p, v, enter] = [Key::char('p'), Key::char('v'), Key::plain(Code::Enter)];
    let say = |text: &str| text.chars().map(Key::char).chain([enter]).collect::<Vec<_>>();
    let mut two = press_keys(rested().on(Pane::Outcome), &[]);
    two.setup.two_people = true;
    let verdict = [vec![v], say("no"), say("TICKET-4711"), say("Ann Supervisor")].concat();
    let probed = || rested().probes("15:37:40", 4);
    let error = || {
        refusal(
            "complete_order/2130",
            "Order shows already submitted and may not be submitted again; TxID 7f3a-40",
        )
    };
    let inferred = Event::CompletionInferred { attempt: 4, earlier: 3, error: error() };
    let settled =
        |placed| Event::Resolved { placed, reference: "TICKET-4711".into(), name: "Ann Supervisor".into() };
    let mut probing = probed().on(Pane::Outcome);
    probing.order.as_mut().unwrap().busy = Some((Some(Call::CompleteOrder), at("15:37:40")));
    let refused = Problem {
        what: "order o6zk1p7xqa, for the same customer and address, is in doubt and may have been placed"
            .into(),
        field: "despiteDoubt".into(),
        who: Who::Supervisor,
        next: "Settle that order first; or take this one in with a supervisor's reason, which is kept."
            .into(),
        retry: Retry::Dangerous,
        code: None,
        tx_id: None,
    };
    let mut early = rested().on(Pane::Outcome);
    early.order.as_mut().unwrap().problem = Some(Problem {
        what: "the request may still be on its way; the quiet period lasts another 40 s".into(),
        field: "order".into(),
        next: "Wait until the quiet period is over, then look again.".into(),
        ..refused.clone()
    });
    let foreign = opened().accepted().calls("15:36:00", 3, Call::CompleteOrder);
    let foreign = foreign.then("15:36:02", Event::CallRefused { attempt: Some(3), error: error() });
    let mut despite = intake();
    despite.intake.mark_afresh([]);
    update(&mut despite, Msg::Failed { id: None, problem: refused, after: true, retry_after: None }, now());
    vec![
        ("doubt_waiting", doubted("15:37:00", "15:37:30").on(Pane::Outcome)),
        ("doubt_rested", rested().on(Pane::Outcome)),
        (
            "doubt_probe_refused",
            probed().refused(4, "complete_order/1099", "Authorization Failed").on(Pane::Outcome),
        ),
        ("doubt_too_early", early),
        ("doubt_probing", probing),
        ("confirm_probe", press_keys(rested().on(Pane::Outcome), &[p])),
        ("ask_verdict", press_keys(rested().on(Pane::Outcome), &verdict[..4])),
        ("confirm_verdict", press_keys(rested().on(Pane::Outcome), &verdict)),
        ("confirm_verdict_of_two", press_keys(two, &verdict)),
        ("outcome_inferred", probed().then("15:37:42", inferred).on(Pane::Outcome)),
        ("outcome_verdict", rested().then("15:37:50", settled(true)).on(Pane::Outcome)),
        ("complete_after_verdict", rested().then("15:37:50", settled(false)).on(Pane::Complete)),
        ("outcome_foreign", foreign.on(Pane::Outcome)),
        ("intake_despite_doubt", despite),
    ]
}

fn overlays() -> Vec<Case> {
    let over = |mut model: Model, overlay| {
        model.frame.overlay = Some(overlay);
        model
    };
    let name = Form {
        fields: vec![field("name", "Name", "As the person gave it.", "Anna Okaf")],
        ..Form::default()
    };
    let accepted = opened().accepted();
    let read = opened().reading(7).on(Pane::Reading);
    let palette = Palette { input: "re".into(), selected: 0 };
    let mut live = accepted.on(Pane::Complete);
    live.setup.environment = Environment::Production;
    for key in [Key::plain(Code::Enter), Key::char('y')] {
        live.frame.held = Held::default();
        update(&mut live, Msg::Key(key), now());
    }
    let shown = accepted.order().shown();
    let asked = Overlay::Confirm(Confirm::Complete(shown));
    let asked_before = Overlay::Confirm(Confirm::Complete(Shown { seq: shown.seq - 1, ..shown }));
    vec![
        ("confirm_live", live),
        ("confirm_complete", over(accepted.on(Pane::Complete), asked)),
        ("confirm_complete_changed", over(accepted.on(Pane::Complete), asked_before)),
        ("confirm_retry_all", pressed(queue(60), "sA")),
        ("ask_assign", pressed(queue(60), "s*Gk.on")),
        ("ask_abandon_each", pressed(queue(60), "sjjjjj*X")),
        ("ask_note_many", pressed(queue(60), "sjjjj*N")),
        ("ask_said_yes", over(read.clone(), Overlay::Confirm(Confirm::SaidYes("Anna Okafor".into())))),
        ("ask_who_accepted", over(read, Overlay::Ask(Confirm::AcceptVerbally, name))),
        ("history", over(accepted.on(Pane::Complete), Overlay::History)),
        ("help", over(opened().retrieved().on(Pane::Deliver), Overlay::Help)),
        ("palette", over(queue(60), Overlay::Palette(palette))),
    ]
}
