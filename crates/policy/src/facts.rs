//! What the world must tell the rules before they can judge.
//!
//! [`Needs`] lists what one action's judgement depends on; [`Facts`] answers it, position by
//! position. Facts are kept in the record, so that a judgement can be made again later.

use crate::{
    amount::Micros,
    cham::rate_limit::Period,
    command::policy::SessionPatterns,
    id::{AgentId, PolicyId, TenantId},
    label::Label,
    tier::Tier,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// What must be read before an action can be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// How many actions were counted; answered by [`Facts::rates`].
    pub rates: SmallVec<[RateNeed; 4]>,
    /// How often these grants were used; answered by [`Facts::grants`].
    pub grants: SmallVec<[PolicyId; 2]>,
    /// What is committed against these budgets; answered by [`Facts::budgets`].
    pub budgets: SmallVec<[BudgetNeed; 4]>,
    /// What similar actions added up to lately; answered by [`Facts::sums`].
    pub sums: SmallVec<[SumNeed; 1]>,
    /// Whether the action writes (risk tier 2 and above), so that it counts as one.
    pub writes: bool,
    /// The environment of an action that rests on one of the gate's sessions; answered by
    /// [`Facts::session`].
    pub session: Option<Label>,
}

/// A count of actions in a sliding window that ends now and includes this action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RateNeed {
    /// Which actions.
    pub counter: Counter,
    /// How far back: an action exactly one period old no longer counts.
    pub period: Period,
    /// No need to count further than this.
    pub enough: u32,
}

/// Which actions a rate counts. Refused actions count too.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// Every governed action of this agent.
    Agent,
    /// Every governed action of this tenant.
    Tenant,
    /// Every write of this agent.
    AgentWrites,
    /// Every write of this tenant.
    TenantWrites,
}

/// What a budget already holds: spent and reserved.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct BudgetNeed {
    /// Whose budget: empty for the tenant's, else e.g. `agent:agt_1` or `workspace:w`.
    pub scope: String,
    /// What is counted.
    pub unit: Unit,
    /// Over which time, in the tenant's time zone.
    pub span: Span,
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// US dollars.
    Usd,
    /// GPU-hours.
    GpuHours,
}

/// One budget period, named by its local date.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// A day, as the number `yyyymmdd`.
    Day(u32),
    /// A month, as the number `yyyymm`.
    Month(u32),
}

/// A sum over the recent actions that share a key, to catch one large write cut into small ones.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SumNeed {
    /// What they share, e.g. `workloads.submit/team-a`.
    pub key: String,
    /// How far back.
    pub period: Period,
    /// What this action adds, e.g. its GPUs; not yet in the fact.
    pub adds: u64,
}

/// What the world says, at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The moment of judging; the house's clock, never the caller's.
    pub now: Timestamp,
    /// The tenant's mode.
    pub mode: Mode,
    /// Who the credential belongs to.
    pub caller: Caller,
    /// How the agent stands.
    pub agent: Standing,
    /// Whether the tenant's record chain verifies.
    pub chain_intact: bool,
    /// Answers [`Needs::rates`]: actions in the window, this one included.
    #[serde(default, skip_serializing_if = "SmallVec::is_empty")]
    pub rates: SmallVec<[u32; 4]>,
    /// Answers [`Needs::grants`]: uses so far.
    #[serde(default, skip_serializing_if = "SmallVec::is_empty")]
    pub grants: SmallVec<[u32; 2]>,
    /// Answers [`Needs::budgets`]: spent plus reserved so far.
    #[serde(default, skip_serializing_if = "SmallVec::is_empty")]
    pub budgets: SmallVec<[Micros; 4]>,
    /// Answers [`Needs::sums`]: the sum so far, without this action.
    #[serde(default, skip_serializing_if = "SmallVec::is_empty")]
    pub sums: SmallVec<[u64; 1]>,
    /// Answers [`Needs::session`]: how the session stands that the action names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// What the session of the action says about commands.
    #[serde(default, skip_serializing_if = "SessionPatterns::is_empty")]
    pub command_patterns: SessionPatterns,
}

