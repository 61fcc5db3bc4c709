//! A plain redactor, obviously right and slow, that the real one must agree with.
//!
//! At every place of a text every rule is asked with another engine for expressions, and every way of
//! writing every secret is compared; what overlaps is joined, and each part is replaced.

use super::{MOST_OF_A_FORMAT, Screen};
use crate::{
    finding::REDACTED,
    kind::Kind,
    loose::Loose,
    rule::{self, Rule, tail::Tail},
    secrets::{Level, Secrets, Way},
};
use proptest::{collection::vec, prelude::*, sample::select};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::{cmp::Reverse, fs, path::Path, sync::LazyLock};

/// Where a part begins and ends, what it is, and the number of its rule.
type Part = (usize, usize, Kind, usize);

struct Plain {
    secrets: Secrets,
}

/// Each rule, its lead and its head.
static RULES: LazyLock<Vec<(&'static Rule, Regex, Regex)>> = LazyLock::new(|| {
    let ready = |rule: &'static Rule| (rule, expression(rule.lead), expression(rule.head));
    rule::all().map(ready).collect()
});

/// Short and long ones, some of which begin with or hold another.
const SECRETS: [&str; 7] = [
    "hunter-2",
    "hunter-22 of many",
    "ab\\abcd%20e",
    "ababab",
    "babababa",
    "p\u{e4}ss w\u{1f511}rd",
    "token=Zm9vYmFy",
];

const LONG_SECRETS: [&str; 3] = [
    "correct horse/battery+staple",
    "correct horse/battery",
    "horse/battery+staple",
];

fn secrets(values: &[impl AsRef<str>]) -> Secrets {
    let mut secrets = Secrets::new();
    values
        .iter()
        .for_each(|value| secrets.add(value.as_ref()).expect("a secret"));
    secrets
}

fn expression(pattern: &str) -> Regex {
    let mut builder = RegexBuilder::new(&format!("^(?:{pattern})"));
    builder.unicode(false).build().expect("an expression")
}

impl Plain {
    fn new(values: &[impl AsRef<str>]) -> Self {
        Self {
            secrets: secrets(values),
        }
    }

    fn redact(&self, text: &[u8]) -> Vec<u8> {
        let mut parts = self.registered(text);
        for at in 0..text.len() {
            for (number, rule) in RULES.iter().enumerate() {
                let found = format(rule, text, at);
                parts.extend(found.map(|(start, end)| (start, end, rule.0.kind, number)));
            }
        }
        parts.sort_unstable_by_key(|part| (part.0, part.1));
        let mut joined: Vec<(usize, usize, Vec<Part>)> = Vec::new();
        for part in parts {
            match joined.last_mut() {
                Some((_, end, parts)) if part.0 < *end => {
                    *end = part.1.max(*end);
                    parts.push(part);
                }
                _ => joined.push((part.0, part.1, vec![part])),
            }
        }
        let (mut out, mut written, mut names) = (Vec::new(), 0, Vec::new());
        for (start, end, parts) in joined {
            out.extend_from_slice(&text[written..start]);
            out.extend(replacement(&parts, &text[start..end], &mut names).into_bytes());
            written = end;
        }
        out.extend_from_slice(&text[written..]);
        out
    }

    fn registered(&self, text: &[u8]) -> Vec<Part> {
        let exact = text.iter().zip(0..).map(|(byte, at)| (*byte, at, at + 1));
        let exact: Vec<_> = exact.collect();
        let (mut loose, mut reader) = (Vec::new(), Loose::default());
        let mut put = |piece: crate::loose::Piece| {
            let place = |at| usize::try_from(at).expect("a place");
            loose.push((piece.byte, place(piece.start), place(piece.end)));
        };
        for (byte, at) in text.iter().zip(0..) {
            reader.feed(*byte, at, &mut put);
        }
        reader.finish(text.len() as u64, &mut put);
        let mut parts = Vec::new();
        for (way, read) in [(Way::Exact, exact), (Way::Loose, loose)] {
            for form in self.secrets.forms_for(way) {
                for window in read.windows(form.len()) {
                    if window.iter().map(|(byte, ..)| byte).eq(form.iter()) {
                        let last = window[form.len() - 1];
                        parts.push((window[0].1, last.2, Kind::Secret, 0));
                    }
                }
            }
        }
        parts
    }
}

