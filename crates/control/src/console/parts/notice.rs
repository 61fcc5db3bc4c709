//! A short message in a frame.

use crate::console::parts::{badge::Tone, icon::Icon};
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;

/// A message that belongs to what is around it.
#[must_use]
pub fn notice(tone: Tone, body: &Markup) -> Markup {
    html! { div class={ "notice " (class(tone)) } { (icon(tone).draw()) div { (body) } } }
}

/// The answer to what a person just did: programs that read pages aloud say it at once when it is
/// bad, and when there is time otherwise.
#[must_use]
pub fn flash(tone: Tone, words: &str) -> Markup {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    html! { div class={ "flash " (class(tone)) } role=(role) { (icon(tone).draw()) p { (visible_line(words)) } } }
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Quiet | Tone::Accent => "is-news",
        Tone::Good => "is-good",
        Tone::Warning => "is-warning",
        Tone::Bad => "is-bad",
    }
}

const fn icon(tone: Tone) -> Icon {
    match tone {
        Tone::Quiet | Tone::Accent => Icon::Info,
        Tone::Good => Icon::Check,
        Tone::Warning | Tone::Bad => Icon::Warning,
    }
}
