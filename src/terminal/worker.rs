//! The thread that the engine works on: the journal is written where it is waited for, and the loop that reads keys must
//! wait for no disk.

use crate::session::{Exit, Failed};
use std::thread::JoinHandle;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime of its own. It ends when this is dropped.
pub struct Worker {
    handle: Handle,
    /// Ends the runtime once it is gone.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it.
    pub fn start() -> Result<Self, Failed> {
        let failed = |e| Failed::new(Exit::Unexpected, format!("cannot start the engine's thread: {e}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            // What is still there then has been waited for, or will not be.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("engine".into()).spawn(run).map_err(failed)?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// What tasks are started with.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic on it was told already, as every panic is.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_run_on_its_thread_and_end_with_it() {
        let worker = Worker::start().unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        worker.handle().spawn(async move {
            sender.send(std::thread::current().name().map(str::to_owned)).unwrap();
            std::future::pending::<()>().await;
        });
        assert_eq!(receiver.recv().unwrap().as_deref(), Some("engine"));
        drop(worker);
        assert!(receiver.recv().is_err(), "the task is gone, and what it held");
    }
}
