//! Every desk, and which of them a click is for.

use super::{
    desk::{Desk, World},
    envelope::{Interaction, Press},
    refusals::Refusals,
    replay::SeenSignatures,
};
use portcullis_firewall::{approval, outside::SecretName};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The most clicks that are being answered at once.
const MOST_CLICKS: usize = 64;

/// Every tenant's desk.
#[derive(Debug)]
pub struct Desks {
    desks: Vec<Arc<Desk>>,
    pub(super) world: World,
    pub(super) seen: SeenSignatures,
    /// How many requests were not taken at the door.
    pub(super) refusals: Refusals,
    room: Arc<Semaphore>,
}

/// More clicks came in than can be answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("too many clicks at once; try again later")]
pub struct Crowded;

impl Desks {
    /// Desks in one world.
    #[must_use]
    pub fn new(desks: Vec<Arc<Desk>>, world: World) -> Self {
        Self {
            desks,
            world,
            seen: SeenSignatures::default(),
            refusals: Refusals::default(),
            room: Arc::new(Semaphore::new(MOST_CLICKS)),
        }
    }

    /// Every desk, for their followers.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Desk>> {
        self.desks.iter()
    }

    /// How many requests over HTTP were not taken since the start, by the stable code of why not.
    #[must_use]
    pub fn refused(&self) -> Vec<(String, u64)> {
        self.refusals.so_far()
    }

    /// The app-level tokens that lines of Socket Mode are opened with, each once.
    #[must_use]
    pub fn app_tokens(&self) -> Vec<SecretName> {
        let mut tokens: Vec<SecretName> = Vec::new();
        for token in self
            .desks
            .iter()
            .filter_map(|desk| desk.settings.app_token.as_ref())
        {
            if !tokens.contains(token) {
                tokens.push(token.clone());
            }
        }
        tokens
    }

    /// The desks that a line opened with this token brings clicks for.
    pub(super) fn behind(&self, app_token: &SecretName) -> Vec<Arc<Desk>> {
        let is_behind = |desk: &&Arc<Desk>| desk.settings.app_token.as_ref() == Some(app_token);
        self.desks.iter().filter(is_behind).cloned().collect()
    }

    /// Answers a click in the background, at the desk it is for.
    ///
    /// *Fails closed:* a click that is nobody's is refused by the first desk it could be for.
    ///
    /// # Errors
    /// [`Crowded`]; then nothing is done.
    pub(super) fn start(&self, near: &[Arc<Desk>], click: Interaction) -> Result<(), Crowded> {
        let Some(desk) = choose(near, &click) else {
            return Ok(());
        };
        let place = self.room.clone().try_acquire_owned().map_err(|_| Crowded)?;
        drop(tokio::spawn(async move {
            desk.take(&click).await;
            drop(place);
        }));
        Ok(())
    }
}

/// Tenants may share an app, and even a workspace: the token, or the button's value, names whose it
/// is. What it names is only believed after the firewall has checked it.
pub(super) fn choose(near: &[Arc<Desk>], click: &Interaction) -> Option<Arc<Desk>> {
    let named = match &click.press {
        Press::Details { hold, .. } => Some(hold.0.clone()),
        press => press
            .token()
            .and_then(approval::named)
            .map(|(tenant, ..)| tenant.as_str().to_owned()),
    };
    let is_named = |desk: &&Arc<Desk>| named.as_deref() == Some(desk.tenant.as_str());
    let at_home = |desk: &&Arc<Desk>| desk.admit(click).is_ok();
    let named = near.iter().find(is_named);
    named
        .or_else(|| near.iter().find(at_home))
        .or_else(|| near.first())
        .cloned()
}
