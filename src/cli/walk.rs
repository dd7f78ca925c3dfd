//! `order walk`: the four steps without a screen.

use super::args::{MethodArg, UntilArg, WalkArgs};
use super::console::line_from_stdin;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, live, orders, show};
use crate::config::Settings;
use crate::engine::{Engine, Plan, Step, Until, Walked};
use crate::order::doubt::Moment;
use crate::order::{Contact, Email, Method, Order, Pauses, Personal, Phone, State, Timestamp, check_text};
use crate::session::of_order;
use jiff::SignedDuration;

/// Walks the order as far as it can go.
pub async fn run(settings: &Settings, args: &WalkArgs, console: &Console) -> Result<Exit, Failed> {
    if args.until == UntilArg::Completed {
        live::confirm(settings, args.live, console)?;
    } else {
        live::announce(settings, console);
    }
    let plan = plan(settings, args)?;
    let session = Session::open_with_px(settings).await?;
    let found = session.find(&args.id).await?;
    let mut report = |step| console.note(&progress(step));
    let walk = Box::pin(session.engine.walk(&found.id, &plan, &mut report));
    let walked = match Stop::listen().or(&session.engine, console, walk).await {
        Ok(walked) => walked,
        Err(stopped) => {
            let exit = stopped.say(&session.engine, &found.id, console).await;
            print_as_it_is(&session, &found, console).await?;
            return Ok(exit);
        }
    };
    match walked {
        Ok(Walked::There(order)) => {
            stands(&session.engine, &order, console).await?;
            Ok(Exit::Done)
        }
        Ok(Walked::Stopped(order)) => ended(&session.engine, &order, console).await,
        Err(error) => {
            print_as_it_is(&session, &found, console).await?;
            Err(error.into())
        }
    }
}

/// Prints how an order stands after a call, and why it stands there.
pub async fn ended(engine: &Engine, order: &Order, console: &Console) -> Result<Exit, Failed> {
    stands(engine, order, console).await?;
    let exit = of_order(order);
    if exit != Exit::Done {
        explain(order, &engine.moment(), console);
    }
    Ok(exit)
}

/// Prints how an order stands.
async fn stands(engine: &Engine, order: &Order, console: &Console) -> Result<(), Failed> {
    if console.is_json() {
        return orders::print(engine, order, console).await;
    }
    console.text(&headline(order, engine.moment().now))
}

/// The order as it is after a walk that did not end well is data all the same.
async fn print_as_it_is(session: &Session, found: &Order, console: &Console) -> Result<(), Failed> {
    if !console.is_json() {
        return Ok(());
    }
    let order = session.engine.journal().load(&found.id).await?;
    orders::print(&session.engine, &order, console).await
}

fn plan(settings: &Settings, args: &WalkArgs) -> Result<Plan, Failed> {
    let bad = |text: &str| Err(Failed::new(Exit::BadInput, text));
    let bad_to = |e: String| Failed::new(Exit::BadInput, format!("--to {e}"));
    let accepted_by = given("--read-and-accepted-by", args.read_and_accepted_by.as_ref())?;
    let to = given("--to", args.to.as_ref())?;
    let accepts = args.until >= UntilArg::Accepted;
    match &accepted_by {
        Some(_) if args.method != MethodArg::Verbal => {
            return bad("--read-and-accepted-by goes with --method verbal only");
        }
        Some(name) => check_text(name.expose()).map_err(|problem| {
            Failed::new(
                Exit::BadInput,
                format!("--read-and-accepted-by {problem}: give the name of who said yes"),
            )
        })?,
        None if args.method == MethodArg::Verbal && accepts => {
            return bad(
                "--method verbal needs --read-and-accepted-by NAME: who said yes to the text you read",
            );
        }
        None => {}
    }
    let to = match (args.method, &to) {
        (_, None) => None,
        (MethodArg::Sms, Some(to)) => Some(Contact::Sms(Phone::new(to.expose()).map_err(bad_to)?)),
        (MethodArg::Email, Some(to)) => Some(Contact::Email(Email::new(to.expose()).map_err(bad_to)?)),
        (MethodArg::Verbal, Some(_)) => return bad("--to goes with --method sms or email only"),
    };
    let wait = i64::try_from(args.wait).unwrap_or(i64::MAX);
    let pauses = Pauses {
        first: settings.acceptance.first_pause.signed(),
        longest: settings.acceptance.longest_pause.signed(),
        give_up_after: SignedDuration::from_secs(wait),
    };
    let (method, until, take_over) = (args.method.into(), args.until.into(), args.take_over);
    Ok(Plan { method, until, to, accepted_by, take_over, pauses })
}

/// A name or an address as it was given; for `-`, the first line of standard input.
fn given(flag: &str, value: Option<&Personal>) -> Result<Option<Personal>, Failed> {
    match value {
        Some(dash) if dash.expose() == "-" => Ok(Some(Personal::new(line_from_stdin(flag)?.trim()))),
        other => Ok(other.cloned()),
    }
}

impl PartialOrd for UntilArg {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Until::from(*self).partial_cmp(&Until::from(*other))
    }
}

fn progress(step: Step) -> String {
    match step {
        Step::Calling(call) => format!("{call} …"),
        Step::Read => "reading recorded: vouched for, not timed".to_owned(),
        Step::WaitingForAcceptance => "waiting for the customer's acceptance …".to_owned(),
        Step::WaitingForAnotherDesk => {
            "another desk has a call in progress for this order; waiting for it …".to_owned()
        }
    }
}

fn headline(order: &Order, now: Timestamp) -> String {
    let state = order.state(now);
    match (&order.completion, state) {
        (Some(completion), _) => {
            let basis = completion.basis.name();
            format!("{}  completed  {}", order.id, completion.order_number.as_deref().unwrap_or(basis))
        }
        (None, State::Accepted) => {
            format!("{}  accepted  {}", order.id, order.method.map_or("-", Method::name))
        }
        (None, _) => format!("{}  {}", order.id, state.title()),
    }
}

fn explain(order: &Order, moment: &Moment, console: &Console) {
    for (label, value) in show::doubt_lines(order, moment) {
        console.note(&format!("{label:<18}{value}"));
    }
    for (label, value) in show::trouble_lines(order) {
        console.note(&format!("{label:<18}{value}"));
    }
}
