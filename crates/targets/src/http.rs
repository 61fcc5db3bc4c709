//! Services over HTTP: one call for an action, and one that looks at what it would do.

mod answer;
mod call;
mod preview;

pub use call::Call;

use crate::{lease::Leased, means::means, template::Template};
use portcullis_firewall::outside::{Courier, Credential, Method, Reach};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// A service over HTTP.
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// What every path is put behind, e.g. `https://tickets.example.com/api`.
    pub base_url: String,
    /// What the gate shows there.
    pub credential: Option<Shown>,
    /// Where the service may be.
    pub reach: Reach,
    /// How long a call may take, from beginning to end.
    pub timeout: Duration,
    /// What each action type means there.
    pub actions: BTreeMap<String, HttpAction>,
}

/// What the gate shows at a service.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A credential of its own, the same for every order.
    Own(Credential),
    /// The one that comes with the order.
    Leased(Leased),
}

/// What an action type means at a service.
#[derive(Clone, Debug)]
pub struct HttpAction {
    /// The call that does it.
    pub request: HttpRequest,
    /// The call that says what would happen.
    pub preview: Option<HttpRequest>,
    /// The header that carries the idempotency key, e.g. `Idempotency-Key`.
    pub idempotency_header: Option<String>,
    /// Where in the answer the cost in US dollars stands, as a JSON pointer (RFC 6901).
    pub cost_usd: Option<String>,
    /// Where in the answer the GPU-hours stand.
    pub gpu_hours: Option<String>,
}

/// One call.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// What is done.
    pub method: Method,
    /// Where, behind the base.
    pub path: Template,
}

impl HttpTarget {
    /// The calls, by their action types.
    pub(crate) fn calls(self, name: &str, courier: &Arc<dyn Courier>) -> Vec<(String, Call)> {
        let place = Arc::new(Place {
            name: name.to_owned(),
            base_url: self.base_url.trim_end_matches('/').to_owned(),
            credential: self.credential,
            reach: self.reach,
            timeout: self.timeout,
            courier: Arc::clone(courier),
        });
        let call = |(action_type, action): (String, HttpAction)| {
            let means = means(&said(&place, &action));
            let call = Call::new(Arc::clone(&place), action, means);
            (action_type, call)
        };
        self.actions.into_iter().map(call).collect()
    }
}

/// Where calls go.
#[derive(Debug)]
pub(crate) struct Place {
    name: String,
    base_url: String,
    credential: Option<Shown>,
    reach: Reach,
    timeout: Duration,
    courier: Arc<dyn Courier>,
}

/// Everything that says how an action is carried out; secrets by their names.
fn said(place: &Place, action: &HttpAction) -> Value {
    let request = |request: &HttpRequest| json!({"method": word(request.method), "path": request.path.as_str()});
    json!({
        "base_url": place.base_url,
        "credential": match &place.credential {
            None => format!("{:?}", None::<Credential>),
            Some(Shown::Own(own)) => format!("{:?}", Some(own)),
            Some(Shown::Leased(leased)) => format!("{leased:?}"),
        },
        "idempotency_header": action.idempotency_header,
        "preview": action.preview.as_ref().map(request),
        "request": request(&action.request),
        "target": place.name,
    })
}

/// A method as it stands in a request.
#[must_use]
pub(crate) const fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}
