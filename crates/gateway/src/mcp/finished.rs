//! What became of tasks, for as long as there is room.

use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// How many results are kept.
const KEPT: usize = 1_024;

/// What became of tasks.
#[derive(Debug, Default)]
pub(super) struct Finished(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    states: HashMap<String, State>,
    order: VecDeque<String>,
}

#[derive(Clone, Debug)]
pub(super) enum State {
    Running,
    Cancelled,
    Completed(Value),
    Failed(Value),
    /// Its server has made a task of it, which has this name.
    Elsewhere(String),
}

impl Finished {
    /// What became of a task.
    pub(super) fn get(&self, id: &str) -> Option<State> {
        self.book().states.get(id).cloned()
    }

    /// Notes that a task is being carried out; `false` when it is already, or was.
    pub(super) fn begin(&self, id: &str) -> bool {
        let mut book = self.book();
        if book.states.contains_key(id) {
            return false;
        }
        book.put(id, State::Running);
        true
    }

    /// Notes what became of a task.
    pub(super) fn put(&self, id: &str, state: State) {
        self.book().put(id, state);
    }

    /// Lets a task be begun again.
    pub(super) fn forget(&self, id: &str) {
        self.book().states.remove(id);
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn put(&mut self, id: &str, state: State) {
        if self.states.insert(id.to_owned(), state).is_none() {
            self.order.push_back(id.to_owned());
        }
        while self.order.len() > KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.states.remove(&oldest);
            }
        }
    }
}
