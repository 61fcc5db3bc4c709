//! Tabs that are links: each is a page of its own, and works without scripts.

use crate::console::figure;
use maud::{Markup, html};

/// One tab.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tab {
    /// Its name.
    pub name: String,
    /// Its page.
    pub path: String,
    /// How many things are on it.
    pub count: Option<u64>,
    /// Whether it is the page that is open.
    pub is_open: bool,
}

/// A row of tabs; `name` says what they divide.
#[must_use]
pub fn tabs(name: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav class="tabs" aria-label=(name) {
            @for tab in tabs {
                a href=(tab.path) aria-current=[tab.is_open.then_some("page")] {
                    (tab.name)
                    @if let Some(count) = tab.count { " " span class="badge plain" { (figure::short(count)) } }
                }
            }
        }
    }
}
