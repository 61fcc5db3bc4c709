//! Values of parameters as the server takes them: bound beside the statement, never put into it.
//!
//! Every value goes as text, and the server reads it as the type that it found for the place. What
//! a text cannot be confused with stays strict: a number only goes where a number is due, and a
//! truth only where a truth is.

use bytes::BytesMut;
use serde_json::Value;
use std::error::Error;
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};

/// How deep lists may nest.
const MOST_DEPTH: u8 = 6;

/// One value for one place.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Bound(Option<String>);

impl Bound {
    /// A value for a place of a type.
    ///
    /// *Fails closed:* what does not fit is refused, and nothing is converted on the way.
    ///
    /// # Errors
    /// What would fit there.
    pub(super) fn new(value: &Value, due: &Type) -> Result<Self, String> {
        let misfit = || format!("a value for `{}` is due", due.name());
        match value {
            Value::Null => Ok(Self(None)),
            value => text(value, due, MOST_DEPTH)
                .map(|text| Self(Some(text)))
                .ok_or_else(misfit),
        }
    }
}

fn text(value: &Value, due: &Type, depth: u8) -> Option<String> {
    let due = plain(due);
    if [Type::JSON, Type::JSONB].contains(due) {
        return Some(value.to_string());
    }
    match value {
        Value::String(text) => (!text.contains('\0')).then(|| text.clone()),
        Value::Bool(truth) => (*due == Type::BOOL).then(|| truth.to_string()),
        Value::Number(number) => {
            let whole = [Type::INT2, Type::INT4, Type::INT8, Type::OID].contains(due);
            let broken = [Type::FLOAT4, Type::FLOAT8, Type::NUMERIC].contains(due);
            (broken || (whole && !number.is_f64())).then(|| number.to_string())
        }
        Value::Array(items) => match due.kind() {
            Kind::Array(member) => list(items, member, depth.checked_sub(1)?),
            _ => None,
        },
        Value::Null | Value::Object(_) => None,
    }
}

/// The type that a domain stands on.
fn plain(due: &Type) -> &Type {
    let mut due = due;
    while let Kind::Domain(inner) = due.kind() {
        due = inner;
    }
    due
}

/// A list as PostgreSQL writes it (8.15.2): every member in quotes, so that nothing in it means
/// anything.
fn list(items: &[Value], member: &Type, depth: u8) -> Option<String> {
    let mut out = String::from("{");
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        match item {
            Value::Null => out.push_str("NULL"),
            item => quote(&text(item, member, depth)?, &mut out),
        }
    }
    out.push('}');
    Some(out)
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for one in text.chars() {
        if matches!(one, '"' | '\\') {
            out.push('\\');
        }
        out.push(one);
    }
    out.push('"');
}

impl ToSql for Bound {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Some(text) = &self.0 else {
            return Ok(IsNull::Yes);
        };
        out.extend_from_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::Bound;
    use serde_json::{Value, json};
    use tokio_postgres::types::Type;

    fn bound(value: &Value, due: &Type) -> Option<String> {
        Bound::new(value, due).ok().and_then(|bound| bound.0)
    }

    #[test]
    fn numbers_and_truths_go_where_they_are_due() {
        assert_eq!(bound(&json!(7), &Type::INT4).as_deref(), Some("7"));
        assert_eq!(bound(&json!(0.5), &Type::NUMERIC).as_deref(), Some("0.5"));
        assert_eq!(bound(&json!(true), &Type::BOOL).as_deref(), Some("true"));
        assert_eq!(bound(&json!("7"), &Type::INT4).as_deref(), Some("7"));
        for (value, due) in [
            (json!(0.5), Type::INT4),
            (json!(7), Type::TEXT),
            (json!(true), Type::TEXT),
            (json!(1), Type::BOOL),
            (json!({}), Type::TEXT),
            (json!([1]), Type::INT4),
            (json!("a\u{0}b"), Type::TEXT),
        ] {
            assert!(Bound::new(&value, &due).is_err(), "{value} for {due}");
        }
    }

    #[test]
    fn a_list_keeps_what_is_in_it() {
        let odd = json!(["a,b", "\"", "\\", "", "NULL", null, "}"]);
        assert_eq!(
            bound(&odd, &Type::TEXT_ARRAY).as_deref(),
            Some(r#"{"a,b","\"","\\","","NULL",NULL,"}"}"#)
        );
        assert_eq!(
            bound(&json!([1, 2]), &Type::INT8_ARRAY).as_deref(),
            Some(r#"{"1","2"}"#)
        );
        assert_eq!(bound(&json!([1, "x", 0.5]), &Type::INT8_ARRAY), None);
    }

    #[test]
    fn json_goes_as_it_is() {
        assert_eq!(
            bound(&json!({"a": [1]}), &Type::JSONB).as_deref(),
            Some(r#"{"a":[1]}"#)
        );
        assert_eq!(
            bound(&json!("text"), &Type::JSON).as_deref(),
            Some(r#""text""#)
        );
    }
}
