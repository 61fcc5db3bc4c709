//! One hold before a person, and what they say to it.

mod view;

pub(super) use view::foreseen;

use super::{
    answer::{Answer, Body, Refused, back, bad},
    fields::Fields,
    names::People,
    seat::Seated,
    telling::sentence,
};
use crate::{
    console::{
        desk::Desk,
        page::Flash,
        pages::approval::{self as page, Approval, Choice as Offer},
        parts::{
            badge::Tone,
            button::{Call, link},
        },
        paths,
    },
    intake::id::Named,
    passkey::{assertion_options, verify_assertion},
    rights::Gate,
};
use axum::{Extension, extract::State, http::StatusCode};
use maud::html;
use portcullis_firewall::{
    approval::{Choice, Way},
    click::{self, Click, Presence},
    error::GateError,
    hold::{Hold, HoldStatus},
    strict,
    turn::StepUpDue,
};
use serde_json::Value;
use std::sync::Arc;

pub(super) async fn approve(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    decide(&gate, &desk, &seat, (&id, Choice::Approve), &sent).await
}

pub(super) async fn reject(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    decide(&gate, &desk, &seat, (&id, Choice::Reject), &sent).await
}

async fn decide(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    (id, choice): (&str, Choice),
    sent: &Fields,
) -> Answer {
    match decided(gate, desk, seat, (id, choice), sent).await {
        Ok(hold) => {
            let word = match hold.status {
                HoldStatus::Held => "noted",
                HoldStatus::Released => "approved",
                HoldStatus::Superseded => "superseded",
                HoldStatus::Killed | HoldStatus::TimedOut => "rejected",
            };
            let path = paths::one(paths::APPROVALS, id);
            back(&paths::with_query(&path, &[("said", word)]))
        }
        Err(error @ (GateError::NotFound(..) | GateError::Unavailable(_))) => Err(error.into()),
        Err(error) => {
            let refused = Refused::from(error);
            let flash = vec![bad(refused.words())];
            page_with(gate, desk, seat, id, (refused.status(), flash)).await
        }
    }
}

async fn decided(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    (id, choice): (&str, Choice),
    sent: &Fields,
) -> Result<Hold, GateError> {
    let hold = gate.hold(&seat.principal, id).await?;
    let shown = sent.one("digest");
    if shown != hold.action_digest.to_string() {
        let message = "what was shown is not what is held; reload the page";
        return Err(GateError::conflict("approval.other_action", message));
    }
    // The agent is told why not.
    if choice == Choice::Reject && sent.one("reason").is_empty() {
        return Err(GateError::invalid("reason", "is required to reject"));
    }
    let credential = sent.one("credential");
    let presence = if credential.is_empty() {
        None
    } else {
        Some(presence(gate, desk, seat, (id, choice), credential).await?)
    };
    let click = Click {
        choice,
        reason: Some(sent.one("reason").to_owned()).filter(|reason| !reason.is_empty()),
        way: Way::Console,
        token: Some(sent.one("request").to_owned()),
        presence,
    };
    gate.decide(&seat.principal, id, click).await
}

/// The passkey that was used for this very decision.
async fn presence(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    (id, choice): (&str, Choice),
    credential: &str,
) -> Result<Presence, GateError> {
    let refused = |message: &str| GateError::conflict("approval.passkey_refused", message);
    let answer = answer_in(credential)?;
    let named = crate::passkey::named_passkey(&answer)
        .map_err(|error| refused(&error.to_string()))?
        .to_owned();
    let (claims, _) = gate.request(&seat.principal, id, choice).await?;
    let challenge = click::challenge(&claims);
    let passkeys = passkeys(gate, seat).await?;
    let passkey = passkeys
        .iter()
        .find(|passkey| passkey.credential_id == named)
        .ok_or_else(|| refused("this passkey is not yours"))?;
    let sign_count = verify_assertion(&desk.ceremony(challenge), passkey, &answer)
        .map_err(|error| refused(&error.to_string()))?;
    Ok(Presence {
        credential_id: named,
        sign_count,
        challenge,
    })
}

