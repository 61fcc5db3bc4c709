//! The tenant itself: its making, its settings, its keys, its broken chain; and violations.

use super::{Sealed, Turn, agents::check_text, details, json};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    key::{Key, Token},
    principal::{Principal, Role},
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

    /// Issues a key or token; the token is shown once.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for a bad name or a past end, [`GateError::NotFound`] for a key of an
    /// unknown agent.
    pub fn issue_key(
        &mut self,
        actor: &str,
        name: &str,
        role: Role,
        limits: (Vec<String>, Option<Timestamp>),
    ) -> Result<(Key, Token), GateError> {
        let (groups, expires_at) = limits;
        check_text("name", name, true)?;
        for group in &groups {
            check_text("groups", group, true)?;
        }
        if expires_at.is_some_and(|end| end <= self.now) {
            return Err(GateError::invalid("expires_at", "must be in the future"));
        }
        if let Role::Agent(agent) = &role
            && !self.state.agents.contains_key(agent)
        {
            return Err(GateError::NotFound("agent", agent.to_string()));
        }
        let id = self.house.id("key_")?;
        let token = Token::mint(&id, &*self.house.entropy)?;
        let key = Key {
            id,
            name: name.to_owned(),
            role,
            groups,
            token_sha256: token.sha256(),
            created_at: self.now,
            expires_at,
            revoked: false,
        };
        self.change_key(actor, key.clone())?;
        Ok((key, token))
    }

    /// Ends a key or token at once.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Conflict`] for the last architect's token, which
    /// would lock everybody out.
    pub fn revoke_key(&mut self, actor: &str, id: &str) -> Result<Key, GateError> {
        let missing = || GateError::NotFound("key", id.to_owned());
        let mut key = self.state.keys.get(id).ok_or_else(missing)?.clone();
        let opens = |key: &Key| key.role == Role::Architect && key.is_live(self.now);
        let architects = self.state.keys.values().filter(|key| opens(key)).count();
        if opens(&key) && architects <= 1 {
            return Err(GateError::conflict(
                "key.last_architect",
                "this is the last architect's token; issue another first",
            ));
        }
        key.revoked = true;
        self.change_key(actor, key.clone())?;
        Ok(key)
    }

    /// Checks that a caller's key was not revoked and has not ended since the call was taken in.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`].
    pub fn must_be_live(&self, key: &str) -> Result<(), GateError> {
        // A key that is not kept is not a door's: who examines the gate at its own machine.
        let known = self.state.keys.get(key);
        if known.is_none_or(|key| key.is_live(self.now)) {
            Ok(())
        } else {
            Err(GateError::Unauthenticated)
        }
    }

    fn change_key(&mut self, actor: &str, key: Key) -> Result<(), GateError> {
        let agent = match &key.role {
            Role::Agent(agent) => agent.as_str().to_owned(),
            Role::Client | Role::Architect | Role::Operator | Role::Viewer => String::new(),
        };
        let members = details([
            ("groups", json(&key.groups)?),
            ("key_id", key.id.as_str().into()),
            ("name", key.name.as_str().into()),
            ("revoked", key.revoked.into()),
            ("role", key.role.as_str().into()),
        ]);
        self.seal_event(RecordKind::KeyChange, (actor, &agent), members)?;
        let status = if key.revoked { "revoked" } else { "active" };
        self.keep(
            DocumentKind::Key,
            &key.id,
            (status, &agent, key.created_at),
            &key,
        )?;
        self.state.keys.insert(key.id.clone(), key);
        Ok(())
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
    Ok(())
}
