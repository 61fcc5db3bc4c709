//! The same things in the shapes of TheWARDN: its client's and its documentation's.
//!
//! The published client speaks under `/api` and reads bare lists (`client`); the documentation
//! describes the same resources without a prefix and wraps its lists (`documented`). Where the
//! two agree with `/v1`, the routes of [`crate::rest`] answer. Every answer has a JSON body, an
//! error an object with `detail`; nothing redirects.

mod client;
mod documented;

use axum::Router;
use portcullis_firewall::firewall::Firewall;
use std::sync::Arc;

/// Every route of the dialect. The door's threshold belongs before it.
pub fn router(firewall: Firewall) -> Router {
    client::routes()
        .merge(documented::routes())
        .with_state(Arc::new(firewall))
}
