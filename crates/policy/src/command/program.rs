//! From the words of a command to what it does: which program it is, and what other program stands
//! before it.

mod script;
mod wrapper;

use super::{
    effect::Effect,
    tool, tools,
    understanding::{Understanding, named},
};
use crate::visible::is_unseen;

/// The most words that are read.
pub const WORDS_MAX: usize = 512;
/// The most bytes that are read, of all words together.
pub const BYTES_MAX: usize = 16_384;
/// The most programs that stand before another.
const WRAPPERS_MAX: usize = 4;

/// The folders that programs of the machine are in.
const FOLDERS: &[&str] = &[
    "/bin/",
    "/sbin/",
    "/usr/bin/",
    "/usr/sbin/",
    "/usr/local/bin/",
    "/usr/local/sbin/",
];

/// Understands a command by its words alone.
///
/// Fails closed: an unknown program, verb or flag is not understood, and neither is what is longer
/// than anybody reads or holds what nobody sees.
#[must_use]
pub fn understand(argv: &[String]) -> Understanding {
    let mut understanding = understand_within(argv, WRAPPERS_MAX);
    let bytes: usize = argv.iter().map(String::len).sum();
    if argv.len() > WORDS_MAX || bytes > BYTES_MAX {
        understanding.doubt("it is longer than anybody reads");
    }
    for word in argv {
        if word
            .chars()
            .any(|char| is_unseen(char) && !matches!(char, '\n' | '\t'))
        {
            understanding.doubt(format!(
                "{} holds a character that nobody sees",
                named(word)
            ));
        } else if !word.is_ascii() {
            understanding.note(format!(
                "{} holds letters that may look like others",
                named(word)
            ));
        }
    }
    if !understanding.is_clear() {
        understanding.dry_run = None;
    }
    understanding
}

fn understand_within(argv: &[String], depth: usize) -> Understanding {
    let Some(path) = argv.first() else {
        return Understanding::nothing("", "it names no program");
    };
    let Some(name) = program(path) else {
        let why = format!(
            "{} is not in a folder of the machine's programs",
            named(path)
        );
        return Understanding::nothing(path, why);
    };
    if wrapper::is_wrapper(name) {
        return unwrap(name, argv, depth);
    }
    let mut understanding = match (script::why(name), tools::find(name)) {
        (Some(why), _) => Understanding::nothing(name, why),
        (None, Some(tool)) => tool::read(tool, argv),
        (None, None) => {
            let why = format!("{} is a program that the gate does not know", named(name));
            Understanding::nothing(name, why)
        }
    };
    name.clone_into(&mut understanding.program);
    understanding
}

/// What runs inside, and what the program before it adds.
fn unwrap(name: &str, argv: &[String], depth: usize) -> Understanding {
    let unwrapped = wrapper::unwrap(name, argv);
    let inner = argv.get(unwrapped.inner..).unwrap_or_default();
    let mut understanding = match (inner.is_empty(), depth.checked_sub(1)) {
        (true, _) => alone(name),
        (false, Some(depth)) => understand_within(inner, depth),
        (false, None) => Understanding::nothing(name, "too many programs stand before another"),
    };
    for why in unwrapped.unclear {
        understanding.doubt(why);
    }
    if let Some(note) = unwrapped.note {
        understanding.note(note);
    }
    understanding.dry_run = understanding.dry_run.map(|trial| {
        let before = argv.iter().take(unwrapped.inner).cloned();
        before.chain(trial).collect()
    });
    understanding
}

/// Such a program with nothing to run.
fn alone(name: &str) -> Understanding {
    if name != "env" {
        return Understanding::nothing(name, "it names no program");
    }
    let mut understanding = Understanding {
        program: name.to_owned(),
        effect: Effect::Read,
        what: "lists the variables of its surroundings".to_owned(),
        ..Understanding::default()
    };
    understanding.reveal();
    understanding
}

/// The command inside, without the programs that stand before it; and whether there are any.
#[must_use]
pub fn inner(argv: &[String]) -> &[String] {
    let mut argv = argv;
    for _ in 0..WRAPPERS_MAX {
        let name = argv.first().and_then(|path| program(path));
        let Some(name) = name.filter(|name| wrapper::is_wrapper(name)) else {
            break;
        };
        let inner = wrapper::unwrap(name, argv).inner;
        argv = argv.get(inner..).unwrap_or_default();
    }
    argv
}

/// The name of a program of the machine; `None` for a file that may be anything.
fn program(path: &str) -> Option<&str> {
    if !path.contains('/') {
        return Some(path);
    }
    let name = FOLDERS
        .iter()
        .find_map(|folder| path.strip_prefix(folder))?;
    (!name.contains('/')).then_some(name)
}
