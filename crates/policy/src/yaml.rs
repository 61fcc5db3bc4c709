//! YAML or JSON text as one value, strictly.

use crate::fault::Faults;
use serde_json::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};

/// The longest text read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Reads one document. JSON is read too, being YAML.
///
/// Keys that come twice, merge keys, unknown tags and texts that unfold into far more than was
/// written are refused. Only `true` and `false` are booleans; a number that is not finite stays a
/// text, so that whoever wants a number refuses it by its path.
///
/// # Errors
/// One fault for the whole document, which says where.
pub fn read(text: &str) -> Result<Value, Faults> {
    if text.len() > MAX_BYTES {
        let mut faults = Faults::default();
        faults.add("", format!("a document has at most {MAX_BYTES} bytes"));
        return Err(faults);
    }
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_aliases: 1_000, max_nodes: 100_000, max_documents: 2 },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let mut faults = Faults::default();
        faults.add("", told(&error));
        faults
    })
}

/// What is wrong, for a person who does not know the parser.
fn told(error: &serde_saphyr::Error) -> String {
    let serde_saphyr::Error::DuplicateMappingKey { key, location } = error else {
        return error.to_string();
    };
    let key = key.as_deref().unwrap_or("a key");
    format!(
        "`{key}` comes twice, at line {}, column {}",
        location.line(),
        location.column()
    )
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    #[test]
    fn yaml_and_json_read_alike() {
        let wanted = json!({ "start": "02:00", "days": ["no", "on"], "max": 3, "floor": 0.5 });
        let yaml = "start: 02:00\ndays: [no, on]\nmax: 3\nfloor: 0.5\n";
        assert_eq!(read(yaml), Ok(wanted.clone()));
        assert_eq!(read(&wanted.to_string()), Ok(wanted));
    }

    #[test]
    fn times_stay_text() {
        let yaml = "[24:00, 6:30, 2026-05-01T00:00:00Z]";
        assert_eq!(
            read(yaml),
            Ok(json!(["24:00", "6:30", "2026-05-01T00:00:00Z"]))
        );
    }

    #[test]
    fn numbers_that_are_not_finite_stay_text() {
        assert_eq!(
            read("[.inf, -.inf, .nan]"),
            Ok(json!([".inf", "-.inf", ".nan"]))
        );
    }

    #[test]
    fn a_key_that_comes_twice_is_refused() {
        for text in [
            "a: 1\na: 2\n",
            r#"{"a": 1, "a": 2}"#,
            r#"{"x": {"a": 1, "\u0061": 2}}"#,
        ] {
            let faults = read(text).unwrap_err();
            assert!(
                faults.to_string().contains("comes twice"),
                "{text}: {faults}"
            );
        }
    }

    #[test]
    fn trickery_is_refused() {
        let deep = "[".repeat(5_000);
        let long = format!("a: {}", "x".repeat(super::MAX_BYTES));
        let bomb = (1..9).fold(
            "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
            |text, n| {
                let items = vec![format!("*a{}", n - 1); 9].join(", ");
                text + &format!("a{n}: &a{n} [{items}]\n")
            },
        );
        for text in [
            &deep,
            &long,
            &bomb,
            "a: !exec rm",
            "b: &b {x: 1}\nc: {<<: *b}",
            "a: 1\n---\na: 2",
        ] {
            let beginning: String = text.chars().take(40).collect();
            assert!(read(text).is_err(), "{beginning}");
        }
    }
}
