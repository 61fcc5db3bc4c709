//! The bar of filters above a list: a form that gets, so that a filtered list has an address.

use crate::console::{
    parts::{
        button::{Call, link, submit},
        field::{Field, choices},
    },
    paths,
};
use maud::{Markup, html};

/// A bar of filters for the list at `path`. What is `kept` goes along unseen, as a form that gets
/// replaces the whole query of its address.
#[must_use]
pub fn filters(path: &str, kept: &[(&str, &str)], fields: &[Field]) -> Markup {
    let all = paths::with_query(path, kept);
    let is_filtered = fields.iter().any(|field| !field.value.is_empty());
    html! {
        search {
            form class="filters" method="get" action=(path) {
                @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
                @for field in fields { (field.draw()) }
                div class="row" {
                    (submit(Call::Normal, "Filter"))
                    @if is_filtered { (link(Call::Plain, &all, "Show all")) }
                }
            }
        }
    }
}

/// Which verdict, as `?verdict=`.
#[must_use]
pub fn verdict(value: &str) -> Field {
    let verdicts = choices(&[
        ("", "All"),
        ("CLEARED", "Cleared"),
        ("HELD", "Held"),
        ("BLOCKED", "Blocked"),
    ]);
    Field::new("filter", "verdict", "Verdict")
        .value(value)
        .kind(verdicts)
}

/// From when on, as `?from=`, and what was wrong with it.
#[must_use]
pub fn from(value: &str, error: &str) -> Field {
    Field::new("filter", "from", "From (UTC)")
        .value(value)
        .hint("2026-01-31")
        .error(error)
}

/// Until when, as `?to=`, and what was wrong with it.
#[must_use]
pub fn to(value: &str, error: &str) -> Field {
    Field::new("filter", "to", "To (UTC)")
        .value(value)
        .hint("2026-02-28")
        .error(error)
}
