//! ArcSight's Common Event Format: one line for each record.
//!
//! In the header `\` and `|` are escaped and line ends become blanks; in the extension `\` and `=`
//! are escaped and line ends are written `\n` and `\r`. Every other character that some reader
//! takes for the end of a line becomes a blank, so that no agent's text makes a field or a line.

use super::{member, severity::Severity};
use crate::wire::record;
use portcullis_firewall::batch::StoredRecord;
use serde_json::{Map, Value};

const VENDOR: &str = "Portcullis";
const PRODUCT: &str = "Portcullis";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes a record as one line.
pub(super) fn write(stored: &StoredRecord, out: &mut Vec<u8>) {
    let members = record::members(stored);
    let mut line = String::with_capacity(1_024);
    line.push_str("CEF:0");
    let kind = stored.kind.as_str();
    let name = stored.verdict.map_or_else(
        || kind.replace('_', " "),
        |verdict| format!("{} {}", verdict.as_str(), stored.action_type),
    );
    let severity = Severity::of(stored).cef().to_string();
    for field in [VENDOR, PRODUCT, VERSION, kind, &name, &severity] {
        line.push('|');
        push_header(field, &mut line);
    }
    line.push('|');
    push_extension(stored, &members, &mut line);
    line.push('\n');
    out.extend_from_slice(line.as_bytes());
}

fn push_extension(stored: &StoredRecord, members: &Map<String, Value>, line: &mut String) {
    let mut first = true;
    let mut put = |key: &str, value: &str| {
        if !value.is_empty() {
            if !first {
                line.push(' ');
            }
            first = false;
            line.push_str(key);
            line.push('=');
            push_value(value, line);
        }
    };
    put("rt", &stored.at.as_millisecond().to_string());
    put("externalId", &stored.seq.to_string());
    put("cat", stored.kind.as_str());
    for (key, names) in [
        ("suser", ["actor", ""]),
        ("suid", ["agent_id", ""]),
        ("act", ["verdict", "status"]),
        ("outcome", ["outcome", ""]),
        ("deviceFacility", ["tenant_id", ""]),
        ("destinationServiceName", ["target_service", ""]),
        ("reason", ["decision_reasoning", "decision_reason"]),
        ("msg", ["reasoning", "effect"]),
        ("requestContext", ["action_type", ""]),
    ] {
        put(key, &member::first(members, &names));
    }
    for (key, label, value) in [
        ("cs1", "tier", member::text(members, "tier").into_owned()),
        (
            "cs2",
            "environment",
            member::text(members, "environment").into_owned(),
        ),
        (
            "cs3",
            "ruleViolated",
            member::text(members, "rule_violated").into_owned(),
        ),
        (
            "cs4",
            "policiesFired",
            member::list(members, "policies_fired"),
        ),
        ("cs5", "hash", member::text(members, "hash").into_owned()),
        (
            "cs6",
            "holdId",
            member::text(members, "hold_id").into_owned(),
        ),
        (
            "cn1",
            "riskTier",
            member::text(members, "risk_tier").into_owned(),
        ),
        (
            "cn2",
            "parentSeq",
            member::text(members, "parent_seq").into_owned(),
        ),
    ] {
        if !value.is_empty() {
            put(&format!("{key}Label"), label);
            put(key, &value);
        }
    }
}

/// Whether some reader takes the character for the end of a line, or stops at it.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn push_header(text: &str, line: &mut String) {
    for c in text.chars() {
        match c {
            '\\' | '|' => line.extend(['\\', c]),
            c if breaks(c) => line.push(' '),
            c => line.push(c),
        }
    }
}

fn push_value(text: &str, line: &mut String) {
    for c in text.chars() {
        match c {
            '\\' | '=' => line.extend(['\\', c]),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            c if breaks(c) => line.push(' '),
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{push_header, push_value};

    #[test]
    fn a_header_field_stays_one_field_on_one_line() {
        let mut line = String::new();
        push_header("a|b\\c\nd=e", &mut line);
        assert_eq!(line, "a\\|b\\\\c d=e");
    }

    #[test]
    fn a_value_stays_one_value_on_one_line() {
        let mut line = String::new();
        push_value("a=b\\ act=CLEARED\r\nCEF:0|x\u{2028}y", &mut line);
        assert_eq!(line, "a\\=b\\\\ act\\=CLEARED\\r\\nCEF:0|x y");
    }
}
