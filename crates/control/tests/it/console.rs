//! The console as a browser gets it: every page over made-up views.

mod authenticator;
mod browser;
mod charts;
mod deciding;
mod directory;
mod elsewhere;
mod gallery;
mod linking;
mod pages;
mod passkeys;
mod promises;
mod rooms;
mod rules;
mod sample;
mod seats;
mod work;

use portcullis_control::console::assets::{MARK, SCRIPT, STYLE};

/// Markup as a snapshot keeps it: one element a line, and names that do not change with the style.
fn readable(markup: &str) -> String {
    let mut text = markup.replace("><", ">\n<");
    for (asset, name) in [
        (&STYLE, "console.css"),
        (&SCRIPT, "console.js"),
        (&MARK, "mark.svg"),
    ] {
        text = text.replace(&asset.name, name);
    }
    text
}
