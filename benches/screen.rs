//! Screening: what mixed texts cost with ten to ten thousand registered secrets, beside automata over
//! the secrets as they are and one expression for formats alone, and what the worst texts cost.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use portcullis_benches::{
    cpu::CpuTime,
    ratio,
    text::{self, BASE64, DOCUMENT, Dice},
};
use portcullis_screen::{
    kind::Kind,
    screen::Screen,
    secrets::{Level, Secrets},
};
use regex::bytes::RegexBuilder;
use std::{hint::black_box, time::Duration};

const FORMATS: [&str; 22] = [
    r"\bA(?:KIA|SIA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{20,}",
    r"\bglpat-[A-Za-z0-9_-]{16,}",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}",
    r"\bsk-[A-Za-z0-9_-]{20,}",
    r"\bAIza[A-Za-z0-9_-]{35}",
    r"\bnpm_[A-Za-z0-9]{30,}",
    r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----",
    r"(?i:password|passwd|pwd)\s{0,8}[=:]\s{0,8}\S{1,64}",
    r"(?i:secret|token|api_key)\s{0,8}[=:]\s{0,8}[A-Za-z0-9_./+=-]{10,64}",
    r"(?i:authorization):[ \t]{0,4}[^\r\n]{4,64}",
    r"://[^\s/:@]{0,64}:[^\s/@]{1,64}@",
    r"\b[A-Za-z0-9_.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}",
    r"\+[1-9][0-9]{0,2}(?:[ ./-]?[0-9]{1,5}){2,6}",
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){3,7}\b",
    r"\b[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}\b",
    r"\b[0-9](?:[ -]?[0-9]){12,18}\b",
    r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{1,4}){3,9}",
];

fn screen(values: &[String], personal: bool) -> Screen {
    let mut secrets = Secrets::new();
    values.iter().for_each(|value| secrets.add(value).expect("a secret"));
    let screen = Screen::builder().secrets(Level::Global, secrets);
    let kinds = Kind::PERSONAL.into_iter().filter(|_| personal);
    screen.personal(kinds).build().expect("a screen")
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_ascii_whitespace().nth(1);
    pages.and_then(|pages| pages.parse().ok()).unwrap_or(0) * 4_096
}

fn measured<T>(name: &str, make: impl FnOnce() -> T) -> T {
    let (before, start) = (resident(), std::time::Instant::now());
    let made = make();
    let (grown, took) = (resident().saturating_sub(before), start.elapsed());
    println!("{name}: {:.1} MB, made in {} ms", grown as f64 / 1e6, took.as_millis());
    made
}

/// Texts that make a search stop as often as can be.
fn worst(values: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let filled = |mut next: Box<dyn FnMut() -> String>| {
        let mut text = String::new();
        while text.len() < 1 << 18 {
            text.push_str(&next());
        }
        let pieces = text.as_bytes().chunks(DOCUMENT);
        pieces.map(|piece| String::from_utf8_lossy(piece).into_owned()).collect::<Vec<_>>()
    };
    let mut dice = Dice::default();
    let starts: Vec<String> = values.iter().map(|one| one[..one.len() - 1].to_owned()).collect();
    let parts: Vec<String> = values.iter().map(|one| one[1..7].to_owned()).collect();
    let (mut one, mut other) = (starts.into_iter().cycle(), parts.into_iter().cycle());
    let (mut whole, mut digit) = (values.to_vec().into_iter().cycle(), Dice::default());
    vec![
        ("worst/near_misses", filled(Box::new(move || one.next().unwrap_or_default()))),
        ("worst/parts", filled(Box::new(move || other.next().unwrap_or_default()))),
        ("worst/secrets", filled(Box::new(move || whole.next().unwrap_or_default()))),
        ("worst/one_letter", filled(Box::new(|| "a".into()))),
        ("worst/blanks", filled(Box::new(|| " ".into()))),
        ("worst/escapes", filled(Box::new(|| "\\u0041%42".into()))),
        ("worst/digits", filled(Box::new(move || format!("{} ", digit.letters(b"0123456789", 3))))),
        ("worst/assigned", filled(Box::new(|| "password=secret:token=".into()))),
        ("worst/tokens", filled(Box::new(|| "eyJ-".into()))),
        ("worst/addresses", filled(Box::new(|| "a.".repeat(60) + "@ "))),
        ("worst/base64", filled(Box::new(move || dice.letters(BASE64, 64)))),
    ]
}

