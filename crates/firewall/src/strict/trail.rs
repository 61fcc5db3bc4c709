//! Where a fault is: put together only when there is one, from the inside out.

use crate::strict::{clip::clipped, fault::StrictFault};
use std::fmt::Write as _;

/// The steps from a fault out to the whole value.
#[derive(Debug, Default)]
pub(super) struct Trail {
    fault: Option<StrictFault>,
    steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    pub(super) fn key(key: &str) -> Self {
        Self::Key(clipped(key))
    }
}

impl Trail {
    pub(super) fn step(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub(super) fn blame(&mut self, fault: StrictFault) {
        self.fault = Some(fault);
    }

    /// The fault, if one was noted, and its path.
    pub(super) fn into_parts(self) -> (Option<StrictFault>, String) {
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            match step {
                Step::Key(key) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(key);
                }
                // Writing to a `String` cannot fail.
                Step::Index(index) => drop(write!(path, "[{index}]")),
            }
        }
        (self.fault, path)
    }
}
