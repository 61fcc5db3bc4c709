//! Programs that run another program, given as their last words: `sudo`, `env` and the like.

use crate::command::understanding::named;

/// What was found before the program inside.
#[derive(Debug, Default)]
pub(super) struct Unwrapped {
    /// Where the program inside begins.
    pub(super) inner: usize,
    /// Why it is not certain what runs.
    pub(super) unclear: Vec<String>,
    /// What people should know.
    pub(super) note: Option<&'static str>,
}

/// One such program.
struct Wrapper {
    name: &'static str,
    /// Flags without a value.
    alone: &'static [&'static str],
    /// Flags with one.
    valued: &'static [&'static str],
    /// Words of its own before the program.
    words: usize,
    note: Option<&'static str>,
}

const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        name: "sudo",
        alone: &["-n", "--non-interactive", "-H", "--set-home"],
        valued: &[],
        words: 0,
        note: Some("it runs as root (`sudo`)"),
    },
    Wrapper {
        name: "env",
        alone: &[],
        valued: &[],
        words: 0,
        note: None,
    },
    Wrapper {
        name: "nohup",
        alone: &[],
        valued: &[],
        words: 0,
        note: Some("it goes on after its session ends"),
    },
    Wrapper {
        name: "timeout",
        alone: &["--preserve-status", "--foreground", "-v", "--verbose"],
        valued: &["-k", "--kill-after", "-s", "--signal"],
        words: 1,
        note: None,
    },
    Wrapper {
        name: "nice",
        alone: &[],
        valued: &["-n", "--adjustment"],
        words: 0,
        note: None,
    },
    Wrapper {
        name: "ionice",
        alone: &["-t"],
        valued: &["-c", "-n", "--class", "--classdata"],
        words: 0,
        note: None,
    },
    Wrapper {
        name: "stdbuf",
        alone: &[],
        valued: &["-i", "-o", "-e"],
        words: 0,
        note: None,
    },
    Wrapper {
        name: "setsid",
        alone: &["-w", "--wait"],
        valued: &[],
        words: 0,
        note: Some("it goes on after its session ends"),
    },
    Wrapper {
        name: "time",
        alone: &["-p"],
        valued: &[],
        words: 0,
        note: None,
    },
];

pub(super) fn is_wrapper(name: &str) -> bool {
    WRAPPERS.iter().any(|wrapper| wrapper.name == name)
}

/// Finds the program inside.
///
/// Fails closed: a flag that is not known is a doubt, and so is a variable that is set.
pub(super) fn unwrap(name: &str, argv: &[String]) -> Unwrapped {
    let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.name == name) else {
        return Unwrapped::default();
    };
    let mut unwrapped = Unwrapped {
        inner: 1,
        unclear: Vec::new(),
        note: wrapper.note,
    };
    let mut words = wrapper.words;
    while let Some(word) = argv.get(unwrapped.inner) {
        let flag = word.split_once('=').map_or(word.as_str(), |(flag, _)| flag);
        let mut taken = 1;
        if word == "--" {
            unwrapped.inner = unwrapped.inner.saturating_add(1);
            break;
        } else if word.starts_with('-') && word.len() > 1 {
            if wrapper.valued.contains(&flag) {
                taken = if word.contains('=') { 1 } else { 2 };
            } else if !wrapper.alone.contains(&word.as_str()) && !is_attached(wrapper, word) {
                let why = format!(
                    "{} is a flag of `{name}` that the gate does not know",
                    named(word)
                );
                unwrapped.unclear.push(why);
            }
        } else if name == "env" && word.contains('=') {
            unwrapped
                .unclear
                .push(format!("it sets {} for the program", named(flag)));
        } else if words > 0 {
            words -= 1;
        } else {
            break;
        }
        unwrapped.inner = unwrapped.inner.saturating_add(taken);
    }
    unwrapped
}

/// `-n5`, and a bare number of `nice`.
fn is_attached(wrapper: &Wrapper, word: &str) -> bool {
    let number =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let short = |flag: &&&str| flag.len() == 2 && word.strip_prefix(**flag).is_some_and(number);
    let mut flags = wrapper.valued.iter();
    let is_number = wrapper.name == "nice"
        && word
            .strip_prefix('-')
            .is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    is_number || flags.any(|flag| short(&flag))
}
