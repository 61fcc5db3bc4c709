//! What an action asks to run.

use crate::frame::STDIN_MAX_BYTES;
use portcullis_policy::{
    command::{self, account::Account, line},
    visible::visible_line,
};
use serde_json::{Map, Value};

/// The most commands of one action.
const COMMANDS_MAX: usize = 32;
/// The most words of a command.
const WORDS_MAX: usize = 1_024;
/// The most bytes of a command's words, which all processors take.
const WORDS_MAX_BYTES: usize = 96 * 1_024;

/// The commands of one action, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// Each a program and its arguments. The first that fails ends the action.
    pub commands: Vec<Vec<String>>,
    /// What each of them reads on its standard input.
    pub stdin: Vec<u8>,
}

impl Asked {
    /// Reads the parameters: one of `argv`, `line` and `plan`, and maybe `stdin`.
    ///
    /// Fails closed: what can be taken for two things is nothing.
    ///
    /// # Errors
    /// What is wrong with them, for people.
    pub fn read(parameters: &Map<String, Value>) -> Result<Self, String> {
        let forms = ["argv", "line", "plan"];
        let mut given = forms
            .into_iter()
            .filter_map(|form| Some((form, parameters.get(form)?)));
        let (Some((form, value)), None) = (given.next(), given.next()) else {
            return Err("expected one of the parameters `argv`, `line` and `plan`".to_owned());
        };
        let commands = match (form, value) {
            ("line", Value::String(line)) => apart(line)?,
            ("argv", Value::Array(words)) => vec![texts(words, "argv")?],
            ("plan", Value::Array(commands)) => plan(commands)?,
            (form, _) => return Err(format!("the parameter `{form}` is of another kind")),
        };
        commands.iter().try_for_each(|argv| check(argv))?;
        Ok(Self {
            commands,
            stdin: stdin(parameters)?,
        })
    }

    /// The parameters of the same commands in the form that changes nothing, when each has one.
    #[must_use]
    pub fn dry(&self) -> Option<Map<String, Value>> {
        let dry: Option<Vec<Vec<String>>> =
            self.commands.iter().map(|argv| dry_form(argv)).collect();
        let plan = ("plan".to_owned(), Value::from(dry?));
        let stdin = String::from_utf8(self.stdin.clone()).ok()?;
        let stdin = ("stdin".to_owned(), Value::String(stdin));
        Some(Map::from_iter([plan, stdin]))
    }
}

/// Takes a line apart into commands that run one after the other as long as each goes well.
///
/// Fails closed: what needs a shell to run, or goes on after a failure, is no such line.
fn apart(line: &str) -> Result<Vec<Vec<String>>, String> {
    let segments = line::split(line);
    let texts = segments.iter().map(|segment| segment.text.as_str());
    if !texts.eq(line.split("&&").map(str::trim)) {
        let message =
            "a line here is commands with `&&` between them; nothing else is run without a shell";
        return Err(message.to_owned());
    }
    let commands = segments.iter().map(|segment| {
        let argv = segment.argv().map(<[String]>::to_vec);
        argv.ok_or_else(|| {
            let why = segment
                .obstacles
                .first()
                .map_or("it is empty", |one| one.text());
            format!(
                "`{}` cannot be run without a shell: {why}",
                visible_line(&segment.text)
            )
        })
    });
    commands.collect()
}

/// The same command as a trial that changes nothing; `None` when none is known.
fn dry_form(argv: &[String]) -> Option<Vec<String>> {
    let account = Account::of(&command::asked::Asked::Argv(argv.to_vec()));
    account.parts.into_iter().next()?.understanding.dry_run
}

fn plan(commands: &[Value]) -> Result<Vec<Vec<String>>, String> {
    if commands.is_empty() || commands.len() > COMMANDS_MAX {
        return Err(format!(
            "expected from 1 to {COMMANDS_MAX} commands in `plan`"
        ));
    }
    let read = commands.iter().enumerate().map(|(at, command)| {
        let words = command.as_array();
        let words = words.ok_or_else(|| format!("expected a list of texts at `plan[{at}]`"))?;
        texts(words, &format!("plan[{at}]"))
    });
    read.collect()
}

