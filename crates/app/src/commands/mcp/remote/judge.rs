//! The gate that runs elsewhere: what it says, and what it is told.

use super::errand::{Errand, No};
use crate::{
    client::{Client, ClientError, escaped},
    output::table::text_at,
};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::sleep;

/// The pause between two looks at a hold, at first and at most.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often an outcome is told until it is given up.
const TRIES: u32 = 3;
/// What to do when the gate says nothing that helps.
const ASK: &str = "ask a person";

/// Asks the gate for one server.
#[derive(Debug)]
pub(in crate::commands::mcp) struct Judge {
    pub(in crate::commands::mcp) client: Client,
    /// What the server is called.
    pub(in crate::commands::mcp) server: String,
    /// Where its actions happen.
    pub(in crate::commands::mcp) environment: String,
    /// How long a held call waits for people.
    pub(in crate::commands::mcp) wait: Duration,
    /// How long the server may take.
    pub(in crate::commands::mcp) timeout: Duration,
    /// The holds of what was asked for and waits, by what it is.
    pub(in crate::commands::mcp) waiting: Mutex<HashMap<String, String>>,
}

/// A permit that was spent.
#[derive(Debug)]
pub(super) struct Permitted {
    /// The record of the verdict.
    seq: u64,
    /// The action that may be done, to the letter.
    pub(super) action: Value,
}

impl Judge {
    pub(super) const fn patience(&self) -> Duration {
        self.timeout
    }

    /// Has an errand judged and spends its permit; waits a while for people where they decide.
    ///
    /// Fails closed: whatever keeps the gate from saying yes is a no.
    pub(super) async fn permitted(&self, errand: &Errand) -> Result<Permitted, No> {
        let key = errand.key();
        let known = self.known(&key);
        if let Some(hold) = known
            && let Some(permitted) = self.resumed(&key, &hold).await?
        {
            return Ok(permitted);
        }
        let answer = self.client.post("/v1/govern", &self.body(errand)).await;
        let answer = answer.map_err(away)?;
        let digest = text_at(&answer, "action_digest");
        match text_at(&answer, "verdict").as_str() {
            "CLEARED" => match answer.get("permit").and_then(Value::as_str) {
                Some(permit) => self.spent(permit, &digest).await,
                None => Err(said(&answer)),
            },
            "HELD" => {
                let hold = text_at(&answer, "hold_id");
                self.remember(&key, &hold);
                match self.resumed(&key, &hold).await? {
                    Some(permitted) => Ok(permitted),
                    None => Err(No::new(
                        "hold.not_released",
                        "its hold came to nothing",
                        ASK,
                    )),
                }
            }
            _ => Err(said(&answer)),
        }
    }

    /// Tells what came of it.
    pub(super) async fn report(
        &self,
        permitted: &Permitted,
        errand: &Errand,
        answer: &Result<Value, Value>,
    ) -> Result<(), ClientError> {
        let effect = format!("{} {}", errand.method, errand.kind);
        let result = match answer {
            Ok(result) if result.get("isError") == Some(&Value::Bool(true)) => "failed",
            Ok(_) => "succeeded",
            // What broke on the way may have been done.
            Err(error) if error.get("unknown").is_some() => "unknown",
            Err(_) => "failed",
        };
        let path = format!("/v1/actions/{}/outcome", permitted.seq);
        let told = json!({ "result": result, "effect": effect });
        let mut tries = 1;
        loop {
            match self.client.post(&path, &told).await {
                Ok(_) => return Ok(()),
                Err(error) if tries >= TRIES => return Err(error),
                Err(_) => sleep(PAUSE_MAX).await,
            }
            tries += 1;
        }
    }

    fn body(&self, errand: &Errand) -> Value {
        let mut body: Map<String, Value> = errand.words.clone();
        body.insert("action_type".to_owned(), errand.kind.as_str().into());
        body.insert("target_service".to_owned(), self.server.as_str().into());
        body.insert("environment".to_owned(), self.environment.as_str().into());
        body.insert("parameters".to_owned(), errand.parameters.clone().into());
        body.insert("permit".to_owned(), true.into());
        Value::Object(body)
    }

