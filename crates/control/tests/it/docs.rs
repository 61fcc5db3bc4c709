//! The page for people.

use crate::house::House;
use axum::{body::Body, http::Request};
use portcullis_control::{docs, rest};
use std::collections::BTreeSet;

async fn fetched(path: &str) -> crate::house::Reply {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    House::new().await.send(request).await
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let reply = fetched("/openapi.json").await;
    assert_eq!(reply.ok(), serde_json::to_value(rest::openapi()).unwrap());
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let reply = fetched("/docs").await;
    assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
    let policy = reply.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for forbidden in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(!reply.text.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn every_route_is_on_the_page_and_every_link_leads_somewhere() {
    let api = rest::openapi();
    let page = docs::page(&api);
    for path in api.paths.paths.keys() {
        assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
    }
    let pieces = |mark: &'static str| -> BTreeSet<String> {
        page.split(mark)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let (links, anchors) = (pieces("href=\"#"), pieces(" id=\""));
    let lost: Vec<_> = links.difference(&anchors).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn the_page_is_well_formed() {
    let page = docs::page(&rest::openapi());
    for tag in [
        "section", "table", "tr", "td", "ul", "li", "p", "code", "a", "main", "nav",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}
