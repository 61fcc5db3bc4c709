//! Why there is no page, and the plainest answers.

use crate::console::{
    headers::page_headers,
    page::{alone, dead_end},
};
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;
use portcullis_door::reply::Refusal;
use portcullis_firewall::error::GateError;

/// Why there is no page.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    words: String,
    instead: Option<Instead>,
}

/// What is answered in the place of a page.
#[derive(Debug)]
enum Instead {
    /// Another page.
    Page(String),
    /// The same, asked for by a page of ours.
    OnceMore,
}

impl Refused {
    /// Another page in the place of this one.
    pub(super) fn instead(path: String) -> Self {
        Self {
            status: StatusCode::SEE_OTHER,
            words: String::new(),
            instead: Some(Instead::Page(path)),
        }
    }

    /// The same page once more, asked for by one of ours: what another site began, browsers send
    /// without the cookie of the sign-in.
    pub(super) const fn once_more() -> Self {
        Self {
            status: StatusCode::OK,
            words: String::new(),
            instead: Some(Instead::OnceMore),
        }
    }

    /// What is wrong, in words.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// The status.
    pub(super) const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<GateError> for Refused {
    fn from(error: GateError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let faults = refusal.details().iter().map(ToString::to_string);
        let faults: Vec<String> = faults.collect();
        let words = if faults.is_empty() {
            refusal.message().to_owned()
        } else {
            faults.join("; ")
        };
        Self {
            status: refusal.status(),
            words,
            instead: None,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match &self.instead {
            Some(Instead::Page(path)) => return led_to(path),
            Some(Instead::OnceMore) => return once_more(),
            None => {}
        }
        let title = match self.status {
            StatusCode::FORBIDDEN => "Not allowed",
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::UNAUTHORIZED => "Not signed in",
            StatusCode::CONFLICT => "Not as things stand",
            status if status.is_client_error() => "Not understood",
            _ => "The gate cannot answer",
        };
        let words = portcullis_firewall::visible::visible_line(&self.words).into_owned();
        drawn(self.status, &dead_end(title, &words))
    }
}

/// A page that asks for itself once more.
fn once_more() -> Response {
    let body = maud::html! {
        div class="card stack" {
            h1 { "One moment" }
            p { a href="" { "Go on" } }
        }
    };
    let mut response = drawn(StatusCode::OK, &alone("One moment", &[], &body));
    let name = HeaderName::from_static("refresh");
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static("0"));
    response
}

/// A page with the headers of one.
pub(super) fn drawn(status: StatusCode, page: &Markup) -> Response {
    (status, page_headers(""), page.0.clone()).into_response()
}

/// 303 to a page of ours.
pub(super) fn led_to(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    response
}
