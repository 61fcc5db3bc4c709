//! Building a value while checking it; the path is put together only when something is wrong.

use super::{MAX_SAFE_INTEGER, StrictFault};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};
use std::{cell::RefCell, fmt};

/// Where a fault was met, innermost step first.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) fault: Option<StrictFault>,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Index(usize),
}

impl Trail {
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

/// Reads one value at a depth.
#[derive(Clone, Copy)]
pub(super) struct ValueSeed<'t> {
    /// How many levels may still open.
    pub(super) depth: usize,
    pub(super) limit: usize,
    pub(super) trail: &'t RefCell<Trail>,
}

impl ValueSeed<'_> {
    fn fault<E: Error>(self, fault: StrictFault) -> E {
        let error = E::custom(&fault);
        self.trail.borrow_mut().fault = Some(fault);
        error
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.fault(StrictFault::Depth(self.limit))),
        }
    }

    fn step(self, step: Step) {
        self.trail.borrow_mut().steps.push(step);
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        if number > MAX_SAFE_INTEGER {
            return Err(self.fault(StrictFault::Number));
        }
        Ok(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        if number.unsigned_abs() > MAX_SAFE_INTEGER {
            return Err(self.fault(StrictFault::Number));
        }
        Ok(number.into())
    }

    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact as a double")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        // From 2^53 on, doubles are whole and skip numbers: two texts could mean the same one.
        if number.abs() > MAX_SAFE_INTEGER as f64 {
            return Err(self.fault(StrictFault::Number));
        }
        match Number::from_f64(number) {
            Some(number) => Ok(Value::Number(number)),
            None => Err(self.fault(StrictFault::Number)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        loop {
            match items.next_element_seed(inner) {
                Ok(Some(item)) => list.push(item),
                Ok(None) => return Ok(Value::Array(list)),
                Err(error) => {
                    self.step(Step::Index(list.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            match map.entry(key) {
                Entry::Occupied(twice) => {
                    let key = twice.key().clone();
                    self.step(Step::Key(key.clone()));
                    return Err(self.fault(StrictFault::DuplicateKey(key)));
                }
                Entry::Vacant(place) => match members.next_value_seed(inner) {
                    Ok(value) => {
                        place.insert(value);
                    }
                    Err(error) => {
                        self.step(Step::Key(place.key().clone()));
                        return Err(error);
                    }
                },
            }
        }
        Ok(Value::Object(map))
    }
}
