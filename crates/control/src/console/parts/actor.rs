//! Whoever did something.

use super::words;
use maud::{Markup, html};

/// Somebody by name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Actor {
    /// The name.
    pub name: String,
    /// Where the reader can look at them; empty is nowhere.
    pub path: String,
}

impl Actor {
    /// Somebody whom the reader cannot look at.
    #[must_use]
    pub const fn plain(name: String) -> Self {
        Self {
            name,
            path: String::new(),
        }
    }

    /// The name, as a link where there is a page.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let name = words::line(&self.name);
        if self.path.is_empty() {
            return name;
        }
        html! { a href=(self.path) { (name) } }
    }
}
