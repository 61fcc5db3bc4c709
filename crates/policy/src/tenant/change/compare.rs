//! Differences, and which of them loosen.

use super::Change;
use std::fmt;

/// Which way loosens, and what counts when nothing is said.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loosens {
    /// Neither.
    Never,
    /// More of it.
    Up(f64),
    /// Less of it.
    Down(f64),
}

impl Loosens {
    /// For limits: without one there is no end.
    pub(super) const LIMIT: Self = Self::Up(f64::INFINITY);

    fn by(self, before: Option<f64>, after: Option<f64>) -> bool {
        match self {
            Self::Never => false,
            Self::Up(unsaid) => after.unwrap_or(unsaid) > before.unwrap_or(unsaid),
            Self::Down(unsaid) => after.unwrap_or(unsaid) < before.unwrap_or(unsaid),
        }
    }
}

/// The changes found so far.
#[derive(Debug, Default)]
pub(super) struct Changes(pub(super) Vec<Change>);

impl Changes {
    pub(super) fn push(
        &mut self,
        path: String,
        before: Option<String>,
        after: Option<String>,
        loosens: bool,
    ) {
        if before != after {
            self.0.push(Change {
                path,
                before,
                after,
                loosens,
            });
        }
    }

    pub(super) fn number<N: Into<f64> + Copy>(
        &mut self,
        path: String,
        before: Option<N>,
        after: Option<N>,
        way: Loosens,
    ) {
        let (before, after) = (before.map(Into::into), after.map(Into::into));
        let shown = |number: Option<f64>| number.map(|number| number.to_string());
        self.push(path, shown(before), shown(after), way.by(before, after));
    }

    pub(super) fn text(&mut self, path: &str, before: Option<&str>, after: Option<&str>) {
        self.push(
            path.to_owned(),
            before.map(str::to_owned),
            after.map(str::to_owned),
            false,
        );
    }

    /// A set that restricts, where an empty one does not restrict at all: it loosens when members
    /// are added to it or it is taken away (`widens`), or the other way round.
    pub(super) fn members<T>(&mut self, path: &str, old: &[T], new: &[T], widens: bool)
    where
        T: PartialEq + fmt::Display,
    {
        let within = |inner: &[T], outer: &[T]| {
            outer.is_empty() || !inner.is_empty() && inner.iter().all(|m| outer.contains(m))
        };
        let shown = |set: &[T]| {
            let names: Vec<_> = set.iter().map(ToString::to_string).collect();
            (!set.is_empty()).then(|| format!("[{}]", names.join(", ")))
        };
        let loosens = if widens {
            !within(new, old)
        } else {
            !within(old, new)
        };
        self.push(path.to_owned(), shown(old), shown(new), loosens);
    }
}
