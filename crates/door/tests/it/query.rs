//! Reading what stands behind the question mark.

use axum::{extract::FromRequestParts, http::Request};
use portcullis_door::{query::Query, reply::Refusal};
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u32>,
    agent: Option<String>,
}

async fn read(uri: &str) -> Result<Page, Refusal> {
    let (mut parts, ()) = Request::get(uri).body(()).unwrap().into_parts();
    Query::from_request_parts(&mut parts, &())
        .await
        .map(|Query(page)| page)
}

#[tokio::test]
async fn a_query_is_read() {
    let page = read("/x?limit=5&agent=agt_1%3A2").await.unwrap();
    assert_eq!(
        page,
        Page {
            limit: Some(5),
            agent: Some("agt_1:2".into())
        }
    );
    assert_eq!(
        read("/x").await.unwrap(),
        Page {
            limit: None,
            agent: None
        }
    );
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_told_why() {
    let mut texts = Vec::new();
    for query in [
        "limit=five",
        "limit=-1",
        "limit=1&limit=2",
        "offset=1",
        "LIMIT=1",
    ] {
        let refusal = read(&format!("/x?{query}")).await.unwrap_err();
        assert_eq!(refusal.status().as_u16(), 422, "{query}");
        texts.push(format!("{query} -> {refusal}"));
    }
    insta::assert_snapshot!(texts.join("\n"));
}
