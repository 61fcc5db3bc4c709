//! The tenant itself: its making, its settings, its broken chain; and violations.

use super::{Sealed, Turn, agents::check_text, details, json};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    principal::Principal,
    settings::{Settings, Tenant},
    violation::{Violation, ViolationStatus},
};
use jiff::Timestamp;
use portcullis_policy::facts::Mode;

impl Turn<'_> {
    /// Seals the first record of a new tenant.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn found(&mut self, actor: &str) -> Result<Sealed, GateError> {
        let tenant = self.state.tenant.clone();
        let members = details([("tenant", json(&tenant)?)]);
        let sealed = self.seal_event(RecordKind::TenantCreated, (actor, ""), members)?;
        self.keep_tenant(tenant)?;
        Ok(sealed)
    }

    /// Changes settings that do not touch the rules.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for audit-only mode without an end or with a past one, or a lifetime
    /// out of bounds.
    pub fn change_settings(
        &mut self,
        actor: &str,
        mut settings: Settings,
    ) -> Result<Sealed, GateError> {
        check_settings(&settings, self.now)?;
        let before = &self.state.tenant.settings;
        if settings.mode != before.mode || settings.mode_expires_at != before.mode_expires_at {
            settings.mode_set_by = Some(actor.to_owned());
            settings.mode_set_at = Some(self.now);
        }
        let members = details([("before", json(before)?), ("after", json(&settings)?)]);
        let sealed = self.seal_event(RecordKind::SettingsChange, (actor, ""), members)?;
        self.keep_tenant(Tenant {
            settings,
            ..self.state.tenant.clone()
        })?;
        Ok(sealed)
    }

    /// Stops the tenant's verdicts: its chain was found broken. A restart does not lift this.
    ///
    /// # Errors
    /// When it cannot be written; they are stopped all the same, until the gate starts again.
    pub fn stop(&mut self, broken_at: u64) -> Result<(), GateError> {
        if self.state.broken_at.is_some() {
            return Ok(());
        }
        self.state.broken_at = Some(broken_at);
        self.keep_tenant(Tenant {
            broken_at: Some(broken_at),
            ..self.state.tenant.clone()
        })
    }

    /// A person acknowledges that the chain was found broken; judging goes on after it.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects; [`GateError::Conflict`] when nothing
    /// is broken.
    pub fn acknowledge(&mut self, principal: &Principal, why: &str) -> Result<Sealed, GateError> {
        if !principal.configures() {
            return Err(GateError::Forbidden(
                "only an architect acknowledges".to_owned(),
            ));
        }
        check_text("reason", why, true)?;
        let Some(seq) = self.state.broken_at else {
            return Err(GateError::conflict(
                "chain.intact",
                "the chain is not broken",
            ));
        };
        let members = details([("broken_at", seq.into()), ("reason", why.into())]);
        let actor = principal.actor();
        let sealed = self.seal_event(RecordKind::ChainAcknowledged, (&actor, ""), members)?;
        let tenant = self.state.tenant.clone();
        self.keep_tenant(Tenant {
            acknowledged_seq: sealed.seq,
            broken_at: None,
            ..tenant
        })?;
        self.state.broken_at = None;
        Ok(sealed)
    }

    /// A person has dealt with a violation.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when it is resolved already.
    pub fn resolve(
        &mut self,
        actor: &str,
        mut violation: Violation,
        notes: &str,
    ) -> Result<Violation, GateError> {
        check_text("notes", notes, false)?;
        if violation.status == ViolationStatus::Resolved {
            return Err(GateError::conflict(
                "violation.resolved",
                "it is resolved already",
            ));
        }
        violation.status = ViolationStatus::Resolved;
        violation.resolved_by = Some(actor.to_owned());
        violation.resolved_at = Some(self.now);
        violation.notes = Some(notes.to_owned());
        let members = details([
            ("notes", notes.into()),
            ("parent_seq", violation.seq.into()),
            ("violation_id", violation.id.as_str().into()),
        ]);
        let agent = violation.agent_id.clone();
        self.seal_event(
            RecordKind::ViolationResolved,
            (actor, agent.as_str()),
            members,
        )?;
        let labels = ("RESOLVED", agent.as_str(), violation.timestamp);
        self.keep(DocumentKind::Violation, &violation.id, labels, &violation)?;
        Ok(violation)
    }
}

fn check_settings(settings: &Settings, now: Timestamp) -> Result<(), GateError> {
    match (settings.mode, settings.mode_expires_at) {
        (Mode::AuditOnly, None) => {
            let message = "audit-only mode must have an end";
            return Err(GateError::invalid("governance.mode_expires_at", message));
        }
        (Mode::AuditOnly, Some(end)) if end <= now => {
            let message = "must be in the future";
            return Err(GateError::invalid("governance.mode_expires_at", message));
        }
        _ => {}
    }
    if !(1..=3_600).contains(&settings.permit_seconds) {
        return Err(GateError::invalid("permit_seconds", "expected 1 to 3600"));
    }
    if settings.retry_seconds > 3_600 {
        return Err(GateError::invalid("retry_seconds", "expected at most 3600"));
    }
    if !(10..=3_600).contains(&settings.rules_seconds) {
        return Err(GateError::invalid("rules_seconds", "expected 10 to 3600"));
    }
    Ok(())
}
