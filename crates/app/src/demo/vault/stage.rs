//! Doing one thing after the other on the chain, and showing what came of it.

use crate::{
    demo::paper,
    output::{Output, style},
};
use anstyle::Style;
use portcullis_evm::{
    Address,
    chain::{Ending, Outcome},
    errand::Errand,
    preflight::{Preflight, reverted},
    rules::{Denial, Verdict},
    scene::{self, Scene},
};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a reader gets for an act, and for what follows from it.
const FOR_AN_ACT: Duration = Duration::from_millis(600);
const FOR_A_STEP: Duration = Duration::from_millis(200);

/// The world, and what was played in it so far.
pub(super) struct Stage {
    pub(super) scene: Scene,
    output: Output,
    fast: bool,
    acts: Vec<Value>,
    surprises: Vec<String>,
}

impl Stage {
    pub(super) fn new(output: Output, fast: bool) -> anyhow::Result<Self> {
        Ok(Self {
            scene: Scene::new()?,
            output,
            fast,
            acts: Vec::new(),
            surprises: Vec::new(),
        })
    }

    /// What was played, for programs.
    pub(super) fn acts(&self) -> &[Value] {
        &self.acts
    }

    /// What was other than the story says.
    pub(super) fn surprises(&self) -> &[String] {
        &self.surprises
    }

    pub(super) fn opening(&self) -> anyhow::Result<()> {
        self.print(&paper::heading("Portcullis: a vault that refuses"))?;
        self.say(
            "A chain was just started in this process, and nothing is fetched. The contracts are those of \
             contracts/src, as the compiler left them; the tokens, the market and the prices are \
             stand-ins. A manager runs a vault with other people's money, and an agent trades for it. \
             The contracts judge every call before it is made, and the gate tells beforehand.",
        )
    }

    /// A paragraph.
    pub(super) fn say(&self, text: &str) -> anyhow::Result<()> {
        let lines = paper::wrapped(text, 96);
        self.print(&format!("{}\n", lines.join("\n")))
    }

    /// The next act.
    pub(super) async fn act(&mut self, title: &str, why: &str) -> anyhow::Result<()> {
        self.pause(FOR_AN_ACT).await;
        let number = self.acts.len().saturating_add(1);
        self.print(&paper::title(number, title))?;
        for line in paper::wrapped(why, 94) {
            self.print(&format!("    {line}\n"))?;
        }
        self.acts
            .push(json!({ "title": title, "why": why, "then": [] }));
        Ok(())
    }

    /// A line of the act.
    pub(super) fn fact(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        self.styled(name, style::FAINT, text)
    }

    /// A line of the act that stays as it is.
    pub(super) fn line(&mut self, text: &str) -> anyhow::Result<()> {
        self.note("", text);
        self.print(&format!("    {text}\n"))
    }

    /// Somebody sends something, and the chain does it.
    pub(super) async fn does(
        &mut self,
        (who, from): (&str, Address),
        errand: &Errand,
    ) -> anyhow::Result<Outcome> {
        self.fact(who, &errand.words)?;
        let outcome = self.scene.send(from, errand)?;
        match denial(&outcome) {
            None => {
                let text = format!("done, for {} gas", grouped(outcome.gas));
                self.styled("the chain", style::GOOD, &text)?;
            }
            Some(denial) => {
                self.styled("the chain", style::BAD, &refusal(&denial))?;
                self.surprises
                    .push(format!("`{}` was refused", errand.words));
            }
        }
        self.pause(FOR_A_STEP).await;
        Ok(outcome)
    }

    /// Somebody sends something, and the chain refuses it with a code.
    pub(super) async fn is_refused(
        &mut self,
        (who, from): (&str, Address),
        errand: &Errand,
        code: &str,
    ) -> anyhow::Result<()> {
        self.fact(who, &errand.words)?;
        self.chain_refuses(from, errand, code)?;
        self.pause(FOR_A_STEP).await;
        Ok(())
    }

