//! Opening the journal and the way to Px, for a command or for the desk; and how a run of either ends.

mod exit;
mod folder;
mod new_file;
mod practice;
mod process;
pub mod scenarios;
mod sold;
mod training;
mod zone;

pub use exit::{Exit, Failed, of_order};
pub use folder::PrivateFolder;
pub use new_file::write_new;
pub use practice::{practice_offered, practice_refusal, practice_settings};
pub use sold::plans;
pub use training::{Beginning, Proven, Training, no_such_run};
pub use zone::local_zone;

use crate::config::{MarketTarget, RegistrationTarget, Settings, Target};
use crate::credentials::{EdgeKeeper, Keeper, KeyKeeper};
use crate::engine::{self, Clock, Engine, Presence, RegistrationError};
use crate::journal::{self, Journal, Place, every_kind};
use crate::market;
use crate::order::{Order, OrderId, Refusal, Right};
use crate::px;
use crate::registration;
use crate::sandbox;
use crate::wire;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// The engine of one command, or of the desk, and the embedded Px if it is spoken to.
pub struct Session {
    pub engine: Engine,
    /// Where the embedded Px listens, when it is inside this process.
    pub embedded: Option<String>,
}

impl Session {
    /// Opens the journal, for a command that sends nothing.
    pub async fn open(settings: &Settings) -> Result<Self, Failed> {
        Self::start(settings, None).await
    }

    /// Opens the journal, for a command that sends, and starts the embedded Px where that is the one spoken to.
    pub async fn open_with_px(settings: &Settings) -> Result<Self, Failed> {
        let session = Self::open_for_desk(settings).await?;
        session.engine.journal().trust()?;
        Ok(session)
    }

    /// The same for a desk, which shows a journal that is not to be trusted, and sends nothing with it.
    pub async fn open_for_desk(settings: &Settings) -> Result<Self, Failed> {
        Self::start(settings, embed_if_spoken_to(settings)?).await
    }

    /// The same for a run of practice, on an embedded Px that behaves as `scenario` says.
    pub async fn open_for_practice(settings: &Settings, scenario: sandbox::Scenario) -> Result<Self, Failed> {
        Self::start(settings, Some(embed(settings, scenario)?)).await
    }

    /// Opens the journal, for a command on the marketplace; `sends` when it calls there.
    pub async fn open_for_market(settings: &Settings, sends: bool) -> Result<Self, Failed> {
        if settings.market.is_none() {
            return Err(Failed {
                exit: Exit::Configuration,
                what: format!("no marketplace is configured in the {} environment", settings.environment),
                next: Some(format!(
                    "Say where it is: [environments.{}.market] base_url",
                    settings.environment
                )),
            });
        }
        let session = if sends { Self::open_with_px(settings).await? } else { Self::open(settings).await? };
        if session.engine.journal().doubt().is_none() {
            session.engine.recover_market().await?;
        }
        Ok(session)
    }

    /// Opens the journal, for a command on the contract, which is asked of the server.
    pub async fn open_for_registration(settings: &Settings) -> Result<Self, Failed> {
        if settings.registration.is_none() {
            return Err(RegistrationError::NotConfigured(settings.environment).into());
        }
        Self::open_for_desk(settings).await
    }

    async fn start(settings: &Settings, embedded: Option<String>) -> Result<Self, Failed> {
        let session = Self::with(settings, embedded).await?;
        // A journal that is not what this machine last saw is for reading; every attempt to write says why.
        if session.engine.journal().doubt().is_none() {
            session.engine.recover().await?;
        }
        Ok(session)
    }

    async fn with(settings: &Settings, embedded: Option<String>) -> Result<Self, Failed> {
        let here = Right::WorkIn(settings.environment);
        settings.role().check(here).map_err(Refusal::from)?;
        make_folder_of(&settings.journal.key_file())?;
        let journal = Self::journal(settings, true).await?;
        let px = px(settings, embedded.as_deref())?;
        let market = market_client(settings, embedded.as_deref())?;
        let registration = registration(settings, embedded.as_deref())?;
        let options = engine::Options {
            environment: settings.environment,
            agent: settings.agent.clone(),
            complete_room: settings.timeouts.complete_order.signed(),
            quiet: settings.quiet_period,
            market_quiet: settings.market.as_ref().map_or(settings.quiet_period, |market| market.quiet),
            fastest: settings.fastest,
            role: settings.role(),
            two_people: settings.two_people,
        };
        let clock = Clock::default();
        if settings.target == Target::InProcess {
            clock.set_offset(sandbox::clock_offset(&state_file(settings)));
        }
        let presence = presence(settings);
        let ways = engine::Ways { px, market, registration };
        let engine = Engine::with_state(journal, ways, clock, presence, options, &settings.places.state);
        Ok(Self { engine, embedded })
    }

    /// The same again, as another process would open it, which looks for nothing that was cut off yet. Once nobody has the
    /// engine of this one any more, what it had under way is for whoever looks next.
    pub async fn anew(self, settings: &Settings) -> Result<Self, Failed> {
        self.engine.journal().close().await;
        let Self { engine, embedded } = self;
        // With the last of its clones the sign of life goes.
        drop(engine);
        Self::with(settings, embedded).await
    }

