//! Who a mail goes to.

use crate::{action::Action, label::Label};
use serde_json::Value;

/// The parameters that name recipients.
const FIELDS: [&str; 6] = ["to", "cc", "bcc", "recipient", "recipients", "forward_to"];

/// Whether a mail stays inside: it names somebody, and everybody it names is of a domain of the
/// tenant.
///
/// *Fails closed:* an address that is not understood is outside.
pub(super) fn all_inside(action: &Action, domains: &[Label]) -> bool {
    let mut named = FIELDS
        .iter()
        .filter_map(|field| action.parameters.get(*field))
        .peekable();
    named.peek().is_some() && named.all(|value| inside(value, domains))
}

fn inside(value: &Value, domains: &[Label]) -> bool {
    match value {
        Value::String(address) => {
            domain(address).is_some_and(|domain| domains.contains(&Label::new(domain)))
        }
        Value::Array(items) => !items.is_empty() && items.iter().all(|item| inside(item, domains)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// The domain of a plain address; names before it, lists and quotes are not understood.
fn domain(address: &str) -> Option<&str> {
    let (local, domain) = address.trim().split_once('@')?;
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
    };
    (plain(local) && plain(domain)).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::domain;

    #[test]
    fn only_plain_addresses_have_a_domain() {
        assert_eq!(domain(" ann.b+c@corp.example "), Some("corp.example"));
        for odd in [
            "",
            "ann",
            "@corp.example",
            "ann@",
            "a@evil.example@corp.example",
            "x@evil.example, ann@corp.example",
            "Ann <ann@corp.example>",
            "ann@evil.example\nann@corp.example",
            "\"a@evil.example\"@corp.example",
        ] {
            assert_eq!(domain(odd), None, "{odd}");
        }
    }
}
