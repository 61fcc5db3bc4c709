//! Screening: what clean text costs with a thousand registered secrets, beside a plain automaton
//! over the secrets as they are, and beside a plain expression for the commonest tokens.

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput};
use portcullis_benches::ratio;
use portcullis_screen::{
    kind::Kind,
    screen::Screen,
    secrets::{Level, Secrets},
};
use regex::bytes::RegexSet;
use std::{hint::black_box, time::Duration};

const WORDS: &str = "the deployment of the web shop went well and nobody noticed anything \
    {\"level\":\"info\",\"status\":200,\"path\":\"/v1/orders/8731\"} kubectl get pods -n production \
    restarted a container after 42 seconds because its limit was reached; the bucket of tokens is full";

const TOKENS: [&str; 6] = [
    r"\bAKIA[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"\bsk_(?:live|test)_[A-Za-z0-9]{10,}",
    r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
    r"(?i)(?:password|secret|token)\s*[=:]\s*\S+",
];

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

fn text(dice: &mut Dice) -> String {
    let words: Vec<&str> = WORDS.split_ascii_whitespace().collect();
    let mut text = String::new();
    while text.len() < 1 << 20 {
        text.push_str(words[dice.below(words.len())]);
        text.push(if dice.below(12) == 0 { '\n' } else { ' ' });
    }
    text
}

fn values(dice: &mut Dice) -> Vec<String> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/+";
    let value = |at| (0..20 + at % 30).map(|_| char::from(letters[dice.below(letters.len())])).collect();
    (0..1_000).map(value).collect()
}

fn main() {
    let mut bench = Criterion::default()
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_millis(500))
        .sample_size(20)
        .configure_from_args();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (text, values) = (text(&mut dice), values(&mut dice));
    let mut secrets = Secrets::new();
    values.iter().for_each(|value| secrets.add(value).expect("a secret"));
    let formats = Screen::builder().build().expect("a screen");
    let screen = formats.with(Level::Global, &secrets);
    let personal = Screen::builder().personal(Kind::PERSONAL).build().expect("a screen");
    let personal = personal.with(Level::Global, &secrets);
    let automaton = AhoCorasick::new(&values).expect("an automaton");
    let set = RegexSet::new(TOKENS).expect("expressions");
    let mut group = bench.benchmark_group("screen");
    group.throughput(Throughput::Bytes(text.len() as u64));
    let mut run = |name: &str, work: &dyn Fn() -> usize| {
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| black_box(work())));
    };
    run("formats", &|| formats.redact(&text).findings.len());
    run("secrets", &|| screen.redact(&text).findings.len());
    run("personal", &|| personal.redact(&text).findings.len());
    run("stream", &|| {
        let mut stream = screen.stream();
        text.as_bytes().chunks(4_096).map(|piece| stream.push(piece).findings.len()).sum()
    });
    run("aho_corasick", &|| automaton.find_iter(&text).count());
    run("regex_set", &|| text.lines().filter(|line| set.is_match(line.as_bytes())).count());
    group.finish();
    ratio::table(
        "A mebibyte of clean text, 1 000 secrets in all their encodings, all formats",
        "screen/aho_corasick",
        &["screen/secrets", "screen/formats", "screen/personal", "screen/stream", "screen/regex_set"],
    );
}
