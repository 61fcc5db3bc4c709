//! Blocks that together fit into one message or modal.

use super::{Block, TEXT_MAX};
use crate::slack::text;

/// The most blocks of a message.
const MESSAGE_BLOCKS: usize = 50;
/// The most bytes of a message's blocks. Slack refuses somewhere above 13,200 and does not say where.
const MESSAGE_BYTES: usize = 12_000;
/// The most blocks of a modal.
const MODAL_BLOCKS: usize = 100;
/// The most bytes of a modal's blocks; Slack takes 250 KB.
const MODAL_BYTES: usize = 120_000;

/// Blocks with room for so many more.
#[derive(Clone, Debug)]
pub struct Page {
    blocks: Vec<Block>,
    blocks_left: usize,
    bytes_left: usize,
    hidden_bytes: usize,
}

impl Page {
    /// Room for a message.
    #[must_use]
    pub const fn message() -> Self {
        Self::with_room(MESSAGE_BLOCKS, MESSAGE_BYTES)
    }

    /// Room for a modal.
    #[must_use]
    pub const fn modal() -> Self {
        Self::with_room(MODAL_BLOCKS, MODAL_BYTES)
    }

    const fn with_room(blocks_left: usize, bytes_left: usize) -> Self {
        Self {
            blocks: Vec::new(),
            blocks_left,
            bytes_left,
            hidden_bytes: 0,
        }
    }

    /// Keeps room for blocks that come at the end, whatever comes between.
    #[must_use]
    pub fn keeping(self, blocks: usize, bytes: usize) -> Self {
        Self {
            blocks_left: self.blocks_left.saturating_sub(blocks),
            bytes_left: self.bytes_left.saturating_sub(bytes),
            ..self
        }
    }

    /// Gives kept room back.
    pub const fn release(&mut self, blocks: usize, bytes: usize) {
        self.blocks_left = self.blocks_left.saturating_add(blocks);
        self.bytes_left = self.bytes_left.saturating_add(bytes);
    }

    /// Adds a block when it fits, and says whether it did.
    pub fn add(&mut self, block: Block) -> bool {
        let size = block.size();
        let fits = self.blocks_left > 0 && size <= self.bytes_left;
        if fits {
            self.blocks_left = self.blocks_left.saturating_sub(1);
            self.bytes_left = self.bytes_left.saturating_sub(size);
            self.blocks.push(block);
        }
        fits
    }

    /// Adds lines, as many as fit, in as many blocks as they need; what does not fit is counted.
    pub fn add_lines<'l>(&mut self, lines: impl Iterator<Item = &'l str>) {
        let mut part = String::new();
        let mut part_cost = 0_usize;
        let mut lines = lines.peekable();
        while let Some(line) = lines.peek() {
            let cost = line.chars().map(text::cost).fold(2, usize::saturating_add);
            let whole = part_cost.saturating_add(cost);
            if whole > TEXT_MAX && !part.is_empty() {
                if !self.add(Block::lines(&part)) {
                    self.hidden_bytes = self.hidden_bytes.saturating_add(part.len());
                }
                part.clear();
                part_cost = 0;
                continue;
            }
            if !part.is_empty() {
                part.push('\n');
            }
            let fitted = text::fit(line, TEXT_MAX);
            self.hidden_bytes = self.hidden_bytes.saturating_add(fitted.hidden_bytes);
            part.push_str(&fitted.text);
            part_cost = whole;
            lines.next();
        }
        if !part.is_empty() && !self.add(Block::lines(&part)) {
            self.hidden_bytes = self.hidden_bytes.saturating_add(part.len());
        }
    }

    /// Notes that something is not shown.
    pub const fn hide(&mut self, bytes: usize) {
        self.hidden_bytes = self.hidden_bytes.saturating_add(bytes);
    }

    /// How many bytes did not fit so far.
    #[must_use]
    pub const fn hidden_bytes(&self) -> usize {
        self.hidden_bytes
    }

    /// The blocks.
    #[must_use]
    pub fn finish(self) -> Vec<Block> {
        self.blocks
    }
}

#[cfg(test)]
mod tests {
    use super::{MESSAGE_BYTES, Page};
    use crate::slack::blocks::Block;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_message_never_outgrows_its_room(lines in prop::collection::vec(".{0,4000}", 0..12)) {
            let mut page = Page::message();
            page.add_lines(lines.iter().map(String::as_str));
            let hidden = page.hidden_bytes();
            let blocks = page.finish();
            prop_assert!(serde_json::to_vec(&blocks).unwrap().len() <= MESSAGE_BYTES + 2);
            prop_assert!(blocks.len() <= 50);
            let given: usize = lines.iter().map(String::len).sum();
            prop_assert!(hidden <= given + lines.len());
            if given == 0 {
                prop_assert_eq!(hidden, 0);
            }
        }
    }

    #[test]
    fn what_is_kept_is_there_at_the_end() {
        let mut page = Page::message().keeping(1, 500);
        page.add_lines(std::iter::repeat_n("x".repeat(2_000).as_str(), 9));
        assert!(page.hidden_bytes() > 0);
        page.release(1, 500);
        assert!(page.add(Block::Divider));
    }
}
