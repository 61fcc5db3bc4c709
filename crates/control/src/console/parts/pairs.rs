//! Names and what they stand for.

use crate::console::parts::words;
use maud::{Markup, html};

/// A list of names and values.
#[must_use]
pub fn pairs(pairs: &[(&str, Markup)]) -> Markup {
    html! {
        dl class="pairs" {
            @for (name, value) in pairs { div { dt { (words::line(name)) } dd { (value) } } }
        }
    }
}
