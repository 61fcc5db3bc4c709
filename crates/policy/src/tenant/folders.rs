//! Folders: where in a file system an action may reach.
//!
//! Only the text of a path is seen here. Where links on a disk lead, whoever opens the file knows.

use crate::{glob::Glob, label::Label, tenant::Folders};
use serde_json::{Map, Value};

/// What the name of a parameter ends with when paths stand in it, in lower case and without `_`
/// and `-`: `path`, `sourcePath` and `file_paths` alike.
const NAMES: [&str; 20] = [
    "path",
    "paths",
    "file",
    "files",
    "filename",
    "filenames",
    "folder",
    "folders",
    "directory",
    "directories",
    "dir",
    "dirs",
    "source",
    "sources",
    "destination",
    "destinations",
    "src",
    "dst",
    "uri",
    "uris",
];

/// Folders, ready to run.
#[derive(Debug)]
pub(super) struct Fence {
    within: Vec<String>,
    except: Vec<Bar>,
}

/// Something that is kept from agents.
#[derive(Debug)]
struct Bar {
    written: String,
    what: Barred,
}

#[derive(Debug)]
enum Barred {
    /// A folder or file, by its folded path.
    Place(String),
    /// Whatever is called so, wherever it is.
    Name(Glob),
}

/// Why a place is no place to keep agents in, or out of.
pub(super) fn misplaced(place: &str) -> Option<&'static str> {
    match parts(place) {
        Err(why) => Some(why),
        Ok(_) if place.contains('*') => Some("a path has no `*`; a name may have"),
        Ok(_) => None,
    }
}

/// Why a text is neither a path nor a name with `*` in it.
pub(super) fn misnamed(bar: &str) -> Option<&'static str> {
    if bar.starts_with('/') {
        return misplaced(bar);
    }
    if bar.contains(['/', '\\']) {
        return Some("expected an absolute path, or one name such as `secrets` or `*.pem`");
    }
    (bar.trim() != bar || bar == ".").then_some("is no name")
}

impl Fence {
    pub(super) fn new(folders: &Folders) -> Self {
        let bar = |written: &String| Bar {
            written: written.clone(),
            what: if written.starts_with('/') {
                Barred::Place(folded(&plain(written)))
            } else {
                Barred::Name(Glob::new(Label::new(&folded(written))))
            },
        };
        Self {
            within: folders.within.iter().map(|place| plain(place)).collect(),
            except: folders.except.iter().map(bar).collect(),
        }
    }

    /// Whether every path in the parameters, however deep, is inside, and there is at least one;
    /// else why not, in words.
    ///
    /// *Fails closed:* what is no plain absolute path may lead anywhere.
    pub(super) fn check(&self, parameters: &Map<String, Value>) -> Result<(), String> {
        if self.map(parameters)? {
            Ok(())
        } else {
            Err("no path is named".to_owned())
        }
    }

    /// Whether any path is named.
    fn map(&self, map: &Map<String, Value>) -> Result<bool, String> {
        let mut named = false;
        for (name, value) in map {
            named |= if is_called(name) {
                self.paths(value)?
            } else {
                self.value(value)?
            };
        }
        Ok(named)
    }

    fn value(&self, value: &Value) -> Result<bool, String> {
        match value {
            Value::Object(map) => self.map(map),
            Value::Array(items) => self.each(items, Self::value),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(false),
        }
    }

    /// Every element of a list, or the one value; `null` names nothing.
    fn paths(&self, value: &Value) -> Result<bool, String> {
        match value {
            Value::Null => Ok(false),
            Value::Array(items) => self.each(items, Self::paths),
            Value::String(path) => self.path(path).map(|()| true),
            Value::Object(map) => self.map(map),
            Value::Bool(_) | Value::Number(_) => Err(format!("`{value}` is no path")),
        }
    }

