//! However a stream is cut, its redaction is that of the whole.

use crate::{
    conformance::every_text,
    registered::{screen, ways},
};
use portcullis_screen::{
    aliases::Aliases,
    finding::Finding,
    kind::Kind,
    screen::Screen,
    secrets::{Level, Secrets},
};
use proptest::{collection::vec, prelude::*, sample::select};

const SECRET: &str = "hünter-2/of\\Many";

fn full() -> Screen {
    let mut secrets = Secrets::new();
    secrets.add(SECRET).expect("a secret");
    let screen = Screen::builder().secrets(Level::Workspace, secrets);
    screen.personal(Kind::PERSONAL).build().expect("a screen")
}

fn cut<'a>(screen: &Screen, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, Vec<Finding>) {
    let mut stream = screen.stream();
    let (mut bytes, mut findings) = (Vec::new(), Vec::new());
    for piece in pieces {
        let out = stream.push(piece);
        bytes.extend(out.bytes);
        findings.extend(out.findings);
    }
    let (out, _) = stream.finish();
    bytes.extend(out.bytes);
    findings.extend(out.findings);
    (bytes, findings)
}

fn texts() -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = every_text().into_iter().map(String::into_bytes).collect();
    texts.extend(
        ways(SECRET)
            .into_iter()
            .map(|way| format!("é<{way}>ü {way}").into_bytes()),
    );
    texts.push(
        b"\xff\xfe password=\xff\xfe\xc3 ghp_0123456789abcdefghijABCDEFGHIJ012345 \x80".to_vec(),
    );
    texts.push(
        [
            b"AKIA".as_slice(),
            &[0xf0, 0x9f],
            SECRET.as_bytes(),
            &[0x91, 0x80],
        ]
        .concat(),
    );
    texts
}

#[test]
fn one_cut_anywhere_changes_nothing() {
    let screen = full();
    for text in texts() {
        let whole = cut(&screen, [&text[..]]);
        for at in 0..=text.len() {
            let (one, two) = text.split_at(at);
            assert_eq!(
                cut(&screen, [one, two]),
                whole,
                "{at} of {}",
                text.escape_ascii()
            );
        }
    }
}

#[test]
fn single_bytes_change_nothing() {
    let screen = full();
    for text in texts() {
        let whole = cut(&screen, [&text[..]]);
        assert_eq!(
            cut(&screen, text.chunks(1)),
            whole,
            "{}",
            text.escape_ascii()
        );
    }
}

#[test]
fn a_stream_says_what_the_whole_text_says() {
    let screen = full();
    for text in texts() {
        let Ok(text) = String::from_utf8(text) else {
            continue;
        };
        let whole = screen.redact(&text);
        let (bytes, findings) = cut(&screen, text.as_bytes().chunks(3));
        assert_eq!(whole.text.as_bytes(), bytes, "{text}");
        assert_eq!(whole.findings, findings);
    }
}

#[test]
fn placeholders_stay_the_same_within_a_session() {
    let screen = full();
    let mut aliases = Aliases::new();
    let one = screen.redact_with("mail ann@example.com and bob@example.com", &mut aliases);
    assert_eq!(one.text, "mail [EMAIL_1] and [EMAIL_2]");
    let mut stream = screen.stream_with(aliases);
    let mut bytes = stream.push(b"again bob@exa").bytes;
    bytes.extend(stream.push(b"mple.com, then eve@example.com").bytes);
    let (rest, aliases) = stream.finish();
    bytes.extend(rest.bytes);
    assert_eq!(bytes, b"again [EMAIL_2], then [EMAIL_3]");
    assert_eq!(aliases.resolve("[EMAIL_2]"), Some(&b"bob@example.com"[..]));
    assert_eq!(aliases.resolve("[EMAIL_9]"), None);
    assert_eq!(format!("{aliases:?}"), "Aliases { len: 3, .. }");
}

#[test]
fn what_is_harmless_is_hardly_held_back() {
    let screen = screen(&["some-registered-secret"]);
    let mut stream = screen.stream();
    let text = "The deployment of the web shop went well, and nobody noticed anything. ".repeat(9);
    let mut out = 0;
    for (at, byte) in text.bytes().enumerate() {
        out += stream.push(&[byte]).bytes.len();
        assert!(at + 1 - out <= 32, "{} held back at {at}", at + 1 - out);
    }
}

#[test]
fn what_has_no_end_is_hidden_in_bounded_memory() {
    let screen = full();
    for start in [
        "-----BEGIN PRIVATE KEY-----\n",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIi",
        "password='",
    ] {
        let mut stream = screen.stream();
        let mut shown = stream.push(start.as_bytes()).bytes;
        for _ in 0..200 {
            shown.extend(stream.push(&[b'A'; 1_000]).bytes);
            assert!(format!("{stream:?}").len() < 40, "{stream:?}");
        }
        shown.extend(stream.finish().0.bytes);
        assert!(shown.len() < 40, "{}", shown.escape_ascii());
    }
}

fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = texts();
    let words: [&[u8]; 24] = [
        b"password",
        b"=",
        b"\"",
        b" ",
        b"\n",
        b"\\",
        b"%",
        b"ghp_",
        b"0123456789abcdefghij",
        b"eyJ",
        b"eyJhbGciOiJIUzI1NiJ9",
        b".",
        b"-----BEGIN ",
        b"PRIVATE KEY-----",
        b"-----END ",
        b"://u:p",
        b"@",
        b"example.com",
        b"4111 1111 1111 1111",
        b"+49 30 1234567",
        b"\xc3",
        b"\xa9",
        b"u0041",
        b"token: ",
    ];
    parts.extend(words.map(<[u8]>::to_vec));
    parts.extend(ways(SECRET).into_iter().map(|way| way.into_bytes()));
    vec(select(parts), 0..9).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn cuts_change_nothing(text in fragments(), cuts in vec(1_usize..40, 1..40)) {
        let screen = full();
        let whole = cut(&screen, [&text[..]]);
        let mut rest = &text[..];
        let mut pieces = Vec::new();
        for length in cuts.iter().cycle() {
            if rest.is_empty() { break; }
            let (piece, more) = rest.split_at((*length).min(rest.len()));
            pieces.push(piece);
            rest = more;
        }
        prop_assert_eq!(cut(&screen, pieces), whole);
    }

    #[test]
    fn what_counts_as_clean_is_clean(text in fragments()) {
        let screen = full();
        let (bytes, findings) = cut(&screen, [&text[..]]);
        prop_assert_eq!(screen.is_clean(&text), findings.is_empty());
        if findings.is_empty() {
            prop_assert_eq!(bytes, text);
        }
    }
}
