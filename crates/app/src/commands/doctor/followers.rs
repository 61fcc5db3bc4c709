//! Whoever is told outside, as the running gate says.

use super::finding::{Finding, Health, bad, ok};
use crate::client::Client;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What all of their figures begin with.
const PREFIX: &str = "portcullis_follower_";

/// The figures of one follower, by name.
type Figures<'t> = BTreeMap<&'t str, i64>;

/// How each of them gets on; nothing from a gate that does not tell.
pub(super) async fn examine(client: &Client) -> Vec<Finding> {
    match client.text("/metrics").await {
        Ok(text) => figures(&text).iter().map(finding).collect(),
        Err(_) => Vec::new(),
    }
}

/// The figures in a text of OpenMetrics, by the labels of a follower.
fn figures(text: &str) -> BTreeMap<&str, Figures<'_>> {
    let mut all: BTreeMap<&str, Figures<'_>> = BTreeMap::new();
    for line in text.lines() {
        let of_follower = line.strip_prefix(PREFIX).and_then(|rest| {
            let (name, rest) = rest.split_once('{')?;
            let (labels, value) = rest.rsplit_once("} ")?;
            Some((name, labels, value.parse().ok()?))
        });
        if let Some((name, labels, value)) = of_follower {
            all.entry(labels).or_default().insert(name, value);
        }
    }
    all
}

fn finding((labels, figures): (&&str, &Figures<'_>)) -> Finding {
    let label = |name: &str| {
        let (_, rest) = labels.split_once(&format!("{name}=\""))?;
        rest.split('"').next()
    };
    let who = format!(
        "`{}` of `{}`",
        label("channel").unwrap_or_default(),
        label("tenant").unwrap_or_default()
    );
    let figure = |name: &str| figures.get(name).copied();
    let at = |name| figure(name).and_then(|at| Timestamp::from_second(at).ok());
    let told = at("last_success_seconds").map_or_else(
        || "told nobody since the start".to_owned(),
        |at| format!("told somebody last at {at}"),
    );
    let behind = figure("lag_records").unwrap_or_default();
    if figure("failing") == Some(1) {
        let since = at("last_failure_seconds").map_or_else(String::new, |at| format!(" at {at}"));
        let found = format!("{who} failed last{since}, is {behind} records behind, and {told}");
        let remedy = "the gate's log says what went wrong; it tries again by itself";
        return bad("followers", Health::Warn, found, remedy);
    }
    ok(
        "followers",
        format!("{who} is {behind} records behind, and {told}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_by_follower() {
        let text = "# TYPE portcullis_follower_lag_records gauge\n\
            portcullis_follower_lag_records{tenant=\"a\",channel=\"webhook/pager\"} 3\n\
            portcullis_follower_failing{tenant=\"a\",channel=\"webhook/pager\"} 1\n\
            portcullis_follower_last_failure_seconds{tenant=\"a\",channel=\"webhook/pager\"} 0\n\
            portcullis_follower_lag_records{tenant=\"a\",channel=\"slack\"} 0\n\
            portcullis_records{tenant=\"a\"} 9\n";
        let figures = figures(text);
        let found: Vec<Finding> = figures.iter().map(finding).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].health, Health::Ok);
        assert_eq!(found[1].health, Health::Warn);
        let told = "`webhook/pager` of `a` failed last at 1970-01-01T00:00:00Z, is 3 records \
            behind, and told nobody since the start";
        assert_eq!(found[1].found, told);
    }
}