    fn each(
        &self,
        items: &[Value],
        check: impl Fn(&Self, &Value) -> Result<bool, String>,
    ) -> Result<bool, String> {
        let mut named = false;
        for item in items {
            named |= check(self, item)?;
        }
        Ok(named)
    }

    fn path(&self, written: &str) -> Result<(), String> {
        let path = written.strip_prefix("file://").unwrap_or(written);
        let parts = parts(path).map_err(|why| format!("`{}`: {why}", shown(written)))?;
        let plain = plain(path);
        if !self.within.iter().any(|place| is_within(&plain, place)) {
            let places = self.within.join("`, `");
            return Err(format!("`{}` is outside `{places}`", shown(written)));
        }
        let whole = folded(&plain);
        let barring = self.except.iter().find(|bar| match &bar.what {
            Barred::Place(place) => is_within(&whole, place),
            Barred::Name(name) => parts.iter().any(|part| name.matches(&folded(part))),
        });
        match barring {
            None => Ok(()),
            Some(bar) => Err(format!(
                "`{}` is kept from agents by `{}`",
                shown(written),
                bar.written
            )),
        }
    }
}

fn is_called(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect();
    NAMES.iter().any(|ending| name.ends_with(ending))
}

/// The names on the way of a plain absolute path, without what leads nowhere.
///
/// *Fails closed:* whatever another reader may take for another path is none.
fn parts(path: &str) -> Result<Vec<&str>, &'static str> {
    if !path.starts_with('/') {
        return Err("expected an absolute path");
    }
    if path.contains('\\') {
        return Err("a path has no `\\`");
    }
    if path.chars().any(is_unseen) {
        return Err("a path has no characters that an eye cannot see");
    }
    if path.chars().any(passes_for_punctuation) {
        return Err("a path has no characters that pass for `/` or `.`");
    }
    if is_escaped(path) {
        return Err("a path is not written with `%`");
    }
    let parts: Vec<&str> = path.split('/').filter(|part| is_step(part)).collect();
    // Where `..` leads depends on links.
    if parts.contains(&"..") {
        return Err("a path has no `..`");
    }
    Ok(parts)
}

fn is_step(part: &str) -> bool {
    !part.is_empty() && part != "."
}

/// A path with one `/` before each name, and none at its end; the root is empty.
fn plain(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| is_step(part)) {
        plain.push('/');
        plain.push_str(part);
    }
    plain
}

fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// As a file system may read it that knows no case, drops dots and blanks at the end of a name, and
/// takes what follows a colon for a part of the same file.
fn folded(path: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        // Full-width forms of ASCII (Unicode, chapter 18.5).
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let name = |name: &str| {
        let name: String = name.chars().map(narrow).collect();
        let name = name.split_once(':').map_or(name.as_str(), |(name, _)| name);
        // First to upper case, so that letters without a lower-case form of their own, such as
        // the long s, are folded as well.
        name.trim_end_matches(['.', ' '])
            .to_uppercase()
            .to_lowercase()
    };
    path.split('/').map(name).collect::<Vec<_>>().join("/")
}

/// Some reader may take `%2e` for a dot (RFC 3986, 2.1).
fn is_escaped(path: &str) -> bool {
    path.split('%').skip(1).any(|rest| {
        let digits = rest.chars().take(2).filter(char::is_ascii_hexdigit);
        digits.count() == 2
    })
}

/// Control characters, and what file systems ignore in names (`Default_Ignorable_Code_Point`, UAX
/// 44), with the marks that turn the direction of a text.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF)
}

/// What compatibility forms (UAX 15) and best-fit tables make a dot, a slash or a backslash of.
fn passes_for_punctuation(c: char) -> bool {
    matches!(
        c,
        '\u{2024}'
            ..='\u{2026}'
                | '\u{2044}'
                | '\u{2215}'
                | '\u{2216}'
                | '\u{29F5}'
                | '\u{29F8}'
                | '\u{29F9}'
                | '\u{FE52}'
                | '\u{FE68}'
                | '\u{FF0E}'
                | '\u{FF0F}'
                | '\u{FF3C}'
    )
}

