//! One text, one meaning.

use crate::values;
use portcullis_firewall::{
    canonical,
    strict::{self, Limits, MAX_SAFE_INTEGER, StrictFault},
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    refused: Vec<Refused>,
    accepted: Vec<Accepted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    note: String,
    json: Option<String>,
    hex: Option<String>,
    code: String,
    path: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    note: String,
    json: String,
    canonical: String,
}

fn cases() -> Cases {
    serde_saphyr::from_str(include_str!("../../../../conformance/records/strict.yaml")).unwrap()
}

fn parse(bytes: &[u8]) -> Result<Value, strict::StrictError> {
    strict::parse(bytes, &Limits::default())
}

#[test]
fn every_refused_case_is_refused_with_its_code_and_path() {
    let mut wrong = Vec::new();
    for case in cases().refused {
        let bytes = match (case.json, case.hex) {
            (Some(json), None) => json.into_bytes(),
            (None, Some(digits)) => hex::decode(digits).unwrap(),
            _ => panic!("{}: give json or hex", case.note),
        };
        let error = parse(&bytes).expect_err(&case.note);
        if (error.code(), error.path()) != (&*case.code, &*case.path) {
            wrong.push(format!(
                "{}: {} at `{}`",
                case.note,
                error.code(),
                error.path()
            ));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_accepted_case_has_its_canonical_bytes() {
    for case in cases().accepted {
        let value = parse(case.json.as_bytes()).expect(&case.note);
        assert_eq!(
            canonical::to_vec(&value),
            case.canonical.as_bytes(),
            "{}",
            case.note
        );
        assert_eq!(
            parse(case.canonical.as_bytes()).unwrap(),
            value,
            "{}",
            case.note
        );
    }
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn sixty_four_levels_are_read_and_no_more() {
    assert!(parse(nested(64).as_bytes()).is_ok());
    let error = parse(nested(65).as_bytes()).unwrap_err();
    assert_eq!(error.fault(), &StrictFault::Depth(64));
    assert_eq!(error.path(), "[0]".repeat(64));
}

#[test]
fn unclosed_levels_do_not_exhaust_the_stack() {
    let limits = Limits {
        depth: usize::MAX,
        ..Limits::default()
    };
    for opening in ["[", "{\"a\":"] {
        let error = strict::parse(opening.repeat(100_000).as_bytes(), &limits).unwrap_err();
        assert_eq!(error.code(), "json.too_deep");
    }
}

#[test]
fn one_mebibyte_is_read_and_no_more() {
    let text = |len: usize| format!("\"{}\"", "x".repeat(len - 2));
    assert!(parse(text(1 << 20).as_bytes()).is_ok());
    let error = parse(text((1 << 20) + 1).as_bytes()).unwrap_err();
    assert_eq!(
        error.fault(),
        &StrictFault::Size {
            got: (1 << 20) + 1,
            most: 1 << 20
        }
    );
}

#[test]
fn a_long_hostile_key_is_repeated_only_in_part() {
    let key = "\\u001b".repeat(5_000);
    let error = parse(format!(r#"{{"{key}":1,"{key}":2}}"#).as_bytes()).unwrap_err();
    assert!(error.path().chars().count() < 200);
    assert!(error.to_string().chars().count() < 200);
    assert!(!error.to_string().contains('\u{1b}'));
}

#[test]
fn a_thing_of_another_shape_is_refused_with_its_path() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read")]
        count: u8,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read")]
        items: Vec<Inner>,
    }
    let read = |json: &str| {
        let error = strict::parse_as::<Outer>(json.as_bytes(), &Limits::default()).unwrap_err();
        format!("{} at `{}`: {error}", error.code(), error.path())
    };
    insta::assert_snapshot!(
        [
            read(r#"{"items":[{"count":1},{"count":256}]}"#),
            read(r#"{"items":[{"count":1,"more":2}]}"#),
            read(r#"{"items":[{}]}"#),
            read(r#"{"items":7}"#),
            read(r#"{"items":[{"count":1,"count":1}]}"#),
            read(r#"{"items":[{"count":9007199254740993}]}"#),
            read(r#"{"items":[{"count":"\udead"}]}"#),
            read(r#"{"items":[{"count":1}]"#),
        ]
        .join("\n")
    );
}

#[test]
fn what_the_gate_sums_up_may_be_rounded() {
    let text = b"[9007199254740993,-9007199254740993,18446744073709551615,1e300]";
    let value = strict::parse(text, &Limits::OURS).unwrap();
    let bytes = canonical::to_vec(&value);
    assert_eq!(
        bytes,
        b"[9007199254740992,-9007199254740992,18446744073709552000,1e+300]".as_slice()
    );
    assert_eq!(strict::parse(&bytes, &Limits::OURS).unwrap(), value);
}

fn settled(value: Value) -> Result<Value, String> {
    let mut members = Map::from_iter([("p".to_owned(), value)]);
    match strict::settle(&mut members, &Limits::default()) {
        Ok(()) => Ok(members.remove("p").unwrap()),
        Err(error) => Err(format!("{} {}", error.code(), error.path())),
    }
}

#[test]
fn what_was_read_elsewhere_is_held_to_the_same_rules() {
    assert_eq!(
        settled(json!([5.0, -0.0, 0.5, -7])),
        Ok(json!([5, 0, 0.5, -7]))
    );
    let too_large = json!({"a": [1, MAX_SAFE_INTEGER + 1]});
    assert_eq!(settled(too_large), Err("json.number p.a[1]".to_owned()));
    assert_eq!(settled(json!(i64::MIN)), Err("json.number p".to_owned()));
    assert_eq!(settled(json!(1e300)), Err("json.number p".to_owned()));
    let deep = |levels| serde_json::from_str::<Value>(&nested(levels)).unwrap();
    assert!(settled(deep(63)).is_ok());
    assert!(
        settled(deep(64))
            .unwrap_err()
            .starts_with("json.too_deep p[0][0]")
    );
}

proptest! {
    #[test]
    fn whatever_is_accepted_has_one_meaning_for_every_reader(text in values::json_like()) {
        let Ok(value) = parse(text.as_bytes()) else { return Ok(()) };
        let plain: Value = serde_json::from_str(&text).expect("valid JSON");
        prop_assert_eq!(canonical::to_vec(&plain), canonical::to_vec(&value));
    }

    #[test]
    fn bytes_of_any_kind_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(value) = parse(&bytes) {
            prop_assert_eq!(parse(&canonical::to_vec(&value)).unwrap(), value);
        }
    }

    #[test]
    fn settling_agrees_with_reading(value in values::any_json()) {
        let written = serde_json::to_vec(&value).unwrap();
        let read = parse(&written).map_err(|error| error.code());
        let mut members = Map::from_iter([("p".to_owned(), value)]);
        let limits = Limits { depth: 65, ..Limits::default() };
        let settled = strict::settle(&mut members, &limits)
            .map(|()| members["p"].clone())
            .map_err(|error| error.code());
        prop_assert_eq!(read, settled);
    }
}
