//! The consumer key and secret at rest: in the platform's keyring, in the kernel's keyring, or in a file that nobody
//! else may read.
//!
//! One shape everywhere: two lines, the key and the secret. They are looked up when a token is needed and not kept;
//! they come from no argument and no variable. The embedded Px has none, so nothing here can be asked for its.
//! May touch: the keyring, that one file, `px`'s type for the pair, `order`. Never: the network, the journal.

mod entry;
mod error;
mod file;
mod keeper;
mod keyrings;
mod memory;
mod pair;
mod process;
mod store;

pub use error::Error;
pub use keeper::Keeper;
pub use memory::keep_private;
pub use pair::parse;
pub use process::answer;
pub use store::Store;
