//! What every page of the console keeps to.

use super::{
    gallery::gallery,
    sample::{Outside, now, pages, waiting::inbox_of},
};
use portcullis_control::console::{
    page::{alone, dead_end},
    pages::approvals::approvals,
};
use portcullis_firewall::visible::is_unseen;
use std::collections::BTreeSet;

/// A word that breaks out of text and attributes, and hides.
const HOSTILE: &str =
    "</pre><script>x()</script>\"'><img src=x onerror=x()>\u{202E}\u{200B}\u{E0041}\r";

fn all(words: Outside) -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = pages(words)
        .into_iter()
        .map(|(name, page)| (name, page.into_string()))
        .collect();
    all.push(("gallery", gallery().into_string()));
    all.push((
        "dead end",
        dead_end("Not found", "There is no such page.").into_string(),
    ));
    all.push((
        "alone",
        alone("Sign in", &[], &maud::html! {}).into_string(),
    ));
    all
}

/// The values of an attribute, wherever it is.
fn values<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let joint = format!(" {name}=\"");
    let ends = |rest: &'p str| rest.split('"').next().unwrap();
    page.match_indices(&joint)
        .map(|(place, _)| ends(&page[place + joint.len()..]))
        .collect()
}

/// The opening tags of an element.
fn tags<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!("<{name}");
    page.match_indices(&start)
        .map(|(place, _)| &page[place..])
        .filter(|rest| rest[start.len()..].starts_with([' ', '>']))
        .map(|rest| rest.split('>').next().unwrap())
        .collect()
}

#[test]
fn no_word_from_outside_becomes_markup_or_hides() {
    let mut found = Vec::new();
    for (name, page) in all(Outside(Some(HOSTILE))) {
        assert!(
            !page.contains("<script>") && !page.contains("<img"),
            "{name}"
        );
        let hides = |char: char| is_unseen(char) && char != '\n';
        found.extend(page.match_indices(hides).map(|(place, _)| {
            let from = page.floor_char_boundary(place.saturating_sub(160));
            format!("{name}: {}", &page[from..place])
        }));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_is_inline() {
    for (name, page) in all(Outside(None)) {
        assert!(
            !page.contains(" style=") && !page.contains("<style"),
            "{name}"
        );
        assert!(
            !page.contains(" onclick=") && !page.contains("javascript:"),
            "{name}"
        );
        for script in tags(&page, "script") {
            assert!(
                script.starts_with("<script src=\"/console/assets/console."),
                "{name}"
            );
        }
    }
}

#[test]
fn ids_are_single_and_what_is_referred_to_exists() {
    for (name, page) in all(Outside(None)) {
        let ids = values(&page, "id");
        let set: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), set.len(), "{name}: {ids:?}");
        for reference in ["for", "aria-labelledby", "aria-describedby", "data-copy"] {
            for id in values(&page, reference)
                .iter()
                .flat_map(|list| list.split(' '))
            {
                assert!(set.contains(id), "{name}: {reference} names {id}");
            }
        }
    }
}

#[test]
fn whatever_posts_carries_the_token() {
    for (name, page) in all(Outside(None)) {
        for form in page.split("<form ").skip(1) {
            let (tag, rest) = form.split_once('>').unwrap();
            let posts = tag.contains("method=\"post\"");
            let body = rest.split("</form>").next().unwrap();
            assert_eq!(posts, body.contains("name=\"csrf\""), "{name}: {tag}");
            assert!(posts || tag.contains("method=\"get\"") || tag.contains("method=\"dialog\""));
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_page_one_heading() {
    for (name, page) in all(Outside(None)) {
        let labelled: BTreeSet<&str> = values(&page, "for").into_iter().collect();
        for tag in ["input", "select", "textarea"]
            .iter()
            .flat_map(|tag| tags(&page, tag))
        {
            let is_bare = tag.contains("type=\"hidden\"") || tag.contains("type=\"checkbox\"");
            let id = tag
                .split(" id=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            assert!(
                is_bare || id.is_some_and(|id| labelled.contains(id)),
                "{name}: {tag}"
            );
        }
        assert_eq!(tags(&page, "main").len(), 1, "{name}");
        assert_eq!(
            tags(&page, "h1").len(),
            usize::from(name != "alone"),
            "{name}"
        );
        for svg in tags(&page, "svg") {
            assert!(
                svg.contains("aria-hidden=\"true\"") || svg.contains("role=\"img\""),
                "{name}: {svg}"
            );
        }
    }
}

#[test]
fn a_thousand_holds_are_a_page_of_bounded_size() {
    let page = approvals(&inbox_of(Outside(None), 1_000)).into_string();
    assert_eq!(page.matches("data-key=").count(), 1_000);
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert!(page.contains(&now().to_string()[..10]));
}
