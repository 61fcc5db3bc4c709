//! The gate looks at what an action would do, and seals what it found.

use super::{Firewall, doing};
use crate::{
    dry_run::Look,
    error::GateError,
    order::{DryRun, Order},
    principal::Principal,
    scope::Mode,
    turn::{Claim, Noted},
};
use portcullis_policy::{action::Action, id::TenantId, tenant::estimate::Estimate};

impl Firewall {
    /// Finds out what an action that may still be done would do, and seals it. An action that owed
    /// this gets its permit when it passed.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Forbidden`] for another's, [`GateError::Conflict`]
    /// with `dryrun.none` for an action that the gate cannot look at.
    pub async fn rehearse(&self, principal: &Principal, claim: Claim) -> Result<Noted, GateError> {
        let hands = self.hands.load_full();
        let caller = principal.clone();
        let order = self
            .on_lane(principal, move |turn| turn.preview(&caller, &claim, &hands))
            .await?;
        self.look(&principal.tenant, order, false).await
    }

    /// What an action would cost by the rules of now.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a tenant that does not exist, [`GateError::Unavailable`].
    pub async fn estimate(&self, tenant: &TenantId, action: Action) -> Result<Estimate, GateError> {
        self.in_turn(tenant, move |turn| {
            let rules = turn.state.rulebook.rules.tenant_rules();
            Ok(rules.estimate(&action))
        })
        .await
    }

    /// Looks at what a hold that was just made would do, beside everything else, so that people
    /// see it. Whatever goes wrong, the hold waits; what was not looked at is when it is done.
    pub(super) fn rehearse_hold(&self, tenant: &TenantId, hold: &str) {
        let (firewall, tenant, hold) = (self.clone(), tenant.clone(), hold.to_owned());
        (self.spawn.0)(Box::pin(async move {
            let Ok(_seat) = firewall.looks.acquire().await else {
                return;
            };
            let order = firewall
                .in_turn(&tenant, move |turn| turn.preview_hold(&hold))
                .await;
            if let Ok(order) = order {
                // Its end is on record, or it was decided meanwhile.
                let _ = firewall.look(&tenant, order, false).await;
            }
        }));
    }

    /// Looks at what an order would do, and seals what was found.
    pub(super) async fn look(
        &self,
        tenant: &TenantId,
        mut order: Order,
        comparing: bool,
    ) -> Result<Noted, GateError> {
        let hands = self.hands.load_full();
        // Looking is reading, unless the only way to see what happens is to undo it.
        let mode = match hands.rehearsal.does_and_undoes(&order) {
            true => Mode::Write,
            false => Mode::Read,
        };
        let (found, lent) = match self.lend(&order, mode).await {
            Ok(lent) => {
                order.lease = lent.as_ref().map(|lent| lent.in_hand.clone());
                (doing::rehearsed(&hands, order.clone()).await, lent)
            }
            Err(error) => (DryRun::failed("credential", error.to_string()), None),
        };
        let look = Look::of(&found, |value| self.screened_value(tenant, value));
        // Not before what it found is screened: its secrets are forgotten then.
        if let Some(lent) = lent {
            self.give_back(tenant, lent).await;
        }
        let look = look?;
        self.in_turn(tenant, move |turn| {
            turn.note_dry_run(&order, &look, comparing)
        })
        .await
    }
}
