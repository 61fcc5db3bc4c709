//! From one page of a list to the next.

use crate::console::{
    figure,
    parts::button::{Call, link},
};
use maud::{Markup, html};

/// Where a page stands in its list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pager {
    /// How many are shown.
    pub shown: u64,
    /// How many there are, when that is known.
    pub total: Option<u64>,
    /// The page before; empty is none.
    pub back: String,
    /// The page after; empty is none.
    pub on: String,
}

/// The line below a list.
#[must_use]
pub fn pager(pager: &Pager) -> Markup {
    // What is counted has pages; records are followed by time, without an end.
    let (newer, older) = match pager.total {
        Some(_) => ("Previous", "Next"),
        None => ("Newer", "Older"),
    };
    html! {
        nav class="pager" aria-label="Pages" {
            span {
                (figure::full(pager.shown)) " shown"
                @if let Some(total) = pager.total { " of " (figure::full(total)) }
            }
            span class="row" {
                @if !pager.back.is_empty() { (link(Call::Normal, &pager.back, newer)) }
                @if !pager.on.is_empty() { (link(Call::Normal, &pager.on, older)) }
            }
        }
    }
}
