//! Who a caller is here, and why somebody may do something or may not.

use super::{Firewall, people::must_look_at_people};
use crate::{
    access::{Resource, Rights, Verb},
    error::GateError,
    group::Group,
    person::Person,
    principal::Principal,
    settings::Tenant,
    turn::Turn,
};
use jiff::Timestamp;
use portcullis_policy::{
    facts::AgentStatus,
    id::{AgentId, PersonId, WorkspaceId},
};

/// A caller as the gate knows them.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whose the credential is.
    pub tenant: Tenant,
    /// What the credential is called.
    pub key_name: Option<String>,
    /// When the credential ends by itself.
    pub expires_at: Option<Timestamp>,
    /// The person, when it is one.
    pub person: Option<Person>,
    /// The groups they are in.
    pub groups: Vec<Group>,
}

/// What a person wants to do, and to what.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What.
    pub verb: Verb,
    /// In which workspace.
    pub workspace: Option<WorkspaceId>,
    /// To which agent.
    pub agent: Option<AgentId>,
    /// What it touches.
    pub scope: Option<String>,
}

/// Whether somebody may do something, with what decided it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// Whether they may.
    pub may: bool,
    /// The stable code of the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub why: String,
}

impl Firewall {
    /// The moment, by the gate's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    /// Who a caller is. Everybody may ask that of themselves.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for a credential that ended meanwhile.
    pub async fn standing(&self, principal: &Principal) -> Result<Standing, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let key = turn.state.keys.get(&caller.key);
            let own = caller.person.as_ref().map(|badge| &badge.id);
            let person = own.and_then(|id| turn.state.people.persons.get(id));
            Ok(Standing {
                tenant: turn.state.tenant.clone(),
                key_name: key.map(|key| key.name.clone()),
                expires_at: key.and_then(|key| key.expires_at),
                person: person.cloned(),
                groups: own.map_or_else(Vec::new, |id| groups_of(turn, id)),
            })
        })
        .await
    }

    /// Whether an agent's own key is one of an agent that may work: for what a door passes on
    /// without a verdict.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for anybody else, and for an agent that is paused, blocked or gone;
    /// [`GateError::Unauthenticated`] for a key that ended meanwhile.
    pub async fn must_be_active(&self, principal: &Principal) -> Result<(), GateError> {
        let agent = principal.role.agent().cloned();
        self.on_lane(principal, move |turn| {
            let known = agent.and_then(|id| turn.state.agents.get(&id));
            match known.map(|agent| agent.status) {
                Some(AgentStatus::Active) => Ok(()),
                Some(status) => {
                    let message = format!("the agent is {}", status.as_str());
                    Err(GateError::Forbidden(message))
                }
                None => Err(GateError::Forbidden("only agents may".to_owned())),
            }
        })
        .await
    }

    /// The groups a person is in, in order of name; anybody may ask that of themselves.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people with a role in the whole tenant,
    /// [`GateError::NotFound`].
    pub async fn groups_of(
        &self,
        principal: &Principal,
        person: &str,
    ) -> Result<Vec<Group>, GateError> {
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| badge.id.as_str() == person);
        if !own {
            must_look_at_people(principal)?;
        }
        let person = person.to_owned();
        self.on_lane(principal, move |turn| {
            let known = turn.state.people.persons.get(person.as_str());
            let known = known.ok_or_else(|| GateError::NotFound("person", person.clone()))?;
            Ok(groups_of(turn, &known.id))
        })
        .await
    }

    /// Whether a person may do something, and why.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people with a role in the whole tenant,
    /// [`GateError::NotFound`].
    pub async fn explain(
        &self,
        principal: &Principal,
        person: &str,
        wish: Wish,
    ) -> Result<Explanation, GateError> {
        must_look_at_people(principal)?;
        let person = person.to_owned();
        self.on_lane(principal, move |turn| {
            let people = &turn.state.people;
            let known = people.persons.get(person.as_str());
            let known = known.ok_or_else(|| GateError::NotFound("person", person.clone()))?;
            let nothing = Rights::default();
            let rights = people
                .rights(&known.id)
                .map_or(&nothing, |rights| &**rights);
            let resource = Resource {
                workspace: wish.workspace.as_ref(),
                agent: wish.agent.as_ref(),
                scope: wish.scope.as_deref(),
            };
            let why = rights.why(wish.verb, &resource);
            Ok(Explanation {
                may: why.may(),
                code: why.code(),
                why: why.to_string(),
            })
        })
        .await
    }
}

fn groups_of(turn: &Turn<'_>, person: &PersonId) -> Vec<Group> {
    let mut groups: Vec<Group> = turn.state.people.groups_of(person).cloned().collect();
    groups.sort_by_key(Group::label);
    groups
}
