//! Names and what they stand for.

use maud::{Markup, html};

/// A list of names and values.
#[must_use]
pub fn pairs(pairs: &[(&str, Markup)]) -> Markup {
    html! {
        dl class="pairs" {
            @for (name, value) in pairs { div { dt { (name) } dd { (value) } } }
        }
    }
}
