//! A load generator from outside: `wrk`, with a script of ours.

use anyhow::{Context, ensure};
use std::{path::Path, process::Command, time::Duration};

const SECONDS: u32 = 6;

/// The end of every script: says what [`measure`] reads.
pub const DONE: &str = "function done(summary, latency)\n\
      local e = summary.errors\n\
      print('refused ' .. (e.status + e.connect + e.read + e.write + e.timeout))\n\
      print('p50 ' .. latency:percentile(50))\n\
      print('p99 ' .. latency:percentile(99))\n\
    end\n";

/// What wrk reported.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Answers.
    pub per_second: f64,
    /// The median, in microseconds.
    pub p50_us: f64,
    /// The 99th of a hundred, in microseconds.
    pub p99_us: f64,
}

/// Sends what a script says over so many connections for a while.
///
/// # Errors
/// When wrk is missing, or a request failed.
pub fn measure(
    address: &str,
    path: &str,
    connections: u32,
    script: &Path,
) -> anyhow::Result<Report> {
    let run = |seconds: u32| {
        Command::new("wrk")
            .args([
                "-t1",
                &format!("-c{connections}"),
                &format!("-d{seconds}s"),
                "-s",
            ])
            .arg(script)
            .arg(format!("http://{address}{path}"))
            .output()
            .context("cannot run `wrk`; is it installed?")
    };
    run(1)?;
    std::thread::sleep(Duration::from_millis(300));
    let output = String::from_utf8(run(SECONDS)?.stdout)?;
    let number = |key: &str| {
        output
            .lines()
            .find_map(|line| line.trim().strip_prefix(key))
            .and_then(|rest| rest.trim().parse::<f64>().ok())
            .with_context(|| format!("no `{key}` in: {output}"))
    };
    ensure!(number("refused")? == 0.0, "some requests failed: {output}");
    Ok(Report {
        per_second: number("Requests/sec:")?,
        p50_us: number("p50")?,
        p99_us: number("p99")?,
    })
}
