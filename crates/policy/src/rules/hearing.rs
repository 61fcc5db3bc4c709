//! Hearing the CHAM policies that apply to one action.
//!
//! Each policy speaks alone, from the same base tier, and the strictest counts; so their order
//! does not matter. Two outcomes are kept side by side: what is enforced, and what would be if
//! nothing were in audit-only or log-only mode.
//!
//! A live grant lifts what questions an action or calls for people: floors, reasoning, change
//! windows, rates, and a tier of B by environment, compliance or risk. It never lifts a standing
//! refusal: an `action_type_block`, or an environment or compliance rule of tier C or X.

mod fields;
mod floors;
mod grants;
mod rates;
mod tiers;
mod windows;

pub(super) use grants::conditions_hold;
pub(super) use rates::ask as ask_rates;
pub(super) use tiers::pack_tier;

use super::{
    docket::Docket,
    index::Index,
    shelves::{Head, Shelves},
};
use crate::{
    action::Action,
    cham::Policy,
    code::Code,
    facts::{Answers, Mode},
    findings::Findings,
    judgement::{Detail, Reason, Source},
    tier::Tier,
};
use grants::Grants;
use smallvec::SmallVec;
use std::{borrow::Cow, sync::Arc};

/// What is heard about, and by whom; the same for every policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'r, 'h> {
    pub(super) policies: &'r [Arc<Policy>],
    pub(super) shelves: &'r Shelves,
    pub(super) index: &'r Index,
    pub(super) docket: &'h Docket<'r>,
    pub(super) action: &'h Action,
}

impl<'r> Case<'r, '_> {
    pub(super) fn policy(&self, place: u32) -> Option<&'r Policy> {
        self.policies.get(place as usize).map(Arc::as_ref)
    }
}

/// What one policy demands.
#[derive(Clone, Copy, Debug)]
struct Demand {
    code: Code,
    tier: Tier,
    /// A grant lifts it.
    liftable: bool,
}

/// The hearing, and what came out of it.
#[derive(Debug)]
pub(super) struct Hearing<'r, 'h> {
    case: Case<'r, 'h>,
    findings: &'h mut Findings<'r>,
    enforcing: bool,
    /// The tier before any policy speaks.
    base: Tier,
    grants: Grants<'r>,
    /// The places of the policies that changed the outcome; those not enforced too.
    pub(super) fired: SmallVec<[u32; 4]>,
    /// The shortest hold that an enforced, fired policy asks for, in minutes.
    pub(super) hold_minutes: Option<u32>,
    /// The longest retention that a matching compliance rule asks for.
    pub(super) retention_days: Option<u32>,
    /// The strictest demand of each type, by whether it is the agent's own.
    pub(super) strictest: [[Option<(Tier, u32)>; 2]; 8],
}

impl<'r, 'h> Hearing<'r, 'h> {
    /// Hears every policy on the docket.
    ///
    /// *Fails closed:* a fact that is missing refuses in the name of the policy that needed it.
    pub(super) fn hold(
        case: Case<'r, 'h>,
        answers: &mut Answers<'_>,
        base: Tier,
        findings: &'h mut Findings<'r>,
    ) -> Self {
        let mut hearing = Self {
            case,
            findings,
            enforcing: answers.facts.mode == Mode::Enforced,
            base,
            grants: Grants::default(),
            fired: SmallVec::new(),
            hold_minutes: None,
            retention_days: None,
            strictest: [[None; 2]; 8],
        };
        hearing.hear_grants(answers);
        hearing.hear_risk();
        hearing.hear_floors();
        hearing.hear_tiers();
        hearing.hear_rates(answers);
        hearing.hear_reasoning();
        hearing.hear_windows(answers.facts.now);
        // Each bucket and type is in order already; the stable sort makes use of that.
        hearing.fired.sort();
        hearing.fired.dedup();
        hearing
    }

    /// The grant this action uses.
    pub(super) fn grant(&self) -> Option<&'r Policy> {
        self.grants.enforced.map(|used| used.policy)
    }

    /// The live grants that are enforced.
    pub(super) fn live_grants(&self) -> &[u32] {
        &self.grants.live
    }

    const fn binds(&self, head: Head) -> bool {
        self.enforcing && !head.log_only
    }

    /// The tier that the catalogue's risk tier calls for, unless a grant lifts it.
    fn hear_risk(&mut self) {
        let tier = self.findings.risk.tier();
        let code = match tier {
            Tier::A => return,
            Tier::B => Code::TierHeld,
            Tier::C | Tier::X => Code::TierProhibited,
        };
        let lifted = |grant: bool| tier == Tier::B && grant;
        let reason = Reason {
            code,
            source: Source::Catalogue,
            tier,
            verdict: tier.verdict(),
            enforced: !lifted(self.grants.enforced.is_some()),
            detail: Detail::Risk(self.findings.risk),
        };
        self.add(reason, !lifted(self.grants.would.is_some()));
    }

    /// Lets one policy speak.
    fn demand(&mut self, head: Head, demand: Demand, detail: Detail<'r>) {
        let Some(policy) = self.case.policy(head.place) else {
            self.findings
                .refuse(Code::StageFailed, Source::Stage("policies"), Detail::None);
            return;
        };
        let Demand {
            code,
            tier,
            liftable,
        } = demand;
        self.note_strictest(head, tier);
        let enforced = self.binds(head) && !(liftable && self.grants.enforced.is_some());
        let would = !(liftable && self.grants.would.is_some());
        if !enforced && !would {
            return;
        }
        if tier > self.base {
            self.fire(head, policy, enforced);
        }
        let source = Source::Policy(policy);
        self.add(
            Reason {
                code,
                source,
                tier,
                verdict: tier.verdict(),
                enforced,
                detail,
            },
            would,
        );
    }

    fn add(&mut self, reason: Reason<'r>, would: bool) {
        if reason.enforced || would {
            self.findings.push_for(reason, would);
        }
    }

    fn fire(&mut self, head: Head, policy: &Policy, enforced: bool) {
        self.fired.push(head.place);
        if enforced && head.timed {
            let shortest = self
                .hold_minutes
                .into_iter()
                .chain(policy.hold_minutes)
                .min();
            self.hold_minutes = shortest;
        }
    }

    fn note_strictest(&mut self, head: Head, tier: Tier) {
        if head.log_only {
            return;
        }
        let scopes = self.strictest.get_mut(head.kind as usize);
        let slot = scopes.and_then(|scopes| scopes.get_mut(usize::from(head.scoped)));
        if let Some(slot) = slot
            && slot.is_none_or(|(known, _)| known < tier)
        {
            *slot = Some((tier, head.place));
        }
    }

    /// Refuses in the name of a policy whose fact is missing, whatever its mode.
    fn missing(&mut self, head: Head, what: &'static str) {
        let source = self
            .case
            .policy(head.place)
            .map_or(Source::Stage("policies"), Source::Policy);
        self.findings
            .refuse(Code::StageFailed, source, Detail::Text(Cow::Borrowed(what)));
    }
}
