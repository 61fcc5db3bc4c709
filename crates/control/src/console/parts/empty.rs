//! Where there is nothing: says so, and what to do about it.

use maud::{Markup, html};

/// An empty state. `next` is a link or a button, or nothing.
#[must_use]
pub fn empty(title: &str, words: &str, next: &Markup) -> Markup {
    html! { div class="empty" { h2 { (title) } p { (words) } (next) } }
}
