//! Programs that are told.

use super::{secret, sheet::Sheet};
use portcullis_control::notify::{subject::Subject, webhook::WebhookSettings};
use portcullis_policy::fault::Faults;
use serde_json::Value;

const KEYS: &[&str] = &["name", "url", "secrets", "events", "reach"];

/// What stands at `webhooks`.
pub(super) fn settings(tenant: &Sheet<'_>, faults: &mut Faults) -> Vec<WebhookSettings> {
    let mut all: Vec<WebhookSettings> = Vec::new();
    for (value, path) in tenant.list("webhooks", faults) {
        let Some(one) = one(value, &path, faults) else {
            continue;
        };
        if all.iter().any(|known| known.name == one.name) {
            faults.add(format!("{path}.name"), "another receiver has this name");
        }
        all.push(one);
    }
    all
}

fn one(value: &Value, path: &str, faults: &mut Faults) -> Option<WebhookSettings> {
    let sheet = Sheet::open(value, path.to_owned(), KEYS, faults)?;
    let name = sheet.must_text("name", faults);
    let url = sheet.must_text("url", faults);
    let mut secrets = Vec::new();
    for (value, path) in sheet.list("secrets", faults) {
        secrets.extend(secret::name(value, path, faults));
    }
    let settings = WebhookSettings {
        secrets,
        events: events(&sheet, faults),
        reach: sheet.reach(faults),
        name: name?,
        url: url?,
    };
    super::beneath(path, settings.faults(), faults);
    Some(settings)
}

fn events(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<Subject> {
    let mut events = Vec::new();
    for (value, path) in sheet.list("events", faults) {
        let named = value.as_str();
        match Subject::ALL
            .into_iter()
            .find(|subject| named == Some(subject.as_str()))
        {
            Some(subject) => events.push(subject),
            None => {
                let known = Subject::ALL.map(Subject::as_str).join("`, `");
                faults.add(path, format!("expected one of `{known}`"));
            }
        }
    }
    events
}
