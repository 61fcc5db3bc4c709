//! What a door may ask: each call is checked for its caller's right, then done on the lane.

use super::Firewall;
use crate::{
    access::Verb,
    agent::{Agent, Step},
    answer::Answer,
    batch::DocumentKind,
    digest::{ActionDigest, Nonce},
    error::GateError,
    principal::{Principal, Role},
    proposal::{PolicyPatch, Proposal},
    query::RecordQuery,
    request::{self, Request},
    rulebook::Rulebook,
    settings::Settings,
    state,
    turn::{AgentPatch, NewAgent, OutcomeReport, OutcomeResult, Redemption, Sealed},
    violation::Violation,
};
use jiff::Timestamp;
use portcullis_policy::{
    amount::Micros,
    cham::read::Draft,
    id::{AgentId, PolicyId, TenantId},
    tenant::TenantPolicy,
    tier::Verdict,
};
use std::sync::Arc;

/// How often a proposal is made again when the rules move under it.
const PROPOSALS: usize = 16;

/// A request on its way to the lane.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    /// Whether the gate can look at what it would do.
    pub(super) rehearses: bool,
}

impl Firewall {
    /// Reads a request from bytes; nothing is judged yet.
    ///
    /// # Errors
    /// [`GateError::Invalid`] with every fault and its path, [`GateError::Unavailable`] without
    /// randomness.
    pub fn read_request(
        &self,
        principal: &Principal,
        bytes: &[u8],
        idempotency_key: Option<&str>,
    ) -> Result<Request, GateError> {
        request::read(bytes, principal, self.nonce()?, idempotency_key)
    }

    /// A fresh nonce for a request that is read elsewhere.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] without randomness.
    pub fn nonce(&self) -> Result<Nonce, GateError> {
        let mut bytes = [0_u8; 16];
        self.house.entropy.fill(&mut bytes)?;
        Ok(Nonce::new(bytes))
    }

