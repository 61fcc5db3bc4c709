//! A screen that everybody shares, whose secrets change while it is in use.

use crate::{
    screen::Screen,
    secrets::{Level, Secrets},
};
use arc_swap::ArcSwap;

/// The screen in use.
///
/// What is redacted from now on knows the secrets that were put in last; a stream keeps those it
/// began with, so that one text is not redacted by two sets.
#[derive(Debug)]
pub struct Registry {
    screen: ArcSwap<Screen>,
}

impl Registry {
    /// Begins with `screen`.
    #[must_use]
    pub fn new(screen: Screen) -> Self {
        Self {
            screen: ArcSwap::from_pointee(screen),
        }
    }

    /// The screen as it is now.
    #[must_use]
    pub fn screen(&self) -> Screen {
        Screen::clone(&self.screen.load())
    }

    /// Puts other secrets in place of those of `level`.
    pub fn replace(&self, level: Level, secrets: &Secrets) {
        self.screen.rcu(|screen| screen.with(level, secrets));
    }

    /// Puts another screen in place.
    pub fn swap(&self, screen: Screen) {
        self.screen.store(std::sync::Arc::new(screen));
    }
}
