//! Fields as queries and forms write them (`application/x-www-form-urlencoded`).

use std::fmt::Write as _;

/// The fields, each name and value encoded, joined by `&`.
pub(super) fn fields(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode(&mut text, name);
        text.push('=');
        encode(&mut text, value);
    }
    text
}

/// All but the unreserved characters of RFC 3986, section 2.3, which every reader decodes alike.
fn encode(text: &mut String, part: &str) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail; if it did, the other side would refuse the rest.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn what_could_end_a_field_is_encoded() {
        let text = fields(&[("scope", "openid email"), ("a&b", "c=d+e/f%ü~")]);
        assert_eq!(text, "scope=openid%20email&a%26b=c%3Dd%2Be%2Ff%25%C3%BC~");
    }
}
