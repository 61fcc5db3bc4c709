//! The bar of filters above a list: a form that gets, so that a filtered list has an address.

use crate::console::parts::{
    button::{Call, link, submit},
    field::Field,
};
use maud::{Markup, html};

/// A bar of filters for the list at `path`.
#[must_use]
pub fn filters(path: &str, fields: &[Field]) -> Markup {
    let is_filtered = fields.iter().any(|field| !field.value.is_empty());
    html! {
        search {
            form class="filters" method="get" action=(path) {
                @for field in fields { (field.draw()) }
                div class="row" {
                    (submit(Call::Normal, "Filter"))
                    @if is_filtered { (link(Call::Plain, path, "Show all")) }
                }
            }
        }
    }
}
