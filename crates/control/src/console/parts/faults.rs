//! Everything that is wrong with a draft, each with its place.

use crate::console::{
    figure,
    parts::{badge::Tone, notice::notice, words},
};
use maud::{Markup, html};

/// The most faults that are listed.
const MOST: usize = 100;

/// One mistake.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Fault {
    /// Where: `config.windows[1].period`; empty for the whole.
    pub path: String,
    /// What, in words.
    pub words: String,
}

/// The mistakes of a draft; `id` is of its own on the page. Without any, nothing.
#[must_use]
pub fn faults(id: &str, faults: &[Fault]) -> Markup {
    if faults.is_empty() {
        return html! {};
    }
    let count = u64::try_from(faults.len()).unwrap_or(u64::MAX);
    let rest = faults.len().saturating_sub(MOST);
    let list = html! {
        strong { (figure::count(count, "fault")) ". Nothing was changed." }
        ul class="bullets" {
            @for fault in faults.iter().take(MOST) {
                li {
                    @if !fault.path.is_empty() { (words::code(&fault.path)) " " }
                    (words::line(&fault.words))
                }
            }
        }
        @if rest > 0 { p { "… and " (rest) " more." } }
    };
    html! { div id=(id) role="alert" { (notice(Tone::Bad, &list)) } }
}