/// A path as a reason shows it; what is long is cut, and what nobody sees is written out.
fn shown(path: &str) -> String {
    let mut text = String::new();
    for c in path.chars().take(200) {
        if is_unseen(c) {
            text.extend(c.escape_unicode());
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Fence, misnamed, misplaced};
    use crate::tenant::Folders;
    use serde_json::json;

    fn said(parameters: &serde_json::Value) -> Result<(), String> {
        let fence = Fence::new(&Folders {
            within: vec!["/srv/work/".to_owned(), "/srv/team".to_owned()],
            except: ["secrets", "*.pem", "/srv/team/Private", ".git"]
                .map(str::to_owned)
                .to_vec(),
        });
        fence.check(parameters.as_object().unwrap())
    }

    #[test]
    fn paths_inside_pass() {
        for path in [
            "/srv/work",
            "/srv/work/",
            "/srv/work/a.md",
            "//srv/./work//a/b",
            "/srv/team/notes/secrets.md",
            "/srv/work/Übung/日本.txt",
            "/srv/work/100% done",
            "file:///srv/work/a.md",
            "/srv/work/.gitignore",
            "/srv/work/...",
        ] {
            assert_eq!(said(&json!({ "path": path })), Ok(()), "{path}");
        }
    }

    #[test]
    fn every_other_path_is_refused() {
        for path in [
            "",
            "a.md",
            "~/a.md",
            "/",
            "/srv",
            "/srv/workshop/a",
            "/SRV/work/a",
            "/etc/passwd",
            "/srv/work/../../etc/passwd",
            "/srv/work/a/..",
            "/srv/work/\u{FF0E}\u{FF0E}/x",
            "/srv/work/\u{2025}/x",
            "/srv/work/..\u{2215}x",
            "/srv/work/%2e%2e/x",
            "/srv/work/..\\x",
            "/srv/work/a\0.md",
            "/srv/work/sec\u{200B}rets/key",
            "/srv/work/secrets",
            "/srv/work/secrets/key",
            "/srv/work/a/b/SECRETS/key",
            "/srv/work/\u{17F}ecrets/key",
            "/srv/work/\u{FF53}ecrets/key",
            "/srv/work/secrets./key",
            "/srv/work/secrets::$DATA",
            "/srv/work/a/Server.PEM",
            "/srv/team/private/a",
            "/srv/work/.git/config",
            "/proc/self/root/srv/work/a",
            "file://host/srv/work/a",
            "file:/srv/work/a",
        ] {
            assert!(said(&json!({ "path": path })).is_err(), "{path:?}");
        }
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let good = "/srv/work/a";
        let bad = "/etc/passwd";
        assert_eq!(
            said(&json!({"source": good, "destination": good, "content": bad})),
            Ok(())
        );
        for parameters in [
            json!({}),
            json!({"content": good}),
            json!({"path": null}),
            json!({"paths": []}),
            json!({"path": 7}),
            json!({"source": good, "destination": bad}),
            json!({"paths": [good, bad]}),
            json!({"path": good, "options": [{"targetPath": bad}]}),
            json!({"path": good, "root_dir": bad}),
            json!({"path": {"path": bad}}),
        ] {
            assert!(said(&parameters).is_err(), "{parameters}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_fence_is_found_when_it_is_read() {
        for good in ["/", "/srv/a b", "/srv/"] {
            assert_eq!(misplaced(good), None, "{good}");
        }
        for bad in ["srv", "/srv/../x", "/srv/*", "~", "/srv/\u{200B}"] {
            assert!(misplaced(bad).is_some(), "{bad}");
        }
        for good in ["secrets", "*.pem", ".env*", "/srv/x"] {
            assert_eq!(misnamed(good), None, "{good}");
        }
        for bad in ["a/b", " a", ".", "/srv/*", "a\\b"] {
            assert!(misnamed(bad).is_some(), "{bad}");
        }
    }
}
