//! The flags of the commands that have many.

use crate::engine::Until;
use crate::order::{Method, Personal};
use crate::view::SMALLEST;
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

/// `order walk`
#[derive(Debug, ClapArgs)]
pub struct WalkArgs {
    /// Its id, transaction id or partner order id
    pub id: String,
    /// How the customer gets the RCC
    #[arg(long, value_enum)]
    pub method: MethodArg,
    /// Where to stop
    #[arg(long, value_enum, default_value_t = UntilArg::Completed)]
    pub until: UntilArg,
    /// With verbal: who said yes; you vouch that the text was read to them. - takes the name from the first line of
    /// standard input, so that it does not appear in process listings
    #[arg(long, value_name = "NAME|-")]
    pub read_and_accepted_by: Option<Personal>,
    /// With sms and email: where to send it; - takes it from the first line of standard input [default: the order's
    /// customer]
    #[arg(long, value_name = "PHONE|ADDRESS|-")]
    pub to: Option<Personal>,
    /// With sms and email: how many seconds to wait for the acceptance, from 0 (it is asked for once) to 7200
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(..=7200))]
    pub wait: u64,
    /// Go on even where somebody else is working on the order; the history says so
    #[arg(long)]
    pub take_over: bool,
    /// In production, where it ends with Complete: yes, place a live order
    #[arg(long)]
    pub live: bool,
}

/// `trainer`
#[derive(Debug, ClapArgs)]
pub struct TrainerArgs {
    /// Where trainees join; port 0 picks a free one, 0.0.0.0:0 lets in other machines, too
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS", value_parser = super::values::address)]
    pub listen: std::net::SocketAddr,
    /// A folder with scenarios of your own, beside those of the program
    #[arg(long, value_name = "FOLDER")]
    pub scenarios: Option<std::path::PathBuf>,
    /// What lets a trainee in: the same as before, so that trainees reconnect by themselves [default: a new one]
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
}

/// `worker`
#[derive(Debug, ClapArgs)]
pub struct WorkerArgs {
    /// Do what is due now, and end
    #[arg(long)]
    pub once: bool,
    /// Serve numbers about it as Prometheus reads them: at this port of this machine, or at this address
    #[arg(long, value_name = "PORT|ADDRESS", value_parser = super::values::address, conflicts_with = "once")]
    pub metrics: Option<std::net::SocketAddr>,
    /// On PostgreSQL: after how many seconds of silence another worker takes over, from 2 to 3600
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=3600))]
    pub lease: u64,
}

/// `report`
#[derive(Debug, ClapArgs)]
pub struct ReportArgs {
    /// From when on: a day (2026-11-20, from its beginning), a time by the clock on the wall (2026-11-20T15:00:00), or an
    /// instant (2026-11-20T15:00:00Z)
    #[arg(long, value_name = "DATE")]
    pub since: String,
    /// Until when, that moment itself not counted [default: now]
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Draw with nothing but ASCII, as with `NO_UNICODE` in the environment
    #[arg(long)]
    pub ascii: bool,
}

/// `order replay`
#[derive(Debug, ClapArgs)]
pub struct ReplayArgs {
    /// Its id, transaction id or partner order id
    pub id: String,
    /// Record the screen in this file, which is not there yet, as an asciicast (v2) that asciinema plays
    #[arg(long, value_name = "FILE")]
    pub cast: Option<PathBuf>,
    /// With --cast: play so many times as fast as it happened, from 0.01 to 1000 [default: 1]; no pause is longer than 3
    /// seconds
    #[arg(long, value_name = "N", requires = "cast", value_parser = speed)]
    pub speed: Option<f64>,
    /// With --cast: the size of the screen, in columns and rows, up to 500x200 [default: 80x24]
    #[arg(long, value_name = "COLUMNSxROWS", requires = "cast", value_parser = size)]
    pub size: Option<(u16, u16)>,
}

