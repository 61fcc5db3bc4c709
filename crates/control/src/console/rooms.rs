//! The pages behind the sign-in, each in a file: what somebody may see is read from the firewall,
//! put into a view, and drawn; what they send is done by the firewall, and they are led back.
//!
//! Fails closed: the firewall checks every reading and every deed. Who may not read is told so,
//! and what is not theirs is answered as if it were not there.

mod account;
mod agents;
mod answer;
mod approvals;
mod audit;
mod deciding;
mod directory;
mod drafts;
mod events;
mod executions;
mod feed;
mod fields;
mod files;
mod leases;
mod names;
mod overview;
mod own_credentials;
mod policies;
mod question;
mod refused;
mod seat;
mod sessions;
mod settings;
mod signing;
mod simulator;
mod telling;
mod tenant_policy;
mod tools;

use crate::{
    console::{desk::Desk, headers},
    rights::Gate,
};
use axum::{Extension, Router, middleware, response::Response};
use std::sync::Arc;

/// Every page here. The door's threshold belongs before it.
pub fn router(desk: Desk) -> Router {
    let desk = Arc::new(desk);
    let gate = Arc::new(desk.firewall().clone());
    let public_url: Arc<str> = Arc::from(desk.parts.public_url.as_str());
    let guarded = move |response: Response| {
        let public_url = Arc::clone(&public_url);
        async move { headers::guard(response, &public_url) }
    };
    routes()
        .layer(middleware::map_response(guarded))
        .layer(Extension(desk))
        .with_state(gate)
}

fn routes() -> Router<Gate> {
    Router::new()
        .merge(account::routes())
        .merge(agents::routes())
        .merge(approvals::routes())
        .merge(audit::routes())
        .merge(directory::routes())
        .merge(events::routes())
        .merge(executions::routes())
        .merge(feed::routes())
        .merge(files::routes())
        .merge(leases::routes())
        .merge(overview::routes())
        .merge(own_credentials::routes())
        .merge(policies::routes())
        .merge(sessions::routes())
        .merge(settings::routes())
        .merge(signing::routes())
        .merge(simulator::routes())
        .merge(tenant_policy::routes())
        .merge(tools::routes())
}
