//! What one person may, from everything they were given.

use portcullis_policy::id::WorkspaceId;
use std::{collections::BTreeMap, sync::Arc};

use super::{
    entry::{Effect, Entry},
    resource::{Resource, Verb},
    role::{PersonRole, RoleGrant},
    set::PermissionSet,
    why::{Source, Why},
};

/// What one person may reach. [`Rights::default`] is nobody's, and may nothing.
///
/// A copy is cheap and does not change: whoever keeps one across a change of grants or sets must
/// ask for new ones before acting.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    active: bool,
    /// The strongest role first.
    grants: Arc<[RoleGrant]>,
    entries: Arc<BTreeMap<WorkspaceId, Vec<Placed>>>,
}

/// An entry, and where it stands.
#[derive(Clone, Debug)]
struct Placed {
    set: Arc<str>,
    name: Arc<str>,
    place: usize,
    entry: Entry,
}

impl Placed {
    fn source(&self) -> Source<'_> {
        Source {
            set: &self.set,
            name: &self.name,
            place: self.place,
            entry: &self.entry,
        }
    }
}

impl Rights {
    /// Puts together what a person was given, by themselves or through groups. Order and
    /// repetition do not matter. Give only what counts: an inactive group's sets stay away.
    #[must_use]
    pub fn of(active: bool, grants: &[RoleGrant], sets: &[&PermissionSet]) -> Self {
        let mut grants = grants.to_vec();
        grants.sort_unstable_by(|a, b| b.cmp(a));
        let mut entries: BTreeMap<WorkspaceId, Vec<Placed>> = BTreeMap::new();
        for set in sets {
            let (id, name) = (Arc::from(&*set.id), Arc::from(&*set.name));
            for (place, entry) in set.entries.iter().enumerate() {
                let there = entries.entry(entry.workspace.clone()).or_default();
                there.push(Placed {
                    set: Arc::clone(&id),
                    name: Arc::clone(&name),
                    place,
                    entry: entry.clone(),
                });
            }
        }
        for there in entries.values_mut() {
            there.sort_by(|a, b| (&a.set, a.place).cmp(&(&b.set, b.place)));
        }
        Self {
            active,
            grants: grants.into(),
            entries: Arc::new(entries),
        }
    }

    /// Whether the person may do something to a thing.
    ///
    /// Fails closed: what no grant gives, and what nothing allows where an allowance is needed, is
    /// refused.
    #[must_use]
    pub fn may(&self, verb: Verb, resource: &Resource<'_>) -> bool {
        self.why(verb, resource).may()
    }

    /// Whether the person may do something to every thing there could be.
    #[must_use]
    pub fn reach_all(&self, verb: Verb) -> bool {
        let denies = |placed: &Placed| placed.entry.effect == Effect::Deny;
        self.active
            && self.grant(verb, None).is_some_and(|grant| {
                grant.role == PersonRole::Architect || !self.entries.values().flatten().any(denies)
            })
    }

    /// The same answer, with what decided it.
    pub fn why(&self, verb: Verb, resource: &Resource<'_>) -> Why<'_> {
        if !self.active {
            return Why::Inactive;
        }
        let everywhere = self.grant(verb, None);
        let here = resource
            .workspace
            .and_then(|workspace| self.grant(verb, Some(workspace)));
        let architect = |grant: &&RoleGrant| grant.role == PersonRole::Architect;
        if let Some(grant) = [everywhere, here].into_iter().flatten().find(architect) {
            return Why::Granted { grant, by: None };
        }
        let Some(strongest) = everywhere.or(here) else {
            return Why::NoRole;
        };
        if let Some(source) = self.entry(Effect::Deny, resource) {
            return Why::Denied(source);
        }
        if let Some(grant) = everywhere {
            return Why::Granted { grant, by: None };
        }
        self.entry(Effect::Allow, resource)
            .map_or(Why::NotAllowed(strongest), |source| Why::Granted {
                grant: strongest,
                by: Some(source),
            })
    }

    /// The strongest grant of exactly this reach that gives the verb.
    fn grant(&self, verb: Verb, workspace: Option<&WorkspaceId>) -> Option<&RoleGrant> {
        self.grants
            .iter()
            .find(|grant| grant.workspace.as_ref() == workspace && grant.role.gives(verb))
    }

    /// The first entry of an effect that covers a thing.
    fn entry(&self, effect: Effect, resource: &Resource<'_>) -> Option<Source<'_>> {
        self.entries
            .get(resource.workspace?)?
            .iter()
            .find(|placed| placed.entry.effect == effect && placed.entry.covers(resource))
            .map(Placed::source)
    }
}
