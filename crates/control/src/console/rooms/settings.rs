//! The settings of the tenant. They are changed as they were seen, or not at all.

use super::{
    answer::{Answer, Body, back, bad},
    drafts::{self, versions::Makers},
    fields::Fields,
    seat::Seated,
    telling::sentence,
};
use crate::{
    console::{
        page::Flash,
        pages::{
            policies,
            settings::{self as page, Entry},
        },
        paths,
    },
    intake::{
        field::Given,
        word::{Until, Word},
    },
    rest::settings::SettingsChange,
    rights::Gate,
};
use axum::{Router, extract::State, http::StatusCode, routing::get};
use maud::html;
use portcullis_firewall::{error::GateError, settings::Settings, strict};
use portcullis_policy::{facts::Mode, fault::Faults};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::SETTINGS, get(show).post(change))
}

/// The names of the fields, in their order.
const FIELDS: [&str; 8] = [
    "mode",
    "mode_expires_at",
    "scope_mode",
    "autonomy_reset",
    "step_up",
    "permit_seconds",
    "retry_seconds",
    "rules_seconds",
];

async fn present(gate: &Gate, seat: &Seated) -> Result<Settings, GateError> {
    seat.must_read()?;
    Ok(gate.overview(&seat.principal).await?.tenant.settings)
}

async fn show(State(gate): State<Gate>, seat: Seated) -> Answer {
    let settings = present(&gate, &seat).await?;
    let fields = entries(&settings);
    draw(&gate, &seat, &settings, Shown::of(fields)).await
}