fn main() {
    let mut bench = Criterion::default()
        .with_measurement(CpuTime)
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(300))
        .sample_size(20)
        .configure_from_args();
    let values = text::secrets(10_000);
    let documents = text::mixed(1 << 20, &values);
    let ten = screen(&values[..10], true);
    let thousand = screen(&values[..1_000], true);
    let formats = measured("10,000 secrets in a screen", || screen(&values, false));
    let all = measured("10,000 secrets in a screen for personal data too", || screen(&values, true));
    let automaton = |kind| {
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest).kind(Some(kind));
        builder.build(&values).expect("an automaton")
    };
    let dfa = measured("aho-corasick DFA", || automaton(AhoCorasickKind::DFA));
    let nfa = measured("aho-corasick NFA", || automaton(AhoCorasickKind::ContiguousNFA));
    let pattern = FORMATS.map(|one| format!("(?-u:{one})")).join("|");
    let expression = RegexBuilder::new(&pattern).dfa_size_limit(64 << 20).build().expect("an expression");
    let found: usize = documents.iter().map(|one| all.redact(one).findings.len()).sum();
    println!("{} documents, {found} findings", documents.len());

    let mut run = |name: &str, documents: &[String], work: &dyn Fn(&str) -> usize| {
        let (group, name) = name.split_once('/').expect("a group");
        let mut group = bench.benchmark_group(group);
        let bytes = documents.iter().map(String::len).sum::<usize>();
        group.throughput(Throughput::Bytes(bytes as u64)).sampling_mode(SamplingMode::Flat);
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| documents.iter().map(|one| black_box(work(one))).sum::<usize>());
        });
        group.finish();
    };
    let redact = |screen: &Screen, text: &str| screen.redact(text).findings.len();
    run("screen/aho_corasick_dfa", &documents, &|text| dfa.find_iter(text).count());
    run("screen/10000", &documents, &|text| redact(&all, text));
    run("screen/1000", &documents, &|text| redact(&thousand, text));
    run("screen/10", &documents, &|text| redact(&ten, text));
    run("screen/10000_no_personal", &documents, &|text| redact(&formats, text));
    run("screen/10000_stream", &documents, &|text| {
        let mut stream = all.stream();
        let pieces = text.as_bytes().chunks(1_024);
        let found = pieces.map(|piece| stream.push(piece).findings.len()).sum::<usize>();
        found + stream.finish().0.findings.len()
    });
    run("screen/10000_short_texts", &documents, &|text| {
        let pieces = text.as_bytes().chunks(32);
        pieces.filter(|piece| !all.is_clean(piece)).count()
    });
    run("screen/aho_corasick_nfa", &documents, &|text| nfa.find_iter(text).count());
    run("screen/one_expression", &documents, &|text| expression.find_iter(text.as_bytes()).count());
    let worst = worst(&values);
    for (name, documents) in &worst {
        run(name, documents, &|text| redact(&all, text));
    }
    let prefix = "prod-service-account-";
    let alike: Vec<String> = values.iter().map(|value| format!("{prefix}{value}")).collect();
    let alike = screen(&alike, true);
    run("worst/shared_beginning", &[prefix.repeat((1 << 18) / prefix.len())], &|text| redact(&alike, text));
    ratio::table(
        "A mebibyte of mixed text in documents of 4 KiB; processor time",
        "screen/aho_corasick_dfa",
        &[
            "screen/10000",
            "screen/1000",
            "screen/10",
            "screen/10000_no_personal",
            "screen/10000_stream",
            "screen/10000_short_texts",
            "screen/aho_corasick_nfa",
            "screen/one_expression",
        ],
    );
    let mut names: Vec<&str> = worst.iter().map(|(name, _)| *name).collect();
    names.push("worst/shared_beginning");
    ratio::table("A quarter of that, made to be slow", "worst/base64", &names);
}
