//! The loose form of the text at hand.

use crate::{
    loose::{Loose, Piece},
    stream::view::View,
};
use zeroize::Zeroizing;

/// About how many bytes are made at once.
const BLOCK: usize = 1_024;

/// The bytes of text after which a place is marked, and that are read at once where nothing is escaped.
const STEP: usize = 64;

/// How many are read at once where something is.
const CHUNK: usize = 8;

/// How far before its first undecided byte the form may need the text again.
pub(super) const NEEDS: usize = 2 * STEP;

/// The [loose](crate::loose) form from the first byte of it that is not decided.
///
/// It holds bytes alone. Where one of them comes from is asked for findings only, and told by
/// reading the text once more, from the mark before it.
#[derive(Default)]
pub(super) struct Form {
    bytes: Zeroizing<Vec<u8>>,
    /// How many bytes came before these.
    base: u64,
    reader: Loose,
    /// Up to where the reader has read.
    read: u64,
    marks: Vec<Mark>,
    /// The places within escapes that were read last.
    within: Vec<u64>,
}

/// A place in the text, and how far that is in the form.
#[derive(Debug, Clone, Default)]
struct Mark {
    read: u64,
    form: u64,
    reader: Loose,
}

impl Form {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the bytes at hand begin in the whole form.
    pub(super) const fn base(&self) -> u64 {
        self.base
    }

    /// The places within escapes that were read last: what begins there byte for byte is not seen in the
    /// form.
    pub(super) fn within(&self) -> &[u64] {
        &self.within
    }

    /// Reads on; says whether the text at hand is read to its end.
    pub(super) fn read(&mut self, view: View<'_>) -> bool {
        let rest = view.text.get(view.place(self.read)..);
        let mut rest = rest.unwrap_or_default();
        self.within.clear();
        let mut used = self.bytes.len();
        let enough = used + rest.len().min(BLOCK);
        // Once for all: what is left of one block stands before the next.
        let most = rest.len().min(2 * BLOCK);
        self.bytes.reserve(most + STEP - used.min(most));
        self.marks.reserve(most / STEP);
        self.bytes.resize(enough + STEP, 0);
        while used < enough && self.within.len() < BLOCK && !rest.is_empty() {
            self.mark(used);
            rest = self.step(rest, &mut used);
        }
        if view.over && rest.is_empty() {
            let mut put = |piece: Piece| put(&mut self.bytes, piece, &mut used);
            self.reader.finish(self.read, &mut put);
        }
        self.bytes.truncate(used);
        rest.is_empty()
    }

    /// Reads on to the next mark, and gives the rest.
    fn step<'t>(&mut self, text: &'t [u8], used: &mut usize) -> &'t [u8] {
        match text.split_first_chunk::<STEP>() {
            Some((step, rest)) if self.plainly(step, used) => return rest,
            _ => {}
        }
        let (mut few, rest) = text.split_at(text.len().min(STEP));
        while let Some((chunk, more)) = few.split_first_chunk::<CHUNK>() {
            if !self.plainly(chunk, used) {
                self.feed(chunk, used);
            }
            few = more;
        }
        self.feed(few, used);
        rest
    }

    /// Reads bytes at once that are not escaped, if they are not.
    fn plainly<const N: usize>(&mut self, bytes: &[u8; N], used: &mut usize) -> bool {
        let room = self.bytes.get_mut(*used..);
        let room = room.and_then(|room| room.first_chunk_mut());
        let kept = room.and_then(|room| self.reader.feed_plain(bytes, room));
        *used += kept.unwrap_or(0);
        self.read += kept.map_or(0, |_| N as u64);
        kept.is_some()
    }

    /// Reads byte by byte.
    fn feed(&mut self, bytes: &[u8], used: &mut usize) {
        let mut put = |piece: Piece| put(&mut self.bytes, piece, used);
        for byte in bytes {
            if !self.reader.is_settled() {
                self.within.push(self.read);
            }
            self.reader.feed(*byte, self.read, &mut put);
            self.read += 1;
        }
    }

    fn mark(&mut self, used: usize) {
        let last = self.marks.last().map_or(0, |mark| mark.read);
        if self.read - last >= STEP as u64 {
            self.marks.push(Mark {
                read: self.read,
                form: self.base + used as u64,
                reader: self.reader.clone(),
            });
        }
    }

    /// Where the byte at `place` stands in the text.
    pub(super) fn origin(&self, place: usize, view: View<'_>) -> Option<(u64, u64)> {
        let wanted = self.base + place as u64;
        let behind = self.marks.partition_point(|mark| mark.form <= wanted);
        let mark = behind.checked_sub(1).and_then(|at| self.marks.get(at));
        let mut mark = mark.cloned().unwrap_or_default();
        let mut found = None;
        let mut left = wanted - mark.form;
        let mut put = |piece: Piece, found: &mut Option<(u64, u64)>| {
            if left == 0 {
                *found = found.or(Some((piece.start, piece.end)));
            }
            left = left.saturating_sub(1);
        };
        let rest = view.text.get(view.place(mark.read)..).unwrap_or_default();
        for (byte, at) in rest.iter().zip(mark.read..) {
            mark.reader
                .feed(*byte, at, &mut |piece| put(piece, &mut found));
            if found.is_some() {
                return found;
            }
        }
        if view.over {
            mark.reader
                .finish(view.end(), &mut |piece| put(piece, &mut found));
        }
        found
    }

    /// Drops what comes before `place` in the whole form.
    pub(super) fn forget(&mut self, place: u64) {
        let gone = usize::try_from(place.saturating_sub(self.base));
        let gone = gone.map_or(0, |gone| gone.min(self.bytes.len()));
        self.bytes.drain(..gone);
        self.base = place;
        let behind = self.marks.partition_point(|mark| mark.form <= place);
        self.marks.drain(..behind.saturating_sub(1));
    }

    /// Where in the text the first byte that is not decided may come from.
    pub(super) fn undecided(&self, view: View<'_>) -> u64 {
        let pending = self.reader.pending(self.read);
        if self.bytes.is_empty() {
            return pending;
        }
        self.origin(0, view).map_or(pending, |(start, _)| start)
    }
}

/// Puts a byte behind the first `used`.
fn put(bytes: &mut Vec<u8>, piece: Piece, used: &mut usize) {
    match bytes.get_mut(*used) {
        Some(slot) => *slot = piece.byte,
        None => bytes.push(piece.byte),
    }
    *used += 1;
}
