//! The formats of an export: nothing that an agent says makes a field, a line or a formula.

use portcullis_control::export::{CLASS_UID, Format, SCHEMA_VERSION};
use portcullis_firewall::batch::{RecordKind, StoredRecord};
use portcullis_policy::tier::{Tier, Verdict};
use portcullis_testkit::ChainBuilder;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A decision with these texts in every place that an agent fills.
fn decision(text: &str) -> StoredRecord {
    let mut chain = ChainBuilder::new("acme");
    let _first = chain.record();
    chain.record_with(|record| {
        text.clone_into(&mut record.action_type);
        record.verdict = Some(Verdict::Held);
        record.tier = Some(Tier::B);
        record.payload = json!({
            "action_type": text, "actor": "agent:agt_1", "agent_id": "agt_1",
            "confidence": {"fix": 0.5}, "data_classes": [text], "decision_reasoning": text,
            "environment": text, "evidence": [text], "parameters": {text: text},
            "policies_fired": ["pol_1"], "reasoning": text, "record_type": "decision",
            "risk_tier": 3, "seq": 2, "target_service": text, "tenant_id": "acme", "tier": "B",
            "timestamp": "2026-04-10T14:32:02.007Z", "verdict": "HELD",
        })
        .to_string()
        .into_bytes();
    })
}

fn written(format: Format, record: &StoredRecord) -> String {
    let mut out = Vec::new();
    format.write(record, &mut out);
    String::from_utf8(out).unwrap()
}

/// Texts that try to be something else.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "=",
        "+",
        "-",
        "@",
        "|",
        "\\",
        "\"",
        "'",
        ",",
        ";",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        " ",
        "\u{2028}",
        "\u{85}",
        "\u{b}",
        "\u{feff}",
        "＝",
        "act=CLEARED",
        "CEF:0|x",
        "=cmd|'/C calc'!A0",
        "cs1=",
        "{",
        "}",
        "é",
        "\u{1F600}",
        "a",
        "B1",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

/// Reads one line of CSV as RFC 4180 says; gives its cells and what is left.
fn csv_row(text: &str) -> (Vec<String>, &str) {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                chars.next();
                cell.push('"');
            }
            (_, '"') => quoted = !quoted,
            (false, ',') => cells.push(std::mem::take(&mut cell)),
            (false, '\r') => {
                cells.push(cell);
                return (cells, &text[at + 2..]);
            }
            (_, c) => cell.push(c),
        }
    }
    panic!("the line does not end: {text:?}");
}

/// What was recorded, from what stands in the cell.
fn armed(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// Reads a line of CEF as its specification says: header fields, then the extension.
fn cef(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut header, mut field, mut escaped) = (Vec::new(), String::new(), false);
    let mut rest = "";
    for (at, c) in line.char_indices() {
        match (escaped, c) {
            (true, c) => {
                field.push(c);
                escaped = false;
            }
            (false, '\\') => escaped = true,
            (false, '|') => header.push(std::mem::take(&mut field)),
            (false, c) => field.push(c),
        }
        if header.len() == 7 {
            rest = &line[at + 1..];
            break;
        }
    }
    (header, extension(rest))
}

/// The pairs of an extension: a key stands before each `=` that is not escaped.
fn extension(text: &str) -> Vec<(String, String)> {
    let mut starts = Vec::new();
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('=') {
        let slashes = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if slashes % 2 == 0 {
            let key = text[..at].rfind(' ').map_or(0, |space| space + 1);
            starts.push((key, at));
        }
    }
    let mut pairs = Vec::new();
    for (place, (key, equals)) in starts.iter().enumerate() {
        let end = starts
            .get(place + 1)
            .map_or(text.len(), |(next, _)| next - 1);
        pairs.push((
            text[*key..*equals].to_owned(),
            unescaped(&text[equals + 1..end]),
        ));
    }
    pairs
}

fn unescaped(value: &str) -> String {
    let mut plain = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('r')) => plain.push('\r'),
            ('\\', Some(other)) => plain.push(other),
            (c, _) => plain.push(c),
        }
    }
    plain
}

const CEF_KEYS: [&str; 20] = [
    "rt",
    "externalId",
    "cat",
    "suser",
    "suid",
    "act",
    "deviceFacility",
    "destinationServiceName",
    "reason",
    "msg",
    "requestContext",
    "cs1Label",
    "cs1",
    "cs2Label",
    "cs2",
    "cs4Label",
    "cs4",
    "cs5Label",
    "cs5",
    "cn1Label",
];

