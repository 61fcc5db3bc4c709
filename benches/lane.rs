//! The pieces of the lane: sliding windows, sealing and verifying.

use criterion::{Criterion, Throughput};
use portcullis_benches::ratio;
use portcullis_firewall::{
    chain::{self, Hash, Verifier},
    tally::log::Log,
};
use portcullis_policy::cham::rate_limit::Period;
use std::{hint::black_box, num::NonZeroU32, time::Duration};

const RECORDS: usize = 10_000;

fn windows(bench: &mut Criterion) {
    let minute = Period::from_seconds(60).expect("a period");
    let mut log = Log::default();
    let mut now = 0_i64;
    bench.bench_function("rate_exact_window", |b| {
        b.iter(|| {
            now += 7;
            log.push(now, 100);
            black_box(log.count(now, minute, 101))
        });
    });
    let quota = governor::Quota::per_minute(NonZeroU32::new(100).expect("a number"));
    let limiter = governor::RateLimiter::keyed(quota);
    bench.bench_function("rate_governor_keyed", |b| {
        b.iter(|| black_box(limiter.check_key(&"agt_bench").is_ok()));
    });
}

fn verify(bench: &mut Criterion) {
    let payload = vec![b'x'; 1_024];
    let mut records: Vec<(u64, Option<Hash>, Hash)> = Vec::with_capacity(RECORDS);
    let mut prev = None;
    for seq in 1..=RECORDS as u64 {
        let hash = chain::seal(&payload, prev.as_ref());
        records.push((seq, prev, hash));
        prev = Some(hash);
    }
    let mut group = bench.benchmark_group("chain");
    group.throughput(Throughput::Elements(RECORDS as u64));
    group.bench_function("verify", |b| {
        b.iter(|| {
            let mut verifier = Verifier::from_start();
            for (seq, prev, hash) in &records {
                assert!(verifier.check(*seq, &payload, prev.as_ref(), hash));
            }
            black_box(verifier.walk())
        });
    });
    group.finish();
}

fn main() {
    let mut bench = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500))
        .configure_from_args();
    windows(&mut bench);
    verify(&mut bench);
    ratio::table(
        "One check of a rate limit (governor's is not exact)",
        "rate_exact_window",
        &["rate_governor_keyed"],
    );
    if let Some(ns) = ratio::median_ns("chain/verify") {
        let per_second = RECORDS as f64 / ns * 1e9;
        println!("\nVerifying a chain of 1 KiB records: {per_second:.0} records a second");
    }
}
