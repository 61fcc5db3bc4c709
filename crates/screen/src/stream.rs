//! A text that comes in pieces.
//!
//! Every rule reads the text byte by byte and decides by what the text says, never by how it was
//! cut; what is not decided yet is held back. So the output joined is the redaction of the input
//! joined, for every way of cutting it.

mod form;
mod formats;
pub(crate) mod registered;
pub(crate) mod search;
pub(crate) mod view;

use crate::{
    aliases::Aliases,
    finding::Finding,
    wanted::Wanted,
    weave::{Known, Weave},
};
use search::{KEPT, Search};
use std::fmt;
use view::View;
use zeroize::Zeroizing;

/// The most bytes that are looked at in one go, which bounds the memory for a long piece.
const BLOCK: usize = 16 * 1_024;

/// A redaction under way. It keeps the rules and secrets it began with.
pub struct Stream {
    wanted: Wanted,
    aliases: Aliases,
    /// The text at hand.
    text: Zeroizing<Vec<u8>>,
    /// Where it begins in the whole.
    base: u64,
    search: Search,
    weave: Weave,
}

/// What is safe to pass on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Piece {
    /// The redacted bytes.
    pub bytes: Vec<u8>,
    /// What was replaced in them; spans count from the start of the stream.
    pub findings: Vec<Finding>,
}

impl Stream {
    pub(crate) fn new(wanted: Wanted, aliases: Aliases) -> Self {
        Self {
            wanted,
            aliases,
            text: Zeroizing::default(),
            base: 0,
            search: Search::default(),
            weave: Weave::default(),
        }
    }

    /// Takes the next bytes, cut anywhere, and gives those that are decided.
    ///
    /// At most [`most_held_back`](crate::screen::Screen::most_held_back) bytes that are not already hidden are held back.
    pub fn push(&mut self, bytes: &[u8]) -> Piece {
        let mut piece = Piece::default();
        for block in bytes.chunks(BLOCK) {
            self.text.extend_from_slice(block);
            self.advance(false, &mut piece);
        }
        piece
    }

    /// The rest of the text, and the placeholders as they are now.
    pub fn finish(mut self) -> (Piece, Aliases) {
        let mut piece = Piece::default();
        self.advance(true, &mut piece);
        (piece, std::mem::take(&mut self.aliases))
    }

    fn advance(&mut self, over: bool, piece: &mut Piece) {
        let view = View {
            text: &self.text,
            base: self.base,
            over,
        };
        let mut add = |part| self.weave.add(part);
        let decided = self.search.advance(&self.wanted, view, &mut add);
        let known = Known {
            text: view.text,
            base: view.base,
            decided,
            unended: self.search.unended(),
            over,
        };
        self.weave.write(
            &known,
            &mut self.aliases,
            &mut piece.bytes,
            &mut piece.findings,
        );
        self.forget(decided);
    }

    /// Drops what no rule will look at again.
    fn forget(&mut self, decided: u64) {
        let kept = decided.min(self.weave.keeps()).saturating_sub(KEPT as u64);
        let gone = usize::try_from(kept.saturating_sub(self.base)).unwrap_or(0);
        if gone >= 256 {
            self.text.drain(..gone);
            self.base += gone as u64;
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("held", &self.text.len())
            .finish_non_exhaustive()
    }
}
