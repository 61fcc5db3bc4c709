//! Holds a command to its deadline, its output, its disk and its session, from outside.

use crate::{commands::Settings, rooms::Place};
use portcullis_firewall::{
    live::Live,
    outside::{Heard, Running, Stop},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

/// How often it is looked for space on the disk.
const LOOKS: Duration = Duration::from_millis(200);
/// How long the launcher may take to kill what it started, and what may take longer is killed.
const KILLING: Duration = Duration::from_secs(5);

/// A command under watch.
#[derive(Debug)]
pub(super) struct Watch<'s> {
    running: Box<dyn Running>,
    settings: &'s Settings,
    room: PathBuf,
    closing: Receiver<bool>,
    /// Whoever listens; a command that somebody heard and nobody hears any more is interrupted.
    live: Option<Live>,
    looks: tokio::time::Interval,
    written: u64,
    /// When the next thing happens to it.
    due: Instant,
    stage: Stage,
    why: Option<String>,
}

/// How far it has come to the end that the gate wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Runs,
    Asked,
    Ended,
    Killed,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// Something was heard.
    Heard(Heard),
    /// Nothing will be.
    Lost(String),
}

impl<'s> Watch<'s> {
    pub(super) fn new(
        running: Box<dyn Running>,
        settings: &'s Settings,
        (place, live): (&Place, Option<Live>),
    ) -> Self {
        let mut looks = interval(LOOKS);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            running,
            settings,
            room: place.room.clone(),
            closing: place.closing.clone(),
            live,
            looks,
            written: 0,
            due: Instant::now() + settings.deadline,
            stage: Stage::Runs,
            why: None,
        }
    }

    /// Why the gate ended it; `None` when it did not.
    pub(super) fn stopped(&self) -> Option<String> {
        self.why.clone()
    }

    /// Waits for what comes next. Bytes over the bound are heard no more.
    pub(super) async fn next(&mut self) -> Next {
        loop {
            let runs = self.stage == Stage::Runs;
            tokio::select! {
                biased;
                () = sleep_until(self.due) => if let Some(lost) = self.is_due() {
                    return lost;
                },
                () = closed(&mut self.closing), if runs => {
                    self.stop(Stop::Asked, "its session ended".to_owned());
                }
                () = hung_up(self.live.as_ref()), if runs => {
                    self.stop(Stop::Interrupted, "whoever asked for it went away".to_owned());
                }
                _ = self.looks.tick(), if runs => {
                    if !has_space(&self.room, self.settings.spare_bytes) {
                        self.stop(Stop::Asked, "the disk was filling up".to_owned());
                    }
                }
                heard = self.running.next() => match heard {
                    Ok(heard) => if let Some(heard) = self.counted(heard) {
                        return Next::Heard(heard);
                    },
                    Err(error) => return Next::Lost(error.to_string()),
                }
            }
        }
    }

    /// Nothing that comes over the bound is passed on.
    fn counted(&mut self, heard: Heard) -> Option<Heard> {
        let (Heard::Out(bytes) | Heard::Err(bytes)) = &heard else {
            return Some(heard);
        };
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.written = self.written.saturating_add(count);
        let most = self.settings.most_bytes;
        if self.written <= most {
            return Some(heard);
        }
        if self.stage == Stage::Runs {
            self.stop(Stop::Asked, format!("it wrote more than {most} bytes"));
        }
        None
    }

    fn is_due(&mut self) -> Option<Next> {
        match self.stage {
            Stage::Runs => {
                let seconds = self.settings.deadline.as_secs_f64();
                self.stop(Stop::Asked, format!("it took longer than {seconds} s"));
            }
            Stage::Asked => self.go_on(Stage::Ended, Stop::Ended, KILLING),
            Stage::Ended => self.go_on(Stage::Killed, Stop::Killed, KILLING),
            Stage::Killed => return Some(Next::Lost("it does not end".to_owned())),
        }
        None
    }

    fn stop(&mut self, how: Stop, why: String) {
        self.why = Some(why);
        self.go_on(Stage::Asked, how, self.settings.grace);
    }

    fn go_on(&mut self, stage: Stage, how: Stop, patience: Duration) {
        self.running.stop(how);
        self.stage = stage;
        self.due = Instant::now() + patience;
    }
}

/// Waits until nobody listens any more; without a listener, for ever.
async fn hung_up(live: Option<&Live>) {
    match live {
        Some(live) => live.deserted().await,
        None => std::future::pending().await,
    }
}

/// Waits until a room is cleared.
async fn closed(closing: &mut Receiver<bool>) {
    // Without rooms there is none any more.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// Whether a disk has so many bytes left; one that cannot be asked has none.
pub(super) fn has_space(path: &Path, bytes: u64) -> bool {
    let found = rustix::fs::statvfs(path);
    found.is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= bytes)
}
