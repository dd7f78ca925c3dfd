//! `order walk`: the four steps without a screen.

use super::args::{MethodArg, UntilArg, WalkArgs};
use super::{Console, Exit, Failed, Session, orders, show};
use crate::config::Settings;
use crate::engine::{Plan, Step, Until};
use crate::order::{Contact, Email, Method, Order, Pauses, Phone, State};
use crate::session::of_order;
use jiff::SignedDuration;

/// Walks the order as far as it can go.
pub async fn run(settings: &Settings, args: &WalkArgs, console: &Console) -> Result<Exit, Failed> {
    let plan = plan(settings, args)?;
    let session = Session::open_with_px(settings).await?;
    let found = session.find(&args.id).await?;
    let mut report = |step| console.note(&progress(step));
    match Box::pin(session.engine.walk(&found.id, &plan, &mut report)).await {
        Ok(order) => {
            if console.is_json() {
                orders::print(&session.engine, &order, console).await?;
            } else {
                console.text(&headline(&order))?;
            }
            let exit = of_order(&order);
            if exit != Exit::Done {
                explain(&order, console);
            }
            Ok(exit)
        }
        Err(error) => {
            // The order as it is now is data all the same.
            if console.is_json() {
                let order = session.engine.journal().load(&found.id).await?;
                orders::print(&session.engine, &order, console).await?;
            }
            Err(error.into())
        }
    }
}

fn plan(settings: &Settings, args: &WalkArgs) -> Result<Plan, Failed> {
    let bad = |text: &str| Err(Failed::new(Exit::BadInput, text));
    let bad_to = |e: String| Failed::new(Exit::BadInput, format!("--to {e}"));
    let accepts = args.until >= UntilArg::Accepted;
    if args.method == MethodArg::Verbal
        && accepts
        && args.read_and_accepted_by.as_deref().is_none_or(|n| n.trim().is_empty())
    {
        return bad("--method verbal needs --read-and-accepted-by NAME: who said yes to the text you read");
    }
    if args.method != MethodArg::Verbal && args.read_and_accepted_by.is_some() {
        return bad("--read-and-accepted-by goes with --method verbal only");
    }
    let to = match (args.method, &args.to) {
        (_, None) => None,
        (MethodArg::Sms, Some(to)) => Some(Contact::Sms(Phone::new(to).map_err(bad_to)?)),
        (MethodArg::Email, Some(to)) => Some(Contact::Email(Email::new(to).map_err(bad_to)?)),
        (MethodArg::Verbal, Some(_)) => return bad("--to goes with --method sms or email only"),
    };
    let wait = i64::try_from(args.wait).unwrap_or(i64::MAX);
    let pauses = Pauses {
        first: settings.acceptance.first_pause.signed(),
        longest: settings.acceptance.longest_pause.signed(),
        give_up_after: SignedDuration::from_secs(wait),
    };
    Ok(Plan {
        method: args.method.into(),
        until: args.until.into(),
        to,
        accepted_by: args.read_and_accepted_by.clone(),
        pauses,
    })
}

impl PartialOrd for UntilArg {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Until::from(*self).partial_cmp(&Until::from(*other))
    }
}

fn progress(step: Step) -> String {
    match step {
        Step::Calling(call) => format!("{call} …"),
        Step::Reading => "reading recorded: every passage".to_owned(),
        Step::WaitingForAcceptance => "waiting for the customer's acceptance …".to_owned(),
        Step::WaitingForAnotherDesk => {
            "another desk has a call under way for this order; waiting for it …".to_owned()
        }
    }
}

fn headline(order: &Order) -> String {
    let state = order.standing();
    match (&order.completion, state) {
        (Some(completion), _) => format!("{}  completed  {}", order.id, completion.order_number),
        (None, State::Accepted) => {
            format!("{}  accepted  {}", order.id, order.method.map_or("-", Method::name))
        }
        (None, _) => format!("{}  {}", order.id, state.title()),
    }
}

fn explain(order: &Order, console: &Console) {
    if let Some(attempt) = order.doubt() {
        console.note(&format!(
            "pxdesk: in doubt: Complete was sent at {} under transaction {} and partner order {}, and its outcome is not known.",
            attempt.at, order.identity.transaction_id, order.identity.partner_order_id
        ));
        console.note("It is never sent again by itself, and never under different ids. Ask the carrier whether the order was placed.");
    }
    for (label, value) in order.trouble.iter().flat_map(show::trouble_lines) {
        console.note(&format!("{label:<18}{value}"));
    }
}
