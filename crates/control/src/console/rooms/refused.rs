//! Why there is no page, and the plainest answers.

use crate::console::{headers::page_headers, page::dead_end};
use axum::{
    http::{HeaderValue, StatusCode, header},
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
    /// Where to go instead.
    instead: Option<String>,
}

impl Refused {
    /// Another page in the place of this one.
    pub(super) fn instead(path: String) -> Self {
        Self {
            status: StatusCode::SEE_OTHER,
            words: String::new(),
            instead: Some(path),
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
        if let Some(path) = &self.instead {
            return led_to(path);
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
