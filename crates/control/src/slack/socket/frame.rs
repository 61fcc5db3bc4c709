//! The messages of Socket Mode.

use crate::slack::envelope::{self, Interaction};
use portcullis_firewall::strict;
use serde::Deserialize;
use serde_json::Value;

/// The longest id of an envelope.
const ID_MAX: usize = 128;

/// What Slack says over a line.
#[derive(Debug)]
pub(super) enum Frame {
    /// The line is ready.
    Hello,
    /// The line ends soon.
    Disconnect {
        /// Whether there will be no other.
        switched_off: bool,
    },
    /// Something happened.
    Envelope(Envelope),
}

/// Something that happened, to be acknowledged.
#[derive(Debug)]
pub(super) struct Envelope {
    id: String,
    payload: Option<Value>,
}

impl Envelope {
    /// Names it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The click in it; none when it is something else, or cannot be read.
    pub(super) fn click(&self) -> Option<Interaction> {
        let payload = serde_json::to_vec(self.payload.as_ref()?).ok()?;
        envelope::read(&payload)
            .inspect_err(|error| tracing::warn!(%error, "a click in slack cannot be read"))
            .ok()
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    envelope_id: Option<String>,
    reason: Option<String>,
    payload: Option<Value>,
}

/// Reads a message; `None` when it cannot be read.
pub(super) fn read(text: &str) -> Option<Frame> {
    let limits = strict::Limits {
        exact: false,
        ..strict::Limits::default()
    };
    let wire: Wire = strict::parse_as(text.as_bytes(), &limits).ok()?;
    match (wire.kind.as_str(), wire.envelope_id) {
        ("hello", _) => Some(Frame::Hello),
        ("disconnect", _) => Some(Frame::Disconnect {
            switched_off: wire.reason.as_deref() == Some("link_disabled"),
        }),
        (kind, Some(id)) if id.len() <= ID_MAX => Some(Frame::Envelope(Envelope {
            id,
            payload: wire.payload.filter(|_| kind == "interactive"),
        })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, read};

    #[test]
    fn only_interactive_envelopes_carry_clicks() {
        let Some(Frame::Envelope(event)) =
            read(r#"{"type":"events_api","envelope_id":"1","payload":{"type":"x"}}"#)
        else {
            panic!("no envelope");
        };
        assert_eq!((event.id(), event.click()), ("1", None));
        assert!(matches!(
            read(r#"{"type":"hello","num_connections":1}"#),
            Some(Frame::Hello)
        ));
        for text in [
            "",
            "[]",
            r#"{"type":"interactive"}"#,
            r#"{"type":"a","type":"hello"}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn slack_says_when_there_will_be_no_other_line() {
        for (reason, wanted) in [
            ("warning", false),
            ("refresh_requested", false),
            ("link_disabled", true),
        ] {
            let text = format!(r#"{{"type":"disconnect","reason":"{reason}"}}"#);
            let Some(Frame::Disconnect { switched_off }) = read(&text) else {
                panic!("no disconnect");
            };
            assert_eq!(switched_off, wanted, "{reason}");
        }
    }
}
