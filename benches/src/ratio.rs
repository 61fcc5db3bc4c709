//! Reads the medians that criterion wrote, and prints them as ratios.

use serde::Deserialize;
use std::{fs, path::PathBuf};

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// The median of a benchmark in nanoseconds; `None` when it was not run.
#[must_use]
pub fn median_ns(id: &str) -> Option<f64> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let path = target.join("criterion").join(id).join("new").join("estimates.json");
    let text = fs::read_to_string(path).ok()?;
    serde_json::from_str::<Estimates>(&text).ok().map(|found| found.median.point_estimate)
}

/// Prints each benchmark beside a base.
pub fn table(title: &str, base: &str, others: &[&str]) {
    let Some(base_ns) = median_ns(base) else { return };
    println!("\n{title}");
    println!("  {:<44} {:>12}  ratio", "", "median");
    println!("  {base:<44} {:>12}  1.00", time(base_ns));
    for other in others {
        if let Some(ns) = median_ns(other) {
            println!("  {other:<44} {:>12}  {:.2}", time(ns), ns / base_ns);
        }
    }
}

fn time(ns: f64) -> String {
    match ns {
        ns if ns < 10_000.0 => format!("{ns:.0} ns"),
        ns if ns < 10_000_000.0 => format!("{:.1} us", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    }
}
