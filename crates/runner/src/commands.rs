//! The action type `command.run`: a program with fixed arguments, behind walls.

mod credential;
mod outcome;
mod request;
mod run;
mod settings;

pub use request::Asked;
pub use settings::Settings;

use crate::{offer::Offer, plan::Wall, rooms::Rooms, stream::Teller};
use outcome::Outcome;
use portcullis_firewall::{
    canonical,
    digest::Means,
    firewall::Screens,
    freeze,
    order::{DryRun, Effect, Ended, Order},
    outside::Launcher,
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::{action::Action, id::SessionId};
use run::Run;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, sync::Arc};

/// The action type that is served.
pub const ACTION_TYPE: &str = "command.run";

/// What runs commands need.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Starts the launcher, and puts credentials in.
    pub launcher: Arc<dyn Launcher>,
    /// Screens what is shown while a command runs.
    pub screens: Screens,
    /// Where commands run.
    pub rooms: Arc<Rooms>,
}

/// Hands that run commands.
#[derive(Debug)]
pub struct Commands {
    settings: Settings,
    walls: BTreeSet<Wall>,
    ports: Ports,
    means: Means,
}

impl Commands {
    /// Commands behind the walls that `offer` has and `settings` require.
    #[must_use]
    pub fn new(settings: Settings, offer: &Offer, ports: Ports) -> Self {
        let walls = offer.walls(&settings.required, &settings.network);
        let said = json!({
            "deadline_ms": u64::try_from(settings.deadline.as_millis()).unwrap_or(u64::MAX),
            "keep_bytes": settings.keep_bytes,
            "limits": settings.limits,
            "most_bytes": settings.most_bytes,
            "network": settings.network,
            "path": settings.path,
            "read": settings.read,
            "run_own": settings.run_own,
            "walls": walls,
        });
        Self {
            means: Means::new(Sha256::digest(canonical::to_vec(&said)).into()),
            settings,
            walls,
            ports,
        }
    }

    async fn carry_out(&self, order: Order) -> Effect {
        let prepared = session_of(&order).and_then(|session| {
            let asked = Asked::read(&order.parameters)?;
            Ok((session, asked))
        });
        let (session, asked) = match prepared {
            Ok(prepared) => prepared,
            Err(why) => return Effect::new(Ended::Failed, why),
        };
        let ports = &self.ports;
        let keep = self.settings.keep_bytes;
        let mut teller = Teller::new(
            order.live.clone(),
            &ports.screens,
            order.tenant.clone(),
            keep,
        );
        let writes = order.work.as_ref().is_none_or(|work| work.writes);
        let mut outcome = Outcome::of(&asked.commands, writes);
        let run = Run {
            settings: &self.settings,
            walls: &self.walls,
            ports,
            order: &order,
            session: &session,
            stdin: &asked.stdin,
        };
        for (at, argv) in asked.commands.iter().enumerate() {
            teller.begin(at + 1);
            if asked.commands.len() > 1 {
                teller.note(&format!("$ {}\n", outcome::words(argv)));
            }
            let how = run.through(argv, &mut teller).await;
            teller.end(how.code());
            if !outcome.add(how) {
                break;
            }
        }
        outcome.effect(teller.finish())
    }

    async fn look(&self, order: Order) -> DryRun {
        let asked = match Asked::read(&order.parameters) {
            Ok(asked) => asked,
            Err(why) => return DryRun::failed("command", why),
        };
        let Some(dry) = asked.dry() else {
            return DryRun::failed("command", "the command has no dry run that is known");
        };
        let mut order = order;
        order.parameters = dry;
        let effect = self.carry_out(order).await;
        let mut found = DryRun::failed("command", &effect.summary);
        let done = effect.result == Ended::Done;
        found.passed = done;
        for check in &mut found.checks {
            check.passed = done;
        }
        found.plan = Some(String::from_utf8_lossy(&effect.output).into_owned());
        found
    }
}

/// The session of an order, by the bytes that were judged.
fn session_of(order: &Order) -> Result<SessionId, String> {
    let frozen = freeze::thaw(&order.action, &order.digest).map_err(|error| error.to_string())?;
    let session = frozen.action.session;
    session.ok_or_else(|| "a command runs in a session, and the action names none".to_owned())
}

impl Executor for Commands {
    fn means(&self, action: &Action) -> Option<Means> {
        (action.kind.as_str() == ACTION_TYPE).then_some(self.means)
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        if order.action_type != ACTION_TYPE {
            let effect = Effect::new(Ended::Failed, "commands serve no such action");
            return Box::pin(async { effect });
        }
        Box::pin(self.carry_out(order))
    }
}

impl Rehearsal for Commands {
    fn rehearses(&self, action: &Action) -> bool {
        action.kind.as_str() == ACTION_TYPE
            && Asked::read(&action.parameters).is_ok_and(|asked| asked.dry().is_some())
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        Box::pin(self.look(order))
    }
}