    /// Goes on with a hold: waits for its decision, and takes and spends its permit. `None` when it
    /// came to nothing, so that the errand is judged anew.
    async fn resumed(&self, key: &str, hold: &str) -> Result<Option<Permitted>, No> {
        let path = format!("/v1/holds/{}", escaped(hold));
        let (mut left, mut pause) = (self.wait, PAUSE);
        let last = loop {
            let last = match self.client.get(&path).await {
                Ok(last) => last,
                Err(ClientError::Refused(refusal)) if refusal.status == 404 => {
                    self.forget(key);
                    return Ok(None);
                }
                Err(error) => return Err(away(error)),
            };
            if text_at(&last, "status") != "HELD" || left.is_zero() {
                break last;
            }
            let nap = pause.min(left);
            sleep(nap).await;
            left = left.saturating_sub(nap);
            pause = pause.saturating_mul(2).min(PAUSE_MAX);
        };
        match text_at(&last, "status").as_str() {
            "HELD" => Err(self.still_held(hold, &last)),
            "RELEASED" => {
                self.forget(key);
                let claim = format!("{path}/claim");
                match self.client.post(&claim, &json!({})).await {
                    Ok(claimed) => {
                        let permit = text_at(&claimed, "permit");
                        let digest = text_at(&last, "action_digest");
                        self.spent(&permit, &digest).await.map(Some)
                    }
                    // It was taken before.
                    Err(ClientError::Refused(_)) => Ok(None),
                    Err(error) => Err(away(error)),
                }
            }
            status => {
                self.forget(key);
                let why = text_at(&last, "reason");
                let reason = format!("hold `{hold}` is {status}: {why}");
                let mut no = No::new(
                    "hold.not_released",
                    reason,
                    "ask a person before you try again",
                );
                no.hold = Some(hold.to_owned());
                Err(no)
            }
        }
    }

    async fn spent(&self, permit: &str, digest: &str) -> Result<Permitted, No> {
        let digest = (!digest.is_empty()).then_some(digest);
        let body = json!({ "permit": permit, "action_digest": digest });
        let spent = self.client.post("/v1/permits/redeem", &body).await;
        let spent = spent.map_err(away)?;
        let seq = spent.get("decision_seq").and_then(Value::as_u64);
        let no = || No::new("gate.unavailable", "the gate's answer cannot be read", ASK);
        Ok(Permitted {
            seq: seq.ok_or_else(no)?,
            action: spent.get("action").cloned().unwrap_or_default(),
        })
    }

    fn still_held(&self, hold: &str, last: &Value) -> No {
        let link = format!("{}/console/approvals/{hold}", self.client.url());
        let remedy = format!(
            "people decide at {link}; call again with the same arguments once they have, and it is \
             done once"
        );
        let reason = format!("people decide about `{}`", text_at(last, "action_type"));
        let mut no = No::new("tier.approval_required", reason, &remedy);
        no.hold = Some(hold.to_owned());
        no.held = true;
        no
    }

    fn known(&self, key: &str) -> Option<String> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get(key).cloned()
    }

    fn remember(&self, key: &str, hold: &str) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(key.to_owned(), hold.to_owned());
    }

    fn forget(&self, key: &str) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(key);
    }
}

/// A verdict that is no permit.
fn said(answer: &Value) -> No {
    let withheld = text_at(answer, "permit_withheld");
    let first = |key: &str| {
        let text = answer.pointer(&format!("/reasons/0/{key}"));
        text.and_then(Value::as_str).map(str::to_owned)
    };
    let mut no = if withheld.is_empty() {
        No::new(
            &first("code").unwrap_or_else(|| "gate.no_permit".to_owned()),
            text_at(answer, "reasoning"),
            &first("remedy").unwrap_or_else(|| ASK.to_owned()),
        )
    } else {
        No::new(
            "dryrun.missing",
            withheld,
            "ask for a dry run of this exact call",
        )
    };
    no.seq = answer.get("seq").and_then(Value::as_u64);
    no
}

/// The gate says no before it judges, or says nothing.
fn away(error: ClientError) -> No {
    match error {
        ClientError::Refused(refusal) => No::new(&refusal.code, refusal.to_string(), ASK),
        other => No::new("gate.unavailable", other.to_string(), "try again later"),
    }
}
