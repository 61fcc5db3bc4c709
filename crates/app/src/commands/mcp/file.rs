//! Servers in the operator's file: written into its text, so that all else stays as it was typed.
//!
//! What comes of it is read again, and must say exactly what the file said, with this server or
//! without it. A text in which there is no sure place is left alone.

use crate::config;
use anyhow::{Context, anyhow, ensure};
use portcullis_policy::yaml;
use serde_json::{Map, Value, json};
use std::{fs, io::Write, path::Path};
use tempfile::NamedTempFile;

/// Writes a server into a file.
///
/// # Errors
/// When the file has one of this name, or no sure place for it; the lines to write are told then.
pub(super) fn add(
    path: &Path,
    (tenant, name): (&str, &str),
    server: &Map<String, Value>,
) -> anyhow::Result<()> {
    let text = read(path)?;
    let mut wanted = value(&text)?;
    let servers = servers(&mut wanted, tenant);
    let servers = servers.with_context(|| format!("`{}` is no operator's file", path.display()))?;
    ensure!(
        !servers.contains_key(name),
        "`{}` has a server `{name}` already",
        path.display()
    );
    servers.insert(name.to_owned(), Value::Object(server.clone()));
    let keys = ["tenants", tenant, "mcp", "servers"];
    let entry = entry(name, server);
    let placed = inserted(&text, &keys, &entry).filter(|placed| is(placed, &wanted));
    let placed = placed.ok_or_else(|| {
        let lines = nested(&keys, &entry, 0);
        anyhow!("there is no sure place for it; write this yourself:\n{lines}")
    })?;
    write(path, &placed)
}

/// Takes a server out of a file.
///
/// # Errors
/// When the file has no such server, or cannot be read without it.
pub(super) fn remove(path: &Path, (tenant, name): (&str, &str)) -> anyhow::Result<()> {
    let text = read(path)?;
    let mut wanted = value(&text)?;
    let gone = servers(&mut wanted, tenant).and_then(|servers| servers.remove(name));
    let shown = path.display();
    ensure!(
        gone.is_some(),
        "`{shown}` has no server `{name}` of `{tenant}`"
    );
    let keys = ["tenants", tenant, "mcp", "servers", name];
    let without = removed(&text, &keys).filter(|without| is(without, &wanted));
    let without = without.context("it cannot be taken out alone; do so yourself")?;
    write(path, &without)
}

fn read(path: &Path) -> anyhow::Result<String> {
    // It must be valid before it is changed.
    config::load(path)?;
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

fn value(text: &str) -> anyhow::Result<Value> {
    yaml::read(text).map_err(|faults| anyhow!("{faults}"))
}

/// Whether a text is valid, and says exactly this.
fn is(text: &str, wanted: &Value) -> bool {
    config::read(text).is_ok() && yaml::read(text).is_ok_and(|value| value == *wanted)
}

/// The servers of a tenant in what a file says.
fn servers<'v>(file: &'v mut Value, tenant: &str) -> Option<&'v mut Map<String, Value>> {
    let mut at = file;
    for key in ["tenants", tenant, "mcp", "servers"] {
        if at.is_null() {
            *at = json!({});
        }
        at = at.as_object_mut()?.entry(key).or_insert(Value::Null);
    }
    if at.is_null() {
        *at = json!({});
    }
    at.as_object_mut()
}

/// A server as lines; JSON is YAML, and leaves no doubt about texts.
fn entry(name: &str, server: &Map<String, Value>) -> Vec<String> {
    let mut lines = vec![format!("{name}:")];
    lines.extend(
        server
            .iter()
            .map(|(key, value)| format!("  {key}: {value}")),
    );
    lines
}

/// Where a key stands: its line, and how far in.
struct Place {
    line: usize,
    indent: usize,
    /// How far in what is below it stands.
    below: Option<usize>,
}

/// The places of as many of the keys as are there, each below the one before, as mappings written
/// over many lines.
fn places(text: &str, keys: &[&str]) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut here: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if found.last().is_some_and(|parent| indent <= parent.indent) {
            break;
        }
        let level = *here.get_or_insert(indent);
        if let Some(parent) = found.last_mut() {
            parent.below.get_or_insert(level);
        }
        let Some(key) = keys.get(found.len()) else {
            break;
        };
        let rest = content
            .strip_prefix(key)
            .and_then(|rest| rest.strip_prefix(':'))
            .map(str::trim);
        if indent == level && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#')) {
            found.push(Place {
                line: number,
                indent,
                below: None,
            });
            here = None;
        }
    }
    found
}

