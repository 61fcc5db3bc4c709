//! Looking for the registered secrets in a text.

use super::form::Form;
use crate::{
    kind::Kind,
    secrets::{Layer, Level, Way, needles::Stretch},
    stream::view::View,
    wanted::Wanted,
    weave::Part,
};

/// How far the secrets of each level have been looked for: the first start that is not decided, in
/// the text and in its loose form.
#[derive(Default)]
pub(crate) struct Registered {
    exact: [u64; Level::COUNT],
    loose: [u64; Level::COUNT],
    form: Form,
}

impl Registered {
    /// Adds what it finds, and says before which place nothing more will begin.
    pub(crate) fn advance(
        &mut self,
        wanted: &Wanted,
        view: View<'_>,
        add: &mut impl FnMut(Part),
    ) -> u64 {
        let mut decided = view.end();
        if wanted.layers().next().is_none() {
            return decided;
        }
        for (layer, done) in wanted.layers().zip(&mut self.exact) {
            let stretch = Stretch {
                text: view.text,
                from: view.place(*done),
                over: view.over,
                way: Way::Exact,
            };
            let mut found = |at: usize, length: usize| {
                let start = view.base + at as u64;
                add(layer.part(start, start + length as u64));
            };
            let until = layer.needles.scan(stretch, &mut found);
            *done = view.base + until as u64;
            decided = decided.min(*done);
        }
        while !self.loosely(wanted, view, add) {}
        decided.min(self.form.undecided(view))
    }

    /// Looks through the next stretch of the loose form, and says whether it was the last.
    fn loosely(&mut self, wanted: &Wanted, view: View<'_>, add: &mut impl FnMut(Part)) -> bool {
        let last = self.form.read(view);
        let form = &self.form;
        let mut decided = u64::MAX;
        for (layer, done) in wanted.layers().zip(&mut self.loose) {
            let stretch = Stretch {
                text: form.bytes(),
                from: usize::try_from(*done - form.base()).unwrap_or(usize::MAX),
                over: view.over && last,
                way: Way::Loose,
            };
            let mut found = |at: usize, length: usize| {
                let first = form.origin(at, view);
                let last = form.origin(at + length - 1, view);
                if let (Some((start, _)), Some((_, end))) = (first, last) {
                    add(layer.part(start, end));
                }
            };
            let until = layer.needles.scan(stretch, &mut found);
            *done = form.base() + until as u64;
            decided = decided.min(*done);
        }
        self.form.forget(decided);
        last
    }
}

impl Layer {
    fn part(&self, start: u64, end: u64) -> Part {
        Part {
            start,
            end,
            kind: Kind::Secret,
            rule: self.level.rule(),
            rank: self.level.index(),
        }
    }
}
