//! The panel where a hold is decided.

use super::{Approval, Choice, Ending, Vote};
use crate::console::{
    figure,
    parts::{
        badge::{self, Tone},
        button::{Call, link, submit_by_key},
        field::{Field, Kind},
        form::{Form, Passkey, post},
        moment::{clock, moment},
        notice::notice,
        words,
    },
    paths,
};
use maud::{Markup, html};
use portcullis_firewall::hold::HoldStatus;

/// Who decided, and what the reader may do about it.
pub(super) fn panel(view: &Approval) -> Markup {
    html! {
        section class="card stack" aria-labelledby="decision" {
            h2 id="decision" { "Decision" }
            (quorum(view))
            @if !view.votes.is_empty() { ul class="votes" { @for vote in &view.votes { (drawn(vote)) } } }
            @if let Some(ending) = &view.ending { (ended(view.status, ending)) }
            @if view.status == HoldStatus::Held {
                p class="small" {
                    "Refused by itself " (moment(view.timeout_at, view.now)) span class="quiet" { ", at " (clock(view.timeout_at)) }
                }
            }
            (approvers(view))
        }
        @if view.status == HoldStatus::Held { (choice(view)) }
    }
}

fn quorum(view: &Approval) -> Markup {
    let yes = view.votes.iter().filter(|vote| vote.is_yes).count();
    let required = usize::from(view.approvals_required);
    let missing = u64::try_from(required.saturating_sub(yes)).unwrap_or_default();
    html! {
        p {
            strong { (yes) " of " (required) } " approvals"
            @if view.status == HoldStatus::Held && missing > 0 {
                span class="quiet" { ": " (figure::count(missing, "more person").replace("more persons", "more people")) " must approve" }
            }
        }
    }
}

fn drawn(vote: &Vote) -> Markup {
    let (tone, word) = if vote.is_yes {
        (Tone::Good, "Approved")
    } else {
        (Tone::Bad, "Rejected")
    };
    html! {
        li {
            (badge::label(tone, word)) strong { (vote.by.draw()) " (" (vote.way) ")" } span class="quiet small" { (clock(vote.at)) }
            @if !vote.reason.is_empty() { span class="small" { "“" (words::line(&vote.reason)) "”" } }
        }
    }
}

/// Who ended it, when, and why.
fn ended(status: HoldStatus, ending: &Ending) -> Markup {
    html! {
        p class="row" {
            (badge::hold(status)) "by " strong { (ending.by.draw()) } span class="quiet small" { (clock(ending.at)) }
        }
        @if !ending.reason.is_empty() { p class="small" { "“" (words::line(&ending.reason)) "”" } }
    }
}

fn approvers(view: &Approval) -> Markup {
    html! {
        div class="small" {
            span class="quiet" { "May decide: " }
            @if view.approvers.is_empty() { "any operator" }
            @for (place, one) in view.approvers.iter().enumerate() {
                @if place > 0 { ", " }
                (words::line(one))
            }
        }
    }
}

fn choice(view: &Approval) -> Markup {
    match &view.choice {
        Choice::Look(why) => notice(Tone::Quiet, &html! { (why) }),
        Choice::RejectOnly(why) => html! {
            (notice(Tone::Quiet, &html! { (why) }))
            (reject(view))
        },
        Choice::RegisterFirst => html! {
            (notice(Tone::Warning, &html! {
                p { "Approving this action takes a passkey, and you have none." }
                (link(Call::Normal, paths::ACCOUNT, "Register a passkey"))
            }))
            (reject(view))
        },
        Choice::Decide {
            passkey_options,
            error,
        } => html! {
            @if !error.is_empty() { (notice(Tone::Bad, &html! { (error) })) }
            (approve(view, passkey_options))
            (reject(view))
        },
    }
}

fn approve(view: &Approval, passkey_options: &str) -> Markup {
    let has_passkey = !passkey_options.is_empty();
    let form = Form {
        path: &paths::deed(paths::APPROVALS, &view.id, "approve"),
        csrf: &view.csrf,
        confirm: "",
        passkey: has_passkey.then_some(Passkey::Get(passkey_options)),
    };
    let reason = Field::new("approve", "reason", "Reason")
        .hint("Kept in the record.")
        .kind(Kind::Text);
    let words = if has_passkey {
        "Approve with passkey"
    } else {
        "Approve"
    };
    let body = html! {
        (bound(view, &view.requests.0))
        (reason.draw())
        (submit_by_key(Call::Primary, "approve", words))
    };
    html! { section class="card decide" aria-label="Approve" { (post(&form, &body)) } }
}

fn reject(view: &Approval) -> Markup {
    let form = Form {
        path: &paths::deed(paths::APPROVALS, &view.id, "reject"),
        csrf: &view.csrf,
        ..Form::default()
    };
    let reason = Field::new("reject", "reason", "Reason")
        .hint("The agent is told. One rejection is final.")
        .kind(Kind::Text)
        .required();
    let body = html! {
        (bound(view, &view.requests.1))
        (reason.draw())
        (submit_by_key(Call::Danger, "reject", "Reject"))
    };
    html! { section class="card decide" aria-label="Reject" { (post(&form, &body)) } }
}

/// The answer carries the signed request, and names the digest that was shown: the gate refuses it
/// for any other.
fn bound(view: &Approval, request: &str) -> Markup {
    html! {
        input type="hidden" name="digest" value=(view.digest);
        input type="hidden" name="request" value=(request);
    }
}