    /// Judges an action. The answer is durable.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for viewers and operators, else as
    /// [`crate::turn::Turn::govern`].
    pub async fn govern(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Answer, GateError> {
        let asked = self.asked(principal, request)?;
        let caller = principal.clone();
        let answer = self
            .on_lane(principal, move |turn| turn.govern(&caller, &asked.request))
            .await?;
        self.tell_approvers(&principal.tenant, &answer, asked.rehearses);
        Ok(answer)
    }

    /// A request as it goes to the lane, with what the gate could do about it.
    pub(super) fn asked(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Asked, GateError> {
        if matches!(principal.role, Role::Operator | Role::Viewer | Role::Member) {
            return Err(GateError::Forbidden(
                "this credential does not ask for actions".to_owned(),
            ));
        }
        let mut request = self.screened(&principal.tenant, request)?;
        let action = &request.frozen.action;
        let hands = self.hands.load();
        let rehearses = hands.rehearsal.rehearses(action);
        request.means = hands.executor.means(action);
        Ok(Asked { request, rehearses })
    }

    /// Has what a new hold would do looked at, for those who decide.
    pub(super) fn tell_approvers(&self, tenant: &TenantId, answer: &Answer, rehearses: bool) {
        let fresh = answer.hold.as_ref().filter(|_| !answer.repeated);
        if let Some(hold) = fresh.filter(|_| rehearses) {
            self.rehearse_hold(tenant, &hold.id);
        }
    }

    /// Takes the permit of a released hold, once.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when it was taken or is not released, else as
    /// [`crate::turn::Turn::claim`].
    pub async fn claim(&self, principal: &Principal, hold: &str) -> Result<String, GateError> {
        let (caller, id) = (principal.clone(), hold.to_owned());
        let claimed = self
            .on_lane(principal, move |turn| turn.claim(&caller, &id))
            .await;
        match claimed {
            // The lane forgets what is over; whoever may see it is told how it ended.
            Err(GateError::NotFound(..)) => Err(self.hold(principal, hold).await?.without_permit()),
            answer => answer,
        }
    }

    /// Spends a permit.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::redeem`].
    pub async fn redeem(
        &self,
        principal: &Principal,
        token: &str,
        about: Option<ActionDigest>,
    ) -> Result<Redemption, GateError> {
        let (caller, token) = (principal.clone(), token.to_owned());
        self.on_lane(principal, move |turn| turn.redeem(&caller, &token, about))
            .await
    }

    /// Reports what became of the action with this record number.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when there is no such decision, else as
    /// [`crate::turn::Turn::report`].
    pub async fn report(
        &self,
        principal: &Principal,
        seq: u64,
        report: (OutcomeResult, String, Option<Micros>, Option<Micros>),
    ) -> Result<Sealed, GateError> {
        let missing = || GateError::NotFound("decision", seq.to_string());
        let records = self
            .ledger
            .records(&principal.tenant, RecordQuery::one(seq))
            .await?;
        let record = records
            .first()
            // What was refused has no outcome.
            .filter(|r| matches!(r.verdict, Some(Verdict::Cleared | Verdict::Held)))
            .ok_or_else(missing)?;
        let agent = AgentId::new(&record.agent).map_err(|_| missing())?;
        let (result, effect, cost_usd, gpu_hours) = report;
        let effect = self.screened_text(&principal.tenant, &effect)?;
        let report = OutcomeReport {
            seq,
            agent,
            result,
            effect,
            cost_usd,
            gpu_hours,
        };
        let caller = principal.clone();
        self.on_lane(principal, move |turn| turn.report(&caller, &report))
            .await
    }

    /// Registers an agent.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, else as
    /// [`crate::turn::Turn::register_agent`].
    pub async fn register_agent(
        &self,
        principal: &Principal,
        new: NewAgent,
    ) -> Result<Agent, GateError> {
        let actor = architect(principal)?;
        self.on_lane(principal, move |turn| turn.register_agent(&actor, new))
            .await
    }

    /// Changes an agent.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, else as
    /// [`crate::turn::Turn::update_agent`].
    pub async fn update_agent(
        &self,
        principal: &Principal,
        id: &str,
        patch: AgentPatch,
    ) -> Result<Agent, GateError> {
        let (actor, id) = (architect(principal)?, id.to_owned());
        self.on_lane(principal, move |turn| turn.update_agent(&actor, &id, patch))
            .await
    }

    /// Moves an agent to another status.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, else as
    /// [`crate::turn::Turn::move_agent`].
    pub async fn move_agent(
        &self,
        principal: &Principal,
        id: &str,
        step: impl Into<Step>,
        why: Option<&str>,
    ) -> Result<Agent, GateError> {
        let (actor, id, step) = (architect(principal)?, id.to_owned(), step.into());
        let why = self.screened_reason(&principal.tenant, why.map(str::to_owned))?;
        self.on_lane(principal, move |turn| {
            turn.move_agent(&actor, &id, step, why.as_deref())
        })
        .await
    }

    /// Makes policies, all of them or none; their ids in the order of the drafts.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`].
    pub async fn create_policies(
        &self,
        principal: &Principal,
        drafts: Vec<Draft>,
    ) -> Result<Vec<PolicyId>, GateError> {
        let house = self.house.clone();
        let propose = move |book: &Rulebook, _, now| {
            let proposal = Proposal::create(book, drafts.clone(), &house, now)?;
            let ids = proposal
                .policies
                .iter()
                .map(|change| change.after.policy.id.clone());
            Ok((ids.collect(), proposal))
        };
        self.adopt(principal, propose).await
    }

    /// Changes a policy in place.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`],
    /// [`GateError::Invalid`], and [`GateError::Conflict`] with `policy.moved` when the version
    /// that was seen is no longer in force.
    pub async fn update_policy(
        &self,
        principal: &Principal,
        id: &str,
        patch: PolicyPatch,
    ) -> Result<(), GateError> {
        let id = id.to_owned();
        let propose = move |book: &Rulebook, _, now| {
            Ok(((), Proposal::update(book, &id, patch.clone(), now)?))
        };
        self.adopt(principal, propose).await
    }

    /// Replaces the tenant policy; its new version number.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`]; then the one
    /// in force stays in force.
    pub async fn apply_tenant_policy(
        &self,
        principal: &Principal,
        policy: TenantPolicy,
    ) -> Result<u32, GateError> {
        self.replace_tenant_policy(principal, policy, None).await
    }

    /// Replaces the tenant policy that somebody saw, by its version; 0 is none. Its new version
    /// number.
    ///
    /// # Errors
    /// As [`Self::apply_tenant_policy`], and [`GateError::Conflict`] with `tenant_policy.moved`
    /// when another version is in force.
    pub async fn replace_tenant_policy(
        &self,
        principal: &Principal,
        policy: TenantPolicy,
        seen: Option<u32>,
    ) -> Result<u32, GateError> {
        let propose = move |book: &Rulebook, _, _| {
            let proposal = Proposal::tenant_policy(book, policy.clone(), seen)?;
            Ok((proposal.rulebook.manuscript.tenant_policy_version, proposal))
        };
        self.adopt(principal, propose).await
    }

    /// Changes the settings: `change` edits the present ones.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`].
    pub async fn change_settings(
        &self,
        principal: &Principal,
        change: impl Fn(&mut Settings) + Clone + Send + Sync + 'static,
    ) -> Result<Settings, GateError> {
        let change = move |settings: &mut Settings| {
            change(settings);
            Ok(())
        };
        self.revise_settings(principal, change).await
    }

    /// Changes the settings unless `change` finds that they are not what it is for.
    ///
    /// # Errors
    /// As [`Self::change_settings`], and whatever `change` says.
    pub async fn revise_settings(
        &self,
        principal: &Principal,
        change: impl Fn(&mut Settings) -> Result<(), GateError> + Clone + Send + Sync + 'static,
    ) -> Result<Settings, GateError> {
        let propose = move |book: &Rulebook, mut settings: Settings, _| {
            change(&mut settings)?;
            Ok((settings.clone(), Proposal::settings(book, settings)?))
        };
        self.adopt(principal, propose).await
    }

    /// Compiles new rules beside the lane and has the lane adopt them.
    async fn adopt<T, P>(&self, principal: &Principal, propose: P) -> Result<T, GateError>
    where
        T: Send + 'static,
        P: Fn(&Rulebook, Settings, Timestamp) -> Result<(T, Proposal), GateError> + Send,
    {
        let actor = architect(principal)?;
        for _ in 0..PROPOSALS {
            let (book, settings) = self
                .on_lane(principal, |turn| {
                    let state = &turn.state;
                    Ok((Arc::clone(&state.rulebook), state.tenant.settings.clone()))
                })
                .await?;
            let now = crate::moment::milliseconds(self.house.clock.now());
            let (answer, proposal) = propose(&book, settings, now)?;
            let actor = actor.clone();
            let adopted = self
                .on_lane(principal, move |turn| turn.adopt(&actor, proposal))
                .await;
            match adopted {
                Err(GateError::Conflict {
                    code: "rules.moved",
                    ..
                }) => {}
                Err(error) => return Err(error),
                Ok(_) => return Ok(answer),
            }
        }
        Err(GateError::conflict(
            "rules.moved",
            "the rules keep changing; try again",
        ))
    }

    /// The rules in force.
    pub(super) async fn rulebook(&self, principal: &Principal) -> Result<Arc<Rulebook>, GateError> {
        self.on_lane(principal, |turn| Ok(Arc::clone(&turn.state.rulebook)))
            .await
    }

    /// Resolves a violation.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than operators and architects, [`GateError::NotFound`],
    /// [`GateError::Conflict`].
    pub async fn resolve_violation(
        &self,
        principal: &Principal,
        id: &str,
        notes: &str,
    ) -> Result<Violation, GateError> {
        if !principal.decides() {
            return Err(GateError::Forbidden(
                "only an operator or architect resolves".to_owned(),
            ));
        }
        let violation: Violation = state::one(
            &*self.ledger,
            &principal.tenant,
            DocumentKind::Violation,
            id,
        )
        .await?
        .ok_or_else(|| GateError::NotFound("violation", id.to_owned()))?;
        if !self.reaches(principal, Verb::View, violation.seq).await? {
            return Err(GateError::NotFound("violation", id.to_owned()));
        }
        if !self.reaches(principal, Verb::Decide, violation.seq).await? {
            let message = "your rights do not reach what this violation is about";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        let (actor, notes) = (principal.actor(), notes.to_owned());
        self.on_lane(principal, move |turn| {
            turn.resolve(&actor, violation, &notes)
        })
        .await
    }

    /// Acknowledges a broken chain.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::acknowledge`].
    pub async fn acknowledge(&self, principal: &Principal, why: &str) -> Result<Sealed, GateError> {
        let (caller, why) = (principal.clone(), why.to_owned());
        self.on_lane(principal, move |turn| turn.acknowledge(&caller, &why))
            .await
    }

    /// Does what time demands, for every tenant. To be called every second or so.
    ///
    /// # Errors
    /// The first failure; the other tenants are swept all the same.
    pub async fn sweep(&self) -> Result<(), GateError> {
        let mut first = Ok(());
        for tenant in self.tenants() {
            let swept = self.in_turn(&tenant, |turn| turn.sweep()).await;
            first = first.and(swept);
        }
        first
    }
}

/// The architect's name for records.
pub(super) fn architect(principal: &Principal) -> Result<String, GateError> {
    if principal.configures() {
        Ok(principal.actor())
    } else {
        Err(GateError::Forbidden(
            "only an architect may do this".to_owned(),
        ))
    }
}
