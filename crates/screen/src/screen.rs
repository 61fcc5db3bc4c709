//! What a text is looked through for.

mod json;
#[cfg(test)]
mod plain;

pub use json::RedactedJson;

use crate::{
    aliases::Aliases,
    finding::Redacted,
    kind::Kind,
    rule::{self, table::table},
    secrets::{Layer, Level, Secrets, Way},
    stream::{Stream, registered::Registered, search::Search, view::View},
    wanted::Wanted,
    weave::{Known, Part, Weave},
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
        let table = table().ok_or(ScreenError::Rules)?;
        let screen = Screen {
            wanted: Wanted {
                rules: table.of_kinds(kinds),
                table,
                kinds,
                layers: [const { None }; Level::COUNT],
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
    /// Clean text is borrowed.
    #[must_use]
    pub fn redact_with<'t>(&self, text: &'t str, aliases: &mut Aliases) -> Redacted<'t> {
        let mut weave = Weave::default();
        let bytes = text.as_bytes();
        self.search(bytes, &mut |part| weave.add(part));
        let mut findings = Vec::new();
        if weave.is_empty() {
            let text = Cow::Borrowed(text);
            return Redacted { text, findings };
        }
        let mut redacted = Vec::with_capacity(bytes.len());
        let known = Known::whole(bytes);
        weave.write(&known, aliases, &mut redacted, &mut findings);
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let text = String::from_utf8(redacted);
        let text = text.unwrap_or_else(|error| lossy(error.as_bytes()));
        Redacted {
            text: Cow::Owned(text),
            findings,
        }
    }

    /// Whether nothing would be replaced in `bytes`.
    #[must_use]
    pub fn is_clean(&self, bytes: &[u8]) -> bool {
        let mut clean = true;
        self.search(bytes, &mut |_| clean = false);
        clean
    }

    fn search(&self, bytes: &[u8], add: &mut impl FnMut(Part)) {
        Search::default().advance(&self.wanted, View::whole(bytes), add);
    }

    /// Whether no registered secret stands in `bytes`.
    fn knows_none_of(&self, bytes: &[u8]) -> bool {
        let mut clean = true;
        let mut found = |_| clean = false;
        Registered::default().advance(&self.wanted, View::whole(bytes), &mut found);
        clean
    }

    fn looks_for(&self, kinds: impl IntoIterator<Item = Kind>) -> bool {
        kinds
            .into_iter()
            .any(|kind| self.wanted.kinds & kind.bit() != 0)
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
            let [exact, loose] = [Way::Exact, Way::Loose].map(|way| layer.needles.longest(way));
            exact.max(loose.saturating_mul(MOST_OF_A_BYTE))
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
