//! Two hours of an order's window pass by the clock alone: a desk is told what time it is, tick by tick, when it asks to be
//! told, as in the real loop; and all that depends on time is looked at on the way.

use super::cases::Case;
use super::fixture::*;
use super::{frame, text};
use crate::desk::*;
use crate::order::*;
use jiff::SignedDuration;
use std::fmt::Write as _;
use std::sync::Arc;

/// The agent's desk, and a supervisor's that shows the queue, with an order of which every instant is made up.
#[derive(Clone)]
struct Desk {
    model: Model,
    list: Model,
    story: Story,
    now: Timestamp,
    /// What the agent's desk waits for.
    timers: Vec<(Timestamp, u64)>,
    ticks: usize,
}

impl Desk {
    /// The order is open on the agent's desk, 55 seconds after prepare.
    fn opened() -> Self {
        let story = Story::opened(Some(at("15:04:05")));
        let desk = |agent: &str| {
            let mut model = model(Screen::Queue);
            model.setup.agent = agent.into();
            // The lock has a story of its own.
            model.setup.lock_after = None;
            let rows = vec![Summary::of(&story.order())];
            update(&mut model, Msg::Queue(Box::new(Page::whole(rows))), at("15:05:00"));
            model
        };
        let (model, list) = (desk("r.diaz"), desk("t.meyer"));
        let mut desk = Self { model, list, story, now: at("15:05:00"), timers: Vec::new(), ticks: 0 };
        desk.press("\r");
        desk.show(false);
        desk
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = update(&mut self.model, msg, self.now);
        self.timers.extend(effects.iter().filter_map(|effect| match effect {
            Effect::Timer { id, delay } => Some((self.now + *delay, *id)),
            _ => None,
        }));
        effects
    }

    /// What the last of these keys asks for.
    fn press(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys.chars() {
            self.model.frame.held = Held::default();
            let key = if key == '\r' { Key::plain(Code::Enter) } else { Key::char(key) };
            effects = self.tell(Msg::Key(key));
        }
        effects
    }

    /// Both desks see the order as it is.
    fn show(&mut self, after: bool) -> Vec<Effect> {
        let (order, history) = (Arc::new(self.story.order()), Arc::new(self.story.history.clone()));
        let news = Msg::Order { order: order.clone(), history: history.clone(), after: false };
        update(&mut self.list, news, self.now);
        self.tell(Msg::Order { order, history, after })
    }

    fn decided(&mut self, command: Command) {
        for event in decide(&self.story.order(), command, self.now).unwrap() {
            let seq = self.story.history.len() as u64 + 1;
            let hash = hash(u8::try_from(seq).unwrap());
            self.story.history.push(Recorded { seq, at: self.now, by: "r.diaz".into(), event, hash });
        }
    }

    /// The engine begins what the desk asked for. A call stays under way until it is answered.
    fn begins(&mut self, effects: &[Effect]) {
        let [Effect::Run(_, task)] = effects else { panic!("{effects:?}") };
        let sender = Sender { owner: "desk-1".into(), request: hash(99), uptime: None };
        let (room, quiet) = (self.model.setup.complete_room, self.model.setup.quiet_period);
        match task {
            Task::Retrieve => self.decided(Command::BeginRetrieve { sender }),
            Task::Send(to) => self.decided(Command::BeginSend { to: to.clone(), sender }),
            Task::Complete(_) => self.decided(Command::BeginComplete { sender, room }),
            Task::Probe => self.decided(Command::BeginProbe { sender, quiet }),
            Task::Do(command) => self.decided(command.clone()),
            Task::Check => {}
            Task::Resolve(_) => panic!("{effects:?}"),
        }
        if self.story.order().under_way().is_some() {
            self.show(false);
        }
    }

    /// The answer comes, if there is one to come.
    fn answered(&mut self, outcome: Option<Outcome>) -> Vec<Effect> {
        match (self.story.order().under_way().map(|attempt| attempt.number), outcome) {
            (Some(attempt), Some(outcome)) => {
                self.decided(Command::End { attempt, outcome, uptime: None });
            }
            (None, Some(outcome)) => self.decided(Command::Checked { outcome }),
            (None | Some(_), None) => {}
        }
        self.show(true)
    }

    /// Presses these keys; what the last one asks for is done at once.
    fn does(&mut self, keys: &str, outcome: Option<Outcome>) {
        let effects = self.press(keys);
        self.begins(&effects);
        self.answered(outcome);
    }

