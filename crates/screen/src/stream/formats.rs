//! Looking for formats in a stream.

use crate::{
    rule::{
        front::AHEAD,
        table::{Answer, Hit, Table},
        tail::{Reading, Tail},
    },
    stream::view::View,
    wanted::Wanted,
    weave::Part,
};

/// Registered secrets speak before formats.
const LEVELS: usize = 3;

/// How far formats have been looked for.
#[derive(Default)]
pub(super) struct Formats {
    /// The first place where no rule has been looked for.
    at: u64,
    /// Places where a rule may begin, which are not decided.
    pending: Vec<(u64, usize)>,
    /// Parts whose end has not come.
    open: Vec<Open>,
    starts: Vec<u64>,
    /// The last run of each rule: what begins within it ends where it does.
    runs: Vec<Run>,
}

struct Run {
    rule: usize,
    from: u64,
    until: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Open {
    rule: usize,
    start: u64,
    at: u64,
    reading: Reading,
}

/// Where the rules are, what is at hand, and who is told.
struct Scene<'a, F> {
    table: &'a Table,
    view: View<'a>,
    add: F,
}

impl Formats {
    /// Where the parts begin whose end has not come.
    pub(super) fn unended(&self) -> &[u64] {
        &self.starts
    }

    /// Adds what it finds, and says before which place nothing more will begin.
    pub(super) fn advance(
        &mut self,
        wanted: &Wanted,
        view: View<'_>,
        add: impl FnMut(Part),
    ) -> u64 {
        let table = &wanted.table;
        let mut scene = Scene { table, view, add };
        for open in std::mem::take(&mut self.open) {
            self.go_on(open, &mut scene);
        }
        for (at, rule) in std::mem::take(&mut self.pending) {
            self.ask(rule, at, &mut scene);
        }
        let ahead = if view.over { 0 } else { AHEAD as u64 };
        let until = view.end().saturating_sub(ahead).max(self.at);
        let range = view.place(self.at)..view.place(until);
        let text = (view.text, view.over);
        let mut ask = |at: usize, mut rules: u64| {
            while rules != 0 {
                let rule = rules.trailing_zeros() as usize;
                self.ask(rule, view.base + at as u64, &mut scene);
                rules &= rules - 1;
            }
        };
        table.front.places(text, range, wanted.rules, &mut ask);
        self.at = until;
        self.starts.clear();
        self.starts.extend(self.open.iter().map(|open| open.start));
        let pending = self.pending.iter().map(|(at, _)| *at);
        let open = self.open.iter().map(|open| open.at);
        pending.chain(open).fold(until, u64::min)
    }

    /// Asks a rule at a place; what it cannot tell yet waits.
    fn ask<F: FnMut(Part)>(&mut self, rule: usize, at: u64, scene: &mut Scene<'_, F>) {
        let view = scene.view;
        match scene.table.ask(rule, view.text, view.place(at), view.over) {
            Answer::No => {}
            Answer::Wait => self.pending.push((at, rule)),
            Answer::Yes(hit) => self.begin(rule, hit, scene),
        }
    }

    fn begin<F: FnMut(Part)>(&mut self, rule: usize, hit: Hit, scene: &mut Scene<'_, F>) {
        let base = scene.view.base;
        let (start, head) = (base + hit.start as u64, base + hit.end as u64);
        scene.tell(rule, start, head);
        let run = self.runs.iter().find(|run| run.rule == rule);
        if hit.tail == Tail::None || run.is_some_and(|run| run.from <= head && head <= run.until) {
            return;
        }
        let starts_over = matches!(hit.tail, Tail::Quoted(_));
        let open = Open {
            rule,
            start,
            at: if starts_over { start } else { head },
            reading: hit.tail.read(),
        };
        let until = self.go_on(open, scene);
        if hit.tail.is_run() {
            self.runs.retain(|run| run.rule != rule);
            self.runs.push(Run {
                rule,
                from: head,
                until,
            });
        }
    }

    /// Reads on, and says how far; what has not ended stays open, unless another will end exactly
    /// where it does.
    fn go_on<F: FnMut(Part)>(&mut self, mut open: Open, scene: &mut Scene<'_, F>) -> u64 {
        let view = scene.view;
        let (at, ended) = open.reading.advance(view.text, view.place(open.at));
        open.at = view.base + at as u64;
        if ended || view.over {
            let end = if ended { open.at } else { view.end() };
            scene.tell(open.rule, open.start, end);
            return end;
        }
        let same = |other: &Open| {
            Open {
                start: open.start,
                ..*other
            } == open
        };
        if !self.open.iter().any(same) {
            self.open.push(open);
        }
        open.at
    }
}

impl<F: FnMut(Part)> Scene<'_, F> {
    fn tell(&mut self, rule: usize, start: u64, end: u64) {
        (self.add)(Part {
            start,
            end,
            kind: self.table.kind(rule),
            rule: self.table.name(rule),
            rank: rule + LEVELS,
        });
    }
}
