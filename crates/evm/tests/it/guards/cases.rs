//! The cases of `conformance/calldata`: which calldata for which guard, and what it must say.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256, hex};
use serde::Deserialize;
use serde_json::Value;

use super::{encode, names};

/// One file of cases, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "for readers of the file")]
    about: String,
    guard: String,
    to: String,
    calls: BTreeMap<String, Value>,
    cases: Vec<Value>,
}

/// A call by its name or its function, with changes.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Written {
    note: Option<String>,
    call: Option<String>,
    function: Option<String>,
    arguments: Option<Value>,
    calldata: Option<String>,
    #[serde(default)]
    with: BTreeMap<String, Value>,
    #[serde(default)]
    bend: Vec<Bend>,
    to: Option<String>,
    kind: Option<u16>,
    granted: Option<String>,
    spender: Option<String>,
    received: Option<String>,
    refused: Option<Value>,
}

/// One change of encoded bytes. Words count from the selector, bytes from the beginning or, when negative,
/// from the end.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Bend {
    word: Option<usize>,
    byte: Option<isize>,
    to: Option<Value>,
    xor: Option<String>,
    append: Option<String>,
    cut: Option<usize>,
}

/// The calls that a file gives names to.
pub(super) struct Calls(BTreeMap<String, Written>);

/// One case, ready to be judged.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) note: String,
    /// The named call that it is a form of.
    pub(super) call: Option<String>,
    pub(super) to: Address,
    pub(super) data: Vec<u8>,
    pub(super) want: Verdict,
}

/// What a guard says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Kind, granted token, spender and received asset.
    Permitted(u16, [Address; 3]),
    /// Kind zero: no such function.
    Unknown,
    /// Rule, argument and what was seen.
    Refused(String, u16, B256),
    /// Anything else; no case wants it.
    Failed(String),
}

/// The named calls of a file that stand for themselves, with how many arguments or fields each has.
pub(super) fn named(name: &str) -> Vec<(String, u64)> {
    let file: File = serde_saphyr::from_str(&names::text(name)).unwrap();
    let calls = file
        .calls
        .into_iter()
        .map(|(name, value)| (name, written(value)));
    let alone = calls.filter(|(_, call)| call.kind != Some(0));
    let counted = alone.map(|(name, call)| {
        let arguments = call.arguments.unwrap();
        let arguments = arguments.as_array().unwrap();
        // A struct stands for its fields; a list of calls is one argument.
        let fields = match arguments.as_slice() {
            [Value::Array(fields)] if fields.len() > 2 => fields.len(),
            _ => arguments.len(),
        };
        (name, fields.try_into().unwrap())
    });
    counted.collect()
}

/// The guard's contract and the cases of a file.
pub(super) fn read(name: &str) -> (String, Vec<Case>) {
    let file: File = serde_saphyr::from_str(&names::text(name)).unwrap();
    let calls = file.calls.into_iter();
    let calls = Calls(calls.map(|(name, value)| (name, written(value))).collect());
    let cases = file.cases.into_iter().map(|value| {
        let case = written(value);
        let base = case.call.as_ref().map(|name| calls.0[name].clone());
        let data = calls.encoded(&case);
        let to = names::address(case.to.as_ref().unwrap_or(&file.to));
        let want = want(&case, base.as_ref(), &data);
        let note = case.note.unwrap();
        Case {
            note,
            call: case.call,
            to,
            data,
            want,
        }
    });
    (file.guard, cases.collect())
}

fn written(value: Value) -> Written {
    let text = value.to_string();
    serde_json::from_value(value).unwrap_or_else(|error| panic!("{text}: {error}"))
}

impl Calls {
    /// A call inside another, as written.
    pub(super) fn bytes(&self, value: &Value) -> Vec<u8> {
        self.encoded(&written(value.clone()))
    }

    fn encoded(&self, case: &Written) -> Vec<u8> {
        if let Some(data) = &case.calldata {
            return hex::decode(data).unwrap();
        }
        let base = case.call.as_ref().map_or(case, |name| &self.0[name]);
        let mut arguments = base.arguments.clone().unwrap();
        for (path, value) in &case.with {
            let pointer = format!("/{}", path.replace('.', "/"));
            *arguments.pointer_mut(&pointer).unwrap() = value.clone();
        }
        let mut data = encode::call(base.function.as_ref().unwrap(), &arguments, self);
        for bend in &case.bend {
            bent(&mut data, bend);
        }
        data
    }
}

fn bent(data: &mut Vec<u8>, bend: &Bend) {
    if let Some(word) = bend.word {
        let place = &mut data[4 + 32 * word..][..32];
        match (&bend.to, &bend.xor) {
            (Some(to), None) => place.copy_from_slice(&names::word(to).to_be_bytes::<32>()),
            (None, Some(bits)) => xor(place, bits),
            _ => panic!("a word is set or has bits changed"),
        }
    }
    if let Some(byte) = bend.byte {
        let at = usize::try_from(byte).unwrap_or_else(|_| data.len() - byte.unsigned_abs());
        xor(&mut data[at..=at], bend.xor.as_ref().unwrap());
    }
    if let Some(more) = &bend.append {
        data.extend(hex::decode(more).unwrap());
    }
    if let Some(cut) = bend.cut {
        data.truncate(data.len() - cut);
    }
}

fn xor(place: &mut [u8], bits: &str) {
    for (byte, bits) in place.iter_mut().zip(hex::decode(bits).unwrap()) {
        *byte ^= bits;
    }
}

/// What the case says must come out; what it does not say is as for the call it names.
fn want(case: &Written, base: Option<&Written>, data: &[u8]) -> Verdict {
    match &case.refused {
        Some(Value::String(_)) => Verdict::Unknown,
        Some(refused) => Verdict::Refused(
            refused["rule"].as_str().unwrap().to_owned(),
            refused["argument"]
                .as_u64()
                .map_or(u16::MAX, |at| at.try_into().unwrap()),
            seen(&refused["seen"], data),
        ),
        None => {
            let pick = |field: fn(&Written) -> Option<&String>| {
                let name = field(case).or_else(|| base.and_then(field));
                name.map_or(Address::ZERO, |name| names::address(name))
            };
            let kind = case
                .kind
                .or_else(|| base.and_then(|base| base.kind))
                .unwrap();
            let granted = pick(|one| one.granted.as_ref());
            let spender = pick(|one| one.spender.as_ref());
            let received = pick(|one| one.received.as_ref());
            Verdict::Permitted(kind, [granted, spender, received])
        }
    }
}

/// A word, or `word 3` for what the calldata itself has there.
fn seen(value: &Value, data: &[u8]) -> B256 {
    let place = value.as_str().and_then(|text| text.strip_prefix("word "));
    let Some(place) = place else {
        return names::word(value).into();
    };
    let start = 4 + 32 * place.parse::<usize>().unwrap();
    let mut word = U256::ZERO.to_be_bytes::<32>();
    for (byte, there) in word.iter_mut().zip(&data[start..]) {
        *byte = *there;
    }
    word.into()
}
