//! Secrets at rest: the consumer key and secret, the marketplace's provider key, what signs the registration's calls, and
//! the password of the journal's server, in the platform's keyring, in the kernel's keyring, or in a file that nobody else
//! may read.
//!
//! One shape for each everywhere: two lines, the key and the secret; one line, the provider key or the password; three lines,
//! the tokens and the secret, or the `.edgerc` file as the vendor's other programs read it. They are looked up when
//! they are needed and not kept; they come from no argument and no variable. The embedded servers have none, so nothing
//! here can be asked for theirs. `receiver` reads the files by which the receiver of deploys knows who sends them.
//! May touch: the keyring, those files, the types of `px`, `market` and `registration` for what they ask for, `order`. Never: the
//! network, the journal.

mod edge_keeper;
mod edgerc;
mod entry;
mod error;
mod file;
mod keeper;
mod key_keeper;
mod keyrings;
mod line;
mod memory;
mod pair;
mod password_keeper;
mod place;
mod process;
mod receiver;
mod slot;
mod store;
mod trio;

pub use edge_keeper::EdgeKeeper;
pub use error::Error;
pub use keeper::Keeper;
pub use key_keeper::KeyKeeper;
pub use line::parse_line;
pub use memory::keep_private;
pub use pair::parse;
pub use password_keeper::PasswordKeeper;
pub use process::answer;
pub use receiver::{read_login, read_secret};
pub use store::Store;
pub use trio::parse_trio;