/// How the session that an action names stands. Another agent's and another workspace's stands as
/// one that there is not.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Whether it is open.
    pub open: bool,
    /// What it has of the scope that the action names; `None` when it has not that scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Reach>,
}

/// What a session has of a scope.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// Where the scope reaches.
    pub environment: Label,
    /// Whether both the scope and the session are for writing.
    pub write: bool,
}

impl Session {
    /// The one that refuses least to an action of an environment.
    #[must_use]
    pub fn generous(environment: &Label) -> Self {
        let reach = Reach {
            environment: environment.clone(),
            write: true,
        };
        Self {
            open: true,
            scope: Some(reach),
        }
    }
}

impl Facts {
    /// The facts under which the fewest actions are refused, as far as they are not given: nothing
    /// was counted, spent or used before, the agent stands well, its session has what the action
    /// names, and the records verify.
    #[must_use]
    pub fn least(needs: &Needs, now: Timestamp, mode: Mode, caller: Caller) -> Self {
        Self {
            now,
            mode,
            caller,
            agent: Standing::default(),
            chain_intact: true,
            // The action itself counts.
            rates: needs.rates.iter().map(|_| 1).collect(),
            grants: needs.grants.iter().map(|_| 0).collect(),
            budgets: needs.budgets.iter().map(|_| Micros::ZERO).collect(),
            sums: needs.sums.iter().map(|_| 0).collect(),
            session: needs.session.as_ref().map(Session::generous),
            command_patterns: SessionPatterns::default(),
        }
    }
}

/// Whose credential an action came with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Caller {
    /// The credential's tenant.
    pub tenant: TenantId,
    /// The one agent the credential belongs to; `None` for a tenant's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// How a tenant is governed. There is no way to switch judging off.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// Everything binds.
    #[default]
    Enforced,
    /// What CHAM policies would have done is recorded, not enforced; all else binds.
    AuditOnly,
}

impl Mode {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforced => "ENFORCED",
            Self::AuditOnly => "AUDIT_ONLY",
        }
    }
}

/// How an agent stands with its tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its status.
    pub status: AgentStatus,
    /// A floor over every dimension of confidence; a shortfall holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_floor: Option<f64>,
    /// Raises every action to at least this tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier_override: Option<Tier>,
}

/// Where an agent is in its life.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// Judged normally.
    #[default]
    Active,
    /// Every action is HELD.
    Paused,
    /// Every action is BLOCKED.
    Blocked,
    /// Rejected at the door; history kept; may be registered again.
    Deregistered,
    /// Rejected at the door, for ever.
    IdentityRevoked,
}

impl AgentStatus {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Blocked => "blocked",
            Self::Deregistered => "deregistered",
            Self::IdentityRevoked => "identity_revoked",
        }
    }
}

/// Hands out the answers in the order in which [`Needs`] asked for them.
///
/// Fails closed: an answer that is missing is `None`, and whoever needed it must refuse with
/// [`crate::code::Code::StageFailed`].
#[derive(Debug)]
pub struct Answers<'f> {
    /// The facts that are not asked for one by one.
    pub facts: &'f Facts,
    rates: std::slice::Iter<'f, u32>,
    grants: std::slice::Iter<'f, u32>,
    budgets: std::slice::Iter<'f, Micros>,
    sums: std::slice::Iter<'f, u64>,
}

impl<'f> Answers<'f> {
    /// Starts at the first answer of each kind.
    #[must_use]
    pub fn new(facts: &'f Facts) -> Self {
        Self {
            facts,
            rates: facts.rates.iter(),
            grants: facts.grants.iter(),
            budgets: facts.budgets.iter(),
            sums: facts.sums.iter(),
        }
    }

    /// The next rate.
    pub fn rate(&mut self) -> Option<u32> {
        self.rates.next().copied()
    }

    /// The next grant's uses.
    pub fn grant(&mut self) -> Option<u32> {
        self.grants.next().copied()
    }

    /// The next budget's committed amount.
    pub fn budget(&mut self) -> Option<Micros> {
        self.budgets.next().copied()
    }

    /// The next sum.
    pub fn sum(&mut self) -> Option<u64> {
        self.sums.next().copied()
    }
}
