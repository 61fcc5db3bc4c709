//! A draft of rules: the text that is typed, everything that is wrong with it, and what it would
//! do, before it is saved.

use crate::console::{
    parts::{
        badge::Tone,
        button::{Call, link, submit_as, submit_to},
        change::{Change, changes},
        code::{Block, block},
        conflict::{Conflict, conflicts},
        diff::Line,
        faults::{Fault, faults},
        field::{Field, Kind},
        form::{Form, post},
        moment::moment,
        notice::notice,
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// Where it is sent.
    pub path: String,
    /// Where to go without saving.
    pub back: String,
    /// What the text is called.
    pub label: &'static str,
    /// What helps to write it.
    pub hint: &'static str,
    /// The text, as it was typed.
    pub text: String,
    /// The version it was made from; nothing when there is none.
    pub version: Option<u32>,
    /// The id of the policy it is to become a version of; empty for another.
    pub policy: String,
    /// Whether it can be tried on an action.
    pub can_be_tried: bool,
    /// Everything that is wrong with it.
    pub faults: Vec<Fault>,
    /// What it would do, when it was looked at.
    pub review: Option<Review>,
    /// What happened meanwhile, when somebody else changed what it was made from.
    pub moved: Option<Moved>,
    /// What saves it, in words.
    pub save: &'static str,
    /// What to begin with, as name and address; may be empty.
    pub beginnings: Vec<(&'static str, String)>,
}

/// What a draft would do.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Review {
    /// Names what was looked at: the text with what is said about it.
    pub digest: String,
    /// The draft in words.
    pub words: Vec<String>,
    /// Where it would disagree with other policies; nothing when that does not apply.
    pub conflicts: Option<Vec<Conflict>>,
    /// What would change; nothing when that does not apply.
    pub changes: Option<Vec<Change>>,
    /// The change of the text, line by line; empty when it is of something new.
    pub lines: Vec<Line>,
}

/// What somebody else did meanwhile.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Moved {
    /// The version in force.
    pub number: u32,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// From the version that was seen to the one in force.
    pub lines: Vec<Line>,
}

/// The page's body.
#[must_use]
pub fn draft(view: &Draft) -> Markup {
    html! {
        div class="stack" {
            @if let Some(moved) = &view.moved { (meanwhile(moved, view.now)) }
            (faults("faults", &view.faults))
            @if let Some(review) = &view.review { (reviewed(review)) }
            (form(view))
            @if !view.beginnings.is_empty() { (beginnings(view)) }
        }
    }
}

fn form(view: &Draft) -> Markup {
    let form = Form {
        path: &view.path,
        csrf: &view.csrf,
        ..Form::default()
    };
    let error = if view.faults.is_empty() {
        ""
    } else {
        "See above what is wrong with it."
    };
    let text = Field::new("draft", "draft", view.label)
        .hint(view.hint)
        .kind(Kind::Code)
        .value(&view.text)
        .error(error)
        .required();
    let version = view.version.map(|version| version.to_string());
    let looked_at = view.review.as_ref().map(|review| review.digest.as_str());
    let body = html! {
        @if let Some(version) = &version { input type="hidden" name="version" value=(version); }
        @if let Some(digest) = looked_at { input type="hidden" name="looked_at" value=(digest); }
        @if !view.policy.is_empty() { input type="hidden" name="policy" value=(view.policy); }
        (text.draw())
        div class="row" {
            (submit_as(Call::Normal, ("deed", "check"), "Check it"))
            @if view.can_be_tried { (submit_to(Call::Normal, paths::SIMULATOR, ("deed", "try"), "Try it on an action")) }
            (submit_as(Call::Primary, ("deed", "save"), view.save))
            (link(Call::Plain, &view.back, "Cancel"))
        }
    };
    html! { section class="card wide-code" aria-label=(view.label) { (post(&form, &body)) } }
}

fn beginnings(view: &Draft) -> Markup {
    html! {
        section class="card stack" aria-labelledby="beginnings" {
            h2 id="beginnings" { "Begin with an example" }
            p class="small quiet" { "It takes the place of what is typed above." }
            div class="row" { @for (name, path) in &view.beginnings { (link(Call::Normal, path, name)) } }
        }
    }
}

fn meanwhile(moved: &Moved, now: Timestamp) -> Markup {
    let lines = Block {
        id: "moved-lines".to_owned(),
        name: "What changed meanwhile".to_owned(),
        lines: moved.lines.clone(),
        full_path: String::new(),
    };
    html! {
        section class="card stack" aria-labelledby="moved" {
            h2 id="moved" { "Somebody changed it meanwhile" }
            (notice(Tone::Bad, &html! {
                "Version " (moved.number) " by " (words::line(&moved.by)) " is in force, since " (moment(moved.at, now))
                ". Nothing of yours was saved. Your draft is below: take over what they changed, or save yours in its place."
            }))
            (block(&lines))
        }
    }
}

fn reviewed(review: &Review) -> Markup {
    let lines = Block {
        id: "review-lines".to_owned(),
        name: "Changes line by line".to_owned(),
        lines: review.lines.clone(),
        full_path: String::new(),
    };
    html! {
        section class="card stack" aria-labelledby="review" {
            h2 id="review" { "What it would do" }
            (sentences(&review.words))
            @if let Some(list) = &review.conflicts {
                h3 { "Conflicts" }
                @if list.is_empty() { p class="quiet" { "It disagrees with no policy in force." } }
                @else { (conflicts(list)) }
            }
            @if !review.lines.is_empty() {
                h3 { "Line by line" }
                (block(&lines))
            }
        }
        @if let Some(list) = &review.changes {
            section class="card flush" aria-labelledby="changes" {
                header { h2 id="changes" { "What would change" } }
                (changes("What would change", list))
            }
        }
    }
}

/// Sentences, one below the other.
pub(super) fn sentences(sentences: &[String]) -> Markup {
    html! { ul class="bullets" { @for one in sentences { li { (words::line(one)) } } } }
}
