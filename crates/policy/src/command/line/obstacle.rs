//! Why a command of a line cannot be read.

use std::fmt;

/// Something in a line that only a running shell can resolve, or that shells read differently.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Obstacle {
    /// `$NAME`, `${…}`, `$1`.
    Variable,
    /// `$(…)`, `$((…))` or backticks.
    Substitution,
    /// `<(…)` or `>(…)`.
    ProcessSubstitution,
    /// `(…)`, or a function.
    Subshell,
    /// `*`, `?` or `[`.
    Glob,
    /// `{…}`.
    Braces,
    /// `~`.
    Tilde,
    /// `<`, `>` and their kin.
    Redirection,
    /// `<<`.
    Heredoc,
    /// `<<<`.
    HereString,
    /// `NAME=value` before a command.
    Assignment,
    /// A word of the shell's own, such as `if` or `!`.
    Keyword,
    /// `!…`, which an interactive shell replaces by an earlier line.
    History,
    /// `#…`.
    Comment,
    /// `$'…'` or `$"…"`.
    DollarQuote,
    /// A character that nobody sees.
    Unseen,
    /// A quote, a parenthesis or a backslash that nothing ends.
    Unclosed,
    /// A parenthesis that nothing opens.
    Unbalanced,
    /// An operator with no command beside it, or a line without any.
    Missing,
    /// More commands within commands than are read.
    TooDeep,
    /// Longer than is read.
    TooLong,
}

impl Obstacle {
    /// What stands in the way, as a sentence fragment in lower case.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Variable => "it holds a variable, whose value is known only when it runs",
            Self::Substitution => "it holds the answer of another command",
            Self::ProcessSubstitution => "it reads or feeds another command as a file",
            Self::Subshell => "it holds a subshell or a function",
            Self::Glob => "it holds a glob, which stands for whatever files there are",
            Self::Braces => "it holds braces, which a shell unfolds",
            Self::Tilde => "it holds `~`, which stands for somebody's folder",
            Self::Redirection => "it reads from or writes to a file by a redirection",
            Self::Heredoc => "it holds a here-document",
            Self::HereString => "it holds a here-string",
            Self::Assignment => "it sets a variable for the command",
            Self::Keyword => "it begins with a word of the shell's own",
            Self::History => "it may stand for an earlier line",
            Self::Comment => "it holds a comment, which not every shell leaves out",
            Self::DollarQuote => "it holds `$'…'` or `$\"…\"`, which shells read differently",
            Self::Unseen => "it holds a character that nobody sees",
            Self::Unclosed => "something in it is opened and never closed",
            Self::Unbalanced => "a parenthesis in it closes nothing",
            Self::Missing => "a command is missing",
            Self::TooDeep => "it holds too many commands within commands",
            Self::TooLong => "it is too long to be read",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The words that a shell takes for its own where a command may begin.
const KEYWORDS: &[&str] = &[
    "!", "[[", "]]", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for",
    "function", "if", "in", "select", "then", "time", "until", "while", "{", "}",
];

/// Whether a shell takes a word for its own where a command may begin.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}
