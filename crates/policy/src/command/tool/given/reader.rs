//! Telling flags, their values, verbs and operands apart.

use super::{Given, Said, Style, Tool, Verb, flags};
use crate::command::{
    tool::{
        Means,
        flags::{Flag, Takes},
    },
    understanding::{Understanding, named},
};

/// The word that should be a verb, and all flags.
type Lost<'a> = (Option<&'a str>, Vec<Said<'a>>);

/// Reads the words of a command from left to right.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    tool: &'static Tool,
    argv: &'a [String],
    at: usize,
    path: Vec<&'a str>,
    verb: Option<&'static Verb>,
    /// A word that should be a verb, and is none that is known.
    lost: Option<&'a str>,
    flags: Vec<Said<'a>>,
    operands: Vec<&'a str>,
    rest: &'a [String],
    behind_verb: usize,
    /// Whether words may belong to the parameter before them.
    in_parameter: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(tool: &'static Tool, argv: &'a [String]) -> Self {
        let mut reader = Self {
            tool,
            argv,
            at: 1,
            path: Vec::new(),
            verb: None,
            lost: None,
            flags: Vec::new(),
            operands: Vec::new(),
            rest: &[],
            behind_verb: 1,
            in_parameter: false,
        };
        reader.settle();
        reader
    }

    pub(super) fn read(&mut self, understanding: &mut Understanding) {
        while let Some(word) = self.next() {
            if word == "--" && self.tool.style != Style::Single {
                self.rest = self.argv.get(self.at..).unwrap_or_default();
                self.in_parameter = false;
                return;
            } else if word.len() > 1 && word.starts_with('-') {
                self.in_parameter = false;
                self.take_flag(word, understanding);
            } else if !self.in_parameter {
                self.take_word(word);
            } else {
                self.take_value(word, understanding);
            }
        }
    }

    /// The command, or the word that is not understood and all flags.
    pub(super) fn finish(self) -> Result<Given<'a>, Lost<'a>> {
        let verb = match (self.verb, self.lost) {
            (Some(verb), _) => Some(verb),
            (None, None) => self.exact(),
            (None, Some(_)) => None,
        };
        let Some(verb) = verb else {
            let word = self.lost.or_else(|| self.path.last().copied());
            return Err((word, self.flags));
        };
        Ok(Given {
            argv: self.argv,
            flags: self.flags,
            operands: self.operands,
            rest: self.rest,
            behind_verb: self.behind_verb,
            verb,
        })
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.argv.get(self.at)?;
        self.at = self.at.saturating_add(1);
        Some(word)
    }

    /// The verb is known as soon as none with more words can follow.
    fn settle(&mut self) {
        let longer = |verb: &&Verb| begins(verb, &self.path) && count(verb) > self.path.len();
        if !self.tool.verbs.iter().any(|verb| longer(&verb)) {
            self.verb = self.exact();
        }
    }

    /// The verb of just these words.
    fn exact(&self) -> Option<&'static Verb> {
        let mut verbs = self.tool.verbs.iter();
        verbs.find(|verb| count(verb) == self.path.len() && begins(verb, &self.path))
    }

    fn take_word(&mut self, word: &'a str) {
        if self.goes_on(word) {
            self.verb = None;
        }
        if self.verb.is_none() && self.lost.is_none() {
            self.path.push(word);
            if self.tool.verbs.iter().any(|verb| begins(verb, &self.path)) {
                self.behind_verb = self.at;
                return self.settle();
            }
            self.path.pop();
            self.verb = self.exact();
            if self.verb.is_none() {
                self.lost = Some(word);
            }
        }
        self.operands.push(word);
    }

    /// Whether a verb that was told by a flag behind it has one more word behind the flag.
    fn goes_on(&self, word: &str) -> bool {
        let path = [self.path.as_slice(), &[word]].concat();
        let mut verbs = self.tool.verbs.iter();
        self.verb.is_some()
            && self.operands.is_empty()
            && verbs.any(|verb| begins(verb, &path) && count(verb) >= path.len())
    }

    fn take_flag(&mut self, word: &'a str, understanding: &mut Understanding) {
        if self.tool.style == Style::Single {
            let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
            let bare = bare.unwrap_or(word);
            let offset = word.len().saturating_sub(bare.len()).saturating_sub(1);
            // One dash or two are the same here; the tables have one.
            return self.take_long(word.get(offset..).unwrap_or(word), understanding);
        }
        if word.starts_with("--") {
            self.take_long(word, understanding);
        } else {
            self.take_cluster(word, understanding);
        }
    }

    fn take_long(&mut self, word: &'a str, understanding: &mut Understanding) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let Some(flag) = self.find(name) else {
            return self.take_parameter(name, value, understanding);
        };
        match (flag.0.takes, value) {
            (Takes::Value, None) => self.take_next(flag, understanding),
            (Takes::Nothing, Some(_)) if self.tool.style != Style::Switches => {
                understanding.doubt(format!("{} takes no value", named(name)));
            }
            (_, value) => self.say(flag, value),
        }
    }

    /// Short flags in one word: `-abc`, `-n5`.
    fn take_cluster(&mut self, word: &'a str, understanding: &mut Understanding) {
        let letters = word.strip_prefix('-').unwrap_or(word);
        if letters.bytes().all(|byte| byte.is_ascii_digit())
            && let Some(flag) = self.find("-0")
        {
            return self.say(flag, Some(letters));
        }
        for (place, letter) in letters.char_indices() {
            let Some(flag) = self.find(&format!("-{letter}")) else {
                return doubt_flag(&format!("-{letter}"), understanding);
            };
            let after = place.saturating_add(letter.len_utf8());
            let attached = letters.get(after..).unwrap_or_default();
            match flag.0.takes {
                Takes::Nothing => self.say(flag, None),
                Takes::Value if attached.is_empty() => return self.take_next(flag, understanding),
                Takes::Value | Takes::Attached => {
                    let value = match self.tool.style {
                        Style::Switches => attached.strip_prefix('=').unwrap_or(attached),
                        Style::Gnu | Style::Single | Style::Call(_) => attached,
                    };
                    let value = (!attached.is_empty()).then_some(value);
                    return self.say(flag, value);
                }
            }
        }
    }

    fn take_next(&mut self, flag: Known, understanding: &mut Understanding) {
        let value = self.next();
        match value {
            None => understanding.doubt(format!("{} asks for a value", named(flag.0.name))),
            // Some programs take such a word for a flag of its own.
            Some(word) if is_like_a_flag(word) => {
                let flag = named(flag.0.name);
                understanding.doubt(format!(
                    "{} may be the value of {flag}, or a flag",
                    named(word)
                ));
            }
            Some(_) => {}
        }
        self.say(flag, value);
    }

    /// A flag that no table has.
    fn take_parameter(
        &mut self,
        name: &'a str,
        value: Option<&'a str>,
        understanding: &mut Understanding,
    ) {
        let known = match self.tool.style {
            Style::Call(words) => self.operands.len() >= words && is_parameter(name),
            Style::Gnu | Style::Switches | Style::Single => false,
        };
        let elsewhere = |(list, means): &(&'static str, Means)| {
            !matches!(means, Means::Note(_)) && flags::is_begun(list, name)
        };
        if !known || self.tool.means.iter().any(elsewhere) {
            return doubt_flag(name, understanding);
        }
        self.flags.push(Said {
            name,
            value: None,
            means: None,
        });
        match value {
            Some(value) => self.take_value(value, understanding),
            None => self.in_parameter = true,
        }
    }

    /// The value of a parameter of a call.
    fn take_value(&mut self, value: &'a str, understanding: &mut Understanding) {
        let from_elsewhere = ["file://", "fileb://", "http://", "https://", "@"];
        if from_elsewhere
            .iter()
            .any(|prefix| value.starts_with(prefix))
        {
            let why = format!("{} stands for what is written there", named(value));
            understanding.doubt(why);
        }
        match self.flags.last().copied() {
            Some(Said { value: None, .. }) => {
                if let Some(last) = self.flags.last_mut() {
                    last.value = Some(value);
                }
            }
            Some(last) => self.flags.push(Said {
                value: Some(value),
                ..last
            }),
            None => {}
        }
    }

    fn say(&mut self, (flag, means): Known, value: Option<&'a str>) {
        self.flags.push(Said {
            name: flag.name,
            value,
            means,
        });
    }

    /// A flag of the verb, or of the whole program.
    fn find(&mut self, name: &str) -> Option<Known> {
        let of_tool = find(self.tool.plain, self.tool.means, name);
        if self.verb.is_none() && self.lost.is_none() && of_tool.is_none() {
            self.verb = self.exact();
        }
        let of_verb = self
            .verb
            .and_then(|verb| find(verb.plain, verb.means, name));
        of_verb.or(of_tool)
    }
}

