//! Making people known, and changing what they may do.

use super::{Turn, details, json};
use crate::{
    access::RoleGrant,
    batch::{DocumentKind, RecordKind},
    error::GateError,
    key::Usage,
    person::Person,
    principal::Principal,
    visible,
};
use portcullis_policy::id::PersonId;
use serde_json::Value;

/// The longest name of a person or group, in bytes.
const NAME_MAX_BYTES: usize = 128;
/// The longest mail address, in bytes (RFC 5321, 4.5.3.1.3).
const EMAIL_MAX_BYTES: usize = 254;
/// The most roles of one person.
const GRANTS_MAX: usize = 256;

/// A person to be made known.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// Where letters go.
    pub email: Option<String>,
    /// Their roles.
    pub grants: Vec<RoleGrant>,
}

/// What to change of a person; `None` leaves it. `Some(None)` takes it away.
#[derive(Clone, Debug, Default)]
pub struct PersonPatch {
    /// Their name.
    pub name: Option<String>,
    /// Where letters go.
    pub email: Option<Option<String>>,
    /// Their roles, all of them.
    pub grants: Option<Vec<RoleGrant>>,
    /// Whether they may do anything at all.
    pub active: Option<bool>,
}

impl Turn<'_> {
    /// Makes somebody known. They can do nothing until they are invited.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`],
    /// [`GateError::Conflict`] for a name that is taken.
    pub fn create_person(
        &mut self,
        principal: &Principal,
        new: NewPerson,
    ) -> Result<Person, GateError> {
        must_configure(principal)?;
        self.make_known(&principal.actor(), &new.name, new.email, new.grants)
    }

    /// Changes a person. Their sign-ins end when their roles or their standing change.
    ///
    /// # Errors
    /// As [`Turn::create_person`], and [`GateError::NotFound`]; [`GateError::Conflict`] when no
    /// architect would be left.
    pub fn update_person(
        &mut self,
        principal: &Principal,
        id: &str,
        patch: PersonPatch,
    ) -> Result<Person, GateError> {
        must_configure(principal)?;
        let before = self.person(id)?.clone();
        let mut person = before.clone();
        if let Some(name) = patch.name {
            self.check_free_name(&name, Some(&person.id))?;
            person.name = name;
        }
        if let Some(email) = patch.email {
            check_email(email.as_deref())?;
            person.email = email;
        }
        if let Some(grants) = patch.grants {
            person.grants = self.checked_grants(grants)?;
        }
        person.active = patch.active.unwrap_or(person.active);
        let falls = before.is_architect() && !person.is_architect();
        if falls && self.state.people.other_architects(&person.id) == 0 {
            let message = "nobody else could configure; make another architect first";
            return Err(GateError::conflict("person.last_architect", message));
        }
        let moved = person.grants != before.grants || person.active != before.active;
        let (actor, id) = (principal.actor(), person.id.clone());
        let person = self.change_person(&actor, person, "updated")?;
        if moved {
            self.end_keys_of(&actor, &id, &[Usage::SignIn, Usage::Invitation])?;
        }
        Ok(person)
    }

    pub(super) fn make_known(
        &mut self,
        actor: &str,
        name: &str,
        email: Option<String>,
        grants: Vec<RoleGrant>,
    ) -> Result<Person, GateError> {
        self.check_free_name(name, None)?;
        check_email(email.as_deref())?;
        let grants = self.checked_grants(grants)?;
        let id = self.house.id("per_")?;
        let person = Person {
            id: PersonId::new(&id).map_err(|e| GateError::invalid("id", e.to_string()))?,
            name: name.to_owned(),
            email,
            grants,
            active: true,
            password: None,
            passkeys: Vec::new(),
            subject: None,
            slack: None,
            created_at: self.now,
            known_since: self.now,
            created_by: actor.to_owned(),
        };
        self.change_person(actor, person, "made known")
    }

    pub(super) fn person(&self, id: &str) -> Result<&Person, GateError> {
        let missing = || GateError::NotFound("person", id.to_owned());
        self.state.people.persons.get(id).ok_or_else(missing)
    }

    /// The person a caller is.
    pub(crate) fn caller(&self, principal: &Principal) -> Result<&Person, GateError> {
        let nobody = || GateError::Forbidden("only a person may do this".to_owned());
        let badge = principal.person.as_ref().ok_or_else(nobody)?;
        self.person(badge.id.as_str())
    }

    /// Seals a change of a person with what they were before, and keeps it.
    pub(super) fn change_person(
        &mut self,
        actor: &str,
        person: Person,
        why: &str,
    ) -> Result<Person, GateError> {
        let before = self.state.people.persons.get(&person.id);
        let before = before
            .map(|before| json(&before.for_record()))
            .transpose()?;
        let members = details([
            ("before", before.unwrap_or(Value::Null)),
            ("after", json(&person.for_record())?),
            ("person_id", person.id.as_str().into()),
            ("reason", why.into()),
        ]);
        self.seal_event(RecordKind::PersonChange, (actor, ""), members)?;
        self.keep_person(person)
    }

    /// Keeps a person without a record, for what changes by mere use.
    pub(super) fn keep_person(&mut self, person: Person) -> Result<Person, GateError> {
        let labels = (person.status(), "", person.created_at);
        self.keep(DocumentKind::Person, person.id.as_str(), labels, &person)?;
        self.state
            .people
            .persons
            .insert(person.id.clone(), person.clone());
        self.state.people.work_out();
        Ok(person)
    }

    fn check_free_name(&self, name: &str, own: Option<&PersonId>) -> Result<(), GateError> {
        check_name("name", name)?;
        match self.state.people.by_name(name) {
            Some(other) if Some(&other.id) != own => {
                let message = format!("there is somebody called `{}` already", other.name);
                Err(GateError::conflict("person.name_taken", message))
            }
            _ => Ok(()),
        }
    }

    /// Roles as they are kept: in order, none twice, and in workspaces that exist.
    fn checked_grants(&self, mut grants: Vec<RoleGrant>) -> Result<Vec<RoleGrant>, GateError> {
        if grants.len() > GRANTS_MAX {
            return Err(GateError::invalid(
                "roles",
                format!("has at most {GRANTS_MAX} items"),
            ));
        }
        for (at, grant) in grants.iter().enumerate() {
            let missing = grant
                .workspace
                .as_ref()
                .filter(|id| !self.state.people.workspaces.contains_key(*id));
            if let Some(workspace) = missing {
                let path = format!("roles[{at}].workspace");
                return Err(GateError::invalid(
                    path,
                    format!("there is no `{workspace}`"),
                ));
            }
        }
        let place = |grant: &RoleGrant| (grant.workspace.clone(), grant.role);
        grants.sort_by_key(place);
        grants.dedup();
        Ok(grants)
    }
}