    /// Time passes until then, by the ticks and timers that the desk asks for. Whoever is asked has not accepted yet.
    fn until(&mut self, time: &str) {
        let end = at(time);
        loop {
            let tick = next_tick(&self.model, self.now).map(|wait| self.now + wait);
            let timer = self.timers.iter().map(|(due, _)| *due).min();
            let Some(next) = tick.into_iter().chain(timer).min().filter(|next| *next < end) else { break };
            self.now = next;
            self.tick();
            self.fire();
        }
        self.now = end;
        self.tick();
    }

    fn tick(&mut self) {
        self.ticks += 1;
        self.tell(Msg::Tick);
        update(&mut self.list, Msg::Tick, self.now);
    }

    fn fire(&mut self) {
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.timers).into_iter().partition(|(at, _)| *at <= now);
        self.timers = later;
        let due: Vec<(Timestamp, u64)> = due;
        for (_, id) in due {
            let mut effects = self.tell(Msg::Timer(id));
            while !effects.is_empty() && !matches!(effects[..], [Effect::Timer { .. }]) {
                let checks = matches!(effects[..], [Effect::Run(_, Task::Check)]);
                self.begins(&effects);
                effects = self.answered(checks.then_some(Outcome::NotAccepted));
            }
        }
    }
}

/// A state that depends on time: its name, and both desks in it.
type Moment = (&'static str, Desk);

/// Every state that depends on time, in the order in which they come.
fn moments() -> Vec<Moment> {
    let mut all = Vec::new();
    let mut desk = Desk::opened();
    all.push(("window_opened", desk.clone()));
    desk.until("15:06:00");
    desk.does("\r", Some(Outcome::Rcc { rcc: rcc(), tx_id: None }));
    let before = desk.clone();
    desk.until("15:07:00");
    desk.does("\r", None);
    all.extend(read_aloud(desk.clone()));
    all.extend(read_late(before));
    desk.until("15:10:00");
    desk.does("s\r", Some(Outcome::Sent { sent_at: None, tx_id: None }));
    all.extend(awaited(&mut desk));
    desk.until("15:40:00");
    let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: None };
    desk.does("\r", Some(accepted));
    all.push(("window_much_left", desk.clone()));
    for (time, name) in [("16:35:00", "window_under_30"), ("16:55:00", "window_under_10")] {
        desk.until(time);
        all.push((name, desk.clone()));
    }
    all.extend(doubted(desk.clone()));
    let last = [
        ("17:02:30", "window_last_minutes"),
        ("17:03:06", "window_no_room"),
        ("17:04:05", "window_last_instant"),
        ("17:04:06", "window_closed"),
        ("19:30:00", "window_long_closed"),
    ];
    for (time, name) in last {
        desk.until(time);
        all.push((name, desk.clone()));
    }
    all
}

/// The text is read aloud: a section's time runs, and the desk may lock itself over it.
fn read_aloud(mut desk: Desk) -> Vec<Moment> {
    desk.until("15:07:05");
    let mut all = vec![("window_section_runs", desk.clone())];
    assert_eq!(desk.press(" "), [], "too soon");
    all.push(("window_section_too_soon", desk.clone()));
    desk.until("15:07:20");
    all.push(("window_section_ready", desk.clone()));
    let mut locking = desk.clone();
    locking.model.setup.lock_after = Some(SignedDuration::from_mins(5));
    locking.until("15:11:50");
    assert!(!locking.model.frame.lock.locked, "five minutes after Space, which was at 15:07:05");
    locking.until("15:12:05");
    all.push(("window_locked", locking.clone()));
    locking.until("15:12:40");
    locking.press(" ");
    all.push(("window_unlocked", locking));
    all
}

/// It is read so late that the window closes over it.
fn read_late(mut desk: Desk) -> Vec<Moment> {
    desk.until("17:02:40");
    desk.does("\r", None);
    desk.until("17:03:10");
    let mut all = vec![("window_reading_late", desk.clone())];
    desk.until("17:04:06");
    all.push(("window_reading_closed", desk));
    all
}

/// The acceptance is awaited, until checking is given up.
fn awaited(desk: &mut Desk) -> Vec<Moment> {
    desk.until("15:12:00");
    let mut all = vec![("window_sent", desk.clone())];
    let effects = desk.press("\r");
    desk.begins(&effects);
    all.push(("window_checking", desk.clone()));
    desk.answered(Some(Outcome::NotAccepted));
    desk.until("15:12:01");
    all.push(("window_pause", desk.clone()));
    desk.until("15:16:00");
    all.push(("window_long_pause", desk.clone()));
    desk.until("15:23:00");
    all.push(("window_given_up", desk.clone()));
    all
}

