//! How telling outside gets on, and what was not taken from there.

use super::whole;
use crate::followers::Followers;
use jiff::Timestamp;
use portcullis_firewall::firewall::Overview;
use portcullis_policy::id::TenantId;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// What a follower's figures are shown under.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct OfFollower {
    tenant: String,
    channel: String,
}

/// What requests that were not taken are counted under.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct Refused {
    code: String,
}

/// Shows each follower's lag, successes and failures, and the requests of Slack's that were not
/// taken.
pub(super) fn register(
    registry: &mut Registry,
    overviews: &[(TenantId, Overview)],
    followers: &Followers,
) {
    let gauge = Family::<OfFollower, Gauge>::default;
    let (lag, told, failed, failing) = (gauge(), gauge(), gauge(), gauge());
    let failures = Family::<OfFollower, Counter>::default();
    let refused = Family::<Refused, Counter>::default();
    for (name, help, gauge) in [
        (
            "follower_lag_records",
            "Records a follower has not come to",
            &lag,
        ),
        (
            "follower_last_success_seconds",
            "When a follower told somebody last, in seconds since 1970",
            &told,
        ),
        (
            "follower_last_failure_seconds",
            "When a follower could not tell somebody last, in seconds since 1970",
            &failed,
        ),
        (
            "follower_failing",
            "Whether a follower failed the last time",
            &failing,
        ),
    ] {
        registry.register(name, help, gauge.clone());
    }
    registry.register(
        "follower_failures",
        "How often a follower failed",
        failures.clone(),
    );
    registry.register(
        "slack_requests_refused",
        "Requests for Slack's door that were not taken",
        refused.clone(),
    );
    for follower in followers.now() {
        let end = overviews
            .iter()
            .find(|(tenant, _)| tenant.as_str() == follower.tenant)
            .map_or(0, |(_, overview)| overview.head.seq);
        let of = OfFollower {
            tenant: follower.tenant,
            channel: follower.channel,
        };
        let stand = follower.stand;
        if let Some(reached) = stand.reached {
            let behind = end.saturating_sub(reached);
            lag.get_or_create(&of).set(whole(behind));
        }
        for (gauge, at) in [(&told, stand.told_at), (&failed, stand.failed_at)] {
            if let Some(at) = at.map(Timestamp::as_second) {
                gauge.get_or_create(&of).set(at);
            }
        }
        failing.get_or_create(&of).set(i64::from(stand.failing));
        failures.get_or_create(&of).inc_by(stand.failures);
    }
    for (code, count) in followers.refused() {
        refused.get_or_create(&Refused { code }).inc_by(count);
    }
}
