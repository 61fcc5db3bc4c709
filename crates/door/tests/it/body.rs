//! Reading bodies into what a handler expects.

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use portcullis_door::body::{Payload, collect};
use serde::Deserialize;
use std::{
    io::{Error, ErrorKind},
    pin::Pin,
    task::{Context, Poll},
};

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Wish {
    name: String,
    #[serde(default)]
    limits: Vec<Limit>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Limit {
    most: u32,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A body that does not tell its length: pieces of two bytes, then its end or a broken line.
struct Pieces {
    left: usize,
    breaks: bool,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"ab")))));
        }
        Poll::Ready(
            self.breaks
                .then(|| Err(Error::from(ErrorKind::ConnectionReset))),
        )
    }
}

fn pieces(left: usize, breaks: bool) -> Body {
    Body::new(Pieces { left, breaks })
}

fn payload(text: &str) -> Payload {
    Payload(text.to_owned().into())
}

/// Status and path of the refusal of a body.
fn refused(text: &str) -> (u16, String) {
    let refusal = payload(text).read::<Wish>().unwrap_err();
    let path = refusal
        .details()
        .first()
        .map(|fault| fault.path.clone())
        .unwrap_or_default();
    (refusal.status().as_u16(), path)
}

#[test]
fn a_fitting_body_is_read() {
    let wish: Wish = payload(r#"{"name":"a","limits":[{"most":1}]}"#)
        .read()
        .unwrap();
    assert_eq!(
        wish,
        Wish {
            name: "a".into(),
            limits: vec![Limit { most: 1 }]
        }
    );
}

#[test]
fn a_misfit_is_named_by_its_path() {
    for (text, status, path) in [
        ("{}", 422, "name"),
        (r#"{"name":7}"#, 422, "name"),
        (r#"{"name":"a","limit":[]}"#, 422, "limit"),
        (r#"{"name":"a","limits":{}}"#, 422, "limits"),
        (
            r#"{"name":"a","limits":[{"most":1},{"most":-1}]}"#,
            422,
            "limits[1].most",
        ),
        (r#"{"name":"a","limits":[{}]}"#, 422, "limits[0].most"),
        (
            r#"{"name":"a","limits":[{"most":1,"least":0}]}"#,
            422,
            "limits[0].least",
        ),
        (r#"{"name":"a","name":"b"}"#, 422, "name"),
        ("[]", 422, ""),
        ("", 400, ""),
        ("{", 400, ""),
    ] {
        assert_eq!(refused(text), (status, path.to_owned()), "{text}");
    }
}

#[test]
fn no_body_counts_as_an_empty_object_only_where_it_may() {
    for blank in ["", " ", "\n"] {
        assert_eq!(
            payload(blank).read_or_empty::<Nothing>().unwrap(),
            Nothing {}
        );
        assert!(payload(blank).read::<Nothing>().is_err());
    }
    assert!(payload(r#"{"x":1}"#).read_or_empty::<Nothing>().is_err());
}

#[tokio::test]
async fn a_body_is_bounded_whether_it_tells_its_length_or_not() {
    assert_eq!(collect(Body::from("12345"), 5).await.unwrap(), "12345");
    let told = collect(Body::from("123456"), 5).await.unwrap_err();
    let untold = collect(pieces(3, false), 5).await.unwrap_err();
    for refusal in [told, untold] {
        assert_eq!(
            (refusal.status().as_u16(), refusal.code()),
            (413, "request.too_large")
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let refusal = collect(pieces(2, true), 5).await.unwrap_err();
    assert_eq!(
        (refusal.status().as_u16(), refusal.code()),
        (400, "request.malformed")
    );
}
