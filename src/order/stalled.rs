//! Stalled orders by cause: which there are, how many, for how long; what a retry of each would be, and what a retry of
//! many would send.

use super::remedy::{self, Retry};
use super::{
    Again, Attention, Brief, Call, Class, OrderId, Refusal, Reopens, State, Summary, Timestamp, Trouble,
    Window, WindowState,
};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// Why an order is stalled, the same for all that are stalled for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its name in flags and JSON: `in_doubt`, `expired`, `complete_order/2000` …
    pub key: String,
    /// What it is, for people.
    pub title: String,
    /// How soon a person should look.
    pub attention: Attention,
}

/// The cause of a stalled order; none of one that is not stalled.
pub fn cause(row: &Summary, now: Timestamp) -> Option<Cause> {
    let stall = row.stall(now)?;
    let key = match (row.state(now), &row.trouble) {
        (State::InDoubt | State::Completing, _) => "in_doubt".to_owned(),
        (State::Expired, _) => "expired".to_owned(),
        (_, Some(trouble)) => trouble.cause(),
        (State::Sent, None) => "waiting_for_acceptance".to_owned(),
        (_, None) => "left".to_owned(),
    };
    let by_code = !matches!(row.state(now), State::InDoubt | State::Completing | State::Expired);
    let title = match &row.trouble {
        None if row.state(now) == State::Sent => "Nobody is checking for the acceptance".to_owned(),
        Some(Brief { class: Class::Refused, code: Some(code), call, .. }) if by_code => {
            format!("{call} {code}: {}", stall.cause)
        }
        // Whichever calls they were: a group has those of several.
        Some(Brief { class: Class::NotSent, .. }) if by_code => {
            "Px could not be reached; nothing was sent".to_owned()
        }
        Some(_) | None => stall.cause,
    };
    let attention = match row.attention_at(now) {
        // The queue has it among those that are ready; what keeps it is mended as for the others of its cause.
        Attention::Ready if row.trouble.is_some() => Attention::Fix,
        attention => attention,
    };
    Some(Cause { key, title, attention })
}

/// The causes that are not a refusal of Px.
pub const PLAIN_CAUSES: [&str; 10] = [
    "in_doubt",
    "expired",
    "waiting_for_acceptance",
    "left",
    "placed_again",
    "not_sent",
    "credentials",
    "send_not_known",
    "no_answer",
    "cut_off",
];

/// Whether orders can be stalled by a cause of this name.
pub fn is_cause(key: &str) -> bool {
    let undocumented = || Call::ALL.iter().any(|call| key == undocumented(*call));
    PLAIN_CAUSES.contains(&key) || remedy::by_id(key).is_some() || undocumented()
}

fn undocumented(call: Call) -> String {
    format!("{}/undocumented", call.name())
}

impl Brief {
    /// The name of the cause.
    fn cause(&self) -> String {
        match (self.class, self.call) {
            (Class::Refused, call) => match &self.row {
                Some(row) => row.to_string(),
                None => undocumented(call),
            },
            (Class::PlacedAgain, _) => "placed_again".to_owned(),
            (Class::NotSent, _) => "not_sent".to_owned(),
            (Class::Credentials, _) => "credentials".to_owned(),
            (Class::Unknown | Class::CutOff, Call::CompleteOrder) => "in_doubt".to_owned(),
            (Class::Unknown | Class::CutOff, Call::SendRcc) => "send_not_known".to_owned(),
            (Class::Unknown, Call::RetrieveRcc | Call::GetRccAcceptance) => "no_answer".to_owned(),
            (Class::CutOff, Call::RetrieveRcc | Call::GetRccAcceptance) => "cut_off".to_owned(),
        }
    }

    /// Whether a retry now would be safe, and of use, without anyone mending anything.
    pub fn is_retryable(&self) -> bool {
        self.reopens() == Reopens::Anytime && self.stall().retry == Retry::Useful
    }

    /// What makes the order go on.
    pub fn reopens(&self) -> Reopens {
        let known = self.row.as_deref().and_then(remedy::by_id);
        match self.class {
            Class::Refused => known.unwrap_or_else(|| remedy::undocumented(self.call)).reopens,
            Class::NotSent | Class::Credentials | Class::Unknown | Class::CutOff => Reopens::Anytime,
            Class::PlacedAgain => Reopens::Release,
        }
    }
}

impl Trouble {
    /// Whether a retry now would be safe, and of use, without anyone mending anything.
    pub fn is_retryable(&self) -> bool {
        Brief::of(self).is_retryable()
    }
}

/// The stalled orders of one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub cause: Cause,
    pub count: usize,
    /// Since when the oldest of them has stood still.
    pub since: Timestamp,
    /// The window of the one that has least left; an unknown one where no window is known to be open.
    pub window: Window,
    /// How many of them a retry would be useful, futile and dangerous for.
    pub useful: usize,
    pub futile: usize,
    pub dangerous: usize,
}

impl Group {
    /// For how long the oldest of them has stood still at `now`; a clock that was set back makes it no less than nothing.
    pub fn oldest(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.since).max(SignedDuration::ZERO)
    }

    /// What is left at `now` of the window of the one that has least; none where no window was known to be open.
    pub fn least_left(&self, now: Timestamp) -> Option<SignedDuration> {
        match self.window.at(now) {
            WindowState::Unknown | WindowState::Ahead => None,
            WindowState::Open(left) => Some(left),
            WindowState::Over(_) => Some(SignedDuration::ZERO),
        }
    }
}

