//! Server-sent events (WHATWG HTML, 9.2.6), as they arrive.

use std::collections::VecDeque;

/// Puts events together of bytes that arrive in parts of any size.
#[derive(Debug)]
pub(super) struct Events {
    most: usize,
    line: Vec<u8>,
    /// The data of the event that has begun.
    data: Option<String>,
    ready: VecDeque<String>,
    /// Whether the last byte was a carriage return: a line feed after it ends no other line.
    after_return: bool,
}

impl Events {
    /// No line and no event may have more bytes than this.
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            line: Vec::new(),
            data: None,
            ready: VecDeque::new(),
            after_return: false,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When something is too long; then nothing more can be understood.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        for &byte in bytes {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.end_of_line()?,
                _ if self.line.len() >= self.most => return Err("an event is too long"),
                _ => self.line.push(byte),
            }
            self.after_return = byte == b'\r';
        }
        Ok(())
    }

    /// The data of the next event.
    pub(super) fn next(&mut self) -> Option<String> {
        self.ready.pop_front()
    }

    fn end_of_line(&mut self) -> Result<(), &'static str> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            self.ready.extend(self.data.take());
            return Ok(());
        }
        let Some(rest) = line.strip_prefix(b"data:") else {
            return Ok(());
        };
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let text = std::str::from_utf8(rest).map_err(|_| "an event is no text")?;
        let data = self.data.get_or_insert_default();
        if data.len() + text.len() > self.most {
            return Err("an event is too long");
        }
        if !data.is_empty() {
            data.push('\n');
        }
        data.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Events;

    fn all(text: &str, part: usize) -> Vec<String> {
        let mut events = Events::new(64);
        for bytes in text.as_bytes().chunks(part) {
            events.add(bytes).unwrap();
        }
        std::iter::from_fn(|| events.next()).collect()
    }

    #[test]
    fn events_are_put_together_whatever_parts_they_come_in() {
        let text = ": hello\n\nid: 1\ndata: {\"a\":\ndata: 1}\n\nevent: message\r\ndata:{}\r\n\r\ndata: r\r\rdata: begun";
        for part in 1..text.len() {
            assert_eq!(all(text, part), ["{\"a\":\n1}", "{}", "r"], "{part}");
        }
    }

    #[test]
    fn nothing_grows_without_end() {
        assert!(Events::new(8).add(b"data: 1234567890").is_err());
        let mut events = Events::new(8);
        let lines: Result<(), _> = (0..9).try_for_each(|_| events.add(b"data:12\n"));
        assert!(lines.is_err());
        assert!(Events::new(8).add(b"data:\xff\n").is_err());
    }
}
