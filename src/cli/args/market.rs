//! The flags of the commands on the marketplace.

use super::values::{address, day, instant};
use crate::subscription::{Amount, CustomerId, Month, Sku, State};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What can be done on the marketplace. An ID is the provisioning id, the customer id, or an id of ours.
#[derive(Debug, Subcommand)]
pub enum MarketCommand {
    /// Receive deploys; the first line on stdout is {"listening":"http://127.0.0.1:PORT"}
    Serve {
        /// Where to listen; port 0 picks a free one
        #[arg(long, default_value = "127.0.0.1:0", value_parser = address)]
        listen: SocketAddr,
    },
    /// Subscriptions, newest first
    List {
        /// Only those in this state
        #[arg(long, value_parser = state())]
        state: Option<State>,
        /// Only those that were bought in this bill month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Option<Month>,
    },
    /// One subscription: SKUs, calls, history
    Show {
        /// Its provisioning id, customer id, or our own id
        id: String,
    },
    /// Deploys waiting for an answer, answers that may not have arrived, repeat requests, what could not be read
    Requests {
        /// Print the unreadable deploy with this number in the list, as it came; for supervisors
        #[arg(long, value_name = "N", conflicts_with = "all")]
        show: Option<usize>,
        /// Also what was set aside
        #[arg(long)]
        all: bool,
    },
    /// Set aside what was looked at among the requests, with a reason: it is not listed any more; for supervisors
    #[command(group = ArgGroup::new("request").required(true).args(["id", "unreadable", "strangers"]))]
    SetAside {
        /// A deploy whose id came again with other content
        id: Option<String>,
        /// Unreadable deploys, by their numbers
        #[arg(long, value_name = "N", num_args = 1..)]
        unreadable: Vec<u64>,
        /// The requests without proof of who sent them, all until now
        #[arg(long)]
        strangers: bool,
        #[arg(long)]
        reason: String,
    },
    /// Answer a waiting deploy: give its customer id
    Provision {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// Your own id for the customer; the marketplace stores it
        #[arg(long, value_parser = customer)]
        customer_id: CustomerId,
        /// Why it gets an id that a subscription of another company has
        #[arg(long)]
        reason: Option<String>,
    },
    /// Refuse a waiting deploy: the buyer sees the message as it is, one plain sentence
    Reject {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// What the buyer sees: one plain sentence, 200 characters at most
        #[arg(long)]
        message: String,
        /// Show what the buyer would see, and refuse nothing
        #[arg(long)]
        preview: bool,
    },
    /// Report that billing of SKUs has started: of those named, or of all that wait for it
    StartBilling {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// Only this SKU; may be given several times
        #[arg(long = "sku", value_parser = sku)]
        skus: Vec<Sku>,
        /// Send it although it was sent before: why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Report the usage that is not reported yet, and then that the customer has ended SKUs: those named, or all
    End {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// Only this SKU; may be given several times
        #[arg(long = "sku", value_parser = sku)]
        skus: Vec<Sku>,
        /// Why it is sent although it was sent before, why an unusual amount is right, or why the usage is left out
        #[arg(long)]
        reason: Option<String>,
        /// End it although usage of it is not reported, and do not report it
        #[arg(long, requires = "reason")]
        without_usage: bool,
        /// Show what would stop, what goes on and which usage is not reported yet, and send nothing
        #[arg(long)]
        preview: bool,
    },
    /// Usage: add it, check it, report it once
    Usage {
        #[command(subcommand)]
        command: UsageCommand,
    },
    /// When usage may be sent, and on which bill it goes; exits 8 while nothing may be sent
    Closing,
    /// Write something down about a subscription
    #[command(group = ArgGroup::new("what").required(true).args(["termination_mail", "billing_date", "as_configured", "product_id", "text"]))]
    Note {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// The day on which the customer's termination e-mail came
        #[arg(long, value_name = "DATE", value_parser = day, requires = "due")]
        termination_mail: Option<Date>,
        /// The deadline for writing to the customer
        #[arg(long, value_name = "DATE", value_parser = day, requires = "termination_mail", conflicts_with_all = ["billing_date", "product_id", "text"])]
        due: Option<Date>,
        /// The portal changed the date on which billing of --sku starts
        #[arg(long, value_name = "TIME", value_parser = instant, requires = "sku")]
        billing_date: Option<Timestamp>,
        /// The SKU whose billing date or configuration was changed
        #[arg(long, value_parser = sku, conflicts_with_all = ["termination_mail", "product_id", "text"])]
        sku: Option<Sku>,
        /// The configuration of --sku was corrected after the purchase: take what it says now
        #[arg(long, requires = "sku", conflicts_with_all = ["billing_date", "termination_mail", "product_id", "text"])]
        as_configured: bool,
        /// The product's number, from 1, where the deploy named none, as those of 2017 do not
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        product_id: Option<i64>,
        /// Why another product than the one that was typed before
        #[arg(long, value_name = "TEXT", requires = "product_id", conflicts_with_all = ["termination_mail", "billing_date", "text"])]
        reason: Option<String>,
        /// Any text; it is sealed. - takes it from standard input, where it is one line
        #[arg(long)]
        text: Option<String>,
    },
    /// Destroy the key of a buyer's data; the history stays and still verifies
    Erase {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// Why; kept in the history
        #[arg(long)]
        reason: String,
    },
    /// Report a sale that began on the marketplace and was made elsewhere
    Track {
        /// The service that was sold
        #[arg(long, value_parser = service)]
        service: String,
        /// Your own id for the customer
        #[arg(long, value_parser = customer)]
        customer_id: CustomerId,
        /// When it was bought, as 2026-11-20T15:00:00Z
        #[arg(long, value_name = "TIME", value_parser = instant)]
        purchased_at: Timestamp,
        /// Report it although it was sent before: why
        #[arg(long)]
        reason: Option<String>,
    },
    /// The pre-2017 interface; refused unless `[market.v1] enabled = true`
    V1 {
        #[command(subcommand)]
        command: V1Command,
    },
}

/// What can be done with the pre-2017 interface.
#[derive(Debug, Subcommand)]
pub enum V1Command {
    /// Tell what became of a subscription
    UpdateSubscription {
        /// The partner's id of the customer
        #[arg(long, value_parser = customer)]
        coid: CustomerId,
        /// The SKU
        #[arg(long, value_parser = sku)]
        sku: Sku,
        /// Its services were ended; --expired-date says when
        #[arg(long, requires = "expired_date")]
        expired: bool,
        /// The day on which they ended, such as 2026-11-30
        #[arg(long, value_name = "DATE", value_parser = day, requires = "expired")]
        expired_date: Option<Date>,
        /// The aggregated usage, a number from 0; never the sum of what `usage send` reports
        #[arg(long, value_parser = amount, allow_negative_numbers = true)]
        count: Option<Amount>,
        /// Send it although it was sent before: why; no reason is enough for a count that may have arrived
        #[arg(long)]
        reason: Option<String>,
    },
    /// Record what the marketplace says about an update with a count that is in doubt
    #[command(group = ArgGroup::new("verdict").required(true).args(["reported", "not_reported"]))]
    Resolve {
        /// The id that `update-subscription` printed
        id: String,
        /// It arrived
        #[arg(long)]
        reported: bool,
        /// It did not arrive
        #[arg(long)]
        not_reported: bool,
        /// What it rests on
        #[arg(long)]
        reference: String,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

/// What can be done with usage.
#[derive(Debug, Subcommand)]
pub enum UsageCommand {
    /// Add usage: JSON Lines, a table, or one line by hand; each key counts once
    #[command(group = ArgGroup::new("from").required(true).args(["json", "csv", "of"]))]
    Add {
        /// A file of JSON Lines, or - for standard input
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// A table with the columns provisioningId or customerId, sku, month, count, key; - for standard input
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// By hand: the subscription
        #[arg(long, value_name = "ID", requires_all = ["sku", "month", "count", "key"])]
        of: Option<String>,
        /// By hand: the SKU
        #[arg(long, value_parser = sku, requires = "of")]
        sku: Option<Sku>,
        /// By hand: the bill month in which it was used, from one cut-off to the next, such as 2026-11
        #[arg(long, value_parser = month, requires = "of")]
        month: Option<Month>,
        /// How much, in the SKU's unit: a number from 0 and below 10^15, with at most 10 decimals, as 100.5
        #[arg(long, value_parser = amount, requires = "of", allow_negative_numbers = true)]
        count: Option<Amount>,
        /// What makes the line count once
        #[arg(long, requires = "of")]
        key: Option<String>,
        /// Add lines of a month whose report was sent: they are reported as a supplement
        #[arg(long, requires_all = ["reason", "by"])]
        late: bool,
        /// Why it comes only now
        #[arg(long, requires = "late")]
        reason: Option<String>,
        /// Who says so
        #[arg(long, value_name = "NAME", requires = "late")]
        by: Option<String>,
    },
    /// What would be reported for a month, what is missing, and on which bill it would go
    Preview {
        /// The month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Month,
    },
    /// Report a month's usage: each SKU of each subscription once
    Send {
        /// The month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Month,
        /// Only these subscriptions
        #[arg(long, value_name = "ID", num_args = 1..)]
        only: Vec<String>,
        /// Why amounts that are more than three times the usual are right, or why what was refused goes again as it is
        #[arg(long)]
        reason: Option<String>,
    },
    /// What was added and reported for a month
    List {
        /// The month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Month,
    },
    /// Record what the portal shows of a report in doubt, after its quiet period
    #[command(group = ArgGroup::new("verdict").required(true).args(["reported", "not_reported"]))]
    Resolve {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// The SKU
        #[arg(value_parser = sku)]
        sku: Sku,
        /// The month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Month,
        /// Which supplement of the month it is, from 1; 0 is the month's own report
        #[arg(long, value_name = "N", default_value_t = 0)]
        supplement: u32,
        /// It arrived
        #[arg(long)]
        reported: bool,
        /// It did not arrive
        #[arg(long)]
        not_reported: bool,
        /// What it rests on
        #[arg(long)]
        reference: String,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
        /// The month on whose bill the portal shows it, such as 2026-11
        #[arg(long, value_parser = month, requires = "reported", conflicts_with = "not_reported")]
        bill: Option<Month>,
    },
    /// Report more for a month that is reported already: so much is added to it
    Supplement {
        /// Its provisioning id, customer id, or our own id
        id: String,
        /// The SKU
        #[arg(value_parser = sku)]
        sku: Sku,
        /// The month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Month,
        /// How much more, in the SKU's unit: a number above 0 and below 10^15, with at most 10 decimals, as 100.5
        #[arg(long, value_parser = amount, allow_negative_numbers = true)]
        count: Amount,
        /// Why it comes only now
        #[arg(long)]
        reason: String,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Say from which bill month on this journal reports; before that it sends nothing
    Takeover {
        /// The first bill month, such as 2026-11
        #[arg(long, value_parser = month)]
        from: Month,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why reports of earlier months are left behind that this journal was to send
        #[arg(long)]
        reason: Option<String>,
    },
    /// Compare the portal's monthly report with the journal, line by line; exits 4 when they differ, 2 when rows cannot be read
    Reconcile {
        /// The month, such as 2026-11
        #[arg(long, value_parser = month)]
        month: Month,
        /// A table with the columns provisioningId or customerId, sku, amount; - for standard input
        #[arg(long, value_name = "FILE")]
        csv: PathBuf,
    },
}

/// One of the states: the help names them all.
fn state() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::name))
        .try_map(|name| State::named(&name).ok_or("is not a state"))
}

/// The contract wants one character at least.
fn service(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

fn month(text: &str) -> Result<Month, String> {
    Month::parse(text)
}

fn amount(text: &str) -> Result<Amount, String> {
    Amount::parse(text)
}

fn sku(text: &str) -> Result<Sku, String> {
    Sku::new(text).map_err(|error| error.to_string())
}

fn customer(text: &str) -> Result<CustomerId, String> {
    CustomerId::new(text).map_err(|error| error.to_string())
}
