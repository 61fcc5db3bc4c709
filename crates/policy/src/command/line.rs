//! A line as a shell would read it, cut into commands; and commands written as a line again.
//!
//! Nothing is guessed. Whatever a shell would only know when it runs (a variable, a glob, what
//! another command answers) makes a command unreadable, and so does whatever two shells may read
//! differently. Source: POSIX.1-2024, Shell Command Language, and what Bash adds to it.

mod draft;
mod obstacle;
mod quote;
mod splitter;

pub use obstacle::Obstacle;
pub use quote::quote;

/// The longest line that is read, in bytes.
pub const LINE_MAX_BYTES: usize = 16_384;

/// One command of a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Segment {
    /// As it stands in the line, without the blanks around it.
    pub text: String,
    /// Its words as far as they can be told, without quotes and escapes.
    pub words: Vec<String>,
    /// Why the words are not all that will run; empty when they are.
    pub obstacles: Vec<Obstacle>,
}

impl Segment {
    /// The command, when it is the same whatever the world is like.
    #[must_use]
    pub fn argv(&self) -> Option<&[String]> {
        (self.obstacles.is_empty() && !self.words.is_empty()).then_some(self.words.as_slice())
    }

    /// The words without what a shell reads before a command: its own words, such as `if`, and
    /// assignments.
    #[must_use]
    pub fn bare_words(&self) -> &[String] {
        let is_before = |word: &String| obstacle::is_keyword(word) || draft::is_assignment(word);
        let first = self.words.iter().position(|word| !is_before(word));
        first
            .and_then(|first| self.words.get(first..))
            .unwrap_or_default()
    }
}

/// Cuts a line into its commands, in the order in which they begin. What stands in `$(…)`,
/// backticks, `<(…)`, `>(…)` and parentheses is cut out as commands of its own.
///
/// Fails closed: a line that cannot be cut, or is longer than [`LINE_MAX_BYTES`], still gives at
/// least one segment, and that has an obstacle.
#[must_use]
pub fn split(line: &str) -> Vec<Segment> {
    if line.len() > LINE_MAX_BYTES {
        return vec![Segment {
            text: line.to_owned(),
            words: Vec::new(),
            obstacles: vec![Obstacle::TooLong],
        }];
    }
    splitter::Splitter::new(line).split()
}

/// The pieces of a line that cannot be read with certainty: cut wherever a shell might cut it,
/// quoted or not, so that no quote hides a command.
pub fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let cuts = [';', '&', '|', '\n', '\r', '(', ')', '`', '{', '}', '<', '>'];
    let cut = line.split(cuts).map(str::trim);
    cut.filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests;