fn texts(words: &[Value], path: &str) -> Result<Vec<String>, String> {
    let texts = words.iter().enumerate().map(|(at, word)| {
        let text = word.as_str().map(str::to_owned);
        text.ok_or_else(|| format!("expected a text at `{path}[{at}]`"))
    });
    texts.collect()
}

fn check(argv: &[String]) -> Result<(), String> {
    if argv.first().is_none_or(String::is_empty) {
        return Err("expected the name of a program first".to_owned());
    }
    if argv.len() > WORDS_MAX {
        return Err(format!("a command has at most {WORDS_MAX} words"));
    }
    let bytes: usize = argv.iter().map(|word| word.len() + 1).sum();
    if bytes > WORDS_MAX_BYTES {
        return Err(format!("a command has at most {WORDS_MAX_BYTES} bytes"));
    }
    if argv.iter().any(|word| word.contains('\0')) {
        return Err("a word of a command has no null in it".to_owned());
    }
    Ok(())
}

fn stdin(parameters: &Map<String, Value>) -> Result<Vec<u8>, String> {
    match parameters.get("stdin") {
        None => Ok(Vec::new()),
        Some(Value::String(text)) if text.len() <= STDIN_MAX_BYTES => Ok(text.clone().into()),
        Some(Value::String(_)) => Err(format!("`stdin` has at most {STDIN_MAX_BYTES} bytes")),
        Some(_) => Err("expected a text in `stdin`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;
    use serde_json::{Map, Value, json};

    fn read(parameters: Value) -> Result<Asked, String> {
        let parameters: Map<String, Value> = serde_json::from_value(parameters).expect("an object");
        Asked::read(&parameters)
    }

    #[test]
    fn one_command_is_read_in_each_form() {
        let asked = |parameters| read(parameters).expect("commands").commands;
        assert_eq!(asked(json!({ "argv": ["ls", "-l"] })), [["ls", "-l"]]);
        assert_eq!(asked(json!({ "line": "ls -l" })), [["ls", "-l"]]);
        assert_eq!(asked(json!({ "plan": [["ls"], ["id"]] })), [["ls"], ["id"]]);
    }

    #[test]
    fn what_can_be_taken_for_two_things_is_refused() {
        for odd in [
            json!({}),
            json!({ "argv": ["ls"], "line": "ls" }),
            json!({ "argv": ["ls"], "plan": [["ls"]] }),
            json!({ "argv": "ls -l" }),
            json!({ "argv": ["ls", 1] }),
            json!({ "argv": [] }),
            json!({ "argv": ["", "x"] }),
            json!({ "argv": ["a\u{0}b"] }),
            json!({ "argv": ["x".repeat(100_000)] }),
            json!({ "argv": vec!["x"; 2_000] }),
            json!({ "line": ["ls"] }),
            json!({ "line": "a; b" }),
            json!({ "plan": [] }),
            json!({ "plan": ["ls"] }),
            json!({ "plan": vec![["ls"]; 33] }),
            json!({ "argv": ["ls"], "stdin": 1 }),
            json!({ "argv": ["ls"], "stdin": "x".repeat(2_000_000) }),
        ] {
            assert!(read(odd.clone()).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_line_is_taken_apart_when_nothing_but_success_leads_on() {
        let asked = |line: &str| read(json!({ "line": line })).map(|asked| asked.commands);
        let both = asked("kubectl get pods && echo 'a && b'").expect_err("it is cut in a quote");
        assert!(both.contains("&&"), "{both}");
        assert_eq!(
            asked("kubectl get pods && echo 'a b'").expect("commands"),
            [vec!["kubectl", "get", "pods"], vec!["echo", "a b"]]
        );
        for odd in [
            "a || b",
            "a | b",
            "a &",
            "a > b",
            "a $HOME",
            "a && b; c",
            "a && $(b)",
            "&& a",
        ] {
            assert!(asked(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_dry_run_is_known_only_when_every_command_has_one() {
        let dry = |parameters| read(parameters).expect("commands").dry();
        let delete = ["kubectl", "delete", "pod", "web-1"];
        assert!(dry(json!({ "plan": [delete, delete] })).is_some());
        assert!(dry(json!({ "plan": [vec!["rm", "x"], delete.to_vec()] })).is_none());
    }
}
