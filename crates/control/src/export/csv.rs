//! CSV by RFC 4180, for people with spreadsheets.
//!
//! Spreadsheets run a cell that looks like a formula, and much of a record is text that an agent
//! chose. A cell whose first visible character could begin a formula gets an apostrophe in front,
//! and so does one that begins with an apostrophe: taking one leading apostrophe off gives back
//! what was recorded, always.

use super::member;
use crate::wire::record;
use portcullis_firewall::{batch::StoredRecord, visible::is_unseen};
use serde_json::{Map, Value};

/// The names of the columns; a test compares them with [`row`].
pub(super) const HEAD: &str = "seq,timestamp,record_type,actor,agent_id,action_type,\
target_service,environment,verdict,tier,risk_tier,would_verdict,would_tier,governance_mode,\
rule_violated,policies_fired,decision_reasoning,reasoning,confidence_incident,confidence_fix,\
confidence_containment,data_classes,emergency,parameters,evidence,hold_id,status,approvers,\
decision,decision_reason,outcome,effect,parent_seq,action_digest,hash,prev_hash\r\n";

/// Writes a record as one line; RFC 4180 ends lines with CR LF.
pub(super) fn write(stored: &StoredRecord, out: &mut Vec<u8>) {
    let members = record::members(stored);
    for (at, cell) in row(&members).iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_cell(cell, out);
    }
    out.extend_from_slice(b"\r\n");
}

fn row(members: &Map<String, Value>) -> [String; 36] {
    let text = |name| member::text(members, name).into_owned();
    let list = |name| member::list(members, name);
    let confidence = |name: &str| {
        let value = members.get("confidence").and_then(|all| all.get(name));
        value.map(ToString::to_string).unwrap_or_default()
    };
    [
        text("seq"),
        text("timestamp"),
        text("record_type"),
        text("actor"),
        text("agent_id"),
        text("action_type"),
        text("target_service"),
        text("environment"),
        text("verdict"),
        text("tier"),
        text("risk_tier"),
        text("would_verdict"),
        text("would_tier"),
        text("governance_mode"),
        text("rule_violated"),
        list("policies_fired"),
        text("decision_reasoning"),
        text("reasoning"),
        confidence("incident"),
        confidence("fix"),
        confidence("containment"),
        list("data_classes"),
        text("emergency"),
        text("parameters"),
        text("evidence"),
        text("hold_id"),
        text("status"),
        member::approvers(members),
        text("decision"),
        text("decision_reason"),
        text("outcome"),
        text("effect"),
        text("parent_seq"),
        text("action_digest"),
        text("hash"),
        text("prev_hash"),
    ]
}

/// Writes one cell: disarmed, and quoted when it must be.
fn write_cell(cell: &str, out: &mut Vec<u8>) {
    let quoted = cell.contains(['"', ',', '\r', '\n']) || is_armed(cell);
    if !quoted {
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    if is_armed(cell) {
        out.push(b'\'');
    }
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// Whether a spreadsheet could run the cell, or take its first character for ours.
fn is_armed(cell: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || is_unseen(c);
    cell.starts_with(['\t', '\r', '\n', '\''])
        || cell
            .trim_start_matches(blank)
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::{HEAD, row, write_cell};
    use serde_json::Map;

    fn cell(text: &str) -> String {
        let mut out = Vec::new();
        write_cell(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_column_has_a_cell() {
        assert_eq!(HEAD.trim_end().split(',').count(), row(&Map::new()).len());
    }

    #[test]
    fn what_could_be_a_formula_is_disarmed() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("  @SUM(A1)"), "\"'  @SUM(A1)\"");
        assert_eq!(cell("-2"), "\"'-2\"");
        assert_eq!(cell("\u{feff}+cmd"), "\"'\u{feff}+cmd\"");
        assert_eq!(cell("＝1"), "\"'＝1\"");
    }

    #[test]
    fn a_leading_apostrophe_gets_another() {
        assert_eq!(cell("'=1"), "\"''=1\"");
    }

    #[test]
    fn quotes_commas_and_line_ends_stay_within_the_cell() {
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"no\"\nnow"), "\"say \"\"no\"\"\nnow\"");
        assert_eq!(cell("plain"), "plain");
    }
}
