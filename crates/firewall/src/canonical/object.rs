//! Writes objects and arrays of a known shape straight into a buffer.

use crate::canonical::{self, key_order, scalar};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::{cmp::Ordering, fmt};

/// An object that is being written; closed when dropped.
///
/// Keys are given in canonical order, each once, and need no escaping; tests and debug builds
/// check it.
///
/// ```
/// use portcullis_firewall::canonical::Object;
///
/// let mut bytes = Vec::new();
/// let mut record = Object::new(&mut bytes);
/// record.string("agent_id", "agt_1").integer("seq", 7);
/// record.array("tags").string("a").string("b");
/// record.end();
/// assert_eq!(bytes, br#"{"agent_id":"agt_1","seq":7,"tags":["a","b"]}"#);
/// ```
pub struct Object<'o> {
    out: &'o mut Vec<u8>,
    last: Option<&'static str>,
}

impl<'o> Object<'o> {
    /// Opens an object at the end of a buffer.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, last: None }
    }

    /// A text.
    pub fn string(&mut self, key: &'static str, text: &str) -> &mut Self {
        scalar::string(text, self.key(key));
        self
    }

    /// Something that displays as a text, e.g. a digest or an id.
    pub fn display(&mut self, key: &'static str, thing: &dyn fmt::Display) -> &mut Self {
        self.string(key, &thing.to_string())
    }

    /// A count. It must not be above 2^53 - 1 to be told from its neighbours.
    pub fn integer(&mut self, key: &'static str, count: u64) -> &mut Self {
        scalar::json_number(&count.into(), self.key(key));
        self
    }

    /// A double; what is not finite is written as `null`.
    pub fn number(&mut self, key: &'static str, number: f64) -> &mut Self {
        scalar::number(number, self.key(key));
        self
    }

    /// A truth.
    pub fn boolean(&mut self, key: &'static str, truth: bool) -> &mut Self {
        scalar::boolean(truth, self.key(key));
        self
    }

    /// Nothing, said aloud.
    pub fn null(&mut self, key: &'static str) -> &mut Self {
        self.raw(key, b"null")
    }

    /// A moment in UTC with milliseconds; finer parts are cut off.
    pub fn timestamp(&mut self, key: &'static str, at: Timestamp) -> &mut Self {
        scalar::timestamp(at, self.key(key));
        self
    }

    /// Any value.
    pub fn value(&mut self, key: &'static str, value: &Value) -> &mut Self {
        canonical::write(value, self.key(key));
        self
    }

    /// An object that was read.
    pub fn members(&mut self, key: &'static str, members: &Map<String, Value>) -> &mut Self {
        canonical::write_object(members, self.key(key));
        self
    }

    /// Bytes that are canonical JSON already.
    pub fn raw(&mut self, key: &'static str, json: &[u8]) -> &mut Self {
        self.key(key).extend_from_slice(json);
        self
    }

    /// An object inside, to be closed before this one goes on.
    pub fn object(&mut self, key: &'static str) -> Object<'_> {
        Object::new(self.key(key))
    }

    /// An array inside, to be closed before this one goes on.
    pub fn array(&mut self, key: &'static str) -> Array<'_> {
        Array::new(self.key(key))
    }

    /// Closes the object.
    pub fn end(self) {
        drop(self);
    }

    fn key(&mut self, key: &'static str) -> &mut Vec<u8> {
        debug_assert!(
            self.last
                .is_none_or(|last| key_order(last, key) == Ordering::Less),
            "`{key}` comes after `{}`",
            self.last.unwrap_or_default()
        );
        debug_assert_eq!(
            canonical::plain_run(key.as_bytes()),
            key.len(),
            "`{key}` needs escaping"
        );
        if self.last.replace(key).is_some() {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        self.out.push(b'}');
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

/// An array that is being written; closed when dropped.
pub struct Array<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Array<'o> {
    /// Opens an array at the end of a buffer.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        out.push(b'[');
        Self { out, empty: true }
    }

    /// A text.
    pub fn string(&mut self, text: &str) -> &mut Self {
        scalar::string(text, self.item());
        self
    }

    /// A count. It must not be above 2^53 - 1 to be told from its neighbours.
    pub fn integer(&mut self, count: u64) -> &mut Self {
        scalar::json_number(&count.into(), self.item());
        self
    }

    /// Any value.
    pub fn value(&mut self, value: &Value) -> &mut Self {
        canonical::write(value, self.item());
        self
    }

    /// Bytes that are canonical JSON already.
    pub fn raw(&mut self, json: &[u8]) -> &mut Self {
        self.item().extend_from_slice(json);
        self
    }

    /// An object inside, to be closed before the array goes on.
    pub fn object(&mut self) -> Object<'_> {
        Object::new(self.item())
    }

    /// Closes the array.
    pub fn end(self) {
        drop(self);
    }

    fn item(&mut self) -> &mut Vec<u8> {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.out
    }
}

impl Drop for Array<'_> {
    fn drop(&mut self) {
        self.out.push(b']');
    }
}

impl fmt::Debug for Array<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Array")
            .field("empty", &self.empty)
            .finish_non_exhaustive()
    }
}
