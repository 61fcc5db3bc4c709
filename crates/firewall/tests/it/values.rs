//! Values and texts for the properties.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Number, Value};

/// Texts with what escaping and ordering must get right.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        '"',
        '\\',
        '/',
        '\0',
        '\u{7}',
        '\u{8}',
        '\t',
        '\n',
        '\u{b}',
        '\u{c}',
        '\r',
        '\u{1f}',
        ' ',
        'a',
        'Z',
        '\u{7f}',
        '\u{80}',
        '\u{7ff}',
        '\u{800}',
        '\u{2028}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{feff}',
        '\u{fffd}',
        '\u{ffff}',
        '\u{10000}',
        '\u{1f600}',
        '\u{10ffff}',
    ]);
    vec(prop_oneof![3 => awkward, 1 => any::<char>()], 0..40)
        .prop_map(|chars| chars.into_iter().collect())
}

fn number() -> impl Strategy<Value = Number> {
    let edge = prop::sample::select(vec![0_i64, 1 << 53, (1 << 53) - 1, (1 << 53) + 1, i64::MAX]);
    prop_oneof![
        any::<i32>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        edge.prop_map(Number::from),
        any::<i16>().prop_map(|n| Number::from_f64(f64::from(n)).unwrap()),
        any::<i16>().prop_map(|n| Number::from_f64(f64::from(n) / 100.0).unwrap()),
        any::<f64>().prop_filter_map("finite", Number::from_f64),
    ]
}

/// Any value, numbers beyond what is exact among them.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    tree(number().prop_map(Value::Number).boxed())
}

/// Values that pass strict reading.
pub(crate) fn exact_json() -> impl Strategy<Value = Value> {
    let exact = prop_oneof![
        (-((1_i64 << 53) - 1)..(1_i64 << 53)).prop_map(Number::from),
        any::<i16>().prop_map(|n| Number::from_f64(f64::from(n) + 0.25).unwrap()),
        (-1.0..1.0_f64).prop_filter_map("a fraction", |f| {
            Number::from_f64(f).filter(|_| f.fract() != 0.0)
        }),
    ];
    tree(exact.prop_map(Value::Number).boxed())
}

/// Members that pass strict reading.
pub(crate) fn exact_members() -> impl Strategy<Value = Map<String, Value>> {
    vec((text(), exact_json()), 0..5).prop_map(|members| members.into_iter().collect())
}

fn tree(number: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Texts that are JSON, or nearly: a few tokens of a value are replaced by others.
pub(crate) fn json_like() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"\\u0061\"",
        "1",
        "1.0",
        "1e2",
        "-0",
        "true",
        "null",
        "9007199254740993",
        "1e400",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        " ",
    ]);
    prop_oneof![
        1 => vec(token.clone(), 0..12).prop_map(|tokens| tokens.concat()),
        1 => (any_json(), any::<prop::sample::Index>(), token).prop_map(|(value, at, token)| {
            let text = value.to_string();
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let place = places[at.index(places.len())];
            format!("{}{token}{}", &text[..place], &text[place..])
        }),
        1 => any_json().prop_map(|value| value.to_string()),
    ]
}