/// What a rule finds at a place, with its tail.
fn format(
    (rule, lead, head): &(&Rule, Regex, Regex),
    text: &[u8],
    at: usize,
) -> Option<(usize, usize)> {
    let before = at.checked_sub(1).map(|before| text[before]);
    let near = |at: usize| &text[at..text.len().min(at + MOST_OF_A_FORMAT)];
    let start = at + lead.find(near(at))?.end();
    let head = head.find(near(start))?;
    let length = (rule.check)(head.as_bytes()).filter(|length| *length > 0)?;
    let end = start + length;
    let behind = text.get(end).copied();
    let said = text[at.saturating_sub(rule::table::LOOK_BACK)..at].to_ascii_lowercase();
    let said = String::from_utf8_lossy(&said).into_owned();
    let worded = rule.words.is_empty() || rule.words.iter().any(|word| said.contains(word));
    let fits = rule.before.allows(before) && rule.after.allows(behind) && worded;
    fits.then(|| (start, tail(rule.tail, text, start, end).max(end)))
}

/// Where a tail ends.
fn tail(tail: Tail, text: &[u8], start: usize, end: usize) -> usize {
    let run = |class: &str| end + expression(class).find(&text[end..]).expect("a run").end();
    match tail {
        Tail::None => end,
        Tail::Word => run("[A-Za-z0-9_]*"),
        Tail::Token => run("[A-Za-z0-9_.-]*"),
        Tail::Base64 => run("[A-Za-z0-9+/=_%.~-]*"),
        Tail::Bare => run(r#"[^\x00- "'`,;<>&\\)}\]]*"#),
        Tail::Line => run(r#"[^\r\n"'\\]*"#),
        Tail::Quoted(b'"') => {
            start
                + expression(r#"(?s:[^"\\\r\n]|\\[^\r\n])*\\?"#)
                    .find(&text[start..])
                    .expect("a run")
                    .end()
        }
        Tail::Quoted(_) => {
            start
                + expression(r"(?s:[^'\\\r\n]|\\[^\r\n])*\\?")
                    .find(&text[start..])
                    .expect("a run")
                    .end()
        }
        Tail::Pem => {
            let block = expression("(?s:.*?)-----END(?s:.*?)-----").find(&text[end..]);
            block.map_or(text.len(), |block| end + block.end())
        }
    }
}

fn replacement(parts: &[Part], value: &[u8], names: &mut Vec<(Kind, Vec<u8>)>) -> String {
    let secret = parts.iter().any(|(_, _, kind, _)| kind.is_secret());
    if secret || value.len() > 512 {
        return REDACTED.to_owned();
    }
    let order = |part: &&Part| (part.0, Reverse(part.1), part.3);
    let (_, _, kind, _) = parts.iter().min_by_key(order).expect("a part");
    let known = (*kind, value.to_vec());
    if !names.contains(&known) {
        names.push(known.clone());
    }
    let same = names.iter().filter(|(one, _)| one == kind);
    let number = same.take_while(|one| **one != known).count() + 1;
    format!("[{}_{number}]", kind.name())
}

struct Pair {
    screen: Screen,
    plain: Plain,
}

fn pair(values: &[impl AsRef<str>]) -> Pair {
    let screen = Screen::builder().secrets(Level::Global, secrets(values));
    Pair {
        screen: screen.personal(Kind::PERSONAL).build().expect("a screen"),
        plain: Plain::new(values),
    }
}

static SHORT: LazyLock<Pair> = LazyLock::new(|| pair(&SECRETS));
static LONG: LazyLock<Pair> = LazyLock::new(|| pair(&LONG_SECRETS));

fn streamed<'a>(screen: &Screen, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut stream = screen.stream();
    let mut bytes: Vec<u8> = pieces.flat_map(|piece| stream.push(piece).bytes).collect();
    bytes.extend(stream.finish().0.bytes);
    bytes
}

/// The texts of the cases that users read.
fn cases() -> Vec<Vec<u8>> {
    #[derive(Deserialize)]
    struct File {
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        hide: Option<String>,
        keep: Option<String>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/redaction");
    let files = fs::read_dir(folder).expect("the folder");
    let cases = files.flat_map(|file| {
        let text = fs::read_to_string(file.expect("a file").path()).expect("a text");
        serde_saphyr::from_str::<File>(&text).expect("cases").cases
    });
    let texts = cases.filter_map(|case| case.hide.or(case.keep));
    texts
        .map(|text| text.replace("~~", "").into_bytes())
        .collect()
}

/// What texts are put together from.
fn fragments() -> Vec<Vec<u8>> {
    let mut fragments = cases();
    for secret in SECRETS.iter().chain(&LONG_SECRETS) {
        let forms = secrets(&[secret]);
        for way in [Way::Exact, Way::Loose] {
            fragments.extend(forms.forms_for(way).map(<[u8]>::to_vec));
        }
        let wrapped = hex::encode(secret);
        fragments.push(wrapped.replace('6', "\r\n 6").into_bytes());
        let escaped = secret.bytes().map(|byte| format!("\\\\u{byte:04x}"));
        fragments.push(escaped.collect::<String>().into_bytes());
    }
    let words = [
        "password",
        "=",
        "\"",
        "'",
        " ",
        "\n",
        "\\",
        "%",
        "%2",
        "\\u00",
        "ghp_",
        "eyJ",
        ".",
        "://u:p",
        "@",
        "@x.org",
        "-----BEGIN ",
        "PRIVATE KEY-----",
        "-----END ",
        "tel ",
        "ssn",
        "+49 30 12345",
        "4111 1111 1111 1111",
        "a::b:1:",
        "10.0.",
        "u0041",
        "token: ",
        "secret_access_key=",
        "sk-",
        "s.",
        "Mr",
        " Ann Bell",
        "user=",
        "GB82WEST12345698765432",
        "                 ",
        "0123456789abcdefghij",
        "hunter-",
        "ab",
    ];
    fragments.extend(words.map(|word| word.as_bytes().to_vec()));
    fragments.extend([vec![0xff, 0xc3], vec![0xa4]]);
    fragments
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => select(fragments()),
        1 => vec(select(b"ab0 %\\:u\n".to_vec()), 0..12),
        1 => vec(any::<u8>(), 0..6),
    ];
    vec(part, 0..7).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_screen_agrees_with_the_plain_one_however_a_text_is_cut(
        text in texts(),
        cut in 1_usize..20,
    ) {
        for Pair { screen, plain } in [&*SHORT, &*LONG] {
            let want = plain.redact(&text);
            let show = |bytes: &[u8]| bytes.escape_ascii().to_string();
            for pieces in [text.len().max(1), cut] {
                let got = streamed(screen, text.chunks(pieces));
                prop_assert_eq!(show(&got), show(&want), "by {} of {}", pieces, show(&text));
            }
            if let Ok(text) = std::str::from_utf8(&text) {
                let redacted = screen.redact(text).text.into_owned();
                prop_assert_eq!(redacted.as_bytes(), &want[..]);
            }
            prop_assert_eq!(screen.is_clean(&text), want == text);
        }
    }

    #[test]
    fn secrets_that_look_like_escapes_are_found_as_the_plain_one_finds_them(
        values in vec(r#"(a|b|%|\\|u|0|4|1|2| |n|"|\n){6,12}"#, 1..3),
        parts in vec((any::<prop::sample::Index>(), r"(%|\\|a|b|u|0|4|1| |\\ud83d){0,8}"), 1..5),
        cut in 1_usize..20,
    ) {
        let usable = |value: &String| Secrets::new().add(value).is_ok();
        let values: Vec<String> = values.into_iter().filter(usable).collect();
        if values.is_empty() { return Ok(()); }
        let known = secrets(&values);
        let forms = [Way::Exact, Way::Loose].map(|way| known.forms_for(way));
        let forms: Vec<Vec<u8>> = forms.into_iter().flatten().map(<[u8]>::to_vec).collect();
        let mut text = Vec::new();
        for (form, between) in &parts {
            text.extend_from_slice(between.as_bytes());
            let form: &Vec<u8> = form.get(&forms);
            text.extend_from_slice(form);
        }
        let Pair { screen, plain } = pair(&values);
        let show = |bytes: &[u8]| bytes.escape_ascii().to_string();
        let want = show(&plain.redact(&text));
        for pieces in [text.len(), cut] {
            let got = streamed(&screen, text.chunks(pieces));
            prop_assert_eq!(show(&got), want.clone(), "{:?} in {}", values, show(&text));
        }
    }

    #[test]
    fn one_cut_anywhere_changes_nothing(text in texts()) {
        let whole = streamed(&SHORT.screen, std::iter::once(&text[..]));
        for at in 0..=text.len() {
            let (one, two) = text.split_at(at);
            prop_assert_eq!(streamed(&SHORT.screen, [one, two].into_iter()), whole.clone());
        }
    }
}

/// Long enough for several stretches of everything that is looked at in stretches.
#[test]
fn long_texts_agree_too() {
    let mut text = Vec::new();
    for (number, fragment) in fragments().iter().enumerate() {
        text.extend_from_slice(fragment);
        text.extend(vec![b" ax\\n%5"[number % 7]; number % 41]);
        text.push(b'\n');
    }
    let Pair { screen, plain } = &*SHORT;
    for text in text.chunks(5_000).step_by(2) {
        let want = plain.redact(text).escape_ascii().to_string();
        for pieces in [text.len(), 4_096, 61] {
            let got = streamed(screen, text.chunks(pieces));
            assert_eq!(got.escape_ascii().to_string(), want);
        }
    }
}
