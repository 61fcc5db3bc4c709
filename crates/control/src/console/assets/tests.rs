//! The style keeps its promises: what meets can be told apart, and nothing comes from elsewhere.

use super::{MARK, SCRIPT, STYLE, asset};
use std::collections::BTreeMap;

/// A colour in one theme: red, green, blue.
type Colour = [u8; 3];

/// Text on its ground: WCAG 2.2 AA asks for 4.5 (success criterion 1.4.3).
const TEXTS: &[(&str, &[&str])] = &[
    ("text", &["bg", "surface", "sunken", "accent-soft"]),
    ("muted", &["bg", "surface", "sunken", "accent-soft"]),
    ("accent", &["bg", "surface", "sunken", "accent-soft"]),
    ("accent-strong", &["bg", "surface", "sunken", "accent-soft"]),
    ("on-accent", &["accent", "accent-strong"]),
    ("on-danger", &["danger"]),
    ("danger", &["bg", "surface", "sunken"]),
    ("cleared", &["cleared-soft", "surface"]),
    ("held", &["held-soft", "surface"]),
    ("blocked", &["blocked-soft", "surface", "sunken"]),
];

/// Lines and areas that carry meaning, on their ground: 3.0 (success criterion 1.4.11).
const SHAPES: &[(&str, &[&str])] = &[
    ("edge", &["bg", "surface", "sunken"]),
    ("accent", &["bg", "surface", "accent-soft"]),
    ("cleared-fill", &["surface"]),
    ("held-fill", &["surface"]),
    ("blocked-fill", &["surface"]),
];

#[test]
fn everything_that_meets_can_be_told_apart_in_both_themes() {
    let colours = colours();
    let mut faint = Vec::new();
    for (pairs, least) in [(TEXTS, 4.5), (SHAPES, 3.0)] {
        for (front, grounds) in pairs {
            for ground in *grounds {
                for (theme, name) in ["light", "dark"].into_iter().enumerate() {
                    let found = contrast(colours[*front][theme], colours[*ground][theme]);
                    if found < least {
                        faint.push(format!("{name}: {front} on {ground} is {found:.2}"));
                    }
                }
            }
        }
    }
    assert!(faint.is_empty(), "{faint:#?}");
}

#[test]
fn nothing_comes_from_elsewhere() {
    for asset in [&STYLE, &SCRIPT] {
        for word in ["http:", "https:", "@import", "//cdn", "innerHTML", "eval("] {
            assert!(!asset.text.contains(word), "{} has `{word}`", asset.name);
        }
    }
    assert!(!STYLE.text.contains("url("));
    assert!(SCRIPT.text.lines().count() < 250);
}

#[test]
fn every_colour_that_is_used_is_defined() {
    let colours = colours();
    let others = [
        "space",
        "radius",
        "radius-small",
        "touch",
        "shadow",
        "sans",
        "mono",
    ];
    for used in STYLE.text.split("var(--").skip(1) {
        let name = used.split(')').next().unwrap();
        assert!(
            colours.contains_key(name) || others.contains(&name),
            "--{name}"
        );
    }
}

#[test]
fn names_change_with_the_bytes() {
    let name = &STYLE.name;
    assert!(name.starts_with("console.") && name.ends_with(".css"));
    assert_eq!(name.len(), "console.0123456789abcdef.css".len());
    assert!(asset(name).is_some());
    assert!(asset(&MARK.name).is_some());
    assert!(asset("console.css").is_none());
    assert!(asset("console.0000000000000000.css").is_none());
}

/// Every `--name: light-dark(#light, #dark);` of the style.
fn colours() -> BTreeMap<&'static str, [Colour; 2]> {
    let found: BTreeMap<_, _> = STYLE.text.lines().filter_map(colour).collect();
    assert!(found.len() > 20, "{found:?}");
    found
}

fn colour(line: &'static str) -> Option<(&'static str, [Colour; 2])> {
    let (name, rest) = line
        .trim()
        .strip_prefix("--")?
        .split_once(": light-dark(")?;
    let (light, dark) = rest.strip_suffix(");")?.split_once(", ")?;
    Some((name, [parts(light), parts(dark)]))
}

fn parts(hex: &str) -> Colour {
    let number = u32::from_str_radix(hex.strip_prefix('#').unwrap(), 16).unwrap();
    assert_eq!(hex.len(), 7, "{hex}");
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

/// The contrast ratio of WCAG 2.2, from 1 to 21.
fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