/// Complete is sent, and its answer lost.
fn doubted(mut desk: Desk) -> Vec<Moment> {
    assert_eq!(desk.press("\r"), []);
    let effects = desk.press("y");
    desk.begins(&effects);
    desk.until("16:55:20");
    let mut all = vec![("window_completing", desk.clone())];
    desk.until("16:55:30");
    desk.answered(Some(Outcome::Failed(Failure::Unknown("no answer within 30 s".into()))));
    desk.until("16:56:10");
    all.push(("window_doubt_quiet", desk.clone()));
    desk.until("16:57:30");
    all.push(("window_doubt_rested", desk.clone()));
    desk.until("17:20:00");
    all.push(("window_doubt_closed", desk));
    all
}

/// The agent's desk in each of them.
pub fn all() -> Vec<Case> {
    moments().into_iter().map(|(name, desk)| (name, desk.model)).collect()
}

#[test]
fn the_queue_tells_how_an_order_stands_at_every_moment() {
    for size in [(80, 24), (120, 40)] {
        let mut shown = String::new();
        for (name, desk) in moments() {
            let queue = text(&frame(&desk.list, ThemeName::Dark, size).0);
            let lines: Vec<&str> = queue.lines().collect();
            let row = lines.iter().find(|line| line.trim_start().starts_with('▸')).unwrap();
            if shown.is_empty() {
                shown = format!("{:<25}{}\n", "", lines[4]);
            }
            writeln!(shown, "{:<25}{row}", name.trim_start_matches("window_")).unwrap();
        }
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("window_in_the_queue-{}x{}", size.0, size.1), shown);
        });
    }
}

/// Before any tick: whatever is told first, what is drawn then is all of one time.
#[test]
fn a_clock_that_jumps_leaves_nothing_of_the_time_before() {
    let (_, before) = moments().into_iter().find(|(name, _)| *name == "window_much_left").unwrap();
    let jump = SignedDuration::from_mins(121);
    let simulated = || Msg::Simulated { what: "The clock moves".into(), clock_offset: jump };
    for (msg, notice) in [
        (simulated(), true),
        (Msg::Focused(true), false),
        (Msg::Tick, false),
        (Msg::Key(Key::char('?')), false),
    ] {
        let mut desk = before.clone();
        desk.model.moved = jump;
        desk.now += jump;
        assert!(text(&frame(&desk.model, ThemeName::Plain, (80, 24)).0).contains("Ready to complete"));
        desk.tell(msg.clone());
        desk.model.frame.overlay = None;
        let shown = text(&frame(&desk.model, ThemeName::Plain, (80, 24)).0);
        assert!(
            !shown.contains("Ready to complete") && !shown.contains("4 Complete now"),
            "{msg:?}\n{shown}"
        );
        assert!(shown.contains("expired"), "{msg:?}\n{shown}");
        assert_eq!(shown.contains("The clock moves"), notice, "{msg:?}\n{shown}");
    }
}

/// From the acceptance to the end of the window and beyond, each tick that the desk asks for: when other words came.
#[test]
fn two_hours_pass_in_the_ticks_that_the_desk_asks_for() {
    let (_, mut desk) = moments().into_iter().find(|(name, _)| *name == "window_much_left").unwrap();
    let (mut said, mut last) = (String::new(), String::new());
    let end = at("18:20:00");
    desk.ticks = 0;
    while let Some(wait) = next_tick(&desk.model, desk.now).filter(|wait| desk.now + *wait < end) {
        assert!(wait.is_positive() && wait <= SignedDuration::from_secs(61), "{wait:?}");
        desk.now += wait;
        desk.tick();
        let shown = text(&frame(&desk.model, ThemeName::Plain, (80, 24)).0);
        let lines: Vec<&str> = shown.lines().collect();
        let clock =
            lines.iter().find_map(|line| line.split("  ").find(|word| is_clock(word))).unwrap().trim();
        let next = lines.iter().find(|line| line.starts_with("  ▸ ")).unwrap().trim();
        let words: String = format!("{clock} {next}").chars().filter(|c| !c.is_ascii_digit()).collect();
        if words != last {
            let time = desk.now.to_string();
            writeln!(said, "{}  {clock:<18} {next}", &time[11..19]).unwrap();
            last = words;
        }
    }
    writeln!(said, "{} ticks", desk.ticks).unwrap();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("window_by_its_ticks", said);
    });
}

/// True for what the order's head says of the window.
fn is_clock(words: &str) -> bool {
    let words = words.trim();
    words.ends_with(" left") || words.starts_with("expired ")
}
