//! What a room answers: a page, a way back, or why there is neither.

pub(super) use super::refused::{Refused, led_to};

use super::{refused::drawn, seat::Seated};
use crate::console::{
    headers::page_headers,
    page::{Crumb, Flash, Page, Section},
    parts::badge::Tone,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;

/// What a handler answers.
pub(super) type Answer = Result<Response, Refused>;

/// A page within the frame.
pub(super) struct Body<'v> {
    /// Its title.
    pub title: &'v str,
    /// The part it belongs to.
    pub section: Section,
    /// The way to it.
    pub crumbs: Vec<Crumb>,
    /// What can be done on it as a whole.
    pub deeds: Markup,
    /// What is on it.
    pub markup: Markup,
}

impl Body<'_> {
    /// The page, as the answer to who asked.
    pub(super) fn show(self, seat: &Seated, status: StatusCode, flash: &[Flash]) -> Response {
        let page = Page {
            title: self.title,
            section: self.section,
            who: &seat.who,
            csrf: &seat.csrf,
            crumbs: &self.crumbs,
            flash,
            deeds: self.deeds,
            body: self.markup,
        };
        drawn(status, &page.render())
    }

    /// The same with why something on it was not done, if it was not.
    pub(super) fn after(self, seat: &Seated, refused: Option<&Refused>) -> Answer {
        let status = refused.map_or(StatusCode::OK, Refused::status);
        let flash: Vec<_> = refused.iter().map(|one| bad(one.words())).collect();
        Ok(self.show(seat, status, &flash))
    }

    /// The same, with nothing to tell.
    pub(super) fn ok(self, seat: &Seated) -> Answer {
        Ok(self.show(seat, StatusCode::OK, &[]))
    }
}

/// Bad news at the head of a page.
pub(super) fn bad(words: impl Into<String>) -> Flash {
    Flash {
        tone: Tone::Bad,
        words: words.into(),
    }
}

/// Leads back after a deed (303).
pub(super) fn back(path: &str) -> Answer {
    Ok(led_to(path))
}

/// A whole document, for who is not signed in.
pub(super) fn document(status: StatusCode, page: &Markup) -> Response {
    drawn(status, page)
}

/// Sets a cookie with an answer.
pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A file to be kept.
pub(super) fn file(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Answer {
    let mut headers = page_headers("");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok((headers, bytes).into_response())
}
