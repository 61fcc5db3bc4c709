//! JSON values, and what stands under keys that name secrets.

use crate::registered::screen;
use portcullis_screen::{aliases::Aliases, kind::Kind, screen::Screen};
use serde_json::json;

#[test]
fn strings_keys_and_what_names_a_secret_are_redacted() {
    let screen = screen(&["hunter-two-2"]);
    let value = json!({
        "note": "use hunter-two-2",
        "hunter-two-2": 1,
        "deep": [{ "text": "aHVudGVyLXR3by0y" }],
        "db_password": "x",
        "clientSecret": ["a", { "b": 7 }],
        "secret_name": "web/tls",
        "max_tokens": 5,
        "token": "",
        "replicas": 3
    });
    let redacted = screen.redact_json(&value, &mut Aliases::new());
    let want = json!({
        "note": "use [REDACTED]",
        "[REDACTED]": 1,
        "deep": [{ "text": "[REDACTED]" }],
        "db_password": "[REDACTED]",
        "clientSecret": ["[REDACTED]", { "b": "[REDACTED]" }],
        "secret_name": "web/tls",
        "max_tokens": 5,
        "token": "",
        "replicas": 3
    });
    assert_eq!(redacted.value, want);
    assert_eq!(redacted.hidden, 6);
    let again = screen.redact_json(&want, &mut Aliases::new());
    assert_eq!((again.value, again.hidden), (want, 0));
}

#[test]
fn keys_that_read_the_same_are_kept_apart() {
    let screen = screen(&["secret-one-1", "secret-two-2"]);
    let value = json!({ "secret-one-1": 1, "secret-two-2": 2 });
    let redacted = screen.redact_json(&value, &mut Aliases::new()).value;
    assert_eq!(redacted, json!({ "[REDACTED]": 1, "[REDACTED]'": 2 }));
}

#[test]
fn a_secret_over_several_strings_hides_the_whole() {
    let key = r#"{"id":"a1","value":"b2"}"#;
    let screen = screen(&[key]);
    let value = serde_json::from_str(key).expect("JSON");
    let redacted = screen.redact_json(&value, &mut Aliases::new());
    assert_eq!(redacted.value, json!("[REDACTED]"));
    assert_eq!(redacted.hidden, 1);
}

#[test]
fn what_lies_too_deep_is_hidden() {
    let screen = screen(&["hunter-two-2"]);
    let deep = (0..300).fold(json!("hunter-two-2"), |inside, _| json!([inside]));
    let text = screen
        .redact_json(&deep, &mut Aliases::new())
        .value
        .to_string();
    assert!(text.contains("[REDACTED]") && !text.contains("hunter"));
}

#[test]
fn a_key_tells_a_user_and_a_name() {
    let screen = Screen::builder().personal([Kind::Username, Kind::Name, Kind::Email]);
    let screen = screen.build().expect("a screen");
    let value = json!({ "username": "ann", "full_name": "Ann Bell", "mail": "ann@example.com", "user": "ann" });
    let redacted = screen.redact_json(&value, &mut Aliases::new());
    let want = json!({ "username": "[USERNAME_1]", "full_name": "[NAME_1]", "mail": "[EMAIL_1]", "user": "[USERNAME_1]" });
    assert_eq!(redacted.value, want);
}
