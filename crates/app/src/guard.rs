//! Refusing before anything is sent: the rules that judge this agent, in a copy that the gate
//! signed.
//!
//! *Fails closed:* nothing here permits anything. What is not surely refused by a copy that is
//! genuine, this credential's own and in time is asked at the gate, which judges all of it again.

mod gates;
mod refusal;
mod shelf;

pub(crate) use gates::{Gates, KeyChanged};

use crate::{client::Client, output::Output, world::SystemClock};
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    dsse::{Envelope, key_id},
    ports::Clock,
    rule_copy::{CopyError, RuleCopy},
    sign::PublicKey,
};
use serde_json::{Value, json};
use shelf::Shelf;

/// Where copies are handed out.
const RULES: &str = "/v1/rules";
/// How long a gate that gave no good copy is not asked for one again.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// What refuses here, for one credential at one gate.
#[derive(Debug)]
pub(crate) struct Guard<'c> {
    client: &'c Client,
    output: Output,
    /// The credential's id.
    key: String,
    /// The gate's key when it was named.
    named: Option<PublicKey>,
}

/// What came of asking for a copy.
#[derive(Debug)]
pub(crate) struct Pulled {
    /// The copy to judge by.
    pub(crate) copy: RuleCopy,
    /// Whether it is another than before.
    pub(crate) is_new: bool,
}

impl<'c> Guard<'c> {
    /// The guard of a client's credential; `None` when the credential is none of a gate's.
    pub(crate) fn new(
        client: &'c Client,
        output: Output,
        named: Option<PublicKey>,
    ) -> Option<Self> {
        Some(Self {
            client,
            output,
            key: client.key_id()?.to_owned(),
            named,
        })
    }

    /// The answer to a request that the gate would surely refuse. Nothing is sent for it, but
    /// for a new copy when there is no good one.
    pub(crate) async fn refusal(&self, body: &Value) -> Option<Value> {
        let now = SystemClock.now();
        let copy = match self.kept(now) {
            Ok(copy) => copy,
            Err(why) => {
                self.alarm(&why);
                self.renewed(now).await?
            }
        };
        refusal::of(&copy, body, now)
    }

    /// The copy that is kept, if it is good.
    ///
    /// # Errors
    /// [`CopyError`], or that there is none.
    pub(crate) fn kept(&self, now: Timestamp) -> anyhow::Result<RuleCopy> {
        let shelf = Shelf::read(self.client.url(), &self.key)?;
        let envelope = shelf
            .envelope
            .as_ref()
            .context("there is no copy of the rules here")?;
        let key = self
            .gate_key()?
            .context("the gate's key is not known here")?;
        self.checked(envelope, &key, now, shelf.seen)
    }

    /// A new copy, unless the gate gave none a moment ago.
    async fn renewed(&self, now: Timestamp) -> Option<RuleCopy> {
        let mut shelf = Shelf::read(self.client.url(), &self.key).unwrap_or_default();
        let since = shelf.asked_at.map(|asked| now.duration_since(asked));
        if since.is_some_and(|since| since.abs() < PATIENCE) {
            return None;
        }
        match self.pull(false).await {
            Ok(pulled) => Some(pulled.copy),
            Err(why) => {
                self.alarm(&why);
                shelf.asked_at = Some(now);
                // What cannot be noted is asked again.
                let _ = shelf.keep(self.client.url(), &self.key);
                None
            }
        }
    }

    /// Asks the gate for a copy, and keeps it; `anew` forgets what was seen before.
    ///
    /// # Errors
    /// [`CopyError`], [`KeyChanged`], [`crate::client::ClientError`], or that it cannot be kept.
    pub(crate) async fn pull(&self, anew: bool) -> anyhow::Result<Pulled> {
        let url = self.client.url();
        let mut shelf = if anew {
            Shelf::default()
        } else {
            Shelf::read(url, &self.key)?
        };
        let kept = self.kept(SystemClock.now()).ok().filter(|_| !anew);
        let known = shelf.tag.as_deref().filter(|_| kept.is_some());
        let Some((value, tag)) = self.client.news(RULES, known).await? else {
            let copy = kept.context("the gate has no news, and nothing is kept here")?;
            return Ok(Pulled {
                copy,
                is_new: false,
            });
        };
        let envelope: Envelope = serde_json::from_value(value).map_err(|_| CopyError::Malformed)?;
        let copy = self.received(&envelope, shelf.seen).await?;
        shelf.seen = copy.seq;
        shelf.tag = tag;
        shelf.envelope = Some(envelope);
        shelf.asked_at = None;
        shelf.keep(url, &self.key)?;
        Ok(Pulled { copy, is_new: true })
    }

    /// A copy that has just come, if it is good.
    async fn received(&self, envelope: &Envelope, seen: u64) -> anyhow::Result<RuleCopy> {
        let key = match self.gate_key()? {
            Some(key) => key,
            None => Gates::meet(self.client, None).await?,
        };
        let now = SystemClock.now();
        let copy = self.checked(envelope, &key, now, seen);
        let signed_by_it = |name: &str| envelope.signatures.iter().any(|one| one.keyid == name);
        let copy = match copy {
            Err(_) if !signed_by_it(&key_id(&key)) => {
                return Err(KeyChanged::at(self.client.url()).into());
            }
            copy => copy?,
        };
        copy.is_fresh(now)?;
        Ok(copy)
    }

    fn checked(
        &self,
        envelope: &Envelope,
        key: &PublicKey,
        now: Timestamp,
        seen: u64,
    ) -> anyhow::Result<RuleCopy> {
        let copy = RuleCopy::verify(envelope, key)?;
        copy.is_for(&self.key)?;
        copy.is_usable(now, seen)?;
        Ok(copy)
    }

    /// The gate's key: the one that was named, else the one that is known of it.
    fn gate_key(&self) -> anyhow::Result<Option<PublicKey>> {
        match self.named {
            Some(key) => Ok(Some(key)),
            None => Gates::key_of(self.client.url()),
        }
    }

    /// Says aloud when somebody must have meddled; that time has passed is no news.
    fn alarm(&self, why: &anyhow::Error) {
        let code = match (
            why.downcast_ref::<CopyError>(),
            why.downcast_ref::<KeyChanged>(),
        ) {
            (Some(error), _) if error.is_alarming() => error.code(),
            (_, Some(_)) => KeyChanged::CODE,
            _ => return,
        };
        let message = format!("{why}; it is not used, and the gate decides");
        let text = if self.output.is_json() {
            json!({ "warning": { "code": code, "message": message } }).to_string()
        } else {
            format!("warning: {message} ({code})")
        };
        // There is nowhere left to say that this failed.
        let _ = self.output.note(&text);
    }
}
