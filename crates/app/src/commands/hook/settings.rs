//! The settings of Claude Code: our hook goes in and out, and everything else stays to the letter.

use anyhow::{Context, bail};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Value, json, value::RawValue};
use std::{fmt, fs, io, path::Path};

/// The members of an object in their order, each as it was written.
#[derive(Debug, Default)]
struct Members(Vec<(String, Part)>);

/// What stays to the letter, and what is laid out anew around it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Part {
    Kept(Box<RawValue>),
    Object(Members),
    List(Vec<Box<RawValue>>),
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if members.get(&name).is_some() {
                        return Err(A::Error::custom(format!("`{name}` is there twice")));
                    }
                    members.0.push((name, Part::Kept(value)));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Members {
    fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find_map(|(own, part)| match part {
            Part::Kept(value) if own == name => Some(&**value),
            _ => None,
        })
    }

    /// Sets a member where it is, or at the end; nothing takes it away.
    fn set(&mut self, name: &str, part: Option<Part>) {
        match (self.0.iter().position(|(own, _)| own == name), part) {
            (Some(at), Some(part)) => {
                if let Some((_, own)) = self.0.get_mut(at) {
                    *own = part;
                }
            }
            (Some(at), None) => drop(self.0.remove(at)),
            (None, Some(part)) => self.0.push((name.to_owned(), part)),
            (None, None) => {}
        }
    }
}

/// Puts the hook into the settings, in the place of an older one of ours.
///
/// # Errors
/// When the settings cannot be read or written; then they stay as they are.
pub(super) fn put(path: &Path, hook: &Value) -> anyhow::Result<()> {
    let entry = json!({ "matcher": "*", "hooks": [hook] });
    change(path, Some(&entry)).map(drop)
}

/// Takes the hook out of the settings; whether it was there.
///
/// # Errors
/// As [`put`].
pub(super) fn remove(path: &Path) -> anyhow::Result<bool> {
    change(path, None)
}

fn change(path: &Path, entry: Option<&Value>) -> anyhow::Result<bool> {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && entry.is_none() => {
            return Ok(false);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => "{}".to_owned(),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}`")),
    };
    let unread = || format!("`{shown}` is not as Claude Code writes it; nothing was changed");
    let mut settings: Members = serde_json::from_str(&text).with_context(unread)?;
    let mut hooks: Members = read(settings.get("hooks")).with_context(unread)?;
    let entries: Vec<Box<RawValue>> = read(hooks.get("PreToolUse")).with_context(unread)?;
    let before = entries.len();
    let mut was_there = false;
    let mut kept = Vec::with_capacity(before + 1);
    for one in entries {
        let (rest, ours) = without_ours(one)?;
        was_there |= ours;
        kept.extend(rest);
    }
    if entry.is_none() && !was_there {
        return Ok(false);
    }
    kept.extend(entry.map(laid_out).transpose()?);
    hooks.set("PreToolUse", (!kept.is_empty()).then_some(Part::List(kept)));
    settings.set(
        "hooks",
        (!hooks.0.is_empty()).then_some(Part::Object(hooks)),
    );
    write(path, &settings)?;
    Ok(was_there)
}

fn read<'r, T: Deserialize<'r> + Default>(value: Option<&'r RawValue>) -> serde_json::Result<T> {
    value.map_or_else(
        || Ok(T::default()),
        |value| serde_json::from_str(value.get()),
    )
}

/// An entry without our hook, nothing if no other is in it; and whether ours was there.
fn without_ours(entry: Box<RawValue>) -> anyhow::Result<(Option<Box<RawValue>>, bool)> {
    let mut value: Value = serde_json::from_str(entry.get())?;
    let Some(hooks) = value.get_mut("hooks").and_then(Value::as_array_mut) else {
        return Ok((Some(entry), false));
    };
    let before = hooks.len();
    hooks.retain(|hook| !is_ours(hook));
    match hooks.len() {
        same if same == before => Ok((Some(entry), false)),
        0 => Ok((None, true)),
        _ => Ok((Some(laid_out(&value)?), true)),
    }
}

/// An entry as it stands in the file, three levels deep.
fn laid_out(entry: &Value) -> serde_json::Result<Box<RawValue>> {
    // No text in JSON holds a line break of its own.
    let text = serde_json::to_string_pretty(entry)?.replace('\n', "\n      ");
    RawValue::from_string(text)
}

fn is_ours(hook: &Value) -> bool {
    let says = |name: &str, what: &str| {
        let text = hook.get(name).and_then(Value::as_str);
        text.is_some_and(|text| text.contains(what))
    };
    says("url", "/v1/hooks/claude-code") || says("command", " hook claude-code")
}

/// Writes the whole file or nothing.
fn write(path: &Path, settings: &Members) -> anyhow::Result<()> {
    // A link stays a link: what it points to is changed.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let Some(folder) = real.parent() else {
        bail!("`{}` is no file", path.display());
    };
    let shown = path.display();
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder of `{shown}`"))?;
    let text = serde_json::to_string_pretty(settings)? + "\n";
    let unwritten = || format!("cannot write `{shown}`");
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(unwritten)?;
    io::Write::write_all(&mut file, text.as_bytes()).with_context(unwritten)?;
    if let Ok(kept) = fs::metadata(&real) {
        fs::set_permissions(file.path(), kept.permissions()).with_context(unwritten)?;
    }
    file.persist(&real).with_context(unwritten)?;
    Ok(())
}
