//! Building a value while checking it.

use crate::strict::{
    Limits,
    clip::clipped,
    fault::StrictFault,
    number,
    trail::{Step, Trail},
};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};
use std::{cell::RefCell, fmt};

/// Reads one value at a depth.
#[derive(Clone, Copy)]
pub(super) struct ValueSeed<'t> {
    /// How many levels may still open.
    pub(super) room: usize,
    pub(super) limits: &'t Limits,
    pub(super) trail: &'t RefCell<Trail>,
}

impl ValueSeed<'_> {
    fn fault<E: Error>(self, fault: StrictFault) -> E {
        let error = E::custom(&fault);
        self.trail.borrow_mut().blame(fault);
        error
    }

    fn number<E: Error>(self, number: Option<Number>) -> Result<Value, E> {
        number
            .map(Value::Number)
            .ok_or_else(|| self.fault(StrictFault::Number))
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.room.checked_sub(1) {
            Some(room) => Ok(Self { room, ..self }),
            None => Err(self.fault(StrictFault::Depth(self.limits.depth))),
        }
    }

    fn step(self, step: Step) {
        self.trail.borrow_mut().step(step);
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
        self.number(number::unsigned(number, self.limits.exact))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        self.number(number::signed(number, self.limits.exact))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        self.number(number::double(number, self.limits.exact))
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
                    self.step(Step::key(twice.key()));
                    return Err(self.fault(StrictFault::DuplicateKey(clipped(twice.key()))));
                }
                Entry::Vacant(place) => match members.next_value_seed(inner) {
                    Ok(value) => {
                        place.insert(value);
                    }
                    Err(error) => {
                        self.step(Step::key(place.key()));
                        return Err(error);
                    }
                },
            }
        }
        Ok(Value::Object(map))
    }
}
