//! What is known of a program: its verbs and its flags, as data.
//!
//! Flags are written as one text, e.g. `-n,--namespace= -A,--all-namespaces --color?`: names of the
//! same flag are joined by commas, `=` says that a value follows, `?` that one may be attached.

mod flags;
mod given;

pub(super) use given::{Given, read};

use super::{
    effect::Effect,
    understanding::{Understanding, named},
};

/// A program.
#[derive(Debug)]
pub(super) struct Tool {
    /// Its names.
    pub(super) names: &'static [&'static str],
    /// How it writes flags.
    pub(super) style: Style,
    /// The flags that may stand with every verb and change nothing about what it does.
    pub(super) plain: &'static str,
    /// The flags that may stand with every verb and do.
    pub(super) means: &'static [(&'static str, Means)],
    /// Its verbs; one without words when it does only one thing.
    pub(super) verbs: &'static [Verb],
}

/// How a program writes flags.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// `-abc`, `-n 5`, `-n5`, `--name value`, `--name=value`.
    Gnu,
    /// The same, and `--flag=false` for a flag that is on or off.
    Switches,
    /// `-name value`, `-name=value`, with one dash or two.
    Single,
    /// As GNU, and after so many words any `--name` is a parameter of the call, with values.
    Call(usize),
}

/// One thing a program does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verb {
    /// Its words; `|` stands between words for the same, e.g. `container ls|list`.
    pub(super) words: &'static str,
    /// What it does to the world.
    pub(super) effect: Effect,
    /// What it does, for people. `{}` stands for what it names, `{|…}` for that or else these words.
    pub(super) says: &'static str,
    /// Its own flags that change nothing about what it does.
    pub(super) plain: &'static str,
    /// Its own flags that do.
    pub(super) means: &'static [(&'static str, Means)],
    /// How to try it out.
    pub(super) dry: Dry,
    /// What a table cannot say.
    pub(super) look: Look,
}

/// Looks closer at one command.
pub(super) type Look = fn(&Given<'_>, &mut Understanding);

/// What a flag does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Means {
    /// It changes where the command goes.
    Elsewhere,
    /// It makes the command something that cannot be told, and why.
    Doubt(&'static str),
    /// It does more, and what.
    Raise(Effect, &'static str),
    /// People should know this.
    Note(&'static str),
    /// It names a file that says what to do.
    File,
    /// The answer may hold secrets.
    Reveal,
    /// It makes the command a trial, with one of these values; the empty one is none.
    Dry(&'static [&'static str]),
}

/// How to try a command out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dry {
    /// There is no such form.
    Never,
    /// This flag behind the verb.
    Add(&'static str),
    /// This verb in its place, without these flags.
    Instead(&'static str, &'static [&'static str]),
}

impl Verb {
    const fn new(effect: Effect, words: &'static str, says: &'static str) -> Self {
        Self {
            words,
            effect,
            says,
            plain: "",
            means: &[],
            dry: Dry::Never,
            look: |_, _| {},
        }
    }

    pub(super) const fn plain(mut self, flags: &'static str) -> Self {
        self.plain = flags;
        self
    }

    pub(super) const fn means(mut self, means: &'static [(&'static str, Means)]) -> Self {
        self.means = means;
        self
    }

    pub(super) const fn dry(mut self, dry: Dry) -> Self {
        self.dry = dry;
        self
    }

    pub(super) const fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }
}

/// Looks, and changes nothing.
pub(super) const fn reads(words: &'static str, says: &'static str) -> Verb {
    Verb::new(Effect::Read, words, says)
}

/// Changes something.
pub(super) const fn writes(words: &'static str, says: &'static str) -> Verb {
    Verb::new(Effect::Write, words, says)
}

/// Takes something away.
pub(super) const fn destroys(words: &'static str, says: &'static str) -> Verb {
    Verb::new(Effect::Destructive, words, says)
}

/// A verb that takes no words: one that stands behind it may be another verb.
pub(super) fn alone(given: &Given<'_>, understanding: &mut Understanding) {
    for word in given.words() {
        understanding.doubt(format!(
            "{} is nothing that the gate knows of it",
            named(word)
        ));
    }
}

/// Does what cannot be told.
pub(super) const fn hides(words: &'static str, says: &'static str) -> Verb {
    Verb::new(Effect::NotUnderstood, words, says)
}
