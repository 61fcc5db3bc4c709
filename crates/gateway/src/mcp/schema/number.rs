//! Numbers in schemas, and when two values are the same.

use serde_json::{Number, Value};

/// What a number must keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    Least(f64),
    Most(f64),
    Above(f64),
    Below(f64),
    MultipleOf(f64),
}

impl Bound {
    pub(super) fn check(self, number: &Number) -> Result<(), String> {
        // Arguments were read strictly: every number is exact as a double.
        let Some(value) = number.as_f64() else {
            return Err("is no number that can be compared".to_owned());
        };
        let (holds, why) = match self {
            Self::Least(bound) => (value >= bound, format!("is below {bound}")),
            Self::Most(bound) => (value <= bound, format!("is above {bound}")),
            Self::Above(bound) => (value > bound, format!("is not above {bound}")),
            Self::Below(bound) => (value < bound, format!("is not below {bound}")),
            Self::MultipleOf(step) => (
                is_multiple(value, step),
                format!("is no multiple of {step}"),
            ),
        };
        if holds { Ok(()) } else { Err(why) }
    }
}

/// Steps such as 0.01 have no exact double; a quotient that close to a whole number is meant.
fn is_multiple(value: f64, step: f64) -> bool {
    let quotient = value / step;
    quotient.is_finite() && (quotient - quotient.round()).abs() <= 1e-9 * quotient.abs().max(1.0)
}

/// Whether two values are the same: 1 and 1.0 are.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
