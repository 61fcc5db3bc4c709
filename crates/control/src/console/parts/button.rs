//! What is pressed.

use maud::{Markup, html};

/// How much a button calls.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Call {
    /// The one main deed of a page.
    Primary,
    /// One of several deeds.
    #[default]
    Normal,
    /// It ends or removes something.
    Danger,
    /// Hardly a button.
    Plain,
}

impl Call {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Normal => "button slim",
            Self::Danger => "button danger",
            Self::Plain => "button plain slim",
        }
    }
}

/// Sends the form around it.
#[must_use]
pub fn submit(call: Call, words: &str) -> Markup {
    html! { button type="submit" class=(call.class()) { (words) } }
}

/// Sends the form around it, and is reached by a key: `target` is `approve` or `reject`.
#[must_use]
pub fn submit_by_key(call: Call, target: &str, words: &str) -> Markup {
    html! { button type="submit" class={ (call.class()) " wide" } data-key-target=(target) { (words) } }
}

/// A link that looks like a button.
#[must_use]
pub fn link(call: Call, path: &str, words: &str) -> Markup {
    html! { a class=(call.class()) href=(path) { (words) } }
}

/// Copies the text of the element `id`. It is there only with scripts.
#[must_use]
pub fn copy(id: &str, what: &str) -> Markup {
    html! {
        button type="button" class="button plain slim copy needs-script" data-copy=(id) {
            (super::icon::Icon::Copy.draw()) span class="hush" { "Copy " (what) }
        }
    }
}

/// Sends the form around it, and says which of its buttons was pressed.
#[must_use]
pub fn submit_as(call: Call, (name, value): (&str, &str), words: &str) -> Markup {
    html! { button type="submit" class=(call.class()) name=(name) value=(value) { (words) } }
}

/// The same, somewhere else than where its form is sent.
#[must_use]
pub fn submit_to(call: Call, path: &str, (name, value): (&str, &str), words: &str) -> Markup {
    html! { button type="submit" class=(call.class()) formaction=(path) name=(name) value=(value) { (words) } }
}
