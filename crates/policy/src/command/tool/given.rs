//! One command of a program, read by what is known of the program.

mod reader;

use super::{Dry, Means, Style, Tool, Verb, flags};
use crate::command::{
    effect::Effect,
    understanding::{Understanding, listed, named, shown},
};
use reader::Reader;

/// A command whose verb is known.
#[derive(Debug)]
pub(in crate::command) struct Given<'a> {
    /// All words, the program first.
    pub(in crate::command) argv: &'a [String],
    /// The flags in order.
    pub(in crate::command) flags: Vec<Said<'a>>,
    /// The words that are neither flags nor verbs, up to `--`.
    pub(in crate::command) operands: Vec<&'a str>,
    /// The words behind `--`.
    pub(in crate::command) rest: &'a [String],
    /// The place behind the verb.
    pub(in crate::command) behind_verb: usize,
    verb: &'static Verb,
}

/// A flag that is given.
#[derive(Clone, Copy, Debug)]
pub(in crate::command) struct Said<'a> {
    /// Its last name in the table; as it is given when no table has it.
    pub(in crate::command) name: &'a str,
    pub(in crate::command) value: Option<&'a str>,
    means: Option<Means>,
}

impl<'a> Given<'a> {
    /// Whether a flag is given.
    pub(in crate::command) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag.name == name)
    }

    /// The values of a flag.
    pub(in crate::command) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let flags = self.flags.iter().filter(move |flag| flag.name == name);
        flags.filter_map(|flag| flag.value)
    }

    /// The operands, then what stands behind `--`.
    pub(in crate::command) fn words(&self) -> impl Iterator<Item = &'a str> {
        let rest = self.rest.iter().map(String::as_str);
        self.operands.iter().copied().chain(rest)
    }

    /// The command with a flag behind its verb.
    fn with(&self, flag: &str) -> Vec<String> {
        let mut argv = self.argv.to_vec();
        argv.insert(self.behind_verb.min(argv.len()), flag.to_owned());
        argv
    }

    /// The command with another verb, without some flags; nothing when it names anything.
    fn instead(&self, verb: &str, without: &[&str]) -> Option<Vec<String>> {
        let place = self.behind_verb.checked_sub(1)?;
        if self.words().next().is_some() {
            return None;
        }
        let keeps = |word: &str| {
            let name = word.split_once('=').map_or(word, |(name, _)| name);
            !without.contains(&name)
        };
        let words = self.argv.iter().enumerate();
        let words = words.map(|(at, word)| if at == place { verb } else { word.as_str() });
        Some(
            words
                .filter(|word| keeps(word))
                .map(str::to_owned)
                .collect(),
        )
    }
}

/// Understands a command of a program.
pub(in crate::command) fn read(tool: &'static Tool, argv: &[String]) -> Understanding {
    let mut understanding = Understanding::default();
    let mut reader = Reader::new(tool, argv);
    reader.read(&mut understanding);
    match reader.finish() {
        Ok(given) => understand(&given, &mut understanding),
        Err((word, flags)) => {
            mean(&flags, &mut understanding);
            "does what cannot be told".clone_into(&mut understanding.what);
            understanding.doubt(word.map_or_else(
                || "it does not say what to do".to_owned(),
                |word| {
                    format!(
                        "{} is nothing that the gate knows of this program",
                        named(word)
                    )
                },
            ));
        }
    }
    if !understanding.is_clear() && names_destruction(tool, argv) {
        understanding.raise(Effect::Destructive);
    }
    understanding
}

fn understand(given: &Given<'_>, understanding: &mut Understanding) {
    let verb = given.verb;
    understanding.raise(verb.effect);
    understanding.what = say(verb.says, given.words());
    understanding.targets = given.words().map(shown).collect();
    if verb.effect == Effect::NotUnderstood {
        understanding.doubt(format!("it {}", understanding.what));
    }
    let is_asked = mean(&given.flags, understanding);
    (verb.look)(given, understanding);
    if is_asked && understanding.is_clear() {
        understanding.effect = Effect::Read;
        understanding.foundation = false;
        understanding.what = format!("tries out what {}", understanding.what);
    } else if understanding.is_clear() && understanding.effect > Effect::Read {
        understanding.dry_run = understanding.dry_run.take().or_else(|| match verb.dry {
            Dry::Never => None,
            Dry::Add(flag) => Some(given.with(flag)),
            Dry::Instead(verb, without) => given.instead(verb, without),
        });
    }
}

/// Takes in what flags mean; whether all that ask for a trial, or against one, ask for it.
fn mean(flags: &[Said<'_>], understanding: &mut Understanding) -> bool {
    let (mut trials, mut asked) = (0_u32, 0_u32);
    for flag in flags {
        match flag.means {
            Some(Means::Dry(values)) => {
                asked = asked.saturating_add(1);
                let meant = values.contains(&flag.value.unwrap_or_default());
                trials = trials.saturating_add(u32::from(meant));
            }
            Some(means) => apply(means, flag.name, flag.value, understanding),
            None => {}
        }
    }
    trials > 0 && trials == asked
}

fn apply(means: Means, name: &str, value: Option<&str>, understanding: &mut Understanding) {
    match means {
        Means::Elsewhere => {
            understanding.doubt(format!("{} changes where it goes, or as whom", named(name)));
        }
        Means::Doubt(why) => understanding.doubt(format!("{} {why}", named(name))),
        Means::Raise(effect, what) => {
            understanding.raise(effect);
            understanding.note(format!("{} {what}", named(name)));
        }
        Means::Note(what) => understanding.note(format!("{} {what}", named(name))),
        Means::Reveal => understanding.reveal(),
        Means::File => match value {
            None | Some("-") => understanding.doubt("what to do stands in its input"),
            Some(address) if address.contains("://") => {
                understanding.doubt(format!("what to do stands at {}", named(address)));
            }
            Some(file) => understanding.note(format!(
                "what to do stands in {}, which the gate has not read",
                named(file)
            )),
        },
        Means::Dry(_) => {}
    }
}

/// Whether a word of the command is one by which its program takes something away. Where a flag is
/// not known, the verb may be another than it seems.
fn names_destruction(tool: &Tool, argv: &[String]) -> bool {
    let verbs = tool
        .verbs
        .iter()
        .filter(|verb| verb.effect == Effect::Destructive);
    let mut last = verbs.filter_map(|verb| verb.words.split_ascii_whitespace().next_back());
    last.any(|words| {
        let mut given = argv.iter().skip(1);
        given.any(|given| words.split('|').any(|word| word == given))
    })
}

/// The sentence of a verb, with what is named in its place.
fn say<'w>(says: &str, words: impl Iterator<Item = &'w str>) -> String {
    let Some((before, rest)) = says.split_once('{') else {
        return says.to_owned();
    };
    let (otherwise, after) = rest.split_once('}').unwrap_or((rest, ""));
    let named = listed(words);
    let middle = if named.is_empty() {
        otherwise.trim_start_matches('|')
    } else {
        named.as_str()
    };
    format!("{before}{middle}{after}").trim_end().to_owned()
}
