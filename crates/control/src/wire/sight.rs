//! A hold as an approver sees it before deciding.

use super::{moment::Moment, words};
use portcullis_firewall::{
    approval::Choice,
    hold::HoldStatus,
    sight::{self, Change},
};
use portcullis_policy::tier::Tier;
use serde::Serialize;
use utoipa::ToSchema;

/// A hold as an approver sees it, rendered from the frozen action. Characters that cannot be seen,
/// or change how others are seen, stand as escapes in every text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sight {
    /// `esc_…`
    pub hold_id: String,
    /// Where it stands.
    #[schema(value_type = words::HoldStatus)]
    pub status: HoldStatus,
    /// The agent's id.
    pub agent_id: String,
    /// The agent's name.
    pub agent_name: String,
    /// What it wants to do.
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// Where.
    pub environment: String,
    /// In which workspace.
    pub workspace_id: Option<String>,
    /// The scope whose credentials it is to be done with, its session, and what for, in words.
    pub scope: Option<String>,
    /// The name of the person who opened the session: the agent works for them.
    pub works_for: Option<String>,
    /// Names the exact action.
    pub action_digest: String,
    /// The parameters as indented JSON, line by line, marked against the previous decision.
    pub parameters: Vec<Line>,
    /// What a command does, told by the gate from its words, line by line; empty for other actions.
    pub command: Vec<String>,
    /// The decision that the lines are compared with.
    pub previous: Option<PreviousDecision>,
    /// The tier.
    #[schema(value_type = words::Tier)]
    pub tier: Tier,
    /// How risky it is, 0 to 5.
    #[schema(minimum = 0, maximum = 5)]
    pub risk_tier: u8,
    /// Why people must decide, in the gate's words.
    pub why: String,
    /// The policies that fired.
    pub policies: Vec<SightPolicy>,
    /// What it would cost, in words; nothing when it costs nothing that is counted.
    pub cost: Option<String>,
    /// The dry run, in words.
    pub dry_run: Option<String>,
    /// What runs now and would be touched.
    pub workloads: Vec<Workload>,
    /// What is left in the budgets this action would draw on.
    pub budgets: Vec<BudgetLeft>,
    /// What the agent points to, each piece as JSON. The agent's claim.
    pub evidence: Vec<String>,
    /// How sure the agent says it is. The agent's claim.
    pub confidence: Vec<Claim>,
    /// The agent's own words. Never to be trusted.
    pub words: Option<String>,
    /// How many bytes of the action are not shown here.
    pub hidden_bytes: usize,
    /// How many parts of the action are hidden from everybody, as secrets or personal data.
    pub hidden_parts: u64,
    /// Who answered so far.
    pub votes: Vec<Vote>,
    /// How many different people must approve.
    pub approvals_required: u8,
    /// Who is asked, as the rules name them; empty is anybody who decides.
    pub asked: Vec<String>,
    /// 1 for who is asked first; one more each time others are asked.
    pub level: u8,
    /// How many levels there are.
    pub levels: u8,
    /// When it was made.
    pub created_at: Moment,
    /// When this level ends: then the next is asked, or the hold ends refused.
    pub ends_at: Moment,
    /// How it ended.
    pub ending: Option<Ending>,
}

/// One line of indented JSON.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Line {
    /// What became of it.
    #[schema(value_type = words::LineChange)]
    pub change: Change,
    /// The text.
    pub text: String,
}

/// An earlier decision of the same agent, type and target.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviousDecision {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: Moment,
}

/// A policy that fired, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SightPolicy {
    /// Its name.
    pub name: String,
    /// What it says for itself.
    pub reason: Option<String>,
}

/// Something that runs now and would be touched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workload {
    /// Its name.
    pub name: String,
    /// What else is said of it, e.g. `replicas: 3`.
    pub about: Vec<String>,
}

/// What is left in a budget of this day or month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetLeft {
    /// Which, in words.
    pub name: String,
    /// What is left, with its unit.
    pub left: String,
    /// The limit, with its unit.
    pub limit: String,
    /// What is spent and reserved, in thousandths of the limit.
    pub used_permille: u32,
}

/// How sure the agent says it is of one thing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Claim {
    /// `incident`, `fix` or `containment`.
    pub dimension: String,
    /// How sure, 0 to 1.
    pub value: f64,
}

/// What one person said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Vote {
    /// Their name.
    pub name: String,
    /// What they said.
    #[schema(value_type = words::Choice)]
    pub choice: Choice,
    /// When.
    pub at: Moment,
    /// Where: `console`, `slack` or `api`.
    pub way: &'static str,
}

/// How a hold ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ending {
    /// The name of who decided; `portcullis` when nobody did.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: Option<String>,
}

impl From<sight::Sight> for Sight {
    fn from(sight: sight::Sight) -> Self {
        let policy = |(name, reason)| SightPolicy { name, reason };
        let claim = |(dimension, value)| Claim { dimension, value };
        Self {
            hold_id: sight.hold,
            status: sight.status,
            agent_id: sight.agent,
            agent_name: sight.agent_name,
            action_type: sight.action_type,
            target_service: sight.target,
            environment: sight.environment,
            workspace_id: sight.workspace,
            scope: sight.scope,
            works_for: sight.works_for,
            action_digest: sight.digest,
            parameters: sight.parameters.into_iter().map(Line::from).collect(),
            command: sight.command,
            previous: sight.previous.map(PreviousDecision::from),
            tier: sight.tier,
            risk_tier: sight.risk_tier.number(),
            why: sight.why,
            policies: sight.policies.into_iter().map(policy).collect(),
            cost: sight.cost,
            dry_run: sight.dry_run.map(|run| run.line()),
            workloads: sight.workloads.into_iter().map(Workload::from).collect(),
            budgets: sight.budgets.into_iter().map(BudgetLeft::from).collect(),
            evidence: sight.evidence,
            confidence: sight.confidence.into_iter().map(claim).collect(),
            words: sight.words,
            hidden_bytes: sight.hidden_bytes,
            hidden_parts: sight.hidden_parts,
            votes: sight.votes.into_iter().map(Vote::from).collect(),
            approvals_required: sight.approvals_required,
            asked: sight.asked,
            level: sight.level,
            levels: sight.levels,
            created_at: sight.created_at.into(),
            ends_at: sight.ends_at.into(),
            ending: sight.ending.map(Ending::from),
        }
    }
}

impl From<sight::Line> for Line {
    fn from(line: sight::Line) -> Self {
        Self {
            change: line.change,
            text: line.text,
        }
    }
}

impl From<sight::Previous> for PreviousDecision {
    fn from(previous: sight::Previous) -> Self {
        Self {
            seq: previous.seq,
            at: previous.at.into(),
        }
    }
}

impl From<sight::Workload> for Workload {
    fn from(workload: sight::Workload) -> Self {
        let sight::Workload { name, about } = workload;
        Self { name, about }
    }
}

impl From<sight::BudgetLeft> for BudgetLeft {
    fn from(budget: sight::BudgetLeft) -> Self {
        let sight::BudgetLeft {
            name,
            left,
            limit,
            used_permille,
        } = budget;
        Self {
            name,
            left,
            limit,
            used_permille,
        }
    }
}

impl From<sight::Vote> for Vote {
    fn from(vote: sight::Vote) -> Self {
        Self {
            name: vote.name,
            choice: vote.choice,
            at: vote.at.into(),
            way: vote.way.as_str(),
        }
    }
}

impl From<sight::Ending> for Ending {
    fn from(ending: sight::Ending) -> Self {
        Self {
            by: ending.by,
            at: ending.at.into(),
            reason: ending.reason,
        }
    }
}
