//! What a text is looked through for.

mod json;

pub use json::RedactedJson;

use crate::{
    aliases::Aliases,
    finding::Redacted,
    kind::Kind,
    loose::{Loose, Piece},
    rule::{
        self,
        table::{Answer, table},
    },
    secrets::{Layer, Level, Secrets, needles::Needles},
    stream::Stream,
    wanted::Wanted,
};
use std::{borrow::Cow, fmt, sync::Arc};

/// The most bytes that a format needs to be told.
const MOST_OF_A_FORMAT: usize = 1_100;

/// The most bytes of a text that stand for one of its [loose](crate::loose) form: 16 blanks and the
/// byte itself, each behind eight backslashes and as `uXXXX`.
const MOST_OF_A_BYTE: usize = 17 * 13;

/// Why no screen could be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScreenError {
    /// The rules for formats could not be made ready.
    #[error("the rules for formats could not be made ready")]
    Rules,
}

/// The secrets and formats that are looked for. Cheap to clone.
#[derive(Clone)]
pub struct Screen {
    wanted: Wanted,
}

/// What a screen is to look for.
#[derive(Debug, Default)]
pub struct Builder {
    secrets: Vec<(Level, Secrets)>,
    personal: Vec<Kind>,
}

impl Builder {
    /// Looks for the secrets of `level`, in place of those given before.
    #[must_use]
    pub fn secrets(mut self, level: Level, secrets: Secrets) -> Self {
        self.secrets.push((level, secrets));
        self
    }

    /// Looks for personal data of these kinds too.
    #[must_use]
    pub fn personal(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.personal.extend(kinds);
        self
    }

    /// The screen.
    ///
    /// # Errors
    /// [`ScreenError`]; nothing must be shown then.
    pub fn build(self) -> Result<Screen, ScreenError> {
        let secrets = (0..Kind::Email as u16).fold(0, |kinds, bit| kinds | 1 << bit);
        let kinds = self
            .personal
            .iter()
            .fold(secrets, |kinds, kind| kinds | kind.bit());
        let screen = Screen {
            wanted: Wanted {
                table: table().ok_or(ScreenError::Rules)?,
                kinds,
                layers: [None, None, None],
            },
        };
        let secrets = self.secrets.iter();
        Ok(secrets.fold(screen, |screen, (level, secrets)| {
            screen.with(*level, secrets)
        }))
    }
}

impl Screen {
    /// A screen for all formats of secrets, which knows no secret yet and looks for no personal
    /// data.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Every rule for a format: its name, and what it finds.
    pub fn rules() -> impl Iterator<Item = (&'static str, Kind)> {
        rule::all().map(|rule| (rule.name, rule.kind))
    }

    /// The same screen with other secrets of `level`; the other levels are shared, not made anew.
    #[must_use]
    pub fn with(&self, level: Level, secrets: &Secrets) -> Self {
        let mut screen = self.clone();
        if let Some(layer) = screen.wanted.layers.get_mut(level.index()) {
            *layer = (!secrets.is_empty()).then(|| Arc::new(Layer::new(level, secrets)));
        }
        screen
    }

