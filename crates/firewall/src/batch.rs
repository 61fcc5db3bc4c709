//! What is written at once: records at the chain's end, and documents beside them.

use crate::{chain::Hash, effects::Effects};
use jiff::Timestamp;
use portcullis_policy::{
    id::TenantId,
    tier::{Tier, Verdict},
};

/// Everything one turn of a lane changed; durable as a whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Whose chain.
    pub tenant: TenantId,
    /// Where the chain must end for this batch to fit.
    pub expected: Head,
    /// The new records, in order.
    pub records: Vec<StoredRecord>,
    /// New and changed documents; at most one for each kind and id.
    pub documents: Vec<Document>,
    /// Documents that end.
    pub removals: Vec<(DocumentKind, String)>,
}

impl Batch {
    /// An empty batch for a chain that ends here.
    #[must_use]
    pub const fn new(tenant: TenantId, expected: Head) -> Self {
        Self {
            tenant,
            expected,
            records: Vec::new(),
            documents: Vec::new(),
            removals: Vec::new(),
        }
    }

    /// How many things it writes.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.records.len() + self.documents.len() + self.removals.len()
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// Adds a document, in place of an earlier one of the same kind and id.
    pub fn put(&mut self, document: Document) {
        self.removals
            .retain(|(kind, id)| (*kind, id) != (document.kind, &document.id));
        let same = |d: &&mut Document| d.kind == document.kind && d.id == document.id;
        match self.documents.iter_mut().find(same) {
            Some(place) => *place = document,
            None => self.documents.push(document),
        }
    }

    /// Ends a document.
    pub fn remove(&mut self, kind: DocumentKind, id: &str) {
        self.documents.retain(|d| d.kind != kind || d.id != id);
        self.removals.push((kind, id.to_owned()));
    }
}

/// The end of a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Head {
    /// The last record's number; 0 for none.
    pub seq: u64,
    /// The last record's hash; `None` for none.
    pub hash: Option<Hash>,
}

impl Head {
    /// The end of a chain without records.
    pub const EMPTY: Self = Self { seq: 0, hash: None };
}

/// One sealed record as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredRecord {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What kind.
    pub kind: RecordKind,
    /// The agent it is about; empty for none.
    pub agent: String,
    /// The action type; empty for none.
    pub action_type: String,
    /// The verdict of a decision.
    pub verdict: Option<Verdict>,
    /// The tier of a decision.
    pub tier: Option<Tier>,
    /// The canonical bytes that are hashed: the record without its hashes.
    pub payload: Vec<u8>,
    /// The hash of the record before; `None` for the first.
    pub prev: Option<Hash>,
    /// SHA-256 over the payload and the previous hash.
    pub hash: Hash,
    /// What the record did to the running counts; not part of the chain.
    pub effects: Vec<u8>,
}

impl StoredRecord {
    /// Whether a budget passed its warning line with this record, for the first time in its period.
    ///
    /// *Fails closed:* effects that cannot be read warn of nothing; the record itself says how the
    /// budgets stand.
    #[must_use]
    pub fn warns(&self) -> bool {
        let effects: Option<Effects> = serde_json::from_slice(&self.effects).ok();
        let decision = effects.and_then(|effects| effects.decision);
        decision.is_some_and(|decision| !decision.warned.is_empty())
    }
}

/// A thing that changes over time, kept as its latest form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its id, unique for its kind and tenant.
    pub id: String,
    /// What lists filter by, e.g. `HELD` or `active`.
    pub status: String,
    /// The agent it is about; empty for none.
    pub agent: String,
    /// What lists are ordered by.
    pub at: Timestamp,
    /// JSON.
    pub body: Vec<u8>,
}

