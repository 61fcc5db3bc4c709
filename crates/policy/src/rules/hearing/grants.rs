//! `grant_lifecycle`

use super::{Case, Hearing};
use crate::{
    action::Action,
    cham::{Policy, Rule},
    code::Code,
    conflict::order::Contender,
    facts::Answers,
    judgement::{Detail, Reason, Source},
    rules::shelves::{Grant, Head, Kind},
    tier::Tier,
};
use jiff::Timestamp;
use serde_json::Value;
use smallvec::SmallVec;

/// The grants that count.
#[derive(Debug, Default)]
pub(super) struct Grants<'r> {
    /// The one in force.
    pub(super) enforced: Option<Used<'r>>,
    /// The one that would be, if nothing were only recorded.
    pub(super) would: Option<Used<'r>>,
    /// The places of all that are live and enforced.
    pub(super) live: SmallVec<[u32; 2]>,
}

/// A live grant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used<'r> {
    pub(super) policy: &'r Policy,
    head: Head,
    tier: Tier,
}

impl<'r> Used<'r> {
    /// Of two live grants, the one that takes effect: as in every conflict.
    fn or(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.contender().beats(&self.contender()).is_some() => other,
            _ => self,
        }
    }

    const fn contender(&self) -> Contender<'r, Tier> {
        Contender {
            policy: self.policy,
            restriction: self.tier,
        }
    }
}

/// Whether a grant can still be used.
fn is_live(grant: &Grant, used: u32, now: Timestamp) -> bool {
    now < grant.expires_at && used < grant.max_uses
}

/// Whether an action fulfils a grant's conditions.
///
/// *Fails closed:* an operand that is missing or of another type fails its condition.
pub(in crate::rules) fn conditions_hold(case: Case<'_, '_>, grant: &Grant) -> bool {
    match case.policy(grant.head.place).map(|policy| &policy.rule) {
        Some(Rule::GrantLifecycle(rule)) => rule
            .conditions
            .iter()
            .all(|(key, value)| holds(case.action, key, value)),
        _ => false,
    }
}

impl Hearing<'_, '_> {
    pub(super) fn hear_grants(&mut self, answers: &mut Answers<'_>) {
        let case = self.case;
        let now = answers.facts.now;
        let mut required: SmallVec<[Head; 2]> = SmallVec::new();
        for grant in case.docket.entries(Kind::Grant, &case.shelves.grants) {
            if grant.required {
                required.push(grant.head);
            }
            if !conditions_hold(case, grant) {
                continue;
            }
            match answers.grant() {
                None => self.missing(grant.head, "the uses of the grant could not be counted"),
                Some(used) if is_live(grant, used, now) => self.admit(grant),
                Some(_) => {}
            }
        }
        self.record_use();
        for head in required {
            self.require(head);
        }
    }

    fn admit(&mut self, grant: &Grant) {
        let Some(policy) = self.case.policy(grant.head.place) else {
            return;
        };
        let used = Used {
            policy,
            head: grant.head,
            tier: grant.tier,
        };
        self.note_strictest(grant.head, grant.tier);
        self.grants.would = Some(used.or(self.grants.would));
        if !grant.head.log_only {
            self.grants.live.push(grant.head.place);
        }
        if self.binds(grant.head) {
            self.grants.enforced = Some(used.or(self.grants.enforced));
        }
    }

    /// Says which grants were used, and gives their tier.
    fn record_use(&mut self) {
        let (enforced, would) = (self.grants.enforced, self.grants.would);
        let same =
            |used: &Used<'_>| enforced.is_some_and(|other| other.head.place == used.head.place);
        let recorded = would.filter(|used| !same(used));
        let both = [
            (enforced, true, recorded.is_none()),
            (recorded, false, true),
        ];
        for (used, enforced, would) in both {
            let Some(Used { policy, head, tier }) = used else {
                continue;
            };
            if tier != self.base {
                self.fire(head, policy, enforced);
            }
            let (code, source) = (Code::Granted, Source::Policy(policy));
            let verdict = tier.verdict();
            self.add(
                Reason {
                    code,
                    source,
                    tier,
                    verdict,
                    enforced,
                    detail: Detail::None,
                },
                would,
            );
        }
    }

    /// Refuses when no grant is live where one must be.
    fn require(&mut self, head: Head) {
        let Some(policy) = self.case.policy(head.place) else {
            return;
        };
        let (code, tier) = (Code::NoValidGrant, Tier::C);
        let enforced = self.binds(head) && self.grants.enforced.is_none();
        let would = self.grants.would.is_none();
        if !enforced && !would {
            return;
        }
        if tier > self.base {
            self.fire(head, policy, enforced);
        }
        let source = Source::Policy(policy);
        let detail = Detail::None;
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
}

/// Whether one condition holds.
fn holds(action: &Action, key: &str, value: &Value) -> bool {
    let number = |name: &str| action.number(name).zip(value.as_f64());
    if let Some(name) = key.strip_prefix("max_") {
        return number(name).is_some_and(|(asked, limit)| asked <= limit);
    }
    if let Some(name) = key.strip_prefix("min_") {
        return number(name).is_some_and(|(asked, limit)| asked >= limit);
    }
    let listed = key
        .strip_prefix("allowed_")
        .and_then(|names| names.strip_suffix('s'));
    match (listed, value) {
        (Some(name), Value::Array(allowed)) => allowed.iter().any(|value| is(action, name, value)),
        (Some(_), _) => false,
        (None, value) => is(action, key, value),
    }
}

/// Whether a parameter has a value, or the target by that name.
fn is(action: &Action, name: &str, value: &Value) -> bool {
    let parameter = action.parameter(name);
    // An agent chooses its parameters: one called `target` must not stand in for the real one, nor
    // say something else.
    if name == "target" {
        return value.as_str() == Some(&action.target)
            && parameter.is_none_or(|asked| asked == value);
    }
    let Some(asked) = parameter else { return false };
    match (asked.as_f64(), value.as_f64()) {
        (Some(asked), Some(value)) => asked == value,
        _ => asked == value,
    }
}
