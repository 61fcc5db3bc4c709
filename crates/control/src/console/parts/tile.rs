//! One number that matters, with its name.

use crate::console::parts::words;
use maud::{Markup, html};

/// One number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tile {
    /// What it counts.
    pub name: String,
    /// The number, as it is to be read.
    pub figure: String,
    /// What else is to be known; may be empty.
    pub note: String,
    /// Where its things are listed; empty is nowhere.
    pub path: String,
}

/// A row of numbers.
#[must_use]
pub fn tiles(tiles: &[Tile]) -> Markup {
    html! {
        dl class="tiles" {
            @for tile in tiles {
                div class="card tile" {
                    dt { @if tile.path.is_empty() { (words::line(&tile.name)) } @else { a href=(tile.path) { (words::line(&tile.name)) } } }
                    dd class="figure" { (words::line(&tile.figure)) }
                    @if !tile.note.is_empty() { dd class="quiet small" { (words::line(&tile.note)) } }
                }
            }
        }
    }
}