/// A flag of a table, and what it means.
type Known = (Flag, Option<Means>);

fn find(plain: &'static str, means: &[(&'static str, Means)], name: &str) -> Option<Known> {
    let meant = means
        .iter()
        .find_map(|(list, means)| Some((flags::find(list, name)?, Some(*means))));
    meant.or_else(|| Some((flags::find(plain, name)?, None)))
}

fn doubt_flag(name: &str, understanding: &mut Understanding) {
    understanding.doubt(format!(
        "{} is a flag that the gate does not know",
        named(name)
    ));
}

/// Whether a word begins as flags do, and is no negative number.
fn is_like_a_flag(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next() == Some('-') && chars.next().is_some_and(|next| !next.is_ascii_digit())
}

/// Whether a name has the form of a parameter: `--like-this`.
fn is_parameter(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.strip_prefix("--").is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(plain)
    })
}

fn count(verb: &Verb) -> usize {
    verb.words.split_ascii_whitespace().count()
}

/// Whether the words of a verb begin with these.
fn begins(verb: &Verb, path: &[&str]) -> bool {
    let mut words = verb.words.split_ascii_whitespace();
    path.iter().all(|given| {
        let word = words.next();
        word.is_some_and(|word| word.split('|').any(|word| word == *given))
    })
}
