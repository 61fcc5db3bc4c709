//! What an action asks to run.

use crate::frame::STDIN_MAX_BYTES;
use portcullis_policy::{
    command::{account::Account, asked::Asked as Judged, line},
    tier::RiskTier,
    visible::visible_line,
};
use serde_json::{Map, Value};

/// The most commands of one action.
const COMMANDS_MAX: usize = 32;
/// The most words of a command.
const WORDS_MAX: usize = 1_024;

/// The commands of one action, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// Each a program and its arguments. The first that fails ends the action.
    pub commands: Vec<Vec<String>>,
    /// What each of them reads on its standard input.
    pub stdin: Vec<u8>,
}

impl Asked {
    /// Reads the parameters: one of `argv`, `line` and `plan`, as the rules read them, and maybe
    /// `stdin`.
    ///
    /// Fails closed: what can be taken for two things is nothing.
    ///
    /// # Errors
    /// What is wrong with them, for people.
    pub fn read(parameters: &Map<String, Value>) -> Result<Self, String> {
        let judged = Judged::read(parameters).map_err(|malformed| malformed.to_string())?;
        let commands = match judged {
            Judged::Argv(argv) => vec![argv],
            Judged::Line(line) => apart(&line)?,
            Judged::Plan(plan) => plan,
        };
        if commands.len() > COMMANDS_MAX {
            return Err(format!("expected {COMMANDS_MAX} commands at most"));
        }
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
///
/// Fails closed: whoever asks hears what a trial says before people have decided. So it must be a look
/// that needs nobody itself, and show nothing that may be secret.
fn dry_form(argv: &[String]) -> Option<Vec<String>> {
    let account = Account::of(&Judged::Argv(argv.to_vec()));
    let trial = account.parts.into_iter().next()?.understanding.dry_run?;
    let looks = Account::of(&Judged::Argv(trial.clone())).risk() == RiskTier::Observe;
    looks.then_some(trial)
}

fn check(argv: &[String]) -> Result<(), String> {
    if argv.first().is_none_or(String::is_empty) {
        return Err("expected the name of a program first".to_owned());
    }
    if argv.len() > WORDS_MAX {
        return Err(format!("a command has at most {WORDS_MAX} words"));
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

    #[test]
    fn what_may_show_a_secret_has_no_dry_run() {
        let dry = |line: &str| read(json!({ "line": line })).expect("commands").dry();
        assert!(dry("kubectl label pod web-1 a=b -o yaml").is_some());
        assert!(dry("terraform apply").is_some());
        for line in [
            "kubectl label secret db a=b -o yaml",
            "kubectl annotate -f db.yaml a=b -o yaml",
            "helm upgrade web ./chart",
            "terraform apply -show-sensitive",
            "kubectl delete pod web-1 && helm upgrade web ./chart",
        ] {
            assert!(dry(line).is_none(), "{line}");
        }
    }
}
