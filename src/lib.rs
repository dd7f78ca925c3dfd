//! pxdesk: a terminal desk for partners who sell through Lumen's Px `SubmitOrder` API and on its marketplace, and who register
//! the customers of their software.
//!
//! A key becomes a message; a pure `update` turns it into a new model and effects; the engine turns a
//! command into events that are **on disk before anything leaves the machine**; replies come back as messages; a
//! pure `view` draws the model. The screen, the command line, the worker and the receiver of deploys are fronts of one engine.
//!
//! The rooms; each uses rooms above it alone. "Pure" means: takes values, returns values; `now` is an argument.
//!
//! | room | what lives there | may touch |
//! | --- | --- | --- |
//! | [`text`] (pure) | text from outside made safe to stand in a line of ours; a number of things in words | std |
//! | [`files`] | files of our own: their owner's alone, whole or not there, still there after a power cut; texts read whole | files, randomness |
//! | [`kind`] (pure) | what every kind of thing in the journal has in common: events, ids, the row of a list | std, serde |
//! | [`order`] (pure) | ids, RCC text, the 120-minute window, the lifecycle, what each documented error means | std, serde, `text`, `kind` |
//! | [`practice`] (pure) | what a trainee is put through, what was seen of it, what it is worth; runs, coverage, reports; what trainer and trainee tell each other | std, serde, `text`, `kind`, `order` |
//! | [`subscription`] (pure) | what is sold on the marketplace: deploys, SKUs, billing, usage, months and the cut-off | std, serde, `text`, `kind`, and of `order` its environment and roles |
//! | [`registry`] (pure) | what a registration contract should hold, what it holds, the plan between the two | std, serde, `text`, `kind`, and of `order` its environment |
//! | [`wire`] | what every client shares: connections that count what they write, TLS, our pace, proxies | the network, `text`, `files` |
//! | [`px`] | the four calls: JSON shapes and the reply classifier (pure), the token, the client that sends once | `text`, `kind`, `order`, `wire` |
//! | [`market`] | the marketplace's calls: JSON shapes and the reply classifier (pure), the client that sends once | `text`, `kind`, `subscription`, `wire`, and of `order` its secret |
//! | [`registration`] | the Registration API's calls: its signature, forms and the reply classifier (pure), the client that sends once | `text`, `kind`, `registry`, `wire`, and of `order` its secret |
//! | [`journal`] | events as hash-chained, sealed records in SQLite or on PostgreSQL | `text`, `files`, PostgreSQL, `kind`, the TLS of `wire`; its list of the kinds names `order`, `subscription` and `registry` |
//! | [`engine`] | drives a thing of any kind: decide, append, call, classify, append; one thing, one owner | `files`, `kind`, `order`, `subscription`, `registry`, `px`, `market`, `registration`, `journal` |
//! | [`webhook`] | the receiver of deploys: stored, then answered | the network, `text`, `files`, `kind`, `order`, `subscription`, `wire`, `engine` |
//! | [`classroom`] | trainer and trainees over the network: the trainer's hub, a trainee's link | the network, `text`, `practice`, `wire` |
//! | [`report`] (pure) | what happened in a period: events to figures, figures to text, JSON, CSV | `text`, `order` |
//! | [`desk`] (pure) | the model of the screens, their messages, the effects they ask for, `update` | `kind`, `order`, `practice`, `subscription`, `registry`, `report` |
//! | [`view`] (pure) | draws the model; theme; the one text type that may reach the terminal | `kind`, `order`, `practice`, `subscription`, `registry`, `report`, `desk` |
//! | [`cast`] (pure) | frames and their times to a recording that asciinema plays | `kind`'s instants, ratatui's buffer |
//! | [`sandbox`] | the embedded servers, written from the contract: `px`, `market` and `registration`, the other sides of the wire, and `control` for trainers | the network, files; no other room |
//! | [`credentials`] | key, secret, provider key and what signs the registration's calls at rest: the platform's keyring, the kernel's, a 0600 file | the keyring, `files`, `text`, `order`, and the sources of keys of `px`, `market` and `registration` |
//! | [`config`] | settings: the file, its variables, the flags | `files`; values and settings of `order`, `subscription`, `registry`, `wire`, `px`, `market`, `registration`, `journal` and `credentials` |
//! | [`telemetry`] | logs with nothing secret in them | files, `config` |
//! | [`session`] | opening the journal, that of practice, the ways to Px, the marketplace and the registration; finding scenarios; exit statuses | `text`, `files`, `kind`, `order`, `practice`, `subscription`, `wire`, `px`, `market`, `registration`, `journal`, `engine`, `webhook`, `sandbox`, `credentials`, `config` |
//! | [`terminal`] | raw mode, signals, hang-up, input, the loop that joins desk and engine | everything above |
//! | [`cli`] | flags to commands, results to text and JSON | everything |

pub mod text;
pub mod files;
pub mod kind;
pub mod order;
pub mod practice;
pub mod subscription;
pub mod registry;
pub mod wire;
pub mod px;
pub mod market;
pub mod registration;
pub mod journal;
pub mod engine;
pub mod webhook;
pub mod classroom;
pub mod report;
pub mod desk;
pub mod view;
pub mod cast;
pub mod sandbox;
pub mod credentials;
pub mod config;
pub mod telemetry;
pub mod session;
pub mod terminal;
pub mod cli;