fn speed(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|speed| (0.01..=1_000.0).contains(speed));
    number.ok_or_else(|| "a number from 0.01 to 1000".to_owned())
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let (width, height) = SMALLEST;
    let size = text.split_once('x').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let fits = |(a, b): &(u16, u16)| (width..=500).contains(a) && (height..=200).contains(b);
    size.filter(fits)
        .ok_or_else(|| format!("columns and rows, from {width}x{height} to 500x200, as in 80x24"))
}

/// `order erase`
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["id", "ended_before"]))]
pub struct EraseArgs {
    /// Its id, transaction id or partner order id
    pub id: Option<String>,
    /// Every order that was completed or abandoned before this: a day (2026-11-20), or an instant
    #[arg(long, value_name = "DATE", requires = "by")]
    pub ended_before: Option<String>,
    /// Erase nothing; say what would be erased
    #[arg(long, requires = "ended_before")]
    pub preview: bool,
    /// Why; kept in the history in clear: no personal data
    #[arg(long)]
    pub reason: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// `order retry`
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["ids", "all_retryable", "cause"]))]
pub struct RetryArgs {
    /// The orders
    pub ids: Vec<String>,
    /// Every order whose retry is safe and may help
    #[arg(long)]
    pub all_retryable: bool,
    /// Every order that is stalled by this cause, as `order list --stalled --by-cause` names it
    #[arg(long)]
    pub cause: Option<String>,
    /// Send nothing; say what would be sent, and what is left out and why
    #[arg(long)]
    pub preview: bool,
    /// In production: yes, live orders may be placed
    #[arg(long)]
    pub live: bool,
}

/// `order resolve`
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("verdict").required(true).args(["placed", "not_placed"]))]
pub struct ResolveArgs {
    /// Its id, transaction id or partner order id
    pub id: String,
    /// The carrier has the order
    #[arg(long)]
    pub placed: bool,
    /// The carrier does not have it: it may be completed again, under the same ids
    #[arg(long)]
    pub not_placed: bool,
    /// What the carrier can find it by: an order number, a ticket
    #[arg(long, value_name = "TEXT")]
    pub reference: String,
    /// Who asked the carrier
    #[arg(long, value_name = "NAME")]
    pub by: String,
}

/// `order amend`
#[derive(Debug, ClapArgs)]
pub struct AmendArgs {
    /// Its id, transaction id or partner order id
    pub id: String,
    /// The right sales code
    #[arg(long)]
    pub sales_code: Option<String>,
    /// The right partner id
    #[arg(long)]
    pub partner_id: Option<String>,
    /// The right id of the address
    #[arg(long)]
    pub address_detail_id: Option<String>,
    /// Read a new payment token from the first line of standard input
    #[arg(long)]
    pub payment_token_from_stdin: bool,
    /// Keep the gift card with this place in the list, from 1; 0 for none
    #[arg(long, value_name = "N")]
    pub keep_gift_card: Option<usize>,
}

/// How the customer gets the RCC, as a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodArg {
    Verbal,
    Sms,
    Email,
}

impl From<MethodArg> for Method {
    fn from(arg: MethodArg) -> Self {
        match arg {
            MethodArg::Verbal => Self::Verbal,
            MethodArg::Sms => Self::Sms,
            MethodArg::Email => Self::Email,
        }
    }
}

/// Where to stop, as a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UntilArg {
    Retrieved,
    Delivered,
    Accepted,
    Completed,
}

impl From<UntilArg> for Until {
    fn from(arg: UntilArg) -> Self {
        match arg {
            UntilArg::Retrieved => Self::Retrieved,
            UntilArg::Delivered => Self::Delivered,
            UntilArg::Accepted => Self::Accepted,
            UntilArg::Completed => Self::Completed,
        }
    }
}

/// `login` and `logout`
#[derive(Debug, ClapArgs)]
pub struct StoredArgs {
    /// The marketplace's provider key instead of the consumer key and secret
    #[arg(long, conflicts_with = "registration")]
    pub market: bool,
    /// The tokens and the secret for the Registration API instead, where they are kept in a keyring
    #[arg(long)]
    pub registration: bool,
    /// Instead: the password of the PostgreSQL server that the journal is on, the same for every environment
    #[arg(long, conflicts_with_all = ["market", "registration"])]
    pub journal: bool,
}
