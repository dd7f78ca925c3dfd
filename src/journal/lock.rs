//! Locks that a panic does not close.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic of another thread while it held the lock has left nothing half done: a transaction is rolled back.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