/// The text with an entry below these keys.
fn inserted(text: &str, keys: &[&str], entry: &[String]) -> Option<String> {
    let found = places(text, keys);
    let missing = keys.get(found.len()..)?;
    let (after, indent) = match found.last() {
        Some(place) => (place.line + 1, place.below.unwrap_or(place.indent + 2)),
        None => (text.lines().count(), 0),
    };
    let mut lines: Vec<&str> = text.lines().collect();
    let block = nested(missing, entry, indent);
    lines.splice(after..after, block.lines());
    Some(lines.join("\n") + "\n")
}

/// An entry below keys, so far in.
fn nested(keys: &[&str], entry: &[String], indent: usize) -> String {
    let mut block = String::new();
    let mut indent = indent;
    for key in keys {
        block.push_str(&format!("{:indent$}{key}:\n", ""));
        indent += 2;
    }
    for line in entry {
        block.push_str(&format!("{:indent$}{line}\n", ""));
    }
    block
}

/// The text without what stands at these keys.
fn removed(text: &str, keys: &[&str]) -> Option<String> {
    let found = places(text, keys);
    let place = found.last().filter(|_| found.len() == keys.len())?;
    let is_below = |line: &&&str| {
        let content = line.trim_start();
        content.is_empty() || line.len() - content.len() > place.indent
    };
    let lines: Vec<&str> = text.lines().collect();
    let below = lines.get(place.line + 1..)?;
    let mut count = below.iter().take_while(is_below).count();
    // Blank lines belong to what comes next.
    while count > 0
        && below
            .get(count - 1)
            .is_some_and(|line| line.trim().is_empty())
    {
        count -= 1;
    }
    let mut lines = lines.clone();
    lines.drain(place.line..=place.line + count);
    Some(lines.join("\n") + "\n")
}

/// Replaces a file at once, so that nobody reads half of it.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    let path = path.canonicalize().with_context(cannot)?;
    let folder = path.parent().with_context(cannot)?;
    let mut file = NamedTempFile::new_in(folder).with_context(cannot)?;
    let mode = fs::metadata(&path).with_context(cannot)?.permissions();
    file.as_file().set_permissions(mode).with_context(cannot)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .with_context(cannot)?;
    file.persist(&path).with_context(cannot)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{add, remove};
    use serde_json::{Map, Value, json};
    use std::fs;

    const TEXT: &str = "# The operator's file.\n\npublic_url: https://gate.example.com # people\n\
        tenants:\n  # Ours.\n  default:\n    mcp:\n      wait_seconds: 20\n      servers:\n\
        \x20       files: # of docs\n          command: [npx, files]\n\n    redaction:\n      personal: [EMAIL]\n";

    fn server() -> Map<String, Value> {
        let server = json!({"command": ["node", "it's: \"so\"", "# no"], "first_sight": "pin"});
        server.as_object().cloned().unwrap()
    }

    #[test]
    fn a_file_keeps_all_else_as_it_was_typed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portcullis.yaml");
        for text in [
            TEXT.to_owned(),
            "public_url: https://gate.example.com\n".to_owned(),
            "tenants:\n  other:\n    redaction: { personal: [EMAIL] }\n".to_owned(),
            "tenants:\n    default:\n        redaction: { personal: [EMAIL] }\n".to_owned(),
        ] {
            fs::write(&path, &text).unwrap();
            add(&path, ("default", "more"), &server()).unwrap();
            let added = fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                assert!(added.lines().any(|other| other == line), "{line}: {added}");
            }
            assert!(add(&path, ("default", "more"), &server()).is_err());
            if text == TEXT {
                remove(&path, ("default", "more")).unwrap();
                assert_eq!(fs::read_to_string(&path).unwrap(), text);
                assert!(remove(&path, ("default", "more")).is_err());
            }
        }
    }

    #[test]
    fn a_file_without_a_sure_place_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portcullis.yaml");
        let text = "tenants: { default: { mcp: { wait_seconds: 1 } } }\n";
        fs::write(&path, text).unwrap();
        let said = add(&path, ("default", "more"), &server())
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("write this yourself:\ntenants:\n  default:\n"),
            "{said}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
