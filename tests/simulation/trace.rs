//! What happened, line by line: hashed, and shown to whoever asks for it.

use crate::px::Millis;
use sha2::{Digest as _, Sha256};
use std::fmt::{Arguments, Write as _};

pub struct Trace {
    hasher: Sha256,
    line: String,
    show: bool,
}

impl Trace {
    pub fn new(show: bool) -> Self {
        Self { hasher: Sha256::new(), line: String::new(), show }
    }

    pub fn tell(&mut self, now: Millis, what: Arguments<'_>) {
        self.line.clear();
        let _ = writeln!(self.line, "{:>9}.{:03}  {what}", now / 1000, now % 1000);
        self.hasher.update(self.line.as_bytes());
        if self.show {
            print!("{}", self.line);
        }
    }

    pub fn hash(&self) -> [u8; 32] {
        self.hasher.clone().finalize().into()
    }
}
