//! A form on a page of its own, with which an entry of the directory is made or changed.

use crate::console::parts::{
    badge::Tone,
    button::{Call, link, submit},
    field::{Field, tick},
    form::{Form, post},
    notice::notice,
};
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;

/// What the form needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sheet {
    /// The token against forged requests.
    pub csrf: String,
    /// Where it is sent.
    pub path: String,
    /// Its fields, in their sections.
    pub parts: Vec<Part>,
    /// What is wrong with it as a whole; may be empty.
    pub error: String,
    /// What the button says.
    pub call: String,
    /// What the button says that asks for one part more; empty is none.
    pub more: String,
    /// Where it leads to do nothing.
    pub cancel: String,
}

/// Fields that belong together.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Part {
    /// What they are; empty for what needs no heading.
    pub legend: String,
    /// What helps to fill them in; may be empty.
    pub hint: String,
    /// The fields.
    pub fields: Vec<Field>,
    /// The name of the box that leaves this part out, and whether it is ticked; `None` for a part
    /// that stays.
    pub leave_out: Option<(String, bool)>,
}

/// The body of the page.
#[must_use]
pub fn sheet(view: &Sheet) -> Markup {
    let form = Form {
        path: &view.path,
        csrf: &view.csrf,
        ..Form::default()
    };
    let body = html! {
        @if !view.error.is_empty() { div role="alert" { (notice(Tone::Bad, &html! { (visible_line(&view.error)) })) } }
        @for part in &view.parts { (self::part(part)) }
        div class="row" {
            (submit(Call::Primary, &view.call))
            @if !view.more.is_empty() {
                button type="submit" class="button" name="more" value="yes" formnovalidate { (view.more) }
            }
            (link(Call::Plain, &view.cancel, "Cancel"))
        }
    };
    html! { div class="card narrow" { (post(&form, &body)) } }
}

fn part(part: &Part) -> Markup {
    let body = html! {
        @if !part.hint.is_empty() { p class="hint" { (part.hint) } }
        @for field in &part.fields { (field.draw()) }
        @if let Some((name, is_ticked)) = &part.leave_out { (tick(name, "yes", "Leave this entry out", *is_ticked)) }
    };
    html! {
        @if part.legend.is_empty() { (body) }
        @else { fieldset class="part" { legend { (part.legend) } (body) } }
    }
}