proptest! {
    #[test]
    fn a_record_is_one_line_of_csv_with_every_cell_in_its_place(text in hostile()) {
        let line = written(Format::Csv, &decision(&text));
        let (names, rest) = csv_row(Format::Csv.head());
        prop_assert_eq!(rest, "");
        let (cells, rest) = csv_row(&line);
        prop_assert_eq!(rest, "", "more than one line");
        prop_assert_eq!(cells.len(), names.len());
        for (name, cell) in names.iter().zip(&cells) {
            if ["action_type", "target_service", "environment", "reasoning"].contains(&name.as_str()) {
                prop_assert_eq!(armed(cell), text.as_str(), "{}", name);
            }
            let shown = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
            prop_assert!(!shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{}: {:?}", name, cell);
        }
    }

    #[test]
    fn a_record_is_one_line_of_cef_with_every_field_in_its_place(text in hostile()) {
        let line = written(Format::Cef, &decision(&text));
        let body = line.strip_suffix('\n').unwrap();
        let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}', '\0'];
        prop_assert!(!body.contains(ends), "more than one line: {:?}", body);
        let (header, pairs) = cef(body);
        prop_assert_eq!(header.len(), 7);
        prop_assert_eq!(&header[..5], ["CEF:0", "Portcullis", "Portcullis", env!("CARGO_PKG_VERSION"), "decision"]);
        prop_assert_eq!(&header[6], "3");
        let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
        let mut known: Vec<&str> = CEF_KEYS.to_vec();
        known.push("cn1");
        prop_assert!(keys.iter().all(|key| known.contains(key)), "{:?}", keys);
        let mut once = keys.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), keys.len(), "a field comes twice");
        let blank = |c: char| if c != '\n' && c != '\r' && (c.is_control() || c == '\u{2028}' || c == '\u{2029}') { ' ' } else { c };
        let shown: String = text.chars().map(blank).collect();
        for (key, value) in &pairs {
            if ["reason", "msg", "destinationServiceName", "requestContext", "cs2"].contains(&key.as_str()) {
                prop_assert_eq!(value, &shown, "{}", key);
            }
            if key == "act" {
                prop_assert_eq!(value, "HELD");
            }
        }
    }

    #[test]
    fn a_record_is_one_line_of_json_in_both_json_formats(text in hostile()) {
        for format in [Format::JsonLines, Format::Ocsf] {
            let line = written(format, &decision(&text));
            prop_assert_eq!(line.matches('\n').count(), 1);
            let read: Value = serde_json::from_str(&line).unwrap();
            prop_assert!(read.is_object());
        }
    }
}

/// What the schema requires of an API Activity event, version 1.6.0.
fn check_ocsf(event: &Value) {
    for name in [
        "activity_id",
        "category_uid",
        "class_uid",
        "severity_id",
        "time",
        "type_uid",
    ] {
        assert!(event[name].is_u64(), "{name}: {event}");
    }
    assert_eq!(event["class_uid"], CLASS_UID);
    assert_eq!(event["category_uid"], 6);
    let activity = event["activity_id"].as_u64().unwrap();
    assert!([0, 1, 2, 3, 4, 99].contains(&activity));
    assert_eq!(
        event["type_uid"].as_u64(),
        Some(u64::from(CLASS_UID) * 100 + activity)
    );
    assert!([1, 2, 3, 4, 5, 6, 99].contains(&event["severity_id"].as_u64().unwrap()));
    assert!([0, 1, 2, 99].contains(&event["status_id"].as_u64().unwrap()));
    assert_eq!(event["metadata"]["version"], SCHEMA_VERSION);
    for name in ["name", "vendor_name", "version"] {
        assert!(event["metadata"]["product"][name].is_string(), "{name}");
    }
    assert!(!event["actor"]["user"]["uid"].as_str().unwrap().is_empty());
    assert!(!event["api"]["operation"].as_str().unwrap().is_empty());
    assert!(!event["src_endpoint"]["uid"].as_str().unwrap().is_empty());
    assert!(event["unmapped"].is_object());
    assert!(
        event["time"].as_u64().unwrap() > 1_600_000_000_000,
        "milliseconds"
    );
}

#[test]
fn every_kind_of_record_becomes_a_complete_event() {
    for kind in RecordKind::ALL {
        let mut chain = ChainBuilder::new("acme");
        let record = chain.record_with(|record| {
            record.kind = kind;
            if kind != RecordKind::Decision {
                (record.verdict, record.tier) = (None, None);
            }
        });
        check_ocsf(&serde_json::from_str(&written(Format::Ocsf, &record)).unwrap());
    }
}

#[test]
fn nothing_of_a_record_is_lost_in_an_event() {
    let record = decision("restart");
    let event: Value = serde_json::from_str(&written(Format::Ocsf, &record)).unwrap();
    check_ocsf(&event);
    assert_eq!(event["api"]["operation"], "restart");
    assert_eq!(event["actor"]["user"]["uid"], "agt_1");
    assert_eq!(event["resources"][0]["name"], "restart");
    assert_eq!(event["metadata"]["sequence"], 2);
    for name in [
        "confidence",
        "parameters",
        "evidence",
        "reasoning",
        "tier",
        "hash",
        "prev_hash",
    ] {
        assert!(!event["unmapped"][name].is_null(), "{name}");
    }
}

#[test]
fn the_severity_follows_the_verdict() {
    for (verdict, tier, ocsf, cef) in [
        (Verdict::Cleared, Tier::A, 1, "1"),
        (Verdict::Held, Tier::B, 2, "3"),
        (Verdict::Blocked, Tier::C, 3, "6"),
        (Verdict::Blocked, Tier::X, 5, "10"),
    ] {
        let mut record = decision("x");
        (record.verdict, record.tier) = (Some(verdict), Some(tier));
        let event: Value = serde_json::from_str(&written(Format::Ocsf, &record)).unwrap();
        assert_eq!(event["severity_id"], ocsf);
        assert_eq!(
            self::cef(written(Format::Cef, &record).trim_end()).0[6],
            cef
        );
    }
}

#[test]
fn each_format_keeps_its_words() {
    let record = decision("say \"a=b|c\\d\",\n=1+1");
    for format in Format::ALL {
        let text = format!("{}{}", format.head(), written(format, &record));
        insta::assert_snapshot!(
            format!("export {}", format.as_str()),
            text.replace(env!("CARGO_PKG_VERSION"), "[version]")
        );
    }
}
