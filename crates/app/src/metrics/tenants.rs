//! How each tenant stands.

use super::whole;
use portcullis_firewall::firewall::Overview;
use portcullis_policy::id::TenantId;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// What a tenant's figures are shown under.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct OfTenant {
    tenant: String,
    verdict: Option<&'static str>,
}

/// Shows verdicts, waiting holds and records.
pub(super) fn register(registry: &mut Registry, overviews: &[(TenantId, Overview)]) {
    let figures = Family::<OfTenant, Gauge>::default();
    let waiting = Family::<OfTenant, Gauge>::default();
    let records = Family::<OfTenant, Gauge>::default();
    registry.register("verdicts", "Verdicts so far", figures.clone());
    registry.register(
        "holds_waiting",
        "Holds that wait for people",
        waiting.clone(),
    );
    registry.register("records", "Sealed records", records.clone());
    for (tenant, overview) in overviews {
        let of = |verdict| OfTenant {
            tenant: tenant.to_string(),
            verdict,
        };
        let [cleared, held, blocked] = overview.verdicts;
        for (verdict, count) in [("CLEARED", cleared), ("HELD", held), ("BLOCKED", blocked)] {
            figures.get_or_create(&of(Some(verdict))).set(whole(count));
        }
        waiting
            .get_or_create(&of(None))
            .set(i64::try_from(overview.waiting.0).unwrap_or(i64::MAX));
        records
            .get_or_create(&of(None))
            .set(whole(overview.head.seq));
    }
}