/// Settings as their form has them.
fn entries(settings: &Settings) -> Vec<Entry> {
    let written = serde_json::to_value(settings).unwrap_or_default();
    let text = |name: &str| match written.get(name) {
        Some(Value::String(word)) => word.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let entry = |name| Entry {
        name,
        value: text(name),
        error: String::new(),
    };
    FIELDS.map(entry).to_vec()
}

/// What is shown of the settings.
struct Shown {
    status: StatusCode,
    flash: Vec<Flash>,
    fields: Vec<Entry>,
    /// The settings that the reader saw, when others are in force.
    seen: Option<Settings>,
}

impl Shown {
    const fn of(fields: Vec<Entry>) -> Self {
        Self {
            status: StatusCode::OK,
            flash: Vec::new(),
            fields,
            seen: None,
        }
    }
}

async fn draw(gate: &Gate, seat: &Seated, settings: &Settings, shown: Shown) -> Answer {
    let caller = &seat.principal;
    let now = gate.now();
    let makers = Makers::read(gate, caller).await?;
    let set_by = settings.mode_set_by.as_deref().map(|by| makers.name(by));
    let before = shown.seen.as_ref().map(drafts::pretty);
    let is_audit_only = settings.mode_at(now) == Mode::AuditOnly;
    let view = page::Settings {
        now,
        csrf: seat.csrf.clone(),
        audit_only_until: settings.mode_expires_at.filter(|_| is_audit_only),
        mode_set: set_by.zip(settings.mode_set_at),
        fields: shown.fields,
        seen: drafts::pretty(settings),
        moved: before.map_or_else(Vec::new, |before| {
            drafts::changed(&before, &drafts::pretty(settings))
        }),
        may_change: caller.configures(),
    };
    let body = Body {
        title: "Settings",
        section: policies::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::settings(&view),
    };
    Ok(body.show(seat, shown.status, &shown.flash))
}

async fn change(State(gate): State<Gate>, seat: Seated, sent: Fields) -> Answer {
    seat.must_configure()?;
    let (seen, typed) = (seen(&sent)?, typed(&sent));
    let wanted = match read(&sent) {
        Ok(wanted) => wanted,
        Err(faults) => return refused(&gate, &seat, typed, faults).await,
    };
    let expected = seen.clone();
    let revise = move |settings: &mut Settings| {
        if *settings != expected {
            let words = "the settings were changed meanwhile";
            return Err(GateError::conflict("settings.moved", words));
        }
        wanted.apply(settings);
        Ok(())
    };
    match gate.revise_settings(&seat.principal, revise).await {
        Ok(_) => back(paths::SETTINGS),
        Err(GateError::Invalid(faults)) => refused(&gate, &seat, typed, faults).await,
        Err(GateError::Conflict {
            code: "settings.moved",
            ..
        }) => {
            let settings = present(&gate, &seat).await?;
            let shown = Shown {
                status: StatusCode::CONFLICT,
                seen: Some(seen),
                ..Shown::of(typed)
            };
            draw(&gate, &seat, &settings, shown).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The settings that somebody saw when they decided to change them.
fn seen(sent: &Fields) -> Result<Settings, GateError> {
    let wrong = || GateError::invalid("seen", "must say which settings were seen");
    let text = sent.verbatim("seen");
    let value = strict::parse(text.as_bytes(), &strict::Limits::default()).map_err(|_| wrong())?;
    if !value.is_object() {
        return Err(wrong());
    }
    serde_json::from_value(value).map_err(|_| wrong())
}

fn typed(sent: &Fields) -> Vec<Entry> {
    let entry = |name: &'static str| Entry {
        name,
        value: sent.one(name).to_owned(),
        error: String::new(),
    };
    FIELDS.map(entry).to_vec()
}

/// What is wanted: every field of the form, as the firewall takes it.
fn read(sent: &Fields) -> Result<SettingsChange, Faults> {
    let mut faults = Faults::default();
    let mode = one_of(sent, "mode", &mut faults);
    let end = sent.one("mode_expires_at");
    let mode_expires_at = match (mode, Until::read(end)) {
        (_, _) if end.is_empty() => Given::Remove,
        (Some(Mode::Enforced), _) => Given::Remove,
        (_, Ok(Until(at))) => Given::Set(at),
        (_, Err(words)) => {
            faults.add("mode_expires_at", words);
            Given::Leave
        }
    };
    let change = SettingsChange {
        mode,
        mode_expires_at,
        scope_mode: one_of(sent, "scope_mode", &mut faults),
        autonomy_reset: one_of(sent, "autonomy_reset", &mut faults),
        permit_seconds: seconds(sent, "permit_seconds", &mut faults),
        retry_seconds: seconds(sent, "retry_seconds", &mut faults),
        rules_seconds: seconds(sent, "rules_seconds", &mut faults),
        step_up: one_of(sent, "step_up", &mut faults),
    };
    faults.or(change)
}

/// A word of a closed set.
fn one_of<T: DeserializeOwned>(sent: &Fields, name: &str, faults: &mut Faults) -> Option<T> {
    let word = Value::from(sent.one(name));
    let found = serde_json::from_value(word).ok();
    if found.is_none() {
        faults.add(name, "is none of the words it may be");
    }
    found
}

fn seconds(sent: &Fields, name: &str, faults: &mut Faults) -> Option<u32> {
    match u64::read(sent.one(name)).map(u32::try_from) {
        Ok(Ok(seconds)) => Some(seconds),
        Ok(Err(_)) => {
            faults.add(name, "expected at most 3600");
            None
        }
        Err(words) => {
            faults.add(name, words);
            None
        }
    }
}

/// The form again, each fault at its field.
async fn refused(gate: &Gate, seat: &Seated, typed: Vec<Entry>, faults: Faults) -> Answer {
    let mut fields = typed;
    let mut flash = vec![bad("Nothing was changed: see below what is wrong.")];
    for fault in faults.0 {
        let name = fault.path.rsplit('.').next().unwrap_or_default();
        match fields.iter_mut().find(|entry| entry.name == name) {
            Some(entry) => entry.error = sentence(&fault.message),
            None => flash.push(bad(sentence(&fault.to_string()))),
        }
    }
    let settings = present(gate, seat).await?;
    let shown = Shown {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        flash,
        ..Shown::of(fields)
    };
    draw(gate, seat, &settings, shown).await
}
