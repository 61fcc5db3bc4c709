//! What became of an action's commands, in words.

use super::run::How;
use crate::stream::Kept;
use portcullis_firewall::{
    order::{Effect, Ended},
    visible::{excerpt, visible_line},
};

/// How much of a command is repeated in a summary, in bytes.
const WORDS_MAX_BYTES: usize = 120;

/// What became of an action's commands.
#[derive(Debug)]
pub(super) struct Outcome {
    commands: Vec<String>,
    /// Whether they were judged to change anything.
    writes: bool,
    ended: Vec<How>,
}

impl Outcome {
    /// Nothing has begun.
    pub(super) fn of(commands: &[Vec<String>], writes: bool) -> Self {
        Self {
            writes,
            commands: commands.iter().map(|argv| words(argv)).collect(),
            ended: Vec::new(),
        }
    }

    /// A command has ended; whether the next may begin.
    pub(super) fn add(&mut self, how: How) -> bool {
        let went_well = how == How::Code(0);
        self.ended.push(how);
        went_well
    }

    /// The effect of the action.
    pub(super) fn effect(&self, kept: Kept) -> Effect {
        let mut effect = Effect::new(self.result(), self.summary());
        effect.output = kept.text.into_bytes();
        effect.truncated = kept.truncated;
        effect
    }

    /// *Fails closed:* a command that was ended from outside may have done a part of its work.
    fn result(&self) -> Ended {
        match self.ended.last() {
            Some(How::Code(0)) => Ended::Done,
            None | Some(How::NotRun(_) | How::Code(_)) => Ended::Failed,
            // What only reads leaves no part of its work behind.
            Some(How::Signal(_) | How::Stopped(_)) if !self.writes => Ended::Failed,
            Some(How::Signal(_) | How::Stopped(_) | How::Lost(_)) => Ended::Unknown,
        }
    }

    fn summary(&self) -> String {
        let count = self.commands.len();
        let at = self.ended.len();
        let (Some(last), Some(command)) =
            (self.ended.last(), self.commands.get(at.wrapping_sub(1)))
        else {
            return "nothing was run".to_owned();
        };
        if count == 1 {
            return format!("`{command}` {last}");
        }
        if at == count && *last == How::Code(0) {
            return format!("all {count} commands ended with code 0");
        }
        let left = self.commands.get(at..).unwrap_or_default();
        let left = match left {
            [] => String::new(),
            [first] => format!("; not run: `{first}`"),
            [first, rest @ ..] => format!("; not run: `{first}` and {} more", rest.len()),
        };
        format!("command {at} of {count}, `{command}`, {last}{left}")
    }
}

/// A command for people to read. It is no line for a shell.
pub(super) fn words(argv: &[String]) -> String {
    let joined = argv.join(" ");
    let shown = visible_line(&joined);
    let cut = excerpt(&shown, WORDS_MAX_BYTES);
    match cut.hidden_bytes {
        0 => cut.text.to_owned(),
        _ => format!("{} …", cut.text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Ended, How, Outcome};
    use crate::stream::Kept;

    fn told(commands: &[&[&str]], ended: Vec<How>) -> (Ended, String) {
        let commands: Vec<Vec<String>> = commands
            .iter()
            .map(|argv| argv.iter().map(|word| (*word).to_owned()).collect())
            .collect();
        let mut outcome = Outcome::of(&commands, true);
        for how in ended {
            outcome.add(how);
        }
        let kept = Kept {
            text: String::new(),
            truncated: false,
        };
        let effect = outcome.effect(kept);
        (effect.result, effect.summary)
    }

    #[test]
    fn one_command_is_told_with_its_end() {
        let told = |how| told(&[&["ls", "-l"]], vec![how]);
        let done = (Ended::Done, "`ls -l` ended with code 0".to_owned());
        assert_eq!(told(How::Code(0)), done);
        let failed = (Ended::Failed, "`ls -l` ended with code 2".to_owned());
        assert_eq!(told(How::Code(2)), failed);
        assert_eq!(told(How::Signal(9)).0, Ended::Unknown);
        assert_eq!(told(How::NotRun("no".to_owned())).0, Ended::Failed);
        let stopped = How::Stopped("it took longer than 1 s".to_owned());
        let why = "`ls -l` was stopped, since it took longer than 1 s";
        assert_eq!(told(stopped), (Ended::Unknown, why.to_owned()));
    }

    #[test]
    fn a_plan_that_stops_says_what_was_not_run() {
        let plan: &[&[&str]] = &[&["a"], &["b"], &["c"], &["d"]];
        let (ended, summary) = told(plan, vec![How::Code(0), How::Code(1)]);
        assert_eq!(ended, Ended::Failed);
        assert_eq!(
            summary,
            "command 2 of 4, `b`, ended with code 1; not run: `c` and 1 more"
        );
        let all = told(&[&["a"], &["b"]], vec![How::Code(0), How::Code(0)]);
        assert_eq!(
            all,
            (Ended::Done, "all 2 commands ended with code 0".to_owned())
        );
    }

    #[test]
    fn hostile_words_are_shown_and_cut() {
        let long = "x".repeat(500);
        let (_, summary) = told(&[&["a\u{1b}[2J", &long]], vec![How::Code(0)]);
        assert!(summary.starts_with("`a\\u{1B}[2J xxx"));
        assert!(summary.len() < 200, "{summary}");
    }
}
