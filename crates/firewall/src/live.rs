//! What an action says while it runs, for whoever asked for it and is still there.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc;

/// How many pieces wait for a slow listener.
const WAITING: usize = 256;

/// One of the two streams of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What is heard of an action that runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// Its next command begins: its place, from 1.
    Begun(usize),
    /// Its command said something; screened, and nothing in it that no eye sees.
    Text(Stream, String),
    /// Its command ended by itself with this code.
    Code(i32),
    /// So many pieces were missed here: whoever listens was too slow.
    Missed(u64),
}

/// Tells of one action that runs.
///
/// Telling waits for nobody and changes nothing of what is done: a listener that is too slow
/// misses pieces, and is told how many. Whoever acts may ask whether the listener has gone away.
#[derive(Clone, Debug)]
pub struct Live {
    tell: mpsc::Sender<Said>,
    missed: Arc<AtomicU64>,
}

/// Hears what one action says.
#[derive(Debug)]
pub struct Hearing(mpsc::Receiver<Said>);

impl PartialEq for Live {
    fn eq(&self, other: &Self) -> bool {
        self.tell.same_channel(&other.tell)
    }
}

impl Live {
    /// Both ends.
    #[must_use]
    pub fn channel() -> (Self, Hearing) {
        let (tell, heard) = mpsc::channel(WAITING);
        let missed = Arc::default();
        (Self { tell, missed }, Hearing(heard))
    }

    /// Tells something.
    pub fn tell(&self, said: Said) {
        let missed = self.missed.swap(0, Ordering::Relaxed);
        if missed > 0 && self.tell.try_send(Said::Missed(missed)).is_err() {
            self.missed.fetch_add(missed + 1, Ordering::Relaxed);
        } else if self.tell.try_send(said).is_err() {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Ends when nobody listens any more.
    pub fn deserted(&self) -> impl Future<Output = ()> + Send + '_ {
        self.tell.closed()
    }
}

impl Hearing {
    /// What comes next; `None` when the action is over.
    pub fn hear(&mut self) -> impl Future<Output = Option<Said>> + Send + '_ {
        self.0.recv()
    }
}

#[cfg(test)]
mod tests {
    use super::{Live, Said, Stream, WAITING};

    #[tokio::test]
    async fn a_slow_listener_is_told_how_much_it_missed() {
        let (live, mut hearing) = Live::channel();
        for _ in 0..WAITING + 3 {
            live.tell(Said::Text(Stream::Out, "x".to_owned()));
        }
        for _ in 0..WAITING {
            assert!(matches!(hearing.hear().await, Some(Said::Text(..))));
        }
        live.tell(Said::Code(0));
        assert_eq!(hearing.hear().await, Some(Said::Missed(3)));
        assert_eq!(hearing.hear().await, Some(Said::Code(0)));
        drop(live);
        assert_eq!(hearing.hear().await, None);
    }

    #[tokio::test]
    async fn whoever_acts_learns_that_nobody_listens() {
        let (live, hearing) = Live::channel();
        drop(hearing);
        live.deserted().await;
        live.tell(Said::Code(0));
    }
}
