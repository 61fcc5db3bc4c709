//! Socket Mode: clicks over a line that the gate opens, so that it needs no open port.
//!
//! Source: <https://docs.slack.dev/apis/events-api/using-socket-mode>. Every envelope is
//! acknowledged before anything is done about it. A line that Slack is about to close is kept until
//! it is closed, beside its successor, so that no click falls between the two.

mod frame;

use super::{
    api::{Api, Cause, SlackError},
    desks::Desks,
    pace::Pace,
    replay::SeenEnvelopes,
};
use frame::{Envelope, Frame};
use portcullis_firewall::outside::{Line, OutsideError, SecretName};
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, task::JoinSet, time::timeout};

/// How long Slack may take to greet.
const GREETING: Duration = Duration::from_secs(30);
/// A line that says nothing for so long may be dead: it gets a successor.
const QUIET: Duration = Duration::from_secs(600);
/// How long a line is kept beside its successor.
const OVERLAP: Duration = Duration::from_secs(60);
/// How long it waits for an operator to set something right.
const SETUP_WAIT: Duration = Duration::from_secs(60);

/// What became of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ending {
    /// It served, and needs a successor.
    Succeeded,
    /// It broke before Slack greeted.
    Broken,
    /// Socket Mode is switched off for the app.
    SwitchedOff,
}

/// Keeps a line open with this app-level token for as long as it is polled; dropping it closes
/// every line.
pub async fn listen(desks: Arc<Desks>, app_token: SecretName) {
    let near = desks.behind(&app_token);
    let Some(api) = near.first().map(|desk| desk.api.clone()) else {
        return;
    };
    let listener = Arc::new(Listener {
        desks,
        app_token,
        seen: Mutex::default(),
    });
    let mut lines = JoinSet::new();
    let mut pace = Pace::default();
    loop {
        while lines.try_join_next().is_some() {}
        let wait = match listener.open(&api).await {
            Ok(line) => {
                let (tell, told) = oneshot::channel();
                lines.spawn(listener.clone().serve(line, tell));
                listener.after(told.await.unwrap_or(Ending::Broken), &mut pace)
            }
            Err(error) => {
                tracing::warn!(%error, "slack's socket mode has no line");
                let grown = pace.failed(&*listener.desks.world.entropy);
                match error.cause() {
                    Cause::Busy(asked) => asked.max(grown),
                    Cause::Setup | Cause::Call | Cause::Gone => SETUP_WAIT,
                    Cause::Away => grown,
                }
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// What all lines of one app share.
#[derive(Debug)]
struct Listener {
    desks: Arc<Desks>,
    app_token: SecretName,
    seen: Mutex<SeenEnvelopes>,
}

impl Listener {
    /// Opens a line; its address is good once.
    async fn open(&self, api: &Api) -> Result<Box<dyn Line>, SlackError> {
        let url = api.line_address(&self.app_token).await?;
        api.dial(&url).await
    }

    /// How long to wait before the next line.
    fn after(&self, ending: Ending, pace: &mut Pace) -> Duration {
        if ending == Ending::Succeeded {
            pace.worked();
        }
        let grown = pace.failed(&*self.desks.world.entropy);
        match ending {
            Ending::Succeeded | Ending::Broken => grown,
            Ending::SwitchedOff => {
                tracing::error!("socket mode is switched off for the slack app");
                SETUP_WAIT
            }
        }
    }

    /// Serves a line to its end, and tells as soon as it needs a successor.
    async fn serve(self: Arc<Self>, mut line: Box<dyn Line>, tell: oneshot::Sender<Ending>) {
        let mut tell = Some(tell);
        let mut done = |ending| {
            // Whoever waited for it may be gone, and is told once.
            if let Some(tell) = tell.take() {
                let _ = tell.send(ending);
            }
        };
        if !greets(&mut *line).await {
            return done(Ending::Broken);
        }
        let mut patience = QUIET;
        loop {
            let Ok(heard) = timeout(patience, line.hear()).await else {
                if patience == OVERLAP {
                    return;
                }
                patience = OVERLAP;
                done(Ending::Succeeded);
                continue;
            };
            let Ok(Some(text)) = heard else {
                return done(Ending::Succeeded);
            };
            match frame::read(&text) {
                Some(Frame::Disconnect { switched_off: true }) => return done(Ending::SwitchedOff),
                Some(Frame::Disconnect { .. }) => {
                    patience = OVERLAP;
                    done(Ending::Succeeded);
                }
                Some(Frame::Envelope(envelope)) => {
                    if self.take(&mut *line, envelope).await.is_err() {
                        return done(Ending::Succeeded);
                    }
                }
                Some(Frame::Hello) => {}
                None => tracing::warn!("slack said something that cannot be read"),
            }
        }
    }

    /// Acknowledges an envelope, then has its click taken.
    async fn take(&self, line: &mut dyn Line, envelope: Envelope) -> Result<(), OutsideError> {
        let click = envelope.click();
        let objection = click.as_ref().and_then(|click| click.objection());
        let mut answer = Map::from_iter([("envelope_id".to_owned(), json!(envelope.id()))]);
        answer.extend(
            objection
                .clone()
                .map(|objection| ("payload".to_owned(), objection)),
        );
        line.say(Value::Object(answer).to_string()).await?;
        let is_new = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(envelope.id());
        if let Some(click) = click.filter(|_| is_new && objection.is_none())
            && let Err(error) = self.desks.start(&self.desks.behind(&self.app_token), click)
        {
            tracing::error!(%error, "a click in slack is lost");
        }
        Ok(())
    }
}

/// Whether Slack greets, in time.
async fn greets(line: &mut dyn Line) -> bool {
    let Ok(Ok(Some(text))) = timeout(GREETING, line.hear()).await else {
        return false;
    };
    matches!(frame::read(&text), Some(Frame::Hello))
}
