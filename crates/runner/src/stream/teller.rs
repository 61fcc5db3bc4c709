//! Tells what the commands of an action say, and keeps the beginning of it.

use super::plain::Plain;
use portcullis_firewall::{
    firewall::Screens,
    live::{Live, Said, Stream},
};
use portcullis_policy::id::TenantId;
use portcullis_screen::stream::Stream as Sieve;

/// Tells what the commands of an action say, and keeps the beginning of it.
#[derive(Debug)]
pub(crate) struct Teller {
    live: Option<Live>,
    tenant: TenantId,
    screens: Screens,
    out: Voice,
    err: Voice,
    kept: String,
    most: usize,
    truncated: bool,
}

/// One stream of the command that runs.
#[derive(Debug, Default)]
struct Voice {
    /// Without one nobody hears it before it is over and screened as a whole.
    sieve: Option<Sieve>,
    plain: Plain,
    /// A line that has no end yet: the two streams are not mixed within lines.
    line: String,
}

/// The bytes of a line that is passed on before its end.
const LINE_MAX_BYTES: usize = 8 * 1024;

/// What is kept of an action's output.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The text.
    pub(crate) text: String,
    /// Whether there was more.
    pub(crate) truncated: bool,
}

impl Teller {
    /// Tells of an action, and keeps at most so many bytes.
    pub(crate) fn new(
        live: Option<Live>,
        screens: &Screens,
        tenant: TenantId,
        most: usize,
    ) -> Self {
        Self {
            live,
            tenant,
            screens: screens.clone(),
            out: Voice::default(),
            err: Voice::default(),
            kept: String::new(),
            most,
            truncated: false,
        }
    }

    /// The next command begins.
    pub(crate) fn begin(&mut self, at: usize) {
        self.out = self.voice();
        self.err = self.voice();
        self.tell(Said::Begun(at));
    }

    /// Screened by what is known now.
    fn voice(&self) -> Voice {
        let screen = self.screens.of(&self.tenant).ok();
        Voice {
            sieve: screen.map(|screen| screen.stream()),
            ..Voice::default()
        }
    }

    /// The command said something.
    pub(crate) fn said(&mut self, stream: Stream, bytes: &[u8]) {
        let voice = match stream {
            Stream::Out => &mut self.out,
            Stream::Err => &mut self.err,
        };
        let heard = voice.sieve.is_some();
        let text = voice.push(bytes);
        self.pass_on(stream, text, heard);
    }

    /// The command has said everything; the code that it ended with by itself.
    pub(crate) fn end(&mut self, code: Option<i32>) {
        for stream in [Stream::Out, Stream::Err] {
            let voice = std::mem::take(match stream {
                Stream::Out => &mut self.out,
                Stream::Err => &mut self.err,
            });
            let heard = voice.sieve.is_some();
            let text = voice.finish();
            self.pass_on(stream, text, heard);
        }
        if let Some(code) = code {
            self.tell(Said::Code(code));
        }
    }

    /// Words of the gate's own, between those of commands; kept and not told.
    pub(crate) fn note(&mut self, words: &str) {
        self.keep(words);
    }

    /// Everything is over.
    pub(crate) fn finish(self) -> Kept {
        Kept {
            text: self.kept,
            truncated: self.truncated,
        }
    }

    fn tell(&self, said: Said) {
        if let Some(live) = &self.live {
            live.tell(said);
        }
    }

    fn pass_on(&mut self, stream: Stream, text: String, heard: bool) {
        if text.is_empty() {
            return;
        }
        self.keep(&text);
        if heard {
            self.tell(Said::Text(stream, text));
        }
    }

    fn keep(&mut self, text: &str) {
        let room = self.most.saturating_sub(self.kept.len());
        let (kept, rest) = text
            .split_at_checked(text.floor_char_boundary(room))
            .unwrap_or((text, ""));
        self.kept.push_str(kept);
        self.truncated |= !rest.is_empty();
    }
}

impl Voice {
    /// The lines that have ended.
    fn push(&mut self, bytes: &[u8]) -> String {
        let text = match self.sieve.as_mut() {
            Some(sieve) => self.plain.push(&sieve.push(bytes).bytes),
            None => self.plain.push(bytes),
        };
        self.line.push_str(&text);
        if self.line.len() > LINE_MAX_BYTES {
            return std::mem::take(&mut self.line);
        }
        let end = self.line.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.line.split_off(end);
        std::mem::replace(&mut self.line, rest)
    }

    fn finish(mut self) -> String {
        let rest = self.sieve.take().map(|sieve| sieve.finish().0.bytes);
        let mut text = self.line;
        text.push_str(&self.plain.push(&rest.unwrap_or_default()));
        text.push_str(&self.plain.finish());
        text
    }
}