    /// The text without what must not be seen. Placeholders are numbered for this text alone.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Redacted<'t> {
        self.redact_with(text, &mut Aliases::new())
    }

    /// The text without what must not be seen, with the placeholders of `aliases`.
    ///
    /// Clean text is borrowed, and no memory is asked for.
    #[must_use]
    pub fn redact_with<'t>(&self, text: &'t str, aliases: &mut Aliases) -> Redacted<'t> {
        if self.is_clean(text.as_bytes()) {
            return Redacted {
                text: Cow::Borrowed(text),
                findings: Vec::new(),
            };
        }
        let mut stream = self.stream_with(std::mem::take(aliases));
        let mut piece = stream.push(text.as_bytes());
        let (rest, used) = stream.finish();
        *aliases = used;
        piece.bytes.extend(rest.bytes);
        piece.findings.extend(rest.findings);
        let text = String::from_utf8(piece.bytes);
        Redacted {
            text: Cow::Owned(
                text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            ),
            findings: piece.findings,
        }
    }

    /// Whether nothing would be replaced in `bytes`, or something might.
    #[must_use]
    pub fn is_clean(&self, bytes: &[u8]) -> bool {
        self.knows_none_of(bytes) && self.has_no_format(bytes)
    }

    /// Whether no registered secret stands in `bytes`.
    fn knows_none_of(&self, bytes: &[u8]) -> bool {
        self.wanted.layers().all(|layer| {
            layer.exact.clean_until(bytes, 0, true).is_some() && loosely_clean(&layer.loose, bytes)
        })
    }

    fn looks_for(&self, kinds: impl IntoIterator<Item = Kind>) -> bool {
        kinds
            .into_iter()
            .any(|kind| self.wanted.kinds & kind.bit() != 0)
    }

    fn has_no_format(&self, bytes: &[u8]) -> bool {
        let mut places = self.wanted.table.places(bytes, 0, self.wanted.kinds);
        !places.any(|(at, rule)| {
            matches!(self.wanted.table.ask(rule, bytes, at, true), Answer::Yes(_))
        })
    }

    /// Whether a secret stands in `text`, registered or by its format; personal data does not count.
    #[must_use]
    pub fn has_secret(&self, text: &str) -> bool {
        let redacted = self.redact(text);
        redacted.findings.iter().any(|found| found.kind.is_secret())
    }

    /// Redacts a text that comes in pieces.
    #[must_use]
    pub fn stream(&self) -> Stream {
        self.stream_with(Aliases::new())
    }

    /// Redacts a text that comes in pieces, with the placeholders of `aliases`.
    #[must_use]
    pub fn stream_with(&self, aliases: Aliases) -> Stream {
        Stream::new(self.wanted.clone(), aliases)
    }

    /// The most bytes that a stream holds back: those of the longest format, or of the longest
    /// registered secret in its most roundabout encoding.
    #[must_use]
    pub fn most_held_back(&self) -> usize {
        let longest = |layer: &Layer| {
            layer
                .exact
                .longest()
                .max(layer.loose.longest().saturating_mul(MOST_OF_A_BYTE))
        };
        self.wanted
            .layers()
            .map(longest)
            .fold(MOST_OF_A_FORMAT, usize::max)
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen").finish_non_exhaustive()
    }
}

/// Whether no needle begins in the loose form of `bytes`, which is made piece by piece.
fn loosely_clean(needles: &Needles, bytes: &[u8]) -> bool {
    const SIZE: usize = 4_096;
    /// What one byte of text can add at most.
    const SPARE: usize = 8;
    let mut form = [0; SIZE];
    let (mut used, mut reader) = (0, Loose::default());
    let mut rest = bytes;
    loop {
        let over = fill(&mut reader, &mut rest, &mut form, &mut used, SIZE - SPARE);
        let known = form.get(..used).unwrap_or_default();
        let Some(until) = needles.clean_until(known, 0, over) else {
            return false;
        };
        if over {
            return true;
        }
        form.copy_within(until..used, 0);
        used -= until;
    }
}

/// Adds the loose form of the beginning of `rest`; says whether `rest` is over.
fn fill(
    reader: &mut Loose,
    rest: &mut &[u8],
    form: &mut [u8],
    used: &mut usize,
    most: usize,
) -> bool {
    while *used < most {
        let plain = if reader.is_settled() {
            Loose::plain_run(rest.get(..most - *used).unwrap_or(rest))
        } else {
            0
        };
        if let (Some((run, more)), true) = (rest.split_at_checked(plain), plain > 0) {
            if let Some(room) = form.get_mut(*used..*used + plain) {
                room.copy_from_slice(run);
            }
            reader.skip_blanks();
            *used += plain;
            *rest = more;
        }
        let mut put = |piece: Piece| {
            if let Some(slot) = form.get_mut(*used) {
                *slot = piece.byte;
                *used += 1;
            }
        };
        let Some((byte, more)) = rest.split_first() else {
            reader.finish(0, &mut put);
            return true;
        };
        *rest = more;
        reader.feed(*byte, 0, &mut put);
    }
    false
}
