//! Judging: what one judgement costs, however many policies there are, beside Cedar and Rego.

#[cfg(feature = "peers")]
mod peers;

use criterion::{BenchmarkId, Criterion, Throughput};
use portcullis_benches::{
    fixture::{self, Shape},
    ratio,
};
use portcullis_policy::{judgement::Judgement, rules::RuleSet};
use std::{hint::black_box, time::Duration};

fn judge(bench: &mut Criterion, name: &str, count: usize, shape: Shape) {
    let rules = fixture::rules(count, shape);
    let action = fixture::action();
    let facts = fixture::facts(&rules, &action);
    let judgement: Judgement<'_> = rules.judge(&action, &facts);
    eprintln!(
        "{name}/{count}: {} with {} policies evaluated, {} fired",
        judgement.verdict,
        judgement.evaluated.len(),
        judgement.fired.len()
    );
    let mut group = bench.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    group.bench_function(BenchmarkId::from_parameter(count), |b| {
        b.iter(|| black_box(rules.judge(black_box(&action), black_box(&facts))));
    });
    group.finish();
}

fn load(bench: &mut Criterion) {
    let source = fixture::source(10_000, Shape::Few);
    let mut group = bench.benchmark_group("load");
    group.bench_function(BenchmarkId::from_parameter(10_000), |b| {
        b.iter_with_large_drop(|| RuleSet::compile(black_box(source.clone())).expect("rules"));
    });
}

fn main() {
    let mut bench = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500))
        .configure_from_args();
    for count in [10, 100, 1_000, 10_000] {
        judge(&mut bench, "judge_few", count, Shape::Few);
    }
    judge(&mut bench, "judge_hundred", 10_000, Shape::Hundred);
    judge(&mut bench, "judge_all", 10_000, Shape::All);
    load(&mut bench);
    #[cfg(feature = "peers")]
    peers::bench(&mut bench);
    ratio::table(
        "One judgement, all eight types in play, few policies apply",
        "judge_few/10",
        &["judge_few/100", "judge_few/1000", "judge_few/10000"],
    );
    ratio::table(
        "One judgement at 10 000 policies, by how many apply",
        "judge_few/10000",
        &["judge_hundred/10000", "judge_all/10000"],
    );
    for count in [10, 10_000] {
        ratio::table(
            &format!("The same {count} rules, one of which applies"),
            &format!("same_rules_portcullis/{count}"),
            &[
                &format!("same_rules_cedar/{count}"),
                &format!("same_rules_cedar_sliced/{count}"),
                &format!("same_rules_regorus/{count}"),
            ],
        );
    }
    if let Some(ns) = ratio::median_ns("load/10000") {
        println!("\nLoading 10 000 policies: {:.1} ms", ns / 1e6);
    }
}
