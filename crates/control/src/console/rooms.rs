//! The pages behind the sign-in, each in a file: what somebody may see is read from the firewall,
//! put into a view, and drawn; what they send is done by the firewall, and they are led back.
//!
//! Fails closed: the firewall checks every reading and every deed. Who may not read is told so,
//! and what is not theirs is answered as if it were not there.

mod agents;
mod answer;
mod audit;
mod feed;
mod fields;
mod names;
mod overview;
mod question;
mod seat;
mod telling;

pub use answer::Refused;
pub use seat::Seated;

use crate::rights::Gate;
use axum::Router;
use portcullis_firewall::firewall::Firewall;
use std::sync::Arc;

/// Every page here. The door's threshold belongs before it.
pub fn router(firewall: Firewall) -> Router {
    routes().with_state(Arc::new(firewall))
}

fn routes() -> Router<Gate> {
    Router::new().merge(overview::routes()).merge(audit::routes()).merge(feed::routes()).merge(agents::routes())
}
