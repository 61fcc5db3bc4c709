//! Registered secrets, however they are written.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use portcullis_screen::{
    finding::REDACTED,
    kind::Kind,
    registry::Registry,
    screen::Screen,
    secrets::{Level, SecretError, Secrets},
};
use proptest::prelude::*;

pub(crate) fn screen(values: &[&str]) -> Screen {
    let mut secrets = Secrets::new();
    for value in values {
        secrets.add(value).expect("a secret");
    }
    let screen = Screen::builder().secrets(Level::Global, secrets);
    screen.build().expect("a screen")
}

/// Many ways of writing one value, none of which may leave a trace.
pub(crate) fn ways(value: &str) -> Vec<String> {
    let inside = |text: &str| {
        let json = serde_json::to_string(text).expect("JSON");
        json[1..json.len() - 1].to_owned()
    };
    let json = inside(value);
    let base64 = STANDARD.encode(value);
    let wrapped = |width: usize, with: &str| {
        let lines = base64
            .as_bytes()
            .chunks(width)
            .map(|line| String::from_utf8_lossy(line));
        lines.collect::<Vec<_>>().join(with)
    };
    let mixed = value.chars().enumerate().map(|(at, letter)| match at % 3 {
        0 => letter.to_string(),
        1 => letter
            .encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("\\u{unit:04X}"))
            .collect(),
        _ => letter
            .to_string()
            .bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect(),
    });
    vec![
        value.to_owned(),
        inside(&json),
        json,
        value
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
        value.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        value.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        mixed.collect(),
        hex::encode(value),
        hex::encode_upper(value),
        base64.clone(),
        URL_SAFE_NO_PAD.encode(value),
        base64.replace('/', "\\/"),
        base64
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D"),
        wrapped(64, "\n"),
        wrapped(76, "\r\n"),
        wrapped(20, "\\n"),
        wrapped(7, "\n        "),
    ]
}

#[test]
fn every_way_of_writing_a_secret_is_found() {
    for secret in [
        "correct-horse/battery+staple=99",
        "pä\"ss\\wörd \u{1f511} of \t mine",
        "123456",
    ] {
        let screen = screen(&[secret]);
        for way in ways(secret) {
            let text = format!("before <{way}> after");
            let redacted = screen.redact(&text);
            assert_eq!(redacted.text, "before <[REDACTED]> after", "{way}");
            assert_eq!(redacted.findings.len(), 1);
            assert_eq!(redacted.findings[0].kind, Kind::Secret);
            assert_eq!(redacted.findings[0].rule, "registered.global");
            assert_eq!(redacted.findings[0].span, 8..8 + way.len());
        }
    }
}

#[test]
fn base64_is_found_wherever_the_secret_begins_in_it() {
    let secret = "S3cr3t-that-nobody-may-see";
    let screen = screen(&[secret]);
    for before in 0..7 {
        for after in 0..4 {
            let whole = format!("{}{secret}{}", "x".repeat(before), "y".repeat(after));
            for encoded in [STANDARD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                let redacted = screen.redact(&encoded);
                assert_eq!(redacted.findings.len(), 1, "{before} {after}");
                let left = redacted.text.replace(REDACTED, "");
                assert!(left.len() <= (before + after) * 4 / 3 + 6, "{left}");
            }
        }
    }
}

#[test]
fn overlapping_secrets_leave_no_tail() {
    let screen = screen(&["abcdefgh", "efghijkl", "abcdef", "kl-xyz-123"]);
    assert_eq!(screen.redact("<abcdefghijkl-xyz-123>").text, "<[REDACTED]>");
    assert_eq!(screen.redact("<abcdefghi>").text, "<[REDACTED]i>");
    assert_eq!(
        screen.redact("<abcdefabcdef>").text,
        "<[REDACTED][REDACTED]>"
    );
}

#[test]
fn what_is_too_short_or_too_long_is_refused_aloud() {
    let mut secrets = Secrets::new();
    assert_eq!(secrets.add("12345"), Err(SecretError::TooShort));
    assert_eq!(secrets.add("1 2 3 4 5      "), Err(SecretError::TooShort));
    assert_eq!(secrets.add("x".repeat(8_193)), Err(SecretError::TooLong));
    assert!(secrets.is_empty());
    secrets.add("123456").expect("long enough");
    assert_eq!(format!("{secrets:?}"), "Secrets { len: 1, .. }");
    assert_eq!(SecretError::TooShort.code(), "secret.too_short");
}

#[test]
fn bytes_that_are_no_text_are_found_encoded() {
    let secret = [0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28, 0x99];
    let mut secrets = Secrets::new();
    secrets.add(secret).expect("a secret");
    let screen = Screen::builder()
        .secrets(Level::Session, secrets)
        .build()
        .expect("a screen");
    for way in [hex::encode(secret), STANDARD.encode(secret)] {
        assert_eq!(screen.redact(&way).text, REDACTED);
    }
}

#[test]
fn levels_change_by_themselves_while_in_use() {
    let registry = Registry::new(screen(&["global-secret"]));
    let text = "global-secret session-secret";
    let mut stream = registry.screen().stream();
    let mut secrets = Secrets::new();
    secrets.add("session-secret").expect("a secret");
    registry.replace(Level::Session, &secrets);
    let redacted = registry.screen().redact(text);
    assert_eq!(redacted.text, "[REDACTED] [REDACTED]");
    assert_eq!(redacted.findings[1].rule, "registered.session");
    let mut bytes = stream.push(text.as_bytes()).bytes;
    bytes.extend(stream.finish().0.bytes);
    assert_eq!(
        bytes, b"[REDACTED] session-secret",
        "a stream keeps what it began with"
    );
    registry.replace(Level::Session, &Secrets::new());
    assert_eq!(
        registry.screen().redact(text).text,
        "[REDACTED] session-secret"
    );
}

proptest! {
    #[test]
    fn any_secret_is_found_in_every_way(secret in "\\PC{6,40}", before in "[ -~]{0,9}") {
        let mut secrets = Secrets::new();
        prop_assume!(secrets.add(&secret).is_ok());
        prop_assume!(!secret.ends_with('\\') && !secret.starts_with(['\\', '%']));
        let screen = Screen::builder().secrets(Level::Global, secrets).build().expect("a screen");
        for way in ways(&secret) {
            let text = format!("{before} <{way}>");
            let redacted = screen.redact(&text);
            prop_assert!(!redacted.text.contains(&way), "{} in {}", way, redacted.text);
            let found = redacted.findings.iter().any(|found| found.kind == Kind::Secret);
            prop_assert!(found, "{}", text);
        }
    }
}