/// Checks that a caller may change people, groups and rights.
///
/// # Errors
/// [`GateError::Forbidden`].
pub(super) fn must_configure(principal: &Principal) -> Result<(), GateError> {
    if principal.configures() {
        Ok(())
    } else {
        Err(GateError::Forbidden(
            "only an architect may do this".to_owned(),
        ))
    }
}

/// Checks the name of a person or group: what people read to know who it is.
pub(super) fn check_name(path: &str, name: &str) -> Result<(), GateError> {
    let fault = |message: &str| Err(GateError::invalid(path, message));
    if name.trim().is_empty() {
        return fault("must not be empty");
    }
    if name.len() > NAME_MAX_BYTES {
        return fault("has at most 128 bytes");
    }
    if name.trim() != name || visible::visible_line(name) != name {
        return fault("must not begin or end with blanks, or hold characters that cannot be seen");
    }
    Ok(())
}

fn check_email(email: Option<&str>) -> Result<(), GateError> {
    let is_one = |text: &str| {
        let plain = text
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c));
        let (user, host) = text.split_once('@').unwrap_or_default();
        plain
            && text.len() <= EMAIL_MAX_BYTES
            && !user.is_empty()
            && !host.is_empty()
            && !host.contains('@')
    };
    if email.is_none_or(is_one) {
        Ok(())
    } else {
        Err(GateError::invalid(
            "email",
            "expected a mail address such as `a@example.com`",
        ))
    }
}