    /// The journal alone; made when `create` says so and there is none.
    pub async fn journal(settings: &Settings, create: bool) -> Result<Journal, Failed> {
        Ok(Journal::open_with(&settings.journal, &options(settings, create)).await?)
    }

    /// The journal alone, to look at it: what is configured just now may be a copy.
    pub async fn journal_to_look(settings: &Settings) -> Result<Journal, journal::Error> {
        Journal::open_to_look(&settings.journal, &options(settings, false)).await
    }

    /// The order that a person means by `text`.
    pub async fn find(&self, text: &str) -> Result<Order, Failed> {
        let found = self.engine.journal().find(self.engine.environment(), text).await?;
        match found.as_slice() {
            [row] => Ok(self.engine.journal().meant(row, text).await?),
            [] => Err(Failed::new(
                Exit::BadInput,
                format!("there is no order `{text}` in the {} environment", self.engine.environment()),
            )),
            many => {
                let ids: Vec<_> = many.iter().map(|row| row.id.as_str()).collect();
                Err(Failed::new(Exit::BadInput, format!("`{text}` could be any of {}", ids.join(", "))))
            }
        }
    }

    /// The ids of the orders that a person means, all of them or none.
    pub async fn find_all(&self, texts: &[String]) -> Result<Vec<OrderId>, Failed> {
        let mut ids = Vec::with_capacity(texts.len());
        for text in texts {
            let id = self.find(text).await?.id;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

/// Where this desk shows that it lives: beside a journal in a file; for one on a server in this machine's own folder.
fn presence(settings: &Settings) -> Presence {
    match &settings.journal {
        Place::File(file) => Presence::beside(&journal::real(file)),
        Place::Server(address) => Presence::on_floor(&settings.places.state, &address.shown),
    }
}

fn make_folder_of(journal: &Path) -> Result<(), Failed> {
    let Some(folder) = journal.parent() else { return Ok(()) };
    let failed =
        |e| Failed::new(Exit::Journal, format!("cannot make the journal's folder {}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)
}

/// The way to Px without a journal: for looking at it. Starts the embedded Px where that is the one spoken to.
pub fn client(settings: &Settings) -> Result<px::Client, Failed> {
    px(settings, embed_if_spoken_to(settings)?.as_deref())
}

fn px(settings: &Settings, embedded: Option<&str>) -> Result<px::Client, Failed> {
    let client = px::Client::new(client_settings(settings, embedded));
    client.map_err(|error| unusable(settings, "", &error))
}

/// A setting of the environment that a client cannot use, with where it was given. `room` is the part of its key after the
/// environment's.
fn unusable(settings: &Settings, room: &str, error: &wire::Error) -> Failed {
    let key = |setting: &str| format!("environments.{}.{room}{setting}", settings.environment);
    // A setting may be told with its value behind it.
    let bare = error.setting.split(' ').next().unwrap_or_default();
    let place =
        [error.setting.as_str(), bare].iter().find_map(|setting| settings.account.place(&key(setting)));
    let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
    Failed::new(Exit::Configuration, format!("{place}{} {}", key(&error.setting), error.why))
}

/// The way to the marketplace; none where nothing is sold on it. `embedded` is where the embedded servers listen.
pub fn market_client(settings: &Settings, embedded: Option<&str>) -> Result<Option<market::Client>, Failed> {
    let Some(market) = &settings.market else { return Ok(None) };
    let base_url = match &market.target {
        MarketTarget::At { base_url } => base_url,
        MarketTarget::InProcess => embedded.unwrap_or(NOWHERE),
    };
    let client = market::Client::new(market::Settings {
        base_url: base_url.to_owned(),
        paths: market.paths.clone(),
        timeout: market.timeout,
        connect: settings.timeouts.connect.0,
        transport: market.transport.clone(),
        key: market.key.as_ref().map_or_else(market::Source::practice, KeyKeeper::source),
    });
    client.map(Some).map_err(|error| unusable(settings, "market.", &error))
}

/// The way to the Registration API; none where no contract is looked after. `embedded` is where the embedded servers listen.
pub fn registration_client(
    settings: &Settings,
    embedded: Option<&str>,
) -> Result<Option<registration::Client>, Failed> {
    let Some(set) = &settings.registration else { return Ok(None) };
    let base_url = match &set.target {
        RegistrationTarget::At { base_url } => Some(base_url.as_str()),
        RegistrationTarget::InProcess => Some(embedded.unwrap_or(NOWHERE)),
        RegistrationTarget::AsCredentialsSay => None,
    };
    let client = registration::Client::new(registration::Settings {
        base_url: base_url.map(str::to_owned),
        contract: set.contract.clone(),
        trailing_slash: set.trailing_slash,
        timeout: set.timeout,
        connect: settings.timeouts.connect.0,
        transport: set.transport.clone(),
        credentials: set.credentials.as_ref().map_or_else(registration::Source::practice, EdgeKeeper::source),
    });
    client.map(Some).map_err(|error| unusable(settings, "registration.", &error))
}

/// The contract that is looked after; none where there is none.
fn registration(settings: &Settings, embedded: Option<&str>) -> Result<Option<engine::Registration>, Failed> {
    let client = registration_client(settings, embedded)?;
    let both = client.zip(settings.registration.as_ref());
    Ok(both.map(|(client, set)| engine::Registration {
        client,
        contract: set.contract.clone(),
        quiet: set.quiet,
        concurrency: set.concurrency,
        requests_per_second: set.transport.requests_per_second,
    }))
}

/// A command that sends nothing has no embedded Px; its address is then never used.
const NOWHERE: &str = "http://127.0.0.1:9";

fn client_settings(settings: &Settings, embedded: Option<&str>) -> px::Settings {
    let (base_url, token_url) = match &settings.target {
        Target::At { base_url, token_url } => (base_url.clone(), token_url.clone()),
        Target::InProcess => {
            let base = embedded.unwrap_or(NOWHERE);
            (base.to_owned(), format!("{base}/oauth/v2/token"))
        }
    };
    let timeouts = &settings.timeouts;
    px::Settings {
        base_url,
        token_url,
        paths: settings.paths.clone(),
        headers: settings.headers.clone(),
        timeouts: px::Timeouts {
            connect: timeouts.connect.0,
            retrieve_rcc: timeouts.retrieve_rcc.0,
            send_rcc: timeouts.send_rcc.0,
            get_rcc_acceptance: timeouts.get_rcc_acceptance.0,
            complete_order: timeouts.complete_order.0,
        },
        transport: settings.transport.clone(),
        credentials: settings.credentials.as_ref().map_or_else(px::Source::practice, Keeper::source),
    }
}

/// How the configured journal is opened.
fn options(settings: &Settings, create: bool) -> journal::Options {
    journal::Options { create, state: Some(settings.places.state.clone()), kinds: every_kind() }
}

/// Where the embedded Px keeps what it was told, so that every process that speaks to it speaks to the same one.
fn state_file(settings: &Settings) -> std::path::PathBuf {
    settings.places.data.join("embedded-px.json")
}

fn embed_if_spoken_to(settings: &Settings) -> Result<Option<String>, Failed> {
    match settings.target {
        Target::InProcess => {
            let scenario = sandbox::Scenario::named("practice");
            let scenario = scenario.map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?;
            embed(settings, scenario).map(Some)
        }
        Target::At { .. } => Ok(None),
    }
}

/// Starts the embedded Px on a thread of its own; it ends with the process. Returns its address.
fn embed(settings: &Settings, scenario: sandbox::Scenario) -> Result<String, Failed> {
    let failed =
        |what: String| Failed::new(Exit::Unexpected, format!("the embedded Px cannot start: {what}"));
    let listener =
        std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| failed(e.to_string()))?;
    let address: SocketAddr = listener.local_addr().map_err(|e| failed(e.to_string()))?;
    listener.set_nonblocking(true).map_err(|e| failed(e.to_string()))?;
    // Its state lies there even when the journal lies elsewhere; and the thread does not wait for the journal.
    let data = &settings.places.data;
    std::fs::create_dir_all(data)
        .map_err(|e| failed(format!("its folder {} cannot be made: {e}", data.display())))?;
    let state_file = state_file(settings);
    let serve = move || {
        await_first(&listener);
        let served = block_on(async {
            let fail = |e: &dyn std::fmt::Display| Failed::new(Exit::Unexpected, e.to_string());
            let listener = tokio::net::TcpListener::from_std(listener).map_err(|e| fail(&e))?;
            let state_file = Some(state_file);
            let options =
                sandbox::Options { scenario, seed: 1, state_file, market: true, registration: true };
            sandbox::serve(listener, options, std::future::pending()).await.map_err(|e| fail(&e))
        });
        if let Err(error) = served {
            tracing::error!(what = error.what, "the embedded Px ended");
        }
    };
    std::thread::Builder::new().name("embedded-px".into()).spawn(serve).map_err(|e| failed(e.to_string()))?;
    Ok(format!("http://{address}"))
}

/// Waits until somebody connects. A desk that is only looked at needs no server, nor its memory.
#[cfg(unix)]
fn await_first(listener: &std::net::TcpListener) {
    use rustix::event::{PollFd, PollFlags, poll};
    let mut listener = [PollFd::new(listener, PollFlags::IN)];
    // Whatever else ends the waiting: the server is made then, and says what is wrong.
    while poll(&mut listener, None) == Err(rustix::io::Errno::INTR) {}
}

#[cfg(not(unix))]
fn await_first(_: &std::net::TcpListener) {}

/// Runs `future` on a runtime of this thread. A keyring or a name service that has still not answered at its end is
/// not waited for.
pub fn block_on<T>(future: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|e| Failed::new(Exit::Unexpected, format!("cannot start the runtime: {e}")))?;
    let done = runtime.block_on(future);
    runtime.shutdown_background();
    done
}
