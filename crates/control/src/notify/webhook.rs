//! Signed events for programs, over HTTP.

use super::{
    channel::{Channel, NAME_RULE, Telling, Told, is_name},
    event,
    link::ConsoleAddress,
    notice::Notice,
    progress::Progress,
    signature,
    source::Source,
    subject::Subject,
};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use portcullis_firewall::{
    batch::StoredRecord,
    outside::{Courier, Delivery, Keyring, Method, Parcel, Reach, SecretName},
    ports::Clock,
};
use portcullis_policy::{fault::Faults, id::TenantId};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};

/// The most secrets that sign one message.
const SECRETS_MAX: usize = 4;
/// The longest address, in bytes.
const URL_MAX_BYTES: usize = 2_048;

/// A receiver, as the gate's operator names it.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// A short name; the receiver's place in the chain is kept under it.
    pub name: String,
    /// Where to.
    pub url: String,
    /// What the messages are signed with; several while one takes the place of another.
    pub secrets: Vec<SecretName>,
    /// What it is told of; empty is everything.
    #[serde(default)]
    pub events: Vec<Subject>,
    /// Where it may be; public addresses over TLS, unless the operator says otherwise.
    #[serde(default)]
    pub reach: Reach,
}

impl WebhookSettings {
    /// Everything that is wrong with these settings. What the address resolves to is for the
    /// courier to judge, at every call.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        if !is_name(&self.name) {
            faults.add("name", NAME_RULE);
        }
        if let Some(fault) = url_fault(&self.url, self.reach) {
            faults.add("url", fault);
        }
        if self.secrets.is_empty() || self.secrets.len() > SECRETS_MAX {
            let rule = format!("expected 1 to {SECRETS_MAX} names of secrets");
            faults.add("secrets", rule);
        }
        faults
    }
}

fn url_fault(url: &str, reach: Reach) -> Option<&'static str> {
    let plain = url.strip_prefix("http://");
    let Some(rest) = url.strip_prefix("https://").or(plain) else {
        return Some("expected an `https` address");
    };
    if plain.is_some() && reach == Reach::Public {
        return Some("expected `https`: without TLS it needs the reach `anywhere`");
    }
    if url.len() > URL_MAX_BYTES || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some("expected at most 2048 visible ASCII characters");
    }
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if place.is_empty() || place.contains(['@', '\\']) || url.contains('#') {
        return Some("expected a host, without a user and without a fragment");
    }
    None
}

/// Tells one receiver of records.
#[derive(Debug)]
pub struct Webhook {
    settings: WebhookSettings,
    name: String,
    console: ConsoleAddress,
    source: Arc<dyn Source>,
    courier: Arc<dyn Courier>,
    keyring: Arc<dyn Keyring>,
    clock: Arc<dyn Clock>,
    progress: Progress,
}

/// What a webhook leans on.
#[derive(Clone, Debug)]
pub struct WebhookPorts {
    /// The gate.
    pub source: Arc<dyn Source>,
    /// Carries the messages.
    pub courier: Arc<dyn Courier>,
    /// Signs them.
    pub keyring: Arc<dyn Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Webhook {
    /// A channel to a receiver.
    ///
    /// # Errors
    /// Everything that is wrong with the settings.
    pub fn new(
        settings: WebhookSettings,
        console: ConsoleAddress,
        ports: WebhookPorts,
    ) -> Result<Self, Faults> {
        settings.faults().or(())?;
        Ok(Self {
            name: format!("webhook/{}", settings.name),
            settings,
            console,
            source: ports.source,
            courier: ports.courier,
            keyring: ports.keyring,
            clock: ports.clock,
            progress: Progress::default(),
        })
    }

    async fn deliver(&self, tenant: &TenantId, record: &StoredRecord) -> Told {
        let events = &self.settings.events;
        let send = |notice: Notice| async move {
            if events.is_empty() || events.contains(&notice.subject) {
                self.send(tenant, notice).await
            } else {
                Told::Passed
            }
        };
        self.progress.tell_all((tenant, record), send).await
    }

    async fn send(&self, tenant: &TenantId, mut notice: Notice) -> Told {
        if let Some(hold) = &notice.hold {
            match self.source.outline(tenant, hold).await {
                Ok(Some(outline)) => notice = notice.with(&outline),
                Ok(None) => {}
                Err(error) => {
                    let why = error.to_string();
                    return Told::Later { why, after: None };
                }
            }
        }
        let parcel = match self.parcel(&notice) {
            Ok(parcel) => parcel,
            Err(told) => return told,
        };
        match self.courier.send(parcel).await {
            Ok(delivery) => answered(&delivery, self.clock.now()),
            Err(error) => Told::failed(&error),
        }
    }

    /// The message as it is sent now: each attempt is signed anew, because receivers refuse old
    /// signatures.
    fn parcel(&self, notice: &Notice) -> Result<Parcel, Told> {
        let body = event::event(notice, &self.console).map_err(|error| Told::Never {
            why: error.to_string(),
        })?;
        let secrets = &self.settings.secrets;
        let (id, now) = (notice.id(), self.clock.now());
        let signed = signature::sign(&*self.keyring, secrets, &id, now, &body);
        let mut headers = vec![("content-type".to_owned(), event::MEDIA_TYPE.to_owned())];
        headers.extend(signed.map_err(|error| Told::failed(&error))?);
        Ok(Parcel {
            method: Method::Post,
            url: self.settings.url.clone(),
            headers,
            body,
            credential: None,
            reach: self.settings.reach,
        })
    }
}

impl Channel for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    fn tell<'a>(&'a self, tenant: &'a TenantId, record: &'a StoredRecord) -> Telling<'a> {
        Box::pin(self.deliver(tenant, record))
    }
}

/// What an answer means. Nothing of its body is kept: the other side must not write our log.
fn answered(delivery: &Delivery, now: Timestamp) -> Told {
    let why = format!("it answered {}", delivery.status);
    match delivery.status {
        200..=299 => Told::Done,
        410 => Told::Gone { why },
        408 | 425 | 429 | 500..=599 => {
            let asked = delivery.header("retry-after");
            let after = asked.and_then(|text| pause(text, now));
            Told::Later { why, after }
        }
        // A redirect is not followed: it could lead to where this gate must not call.
        _ => Told::Rejected { why },
    }
}

/// The value of `Retry-After` (RFC 9110, 10.2.3): seconds, or a moment.
fn pause(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = DateTimeParser::new().parse_timestamp(text).ok()?;
    let ahead = moment.duration_since(now);
    (!ahead.is_negative()).then(|| ahead.unsigned_abs())
}
