//! Looking for the registered secrets in a text.

use super::form::Form;
use crate::{
    kind::Kind,
    secrets::{
        Layer, Level, Way,
        needles::{Here, Stretch},
    },
    stream::view::View,
    wanted::Wanted,
    weave::Part,
};

/// How far the secrets of each level have been looked for: the first start that is not decided, in
/// the text for those that are looked for apart, and in its loose form.
///
/// The loose form tells of whatever stands in the text byte for byte too, but for what begins within an
/// escape: those places are looked at one by one.
#[derive(Default)]
pub(crate) struct Registered {
    apart: [u64; Level::COUNT],
    loose: [u64; Level::COUNT],
    form: Form,
    /// Places within escapes that are not decided, and the number of the layer.
    within: Vec<(u64, usize)>,
}

impl Registered {
    /// Adds what it finds, and says before which place nothing more will begin.
    pub(crate) fn advance(
        &mut self,
        wanted: &Wanted,
        view: View<'_>,
        add: &mut impl FnMut(Part),
    ) -> u64 {
        if wanted.layers().next().is_none() {
            return view.end();
        }
        let apart = self.apart(wanted, view, add);
        let layer = |number: usize| wanted.layers().nth(number);
        self.within.retain(|(at, number)| {
            layer(*number).is_some_and(|layer| layer.waits_at(*at, view, add))
        });
        while !self.loosely(wanted, view, add) {
            self.look_within(wanted, view, add);
        }
        self.look_within(wanted, view, add);
        let within = self.within.iter().map(|(at, _)| *at);
        within.fold(apart.min(self.form.undecided(view)), u64::min)
    }

    /// Looks through the text for those that its loose form does not tell of.
    fn apart(&mut self, wanted: &Wanted, view: View<'_>, add: &mut impl FnMut(Part)) -> u64 {
        let mut decided = view.end();
        for (layer, done) in wanted.layers().zip(&mut self.apart) {
            let Some(needles) = &layer.apart else {
                continue;
            };
            let stretch = Stretch {
                text: view.text,
                from: view.place(*done),
                over: view.over,
                way: Way::Apart,
            };
            let mut found = |at: usize, length: usize| {
                let start = view.base + at as u64;
                add(layer.part(start, start + length as u64));
            };
            let until = needles.scan(stretch, &mut found);
            *done = view.base + until as u64;
            decided = decided.min(*done);
        }
        decided
    }

    /// Looks at the places within escapes that came up; those that more text could change are kept.
    fn look_within(&mut self, wanted: &Wanted, view: View<'_>, add: &mut impl FnMut(Part)) {
        for at in self.form.within() {
            for (layer, number) in wanted.layers().zip(0..) {
                if layer.waits_at(*at, view, add) {
                    self.within.push((*at, number));
                }
            }
        }
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
    /// Adds the longest secret that stands byte for byte at `at`, and says whether more text is needed
    /// to tell.
    fn waits_at(&self, at: u64, view: View<'_>, add: &mut impl FnMut(Part)) -> bool {
        let stretch = Stretch {
            text: view.text,
            from: view.place(at),
            over: view.over,
            way: Way::Exact,
        };
        match self.needles.here(stretch, stretch.from) {
            Here::Nothing => return false,
            Here::Undecided => return true,
            Here::Found(length) => add(self.part(at, at + length as u64)),
        }
        false
    }

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
