//! Playing one act after the other, and showing it.

use super::{
    act::{Act, Wish},
    paper,
    setting::{Cast, Setting},
};
use crate::{
    client::{Client, ClientError, escaped},
    output::{Output, style, table::text_at},
    telling,
};
use anyhow::bail;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a reader gets for an act.
pub(super) const FOR_AN_ACT: Duration = Duration::from_millis(600);
/// How long a reader gets for what follows from it.
const FOR_A_STEP: Duration = Duration::from_millis(250);
/// How long after an act the next one happens, by the story's clock.
const BETWEEN: SignedDuration = SignedDuration::from_mins(4);

/// The stage: who plays, and what was played so far.
pub(super) struct Stage<'s> {
    pub(super) output: Output,
    pub(super) cast: &'s Cast,
    pub(super) acts: Vec<Act>,
    /// What became of the scene with files.
    pub(super) files: Value,
    pub(super) setting: &'s Setting,
    fast: bool,
    surprises: usize,
}

impl<'s> Stage<'s> {
    pub(super) fn new(setting: &'s Setting, output: Output, fast: bool) -> anyhow::Result<Self> {
        Ok(Self {
            output,
            cast: &setting.cast,
            acts: Vec::new(),
            files: Value::Null,
            setting,
            fast,
            surprises: 0,
        })
    }

    /// How many verdicts were other than the story says.
    pub(super) const fn surprises(&self) -> usize {
        self.surprises
    }

    pub(super) fn opening(&self) -> anyhow::Result<()> {
        self.print(&paper::heading(
            "Portcullis: the action firewall for AI agents",
        ))?;
        self.say(
            "A gate was just started in this process, with an empty ledger in a temporary directory. \
             A GPU team has told it what its agents may do: examples/gpu-team/tenant-policy.yaml \
             and policies.yaml. Now `night-watch`, an agent that looks after the fleet, goes to \
             work. Whatever it wants to do, it asks the gate first, over HTTP. It is Wednesday, \
             ten in the morning.",
        )
    }

    /// A paragraph between acts.
    pub(super) fn say(&self, text: &str) -> anyhow::Result<()> {
        let lines = paper::wrapped(text, 96);
        self.print(&format!("{}\n", lines.join("\n")))
    }

    /// Prints for people; programs get the whole story at its end.
    pub(super) fn print(&self, text: &str) -> anyhow::Result<()> {
        if !self.output.is_json() {
            self.output.raw(text)?;
        }
        Ok(())
    }

    /// The agent asks for something, and the answer is shown.
    pub(super) async fn act(
        &mut self,
        title: &str,
        wish: Wish,
        expected: &str,
    ) -> anyhow::Result<()> {
        self.setting.clock.wait(BETWEEN);
        let number = self.acts.len() + 1;
        let wish = wish.body();
        self.print(&paper::title(number, title))?;
        self.print(&paper::fact("asks", style::FAINT, &asked(&wish)))?;
        if let Some(why) = wish.get("reasoning").and_then(Value::as_str) {
            self.print(&paper::fact("saying", style::FAINT, &format!("“{why}”")))?;
        }
        self.pause(FOR_A_STEP).await;
        let answer = self.cast.watch.post("/v1/govern", &wish).await?;
        if text_at(&answer, "verdict") != expected {
            self.surprises += 1;
        }
        self.print(&decided(&self.named(&answer)))?;
        self.acts.push(Act {
            title: title.to_owned(),
            wish,
            answer,
            then: Vec::new(),
        });
        self.pause(FOR_AN_ACT).await;
        Ok(())
    }

    /// An answer with names in place of ids, which tell a reader nothing.
    fn named(&self, answer: &Value) -> Value {
        let text = answer
            .to_string()
            .replace(&self.cast.watch_id, "night-watch")
            .replace(&self.cast.capacity_id, "capacity-bot");
        serde_json::from_str(&text).unwrap_or_else(|_| answer.clone())
    }

    /// What happens next, in words.
    pub(super) async fn then(&mut self, text: &str) -> anyhow::Result<()> {
        self.print(&paper::fact("then", style::NAME, text))?;
        if let Some(act) = self.acts.last_mut() {
            act.then.push(text.to_owned());
        }
        self.pause(FOR_A_STEP).await;
        Ok(())
    }

    /// The act that was played last.
    pub(super) fn last(&self) -> anyhow::Result<&Act> {
        match self.acts.last() {
            Some(act) => Ok(act),
            None => bail!("nothing was played yet"),
        }
    }

    /// A person decides the hold of the last act; the hold as it is then.
    pub(super) async fn decide(
        &self,
        who: &Client,
        verb: &str,
        why: &str,
    ) -> Result<Value, ClientError> {
        let hold = self.acts.last().map(Act::hold).unwrap_or_default();
        let path = format!("/v1/holds/{}/{verb}", escaped(hold));
        who.post(&path, &json!({ "reason": why })).await
    }

    /// Lets time go by in the story.
    pub(super) fn wait(&self, time: SignedDuration) {
        self.setting.clock.wait(time);
    }

    pub(super) async fn pause(&self, time: Duration) {
        if !self.fast && !self.output.is_json() {
            tokio::time::sleep(time).await;
        }
    }

    /// Notes that something was other than the story says.
    pub(super) fn surprised_unless(&mut self, as_told: bool) {
        self.surprises += usize::from(!as_told);
    }
}

/// What a wish asks for, on one line.
fn asked(wish: &Value) -> String {
    let (action, target) = (
        text_at(wish, "action_type"),
        text_at(wish, "target_service"),
    );
    let mut text = format!("{action} on {target}, in {}", text_at(wish, "environment"));
    if let Some(parameters) = wish.get("parameters") {
        text.push_str(&format!(": {}", telling::parameters(parameters)));
    }
    if let Some(classes) = wish.get("data_classes") {
        text.push_str(&format!(
            "; touches {}",
            crate::output::table::text_of(classes)
        ));
    }
    if wish.get("emergency") == Some(&Value::Bool(true)) {
        text.push_str("; an emergency");
    }
    text
}

/// A verdict with its reasons, each with what can be done about it.
fn decided(answer: &Value) -> String {
    let verdict = text_at(answer, "verdict");
    let risk = answer.get("risk_tier").and_then(Value::as_u64).unwrap_or(5);
    let tiers = format!(
        "tier {}, risk tier {risk} ({})",
        text_at(answer, "tier"),
        risk_name(risk)
    );
    let mut text = paper::fact(&verdict, style::of_word(&verdict), &tiers);
    let reasons = telling::reasons(answer);
    if reasons.is_empty() {
        text.push_str(&paper::fact(
            "because",
            style::FAINT,
            &text_at(answer, "reasoning"),
        ));
    }
    for reason in reasons {
        let name = if reason.remedy.is_some() {
            "because"
        } else {
            "also"
        };
        text.push_str(&paper::fact(name, style::FAINT, &reason.text));
        if let Some(remedy) = reason.remedy {
            text.push_str(&paper::fact("so", style::FAINT, &remedy));
        }
    }
    if answer.pointer("/obligations/dry_run") == Some(&Value::Bool(true)) {
        let owed = "a passed dry run of this exact action, before it may be done";
        text.push_str(&paper::fact("owes", style::WAITING, owed));
    }
    text
}

/// A risk tier in a word.
pub(super) const fn risk_name(risk: u64) -> &'static str {
    match risk {
        0 => "observe",
        1 => "inform",
        2 => "low write",
        3 => "high write",
        4 => "destructive",
        _ => "prohibited",
    }
}
