//! A secret in every way it may be written, by hand.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// Raw, in base64 of both alphabets at each of the three places in a group, in hex, and with percent
/// signs.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        hex::encode(secret),
        hex::encode_upper(secret),
        serde_json::Value::from(secret).to_string(),
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ];
    for before in 0..3 {
        let padded = ["x".repeat(before), secret.to_owned()].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = engine.encode(&padded);
            // The characters that depend on nothing but the secret.
            let (first, last) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
            forms.push(text.get(first..last).unwrap().to_owned());
        }
    }
    forms
}

/// Stops when a text shows a secret in any way, also backwards.
pub(crate) fn found_in(text: &str, secret: &str) {
    let backwards: String = secret.chars().rev().collect();
    for form in forms(secret).into_iter().chain([backwards]) {
        assert!(!text.contains(&form), "a secret is shown: {text}");
    }
}
