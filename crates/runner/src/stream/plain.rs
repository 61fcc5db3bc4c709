//! Bytes as a text in which everything can be seen.

use portcullis_firewall::visible::visible_block;

/// The longest character, in bytes.
const CHAR_MAX_BYTES: usize = 4;

/// Reads bytes, cut anywhere, as UTF-8. What is none is shown as U+FFFD; what an eye cannot see, a
/// terminal's escapes among it, by its number.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl Plain {
    /// The characters that are whole.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.begun.extend_from_slice(bytes);
        let whole = whole(&self.begun);
        let rest = self.begun.split_off(whole);
        let text = shown(&self.begun);
        self.begun = rest;
        text
    }

    /// What is left.
    pub(super) fn finish(self) -> String {
        shown(&self.begun)
    }
}

fn shown(bytes: &[u8]) -> String {
    visible_block(&String::from_utf8_lossy(bytes)).into_owned()
}

/// How many bytes there are before a character that has only begun.
fn whole(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(CHAR_MAX_BYTES);
    let last = bytes
        .iter()
        .skip(tail)
        .rposition(|byte| byte & 0xC0 != 0x80);
    let Some(start) = last.map(|at| tail + at) else {
        return bytes.len();
    };
    let end = bytes.get(start..).unwrap_or_default();
    match std::str::from_utf8(end) {
        // Without a length it is only the end that is missing.
        Err(error) if error.error_len().is_none() => start,
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Plain, shown};
    use proptest::prelude::*;

    #[test]
    fn escapes_of_terminals_are_written_out() {
        let mut plain = Plain::default();
        assert_eq!(
            plain.push(b"a\x1b[2Jb\x07\r\n"),
            "a\\u{1B}[2Jb\\u{7}\\u{D}\n"
        );
        assert_eq!(plain.push("\u{202E}x".as_bytes()), "\\u{202E}x");
        assert_eq!(plain.push(b"\x9b1m"), "\u{FFFD}1m");
    }

    proptest! {
        #[test]
        fn how_it_is_cut_changes_nothing(
            bytes in prop_oneof![any::<Vec<u8>>(), any::<String>().prop_map(String::into_bytes)],
            cuts in proptest::collection::vec(1..7_usize, 0..40),
        ) {
            let mut plain = Plain::default();
            let (mut joined, mut rest) = (String::new(), bytes.as_slice());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                joined.push_str(&plain.push(piece));
                rest = after;
            }
            joined.push_str(&plain.push(rest));
            joined.push_str(&plain.finish());
            prop_assert_eq!(joined, shown(&bytes));
        }
    }
}