/// What a document is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum DocumentKind {
    /// The tenant itself and its settings.
    Tenant,
    /// A registered agent.
    Agent,
    /// A key or an operator's token, without its secret.
    Key,
    /// A CHAM policy, in its present form.
    Policy,
    /// A CHAM policy as it was in one version; the id is `pol_…@version`.
    PolicyVersion,
    /// The tenant policy; the id is `current` or a version number.
    TenantPolicy,
    /// A HELD action.
    Hold,
    /// A permit.
    Permit,
    /// The frozen bytes of an action that may still happen.
    Frozen,
    /// A violation.
    Violation,
    /// The answer to a request that named an idempotency key.
    Answer,
    /// The running counts at some record.
    Tally,
    /// A signed checkpoint.
    Checkpoint,
    /// A person.
    Person,
    /// A group of people.
    Group,
    /// What the members of groups may reach.
    PermissionSet,
    /// A workspace.
    Workspace,
    /// A change of somebody's own rights that waits for a second person.
    Elevation,
    /// Where a hold is shown outside, e.g. a message in a chat.
    Posting,
    /// Up to which record a channel was told.
    Cursor,
    /// A tool of an MCP server, with its pinned definition.
    Tool,
    /// An action that the gate itself carries out; the id is the number of its decision.
    Execution,
    /// What an action would do; the id is the number of its decision.
    DryRun,
    /// An MCP server that an architect added.
    McpServer,
    /// A scope.
    Scope,
    /// A session.
    Session,
    /// A credential that was minted.
    Lease,
    /// What a person has said about their own credential for a scope.
    OwnCredential,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 28] = [
        Self::Tenant,
        Self::Agent,
        Self::Key,
        Self::Policy,
        Self::PolicyVersion,
        Self::TenantPolicy,
        Self::Hold,
        Self::Permit,
        Self::Frozen,
        Self::Violation,
        Self::Answer,
        Self::Tally,
        Self::Checkpoint,
        Self::Person,
        Self::Group,
        Self::PermissionSet,
        Self::Workspace,
        Self::Elevation,
        Self::Posting,
        Self::Cursor,
        Self::Tool,
        Self::Execution,
        Self::DryRun,
        Self::McpServer,
        Self::Scope,
        Self::Session,
        Self::Lease,
        Self::OwnCredential,
    ];

    /// The name it is stored under; never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Agent => "agent",
            Self::Key => "key",
            Self::Policy => "policy",
            Self::PolicyVersion => "policy_version",
            Self::TenantPolicy => "tenant_policy",
            Self::Hold => "hold",
            Self::Permit => "permit",
            Self::Frozen => "frozen",
            Self::Violation => "violation",
            Self::Answer => "answer",
            Self::Tally => "tally",
            Self::Checkpoint => "checkpoint",
            Self::Person => "person",
            Self::Group => "group",
            Self::PermissionSet => "permission_set",
            Self::Workspace => "workspace",
            Self::Elevation => "elevation",
            Self::Posting => "posting",
            Self::Cursor => "cursor",
            Self::Tool => "tool",
            Self::Execution => "execution",
            Self::DryRun => "dry_run",
            Self::McpServer => "mcp_server",
            Self::Scope => "scope",
            Self::Session => "session",
            Self::Lease => "lease",
            Self::OwnCredential => "own_credential",
        }
    }

    /// The kind stored under a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a record tells.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RecordKind {
    /// An action was judged.
    Decision,
    /// A hold ended.
    HoldOutcome,
    /// A permit was given for a released hold.
    PermitIssued,
    /// A permit was spent, or somebody tried in vain.
    PermitRedeemed,
    /// What became of an action.
    Outcome,
    /// The tenant was made.
    TenantCreated,
    /// An agent was registered or changed.
    AgentChange,
    /// A key or token was issued or revoked.
    KeyChange,
    /// A CHAM policy was made, changed or deactivated.
    PolicyChange,
    /// The tenant policy was replaced.
    TenantPolicyChange,
    /// Settings were changed, the mode among them.
    SettingsChange,
    /// A violation was resolved.
    ViolationResolved,
    /// A person acknowledged a broken chain.
    ChainAcknowledged,
    /// A hold that nobody decided asks others now.
    HoldEscalated,
    /// Somebody tried to decide a hold in vain.
    DecisionRefused,
    /// A person was made known, changed, invited or linked.
    PersonChange,
    /// A group was made, or its members or permission sets changed.
    GroupChange,
    /// A permission set was made, changed or removed.
    PermissionChange,
    /// A workspace was made or changed.
    WorkspaceChange,
    /// Somebody signed in or out, or failed to.
    SignIn,
    /// A change of somebody's own rights was proposed, confirmed or refused.
    Elevation,
    /// A tool of an MCP server was seen, changed or accepted.
    ToolChange,
    /// It was looked at what an action would do.
    DryRun,
    /// An MCP server was added or removed.
    ServerChange,
    /// A scope was added, changed or removed.
    ScopeChange,
    /// A session was opened, renewed, changed or ended.
    SessionChange,
    /// A credential is about to be asked for.
    LeaseAsked,
    /// A credential was granted.
    LeaseGranted,
    /// A credential was ended, or never came to be.
    LeaseEnded,
    /// A credential that must end could not be ended.
    LeaseUnended,
    /// A person said whether their own credential is to be used.
    OwnCredentialChange,
    /// An agent asked for something that was refused before it could be judged.
    AttemptRefused,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 32] = [
        Self::Decision,
        Self::HoldOutcome,
        Self::PermitIssued,
        Self::PermitRedeemed,
        Self::Outcome,
        Self::TenantCreated,
        Self::AgentChange,
        Self::KeyChange,
        Self::PolicyChange,
        Self::TenantPolicyChange,
        Self::SettingsChange,
        Self::ViolationResolved,
        Self::ChainAcknowledged,
        Self::HoldEscalated,
        Self::DecisionRefused,
        Self::PersonChange,
        Self::GroupChange,
        Self::PermissionChange,
        Self::WorkspaceChange,
        Self::SignIn,
        Self::Elevation,
        Self::ToolChange,
        Self::DryRun,
        Self::ServerChange,
        Self::ScopeChange,
        Self::SessionChange,
        Self::LeaseAsked,
        Self::LeaseGranted,
        Self::LeaseEnded,
        Self::LeaseUnended,
        Self::OwnCredentialChange,
        Self::AttemptRefused,
    ];

    /// The name in the record; never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::HoldOutcome => "escrow_outcome",
            Self::PermitIssued => "permit_issued",
            Self::PermitRedeemed => "permit_redeemed",
            Self::Outcome => "outcome",
            Self::TenantCreated => "tenant_created",
            Self::AgentChange => "agent_change",
            Self::KeyChange => "key_change",
            Self::PolicyChange => "policy_change",
            Self::TenantPolicyChange => "tenant_policy_change",
            Self::SettingsChange => "settings_change",
            Self::ViolationResolved => "violation_resolved",
            Self::ChainAcknowledged => "chain_acknowledged",
            Self::HoldEscalated => "escrow_escalated",
            Self::DecisionRefused => "decision_refused",
            Self::PersonChange => "person_change",
            Self::GroupChange => "group_change",
            Self::PermissionChange => "permission_change",
            Self::WorkspaceChange => "workspace_change",
            Self::SignIn => "sign_in",
            Self::Elevation => "elevation",
            Self::ToolChange => "tool_change",
            Self::DryRun => "dry_run",
            Self::ServerChange => "server_change",
            Self::ScopeChange => "scope_change",
            Self::SessionChange => "session_change",
            Self::LeaseAsked => "lease_asked",
            Self::LeaseGranted => "lease_granted",
            Self::LeaseEnded => "lease_ended",
            Self::LeaseUnended => "lease_unended",
            Self::OwnCredentialChange => "own_credential_change",
            Self::AttemptRefused => "attempt_refused",
        }
    }

    /// The kind with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
