//! Prometheus metrics: what is asked of the gate, and how it stands.

mod outside;
mod tenants;

use crate::followers::Followers;
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
    metrics::{counter::Counter, family::Family, histogram::Histogram},
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

/// What `/metrics` is made of.
#[derive(Clone, Debug)]
struct Watched {
    measures: Measures,
    firewall: Firewall,
    followers: Followers,
}

/// `/metrics` in the text format of OpenMetrics.
pub(crate) fn router(measures: Measures, firewall: Firewall, followers: Followers) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .with_state(Watched {
            measures,
            firewall,
            followers,
        })
}

async fn show(State(watched): State<Watched>) -> Response {
    let mut registry = Registry::with_prefix("portcullis");
    let measures = &watched.measures;
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
    let overviews = watched.firewall.overviews().await;
    tenants::register(&mut registry, &overviews);
    outside::register(&mut registry, &overviews, &watched.followers);
    let mut text = String::new();
    if encode(&mut text, &registry).is_err() {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// A count as gauges take it.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