/// What a browser says of a passkey, read strictly.
pub(super) fn answer_in(credential: &str) -> Result<Value, GateError> {
    strict::parse(credential.as_bytes(), &strict::Limits::default())
        .map_err(|error| GateError::invalid("credential", error.to_string()))
}

async fn passkeys(
    gate: &Gate,
    seat: &Seated,
) -> Result<Vec<portcullis_firewall::passkey::Passkey>, GateError> {
    let Some(badge) = &seat.principal.person else {
        return Ok(Vec::new());
    };
    Ok(gate
        .person(&seat.principal, badge.id.as_str())
        .await?
        .passkeys)
}

/// What became of an answer, by the word in the address.
pub(super) fn said(word: &str) -> Vec<Flash> {
    let (tone, words) = match word {
        "noted" => (
            Tone::Good,
            "Your approval counts. More people must approve.",
        ),
        "approved" => (Tone::Good, "Approved. The agent may act, once."),
        "rejected" => (Tone::Good, "Rejected. The agent is told why."),
        "superseded" => (
            Tone::Bad,
            "The rules have changed: this is no longer what would happen, and was refused.",
        ),
        _ => return Vec::new(),
    };
    vec![Flash {
        tone,
        words: words.to_owned(),
    }]
}

/// The page of a hold.
pub(super) async fn page(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    id: &str,
    flash: Vec<Flash>,
) -> Answer {
    page_with(gate, desk, seat, id, (StatusCode::OK, flash)).await
}

async fn page_with(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    id: &str,
    (status, flash): (StatusCode, Vec<Flash>),
) -> Answer {
    let hold = gate.hold(&seat.principal, id).await?;
    let sight = gate.sight(&seat.principal, id).await?;
    let (choice, requests) = offer(gate, desk, seat, &hold).await?;
    let people = People::read(gate, &seat.principal).await?;
    let view = Approval {
        may_read: seat.principal.reads(),
        ..view::view(
            &hold,
            sight,
            &people,
            gate.now(),
            (seat.csrf.clone(), choice, requests),
        )
    };
    let body = Body {
        title: "Approval",
        section: page::SECTION,
        crumbs: page::crumbs(),
        deeds: deeds(&hold.id, hold.status != HoldStatus::Held),
        markup: page::approval(&view),
    };
    Ok(body.show(seat, status, &flash))
}

/// What the reader may do, and the signed requests for it.
async fn offer(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    hold: &Hold,
) -> Result<(Offer, (String, String)), GateError> {
    let nothing = |why: String| Ok((Offer::Look(why), Default::default()));
    if hold.status != HoldStatus::Held {
        return nothing("It is decided.".to_owned());
    }
    let caller = &seat.principal;
    let yes = gate.could_decide(caller, &hold.id, Choice::Approve).await;
    let no = gate.could_decide(caller, &hold.id, Choice::Reject).await;
    if let (Err(why), Err(_)) = (&yes, &no) {
        return nothing(sentence(&why.to_string()));
    }
    let (claims, approve) = gate.request(caller, &hold.id, Choice::Approve).await?;
    let (_, reject) = gate.request(caller, &hold.id, Choice::Reject).await?;
    let choice = match yes {
        Err(why) => Offer::RejectOnly(sentence(&why.to_string())),
        Ok(StepUpDue::Registration) => Offer::RegisterFirst,
        Ok(StepUpDue::No) => Offer::Decide {
            passkey_options: String::new(),
            error: String::new(),
        },
        Ok(StepUpDue::Passkey) => {
            let ceremony = desk.ceremony(click::challenge(&claims));
            let options = assertion_options(&ceremony, &passkeys(gate, seat).await?);
            Offer::Decide {
                passkey_options: options.to_string(),
                error: String::new(),
            }
        }
    };
    Ok((choice, (approve, reject)))
}

/// What can be done on the page of a hold as a whole.
fn deeds(id: &str, is_decided: bool) -> maud::Markup {
    html! {
        @if is_decided {
            (link(Call::Normal, &paths::deed(paths::APPROVALS, id, "evidence"), "Evidence"))
        }
    }
}
