//! Prometheus metrics: what is asked of the gate, and how it stands.

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use portcullis_door::request_id::RequestId;
use portcullis_firewall::firewall::Firewall;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{sync::Arc, time::Instant};
use tracing::{Instrument, field};

/// From 50 microseconds to about 3 seconds.
const LATENCY_BUCKETS: [f64; 12] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 3.0,
];

/// What a request is counted under.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    path: String,
    status: u16,
}

/// What a tenant's figures are shown under.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct OfTenant {
    tenant: String,
    verdict: Option<&'static str>,
}

/// The figures of this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measures {
    requests: Family<Asked, Counter>,
    latency: Arc<Latency>,
}

#[derive(Debug)]
struct Latency(Histogram);

impl Default for Latency {
    fn default() -> Self {
        Self(Histogram::new(LATENCY_BUCKETS))
    }
}

impl Measures {
    /// Counts and times every request that these doors answer.
    pub(crate) fn watch(&self, doors: Router) -> Router {
        doors.layer(middleware::from_fn_with_state(self.clone(), measure))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a duration for people, not for judging"
)]
async fn measure(State(measures): State<Measures>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = method_name(request.method());
    // The pattern, not the path: ids must not become labels.
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(RequestId::as_str);
    let span = tracing::info_span!("request", method, path, id, status = field::Empty);
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.record("status", status);
    let asked = Asked {
        method,
        path,
        status,
    };
    measures.requests.get_or_create(&asked).inc();
    measures.latency.0.observe(started.elapsed().as_secs_f64());
    response
}

/// A method as a label; of methods that nobody serves there could be any number.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// `/metrics` in the text format of OpenMetrics.
pub(crate) fn router(measures: Measures, firewall: Firewall) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .with_state((measures, firewall))
}

async fn show(State((measures, firewall)): State<(Measures, Firewall)>) -> Response {
    let mut registry = Registry::with_prefix("portcullis");
    registry.register(
        "http_requests",
        "Requests answered",
        measures.requests.clone(),
    );
    registry.register(
        "http_request_seconds",
        "Time to answer a request",
        measures.latency.0.clone(),
    );
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
    for (tenant, overview) in firewall.overviews().await {
        let tenant = tenant.to_string();
        let of = |verdict| OfTenant {
            tenant: tenant.clone(),
            verdict,
        };
        let [cleared, held, blocked] = overview.verdicts;
        for (verdict, count) in [("CLEARED", cleared), ("HELD", held), ("BLOCKED", blocked)] {
            figures
                .get_or_create(&of(Some(verdict)))
                .set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        let count = i64::try_from(overview.waiting.0).unwrap_or(i64::MAX);
        waiting.get_or_create(&of(None)).set(count);
        records
            .get_or_create(&of(None))
            .set(i64::try_from(overview.head.seq).unwrap_or(i64::MAX));
    }
    let mut text = String::new();
    if encode(&mut text, &registry).is_err() {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], text).into_response()
}
