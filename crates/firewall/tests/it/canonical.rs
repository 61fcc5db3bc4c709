//! One value, one spelling.

use crate::values;
use portcullis_firewall::{
    canonical::{self, Array, Object, key_order},
    strict::{self, Limits},
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    cases: Vec<Case>,
    numbers: Vec<Double>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    note: String,
    json: String,
    canonical: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Double {
    bits: String,
    canonical: String,
}

fn vectors() -> Vectors {
    serde_saphyr::from_str(include_str!(
        "../../../../conformance/records/canonical.yaml"
    ))
    .unwrap()
}

fn text(value: &Value) -> String {
    String::from_utf8(canonical::to_vec(value)).unwrap()
}

#[test]
fn every_case_becomes_its_canonical_bytes() {
    for case in vectors().cases {
        let value: Value = serde_json::from_str(&case.json).unwrap();
        assert_eq!(text(&value), case.canonical, "{}", case.note);
    }
}

#[test]
fn every_double_is_written_as_ecmascript_writes_it() {
    for double in vectors().numbers {
        let number = f64::from_bits(u64::from_str_radix(&double.bits, 16).unwrap());
        assert_eq!(text(&number.into()), double.canonical, "{}", double.bits);
    }
}

#[test]
fn a_known_shape_is_written_like_the_same_value() {
    let mut bytes = Vec::new();
    let mut object = Object::new(&mut bytes);
    let mut list = object.array("a");
    list.string("x\n")
        .integer(7)
        .value(&Value::Null)
        .raw(b"[1]");
    list.object().boolean("in", true);
    list.end();
    object.timestamp("at", "2026-04-10T14:32:01.0009Z".parse().unwrap());
    object
        .display("d", &"shown \"so\"")
        .integer("i", 9_007_199_254_740_991);
    object
        .null("n")
        .number("num", -0.5)
        .number("odd", f64::NAN)
        .number("whole", 5.0);
    object.object("x").string("\u{e9}", "\u{1f600}");
    object.end();
    let expected = r#"{"a":["x\n",7,null,[1],{"in":true}],"at":"2026-04-10T14:32:01.000Z",
        "d":"shown \"so\"","i":9007199254740991,"n":null,"num":-0.5,"odd":null,"whole":5,
        "x":{"é":"😀"}}"#;
    let expected: Value = serde_json::from_str(expected).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), text(&expected));
}

#[test]
fn nothing_written_is_an_empty_object_or_list() {
    let mut bytes = Vec::new();
    Object::new(&mut bytes).end();
    Array::new(&mut bytes).end();
    assert_eq!(bytes, b"{}[]");
}

#[test]
#[should_panic(expected = "`a` comes after `b`")]
fn keys_out_of_order_are_a_mistake() {
    Object::new(&mut Vec::new()).null("b").null("a");
}

#[test]
#[should_panic(expected = "`a` comes after `a`")]
fn a_key_given_twice_is_a_mistake() {
    Object::new(&mut Vec::new()).null("a").null("a");
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_value(value in values::exact_json()) {
        let bytes = canonical::to_vec(&value);
        prop_assert_eq!(strict::parse(&bytes, &Limits::default()).unwrap(), value);
    }

    #[test]
    fn writing_twice_changes_nothing(value in values::any_json()) {
        let once = canonical::to_vec(&value);
        let again = strict::parse(&once, &Limits::OURS).unwrap();
        prop_assert_eq!(canonical::to_vec(&again), once);
    }

    #[test]
    fn keys_are_ordered_by_utf_16_code_units(a in values::text(), b in values::text()) {
        prop_assert_eq!(key_order(&a, &b), a.encode_utf16().cmp(b.encode_utf16()));
    }

    #[test]
    fn texts_are_escaped_only_where_they_must_be(text in values::text()) {
        let bytes = canonical::to_vec(&Value::String(text.clone()));
        prop_assert!(bytes.iter().all(|b| *b >= 0x20));
        let escapes = text.chars().filter(|c| *c < ' ' || *c == '"' || *c == '\\').count();
        let slashes = text.chars().filter(|c| *c == '\\').count();
        prop_assert_eq!(bytes.iter().filter(|b| **b == b'\\').count(), escapes + slashes);
        prop_assert_eq!(serde_json::from_slice::<String>(&bytes).unwrap(), text);
    }
}
