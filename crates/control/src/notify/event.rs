//! A notice as an event for programs: CloudEvents 1.0 in the structured JSON format.
//!
//! Sources: CloudEvents 1.0.2, its JSON Event Format 1.0.2, and its HTTP Protocol Binding 1.0.2.

use super::{
    link::{ConsoleAddress, segment},
    notice::Notice,
};
use portcullis_firewall::moment;
use serde::Serialize;

/// The media type of an event.
pub const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// What every type begins with.
const PREFIX: &str = "dev.portcullis.";

#[derive(Serialize)]
struct Event<'n> {
    specversion: &'static str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'n str>,
    time: String,
    datacontenttype: &'static str,
    data: Told<'n>,
}

#[derive(Serialize)]
struct Told<'n> {
    #[serde(flatten)]
    notice: &'n Notice,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// The event as JSON.
///
/// Its `id` and `source` stay the same whenever the record is told.
///
/// # Errors
/// When it cannot be written as JSON, which a notice made here always can.
pub fn event(notice: &Notice, console: &ConsoleAddress) -> Result<Vec<u8>, serde_json::Error> {
    let hold = notice.hold.as_deref();
    serde_json::to_vec(&Event {
        specversion: "1.0",
        id: notice.id(),
        source: format!("/portcullis/tenants/{}", segment(&notice.tenant)),
        kind: format!("{PREFIX}{}", notice.subject.as_str()),
        subject: hold,
        time: moment::text(notice.at),
        datacontenttype: "application/json",
        data: Told {
            notice,
            link: hold.and_then(|id| console.hold(id)),
        },
    })
}