    /// The gate looks at a call of the vault; whether it would sign it.
    pub(super) async fn looks(&mut self, from: Address, errand: &Errand) -> anyhow::Result<bool> {
        let seen = self.scene.look(from, errand)?;
        self.explain(&seen)?;
        let passes = match &seen.verdict {
            Verdict::Deny(denial) => {
                self.styled("the gate", style::BAD, &refusal(denial))?;
                false
            }
            Verdict::Allow(_) | Verdict::Ask(..) => {
                let mut names = self.scene.names.clone();
                names.vault = self.scene.made.vault;
                let effects = seen.effects.iter();
                let words: Vec<_> = effects.flat_map(|effects| effects.words(&names)).collect();
                self.styled(
                    "the gate",
                    style::GOOD,
                    &format!("would sign: {}", words.join("; ")),
                )?;
                true
            }
        };
        self.pause(FOR_A_STEP).await;
        Ok(passes)
    }

    /// The gate refuses a call of the vault with a code; sent past the gate, the chain refuses it with
    /// the same.
    pub(super) async fn both_refuse(&mut self, errand: &Errand, code: &str) -> anyhow::Result<()> {
        if self.looks(scene::TRADER, errand).await? {
            self.surprises
                .push(format!("`{}` was not refused by the gate", errand.words));
        }
        self.fact(
            "past it",
            "sent to the chain all the same, without the gate",
        )?;
        self.chain_refuses(scene::TRADER, errand, code)
    }

    fn chain_refuses(&mut self, from: Address, errand: &Errand, code: &str) -> anyhow::Result<()> {
        let outcome = self.scene.send(from, errand)?;
        match denial(&outcome) {
            Some(denial) => {
                if denial.code != code {
                    self.surprises
                        .push(format!("`{}` instead of `{code}`", denial.code));
                }
                self.styled("the chain", style::BAD, &refusal(&denial))
            }
            None => {
                self.surprises.push(format!("`{}` was done", errand.words));
                self.styled("the chain", style::GOOD, "done")
            }
        }
    }

    fn explain(&mut self, seen: &Preflight) -> anyhow::Result<()> {
        let Some(explanation) = &seen.explanation else {
            return self.fact("means", "nothing that can be read");
        };
        for within in &explanation.within {
            self.fact("means", &within.headline)?;
        }
        Ok(())
    }

    fn styled(&mut self, name: &str, name_style: Style, text: &str) -> anyhow::Result<()> {
        let text = by_name(text);
        self.note(name, &text);
        self.print(&paper::fact(name, name_style, &text))
    }

    /// Keeps a line for programs.
    fn note(&mut self, name: &str, text: &str) {
        let act = self.acts.last_mut();
        let then = act
            .and_then(|act| act.get_mut("then"))
            .and_then(Value::as_array_mut);
        if let Some(then) = then {
            then.push(json!({ "who": name, "what": text }));
        }
    }

    /// Prints for people; programs get the whole story at its end.
    fn print(&self, text: &str) -> anyhow::Result<()> {
        if !self.output.is_json() {
            self.output.raw(text)?;
        }
        Ok(())
    }

    async fn pause(&self, time: Duration) {
        if !self.fast && !self.output.is_json() {
            tokio::time::sleep(time).await;
        }
    }
}

/// Why a transaction failed, if it did.
fn denial(outcome: &Outcome) -> Option<Denial> {
    match &outcome.ending {
        Ending::Returned(_) => None,
        Ending::Reverted(bytes) => Some(reverted::read(bytes)),
        Ending::Halted(why) => Some(Denial::new("halted", "run", why.clone())),
    }
}

/// A text without the addresses that stand behind names: in a story, the names are enough.
fn by_name(text: &str) -> String {
    let mut parts = text.split(" (0x");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((address, rest)) if address.len() == 40 => plain.push_str(rest),
            _ => {
                plain.push_str(" (0x");
                plain.push_str(part);
            }
        }
    }
    plain
}

/// A refusal with its code first.
fn refusal(denial: &Denial) -> String {
    let rule = match denial.argument {
        Some(argument) => format!("rule `{}`, argument {argument}", denial.rule),
        None => format!("rule `{}`", denial.rule),
    };
    format!("refuses: {} ({rule}): {}", denial.code, denial.words)
}

/// A number in groups of three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{by_name, grouped};

    #[test]
    fn addresses_behind_names_are_left_out() {
        let address = "0x0000000000000000000000000000000000000a04";
        let text = format!("pays Ann ({address}), not {address} (0x12)");
        assert_eq!(by_name(&text), format!("pays Ann, not {address} (0x12)"));
    }

    #[test]
    fn numbers_are_grouped_from_their_end() {
        assert_eq!(
            [7, 1_000, 21_000, 1_234_567].map(grouped),
            ["7", "1,000", "21,000", "1,234,567"]
        );
    }
}
