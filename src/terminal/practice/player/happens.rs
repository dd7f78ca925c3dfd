//! What happens around the trainee is done: what the stage says, and what the trainer wants.

use super::Player;
use crate::desk::{Msg, Simulation};
use crate::practice::By;
use crate::practice::classroom::Directive;
use crate::practice::stage::{CUSTOMER, Cue};
use crate::terminal::simulation;
use crate::terminal::tell::tell;
use jiff::SignedDuration;
use std::sync::atomic::Ordering;

/// Px moves its clock by a month at most, at once.
pub(super) const FARTHEST: i64 = 31 * 24 * 60;

impl Player {
    pub(super) fn ends_with_its_last_move(&mut self) {
        if self.play.is_over() {
            self.end(By::Trainee);
        }
    }

    /// It ends, if it has not ended before. Whatever it was, nothing stands still any more.
    pub(super) fn end(&mut self, by: By) {
        let at = self.at();
        if self.ended.is_none() {
            self.ended = Some((at, by));
            let report = self.whole_report();
            if let Some(kept) = &mut self.kept {
                kept.keep(report, &self.worker);
            }
        }
        self.resume();
    }

    fn pause(&mut self) {
        self.paused = true;
        self.clock.stop();
    }

    /// Time goes on, here and at Px.
    fn resume(&mut self) {
        let held = self.clock.go_on();
        if !std::mem::take(&mut self.paused) {
            return;
        }
        let px = self.px.clone();
        self.asked(async move {
            if let Err(why) = simulation::hold(&px.client, &px.base, held).await {
                tracing::warn!(why, "the pause could not be taken off Px's clock");
            }
        });
    }

    /// The trainer did this. Once it has ended, nothing but another one can begin.
    pub fn direct(&mut self, directive: Directive) {
        if self.ended.is_some() && !matches!(directive, Directive::Start { .. }) {
            return;
        }
        let says = |text: &str| Cue::Says { who: CUSTOMER.to_owned(), text: text.to_owned() };
        let cues = match directive {
            Directive::Pause => {
                self.pause();
                Vec::new()
            }
            Directive::Resume => {
                self.resume();
                Vec::new()
            }
            Directive::Advance { minutes } if (0..=FARTHEST).contains(&minutes) => {
                vec![Cue::Advance { minutes }]
            }
            // No trainer's screen offers that.
            Directive::Advance { .. } => Vec::new(),
            Directive::Accept => {
                vec![Cue::Accepts, Cue::Answers { yes: true }, says("Yes, I accept that.")]
            }
            Directive::Decline => {
                vec![Cue::Declines, Cue::Answers { yes: false }, says("No, I don't want that.")]
            }
            Directive::Say { text } => vec![says(&text)],
            Directive::Line { on } => vec![Cue::Line { on }],
            Directive::Fail { call, fault } => {
                // The trainee is not told.
                self.ask(Simulation::Fail { call: call.name(), fault, words: String::new(), lasting: false });
                Vec::new()
            }
            Directive::End => {
                self.end(By::Trainer);
                Vec::new()
            }
            // This one ends, and whoever began it begins the next.
            Directive::Start { scenario } => {
                self.end(By::Trainer);
                self.next = Some(scenario);
                Vec::new()
            }
        };
        let at = self.at();
        let cues = self.play.directed(cues, at);
        self.perform(cues);
        self.show();
    }

    /// Does what is left to do of what happens.
    pub(super) fn perform(&mut self, cues: Vec<Cue>) {
        let transaction_id = self.px.transaction_id.clone();
        for cue in cues {
            match cue {
                Cue::Accepts => self.ask(Simulation::Accept { transaction_id: transaction_id.clone() }),
                Cue::Declines => self.ask(Simulation::Decline { transaction_id: transaction_id.clone() }),
                Cue::Advance { minutes } => self.ask(Simulation::Advance(SignedDuration::from_mins(minutes))),
                Cue::Says { .. } | Cue::Line { .. } | Cue::Answers { .. } | Cue::Wants { .. } => {}
            }
        }
    }

    fn ask(&self, wanted: Simulation) {
        let (px, clock, sender) = (self.px.clone(), self.clock.clone(), self.sender.clone());
        self.asked(async move {
            // A customer who accepts before anything was sent has nothing to accept: Px says so, and it does not matter.
            let answer = simulation::ask_by(&px.client, &px.base, &wanted).await;
            if let Ok(answer) = answer
                && let Some(offset) = answer.offset
            {
                clock.set_offset(offset);
                tell(&sender, Msg::Simulated { what: answer.what, clock_offset: clock.offset() });
            }
        });
    }

    /// Something is asked of the embedded Px on the side.
    fn asked(&self, ask: impl Future<Output = ()> + Send + 'static) {
        let asking = self.asking.clone();
        asking.fetch_add(1, Ordering::Relaxed);
        self.worker.spawn(async move {
            ask.await;
            asking.fetch_sub(1, Ordering::Relaxed);
        });
    }
}
