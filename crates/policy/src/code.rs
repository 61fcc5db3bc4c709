//! The stable codes of reasons: what a program may rely on.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $remedy:literal;)*) => {
        /// Why something was decided as it was. The texts are stable; programs may rely on them.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What the asker can do about it, as a sentence fragment in lower case.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

codes! {
    /// The catalogue's risk tier calls for people.
    TierHeld = "tier.approval_required", "wait for the people named in the hold to decide";
    /// Risk tier 5.
    TierProhibited = "tier.prohibited", "this action is never available to an agent; a person must do it by other means";
    /// Many small writes that add up to a large one.
    TierSplit = "tier.split", "submit the work as one action, or wait until the window has passed";
    /// The tenant policy does not list it.
    NotAllowed = "policy.not_allowed", "ask an architect to allow this action in the tenant policy";
    /// The tenant policy forbids it by name.
    Denied = "policy.denied", "the tenant policy forbids this; ask an architect why";
    /// A number over a cap, or a capped number that is missing.
    CapExceeded = "policy.cap_exceeded", "ask for less, or ask an architect to raise the cap";
    /// A value outside the permitted set, or a limited value that is missing.
    OutOfScope = "policy.scope", "name only what the tenant policy permits";
    /// More than the budget for one action.
    BudgetAction = "budget.action_exceeded", "make the action smaller, or ask for a budget increase";
    /// More than is left today.
    BudgetDaily = "budget.daily_exceeded", "wait for the next budget day, or ask for a budget increase";
    /// More than is left this month.
    BudgetMonthly = "budget.monthly_exceeded", "wait for the next budget month, or ask for a budget increase";
    /// A budget applies and the cost cannot be told.
    BudgetUnknown = "budget.cost_unknown", "state the estimated cost in the parameters";
    /// Too many actions.
    RateLimited = "rate.limited", "slow down and retry later";
    /// Another tenant's thing.
    CrossTenant = "scope.cross_tenant", "name only things of your own tenant";
    /// A scope is named, and no session to have it.
    SessionMissing = "session.required", "open a session that has the scope, and name both";
    /// The session is closed, over, another's, or not there.
    SessionNotOpen = "session.not_open", "open a session of this agent in this workspace, and name it";
    /// The session has not the scope.
    ScopeNotHeld = "scope.not_held", "name a scope that the session has, or ask for one that has it";
    /// The scope is of another environment.
    ScopeEnvironment = "scope.other_environment", "name a scope of the environment that the action is for";
    /// The action writes, and the scope or the session only reads.
    ScopeReadOnly = "scope.read_only", "ask a person for a session with write access to a scope that gives it";
    /// A command that cannot be read from the parameters.
    CommandMalformed = "command.malformed", "give the command as `argv`, a list of texts, or as `line`, a text";
    /// A command that some list blocks.
    CommandBlocked = "command.blocked", "this command is never run; ask an architect why";
    /// A command that some list does not allow.
    CommandAsked = "command.asked", "wait for a person to decide, or ask for a command that is allowed";
    /// A command that every list allows.
    CommandAllowed = "command.allowed", "nothing; the pattern that allowed it is on record";
    /// A command that nobody can understand from its words.
    CommandUnclear = "command.not_understood", "give a plain command, word by word, without scripts, variables and redirections";
    /// The agent is paused.
    AgentPaused = "agent.paused", "a person must resume the agent, or decide this hold";
    /// The agent is blocked.
    AgentBlocked = "agent.blocked", "a person must unblock the agent";
    /// The agent's own floor.
    AgentFloor = "agent.confidence_floor", "gather more evidence, or let a person decide";
    /// The agent's own tier is raised.
    AgentTier = "agent.tier_override", "a person decides every action of this agent";
    /// `confidence_floor`
    LowConfidence = "diagnosis.low_confidence", "gather more evidence, or let a person decide";
    /// `environment_restriction`
    EnvironmentRestricted = "cham.environment_restriction", "use an environment with fewer restrictions, or let a person decide";
    /// `action_type_block`
    ActionBlocked = "cham.action_type_block", "this action type is blocked by policy; ask an architect";
    /// `require_reasoning`
    ReasoningMissing = "cham.require_reasoning", "send the action again with the missing fields";
    /// `compliance_pack`
    Compliance = "cham.compliance_pack", "the data touched calls for a stricter path; let a person decide";
    /// `time_window`
    OutsideWindow = "cham.time_window", "wait for the next change window";
    /// An emergency passed a `time_window`.
    EmergencyUsed = "cham.emergency_override", "nothing; the emergency is on record and will be reviewed";
    /// A grant lowered the tier.
    Granted = "grant.used", "nothing; the grant's use is on record";
    /// A required grant is missing, spent, expired or does not fit.
    NoValidGrant = "grant.none_valid", "ask an architect for a grant that covers this action";
    /// A principle was broken.
    Principle = "principle.broken", "no configuration permits this; ask a person";
    /// The gate itself failed at some stage.
    StageFailed = "gate.stage_failed", "retry later; if it persists, tell the operators";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
