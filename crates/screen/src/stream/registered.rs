//! Looking for the registered secrets of one level in a stream.

use crate::{
    kind::Kind,
    loose::{Loose, Piece},
    secrets::Layer,
    stream::view::View,
    weave::Part,
};

/// How far the secrets of one level have been looked for.
#[derive(Default)]
pub(super) struct Registered {
    /// The first start that is not decided.
    at: u64,
    reader: Loose,
    /// Up to where the reader has read.
    read: u64,
    /// The loose form from the first start in it that is not decided.
    bytes: zeroize::Zeroizing<Vec<u8>>,
    places: Vec<(u64, u64)>,
}

impl Registered {
    /// Adds what it finds, and says before which place nothing more will begin.
    pub(super) fn advance(
        &mut self,
        layer: &Layer,
        view: View<'_>,
        add: &mut impl FnMut(Part),
    ) -> u64 {
        let mut found = |start: u64, end: u64| {
            add(Part {
                start,
                end,
                kind: Kind::Secret,
                rule: layer.level.rule(),
                rank: layer.level.index(),
            });
        };
        let from = view.place(self.at);
        let until = layer
            .exact
            .scan(view.text, from, view.over, &mut |at, length| {
                let start = view.base + at as u64;
                found(start, start + length as u64);
            });
        self.at = view.base + until as u64;
        self.at.min(self.loosely(layer, view, &mut found))
    }

    fn loosely(&mut self, layer: &Layer, view: View<'_>, found: &mut impl FnMut(u64, u64)) -> u64 {
        let mut put = |piece: Piece| {
            self.bytes.push(piece.byte);
            self.places.push((piece.start, piece.end));
        };
        let fresh = view.text.get(view.place(self.read)..).unwrap_or_default();
        for (byte, at) in fresh.iter().zip(self.read..) {
            self.reader.feed(*byte, at, &mut put);
        }
        self.read = view.end();
        if view.over {
            self.reader.finish(self.read, &mut put);
        }
        let until = layer
            .loose
            .scan(&self.bytes, 0, view.over, &mut |at, length| {
                let first = self.places.get(at);
                let last = self.places.get(at + length - 1);
                if let (Some(first), Some(last)) = (first, last) {
                    found(first.0, last.1);
                }
            });
        self.bytes.drain(..until);
        self.places.drain(..until);
        let undecided = self.places.first().map(|place| place.0);
        undecided.unwrap_or_else(|| self.reader.pending(self.read))
    }
}
