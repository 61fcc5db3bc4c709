//! What a text contains.

use portcullis_screen::{
    kind::Kind,
    screen::Screen,
    secrets::{Level, Secrets},
};
use std::sync::LazyLock;

const SECRETS: [&str; 3] = [
    "correct horse/battery+1",
    "hunter-2",
    "p\u{e4}ss\\w\u{1f511}rd",
];

static SCREEN: LazyLock<Screen> = LazyLock::new(|| {
    let mut secrets = Secrets::new();
    for secret in SECRETS {
        secrets.add(secret).expect("a secret");
    }
    let screen = Screen::builder().secrets(Level::Global, secrets);
    screen.personal(Kind::PERSONAL).build().expect("a screen")
});

/// Any text; its first byte says how it is cut. Accepted is what something was found in.
///
/// # Panics
/// When a cut changes the redaction, a registered secret is left, or clean text is changed.
#[must_use]
pub fn screen(bytes: &[u8]) -> bool {
    let Some((cut, text)) = bytes.split_first() else {
        return false;
    };
    let (whole, found) = redacted(text.chunks(usize::MAX));
    let (pieces, _) = redacted(text.chunks(usize::from(*cut).max(1)));
    assert_eq!(whole, pieces, "a cut changed the redaction");
    let clean = SCREEN.is_clean(text);
    assert_eq!(clean, !found, "a text is clean when nothing is found in it");
    assert!(!clean || whole == text, "clean text was changed");
    for secret in SECRETS {
        let left = whole
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!left, "a secret was left");
    }
    if let Ok(text) = std::str::from_utf8(text) {
        assert_eq!(SCREEN.redact(text).text.as_bytes(), whole);
    }
    found
}

fn redacted<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, bool) {
    let mut stream = SCREEN.stream();
    let (mut bytes, mut found) = (Vec::new(), false);
    for piece in pieces {
        let out = stream.push(piece);
        bytes.extend(out.bytes);
        found |= !out.findings.is_empty();
    }
    let (out, _) = stream.finish();
    bytes.extend(out.bytes);
    (bytes, found | !out.findings.is_empty())
}