/// Groups stalled orders, one after the other, without keeping them.
#[derive(Clone, Debug, Default)]
pub struct Groups(BTreeMap<String, Group>);

impl Groups {
    /// Counts an order in; one that is not stalled belongs to no group.
    pub fn add(&mut self, row: &Summary, now: Timestamp) {
        let Some(cause) = cause(row, now) else { return };
        let group = self.0.entry(cause.key.clone()).or_insert_with(|| Group {
            cause,
            count: 0,
            since: row.still_since(now),
            window: Window { prepared_at: None },
            useful: 0,
            futile: 0,
            dangerous: 0,
        });
        group.count += 1;
        group.since = group.since.min(row.still_since(now));
        // Px may call an order expired while its clock here is still running.
        let open = matches!(row.window().at(now), WindowState::Open(_)) && row.state(now) != State::Expired;
        if open {
            let first = [group.window.prepared_at, row.prepared_at].into_iter().flatten().min();
            group.window = Window { prepared_at: first };
        }
        *match outlook(row, now).retry {
            Retry::Useful => &mut group.useful,
            Retry::Futile => &mut group.futile,
            Retry::Dangerous => &mut group.dangerous,
        } += 1;
    }

    /// The groups, the most urgent first, then the largest.
    pub fn sorted(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.0.into_values().collect();
        groups.sort_by(|a, b| {
            (a.cause.attention, b.count, &a.cause.key).cmp(&(b.cause.attention, a.count, &b.cause.key))
        });
        groups
    }
}

/// What a retry of an order would be, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    pub retry: Retry,
    pub why: String,
    /// The call that would be sent; none when the order would be left out.
    pub call: Option<Call>,
}

impl Outlook {
    /// What a retry of `row`, whose outlook this is, would send again.
    pub fn again(&self, row: &Summary) -> Option<Again> {
        self.call.map(|call| Again { call, attempts: row.attempts })
    }
}

/// What a retry of `row` at `now` would be. The engine decides once more on the order itself before it sends anything.
pub fn outlook(row: &Summary, now: Timestamp) -> Outlook {
    let left_out = |retry, why: &str| Outlook { retry, why: why.to_owned(), call: None };
    if row.owner.is_some() {
        let by = row.worker.as_ref().map(|worker| format!("; {} is working on it", worker.name));
        return left_out(Retry::Futile, &format!("A call for it is in progress{}.", by.unwrap_or_default()));
    }
    match (row.state(now), &row.trouble) {
        (State::Completed, Some(Brief { class: Class::PlacedAgain, .. })) => {
            left_out(Retry::Dangerous, "More than one order was placed under its ids.")
        }
        (State::Completed, _) => left_out(Retry::Futile, "It is completed."),
        (State::Abandoned, _) => left_out(Retry::Futile, "It was abandoned."),
        (State::InDoubt | State::Completing | State::Expired, _) | (_, Some(_)) => {
            let Some(stall) = row.stall(now) else { return left_out(Retry::Futile, "It goes on by itself.") };
            let troubled = !matches!(row.state(now), State::InDoubt | State::Completing | State::Expired);
            let call = row.trouble.as_ref().filter(|t| troubled && t.is_retryable()).map(|t| t.call);
            // A refusal that only a person can clear is not made useful by its code.
            let retry = if troubled && call.is_none() && stall.retry == Retry::Useful {
                Retry::Futile
            } else {
                stall.retry
            };
            Outlook { retry, why: format!("{} {}", sentence(&stall.cause), sentence(&stall.next)), call }
        }
        (_, None) => left_out(Retry::Futile, "Nothing failed: go on."),
    }
}

/// The same for `by`, who leaves alone what somebody else is in the middle of.
pub fn outlook_for(by: &str, row: &Summary, now: Timestamp) -> Outlook {
    let outlook = outlook(row, now);
    let others = row.worker.as_ref().filter(|worker| worker.name != by && worker.is_at_it(now));
    match others.filter(|_| outlook.call.is_some()) {
        Some(worker) => {
            let refusal = Refusal::WorkedOn { name: worker.name.clone(), since: worker.since(now) };
            Outlook { retry: refusal.retry(), why: format!("{refusal}: it is left to them."), call: None }
        }
        None => outlook,
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// What a retry of many orders would do: each on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPlan {
    /// These would be sent, in this order.
    pub send: Vec<(OrderId, Again)>,
    /// These would not.
    pub left_out: Vec<(OrderId, Outlook)>,
}

impl BatchPlan {
    /// The plan of `by` for these orders.
    pub fn of<'a>(by: &str, rows: impl IntoIterator<Item = &'a Summary>, now: Timestamp) -> Self {
        let mut plan = Self::default();
        for row in rows {
            plan.add(by, row, now);
        }
        plan
    }

    /// Adds one more order to it.
    pub fn add(&mut self, by: &str, row: &Summary, now: Timestamp) {
        let outlook = outlook_for(by, row, now);
        match outlook.again(row) {
            Some(again) => self.send.push((row.id.clone(), again)),
            None => self.left_out.push((row.id.clone(), outlook)),
        }
    }
}
