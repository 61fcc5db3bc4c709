//! Which token a permit is about, for whoever decides it.

use portcullis_policy::action::Action;
use serde_json::{Map, Value};

/// The signature over typed data, as its wallet asks for it.
const SIGN: &str = "evm.sign_typed_data";
/// The member in which the gate itself says which token it read.
const ASSET: &str = "asset";
/// Where Permit2 names it: a member `token`, which elsewhere is what secrets are called.
const MESSAGE: [&str; 2] = ["data", "message"];
const PLACES: [&str; 2] = ["details", "permitted"];
const TOKEN: &str = "token";

/// Shows the token of a permit, where it is the very address that is shown as its asset already;
/// how many parts are shown again.
///
/// *Fails closed:* nothing is shown that is not there to be read beside it, so that a secret under
/// this name stays hidden, whatever it looks like.
pub(super) fn show(action: &Action, shown: &mut Map<String, Value>) -> usize {
    if action.kind.as_str() != SIGN {
        return 0;
    }
    let Some(asset) = shown.get(ASSET).and_then(Value::as_str).map(str::to_owned) else {
        return 0;
    };
    let mut count = 0;
    for place in PLACES {
        let path = || MESSAGE.into_iter().chain([place, TOKEN]);
        let named = value_at(&action.parameters, path()).and_then(Value::as_str);
        let Some(named) = named.filter(|named| is_address(named)) else {
            continue;
        };
        if named.eq_ignore_ascii_case(&asset)
            && let Some(hidden) = hidden_at(shown, path())
        {
            *hidden = Value::from(named);
            count += 1;
        }
    }
    count
}

fn is_address(text: &str) -> bool {
    let digits = text.strip_prefix("0x");
    digits.is_some_and(|digits| {
        digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn value_at(
    members: &Map<String, Value>,
    mut path: impl Iterator<Item = &'static str>,
) -> Option<&Value> {
    let first = members.get(path.next()?)?;
    path.try_fold(first, |value, key| value.get(key))
}

/// The part that is not shown as it is.
fn hidden_at(
    shown: &mut Map<String, Value>,
    mut path: impl Iterator<Item = &'static str>,
) -> Option<&mut Value> {
    let first = shown.get_mut(path.next()?)?;
    let found = path.try_fold(first, |value, key| value.get_mut(key))?;
    (found.as_str() == Some(portcullis_screen::finding::REDACTED)).then_some(found)
}
