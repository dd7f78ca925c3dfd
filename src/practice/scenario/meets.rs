//! What cannot be for what comes before it: an answer after a no, a failure after more calls than there are, a section that the
//! text does not have, a correction of what is right.

use super::fault::SECTIONS;
use super::parts::{Numbers, does, makes};
use super::table::Notes;
use super::{Does, Lasts, Scenario, Turn, When};
use crate::order::{Call, remedy};
use crate::practice::moves::Move;
use serde_json::Value;

/// Notes what cannot be, in a scenario all of whose steps could be read.
pub fn check(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    let most = sections(scenario);
    let beyond = |when: When| matches!(when, When::Section(section) if section > most);
    let no_such = format!("never comes: the text has {most} sections");
    for (turn, n) in scenario.customer.turns.iter().zip(&numbers.turns) {
        if turn.does == Does::Declines && says_no_too_early(scenario, turn) {
            let what = "the customer says no for good, and a step after that waits for their yes";
            notes.add_at(&format!("customer.turn[{n}].does"), what);
        }
        if beyond(turn.when) {
            notes.add_at(&format!("customer.turn[{n}].when"), no_such.clone());
        }
    }
    for (_, n) in scenario.clock.iter().zip(&numbers.jumps).filter(|(jump, _)| beyond(jump.when)) {
        notes.add_at(&format!("clock[{n}].when"), no_such.clone());
    }
    if numbers.all_faults {
        late_faults(scenario, numbers, notes);
        corrections(scenario, notes);
    }
}

/// True when the trainee is to wait for an acceptance or a yes after the customer has declined.
fn says_no_too_early(scenario: &Scenario, turn: &Turn) -> bool {
    let first = |of: &[Move]| scenario.steps.iter().position(|step| of.contains(&step.it));
    let waits = |step: &Move| matches!(step, Move::Accepted | Move::SaidYes);
    let from = match turn.when {
        When::Start => Some(0),
        When::Retrieved => first(&[Move::Retrieve]),
        When::Sent => first(&[Move::SendSms, Move::SendEmail]),
        When::Section(_) => first(&[Move::BeginReading, Move::Read, Move::Interrupt]),
        // What was accepted already was; only what comes after that never is.
        When::Accepted => first(&[Move::Accepted, Move::SaidYes]).map(|at| at + 1),
        When::InDoubt => first(&[Move::Settle, Move::Probe]),
        // How far the trainee is by then nobody knows, but for what takes longer by itself.
        When::After(seconds) => {
            let early = scenario.customer.accepts_after.is_some_and(|after| seconds <= after);
            return early && does(scenario, Move::Accepted);
        }
    };
    from.is_some_and(|from| scenario.steps.iter().skip(from).any(|step| waits(&step.it)))
}

/// How many sections the longest of the texts has that can be shown.
fn sections(scenario: &Scenario) -> usize {
    let shown: Vec<&str> = (scenario.server.iter())
        .filter_map(|fault| fault.fault.get("offer").and_then(Value::as_str))
        .chain(scenario.order.offer.as_deref())
        .collect();
    let any = scenario.order.offer.is_none();
    let of = SECTIONS.iter().filter(|(offer, _)| any || shown.contains(offer));
    of.map(|(_, sections)| *sections).max().unwrap_or(usize::MAX)
}

/// A fault after more calls than the right moves make is never met.
fn late_faults(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    for (at, (fault, n)) in scenario.server.iter().zip(&numbers.faults).enumerate() {
        if let Some(most) = most_calls(scenario, at, &fault.call)
            && fault.after_calls >= most
        {
            let what = format!("never comes: the steps make the call {} {most} times at most", fault.call);
            notes.add_at(&format!("server[{n}].after_calls"), what);
        }
    }
}

/// How often the right moves make a call at most without the fault at that place in the list, once more for each time that
/// another one makes it fail; unknown of what is asked again and again.
fn most_calls(scenario: &Scenario, without: usize, call: &str) -> Option<u32> {
    let named = Call::named(call).filter(|call| *call != Call::GetRccAcceptance)?;
    let made = scenario.steps.iter().filter(|step| makes(step, named)).count();
    let mut most = u32::try_from(made).unwrap_or(u32::MAX);
    for (at, fault) in scenario.server.iter().enumerate() {
        match fault.lasts {
            _ if at == without || fault.call != call => {}
            Lasts::Times(times) => most = most.saturating_add(times),
            Lasts::Seconds(_) => return None,
        }
    }
    // No step makes it: that is told already.
    (made > 0).then_some(most)
}

/// What is corrected is something that Px refuses.
fn corrections(scenario: &Scenario, notes: &mut Notes) {
    let rows = scenario.server.iter().filter_map(|fault| {
        let key = fault.fault.get("row").and_then(Value::as_str)?;
        remedy::by_key(Call::named(&fault.call)?, key)
    });
    let mut refused: Vec<&str> = rows.map(|row| row.field.as_str()).collect();
    if refused.is_empty() {
        return;
    }
    // Px refuses these by itself, as the order is.
    refused.extend(scenario.order.payment_required.then_some("paymentToken"));
    refused.extend((scenario.order.gift_cards.len() > 1).then_some("giftCards"));
    for (n, step) in scenario.steps.iter().enumerate() {
        if let (Move::Correct, Some(field)) = (step.it, &step.field)
            && !refused.contains(&field.as_str())
        {
            let what = format!("Px refuses {} in this scenario, and not {field}", refused.join(", "));
            notes.add_at(&format!("step[{}].field", n + 1), what);
        }
    }
}
