//! A gate with a workspace, scopes, an issuer that counts what lives, rooms and hands.

use super::fixture::{Gate, list, submit};
use portcullis_firewall::{
    batch::RecordKind,
    error::GateError,
    firewall::Attended,
    kept_scope::{Attachment, KeptScope, ScopeDraft},
    principal::Principal,
    query::RecordQuery,
    scope::{Mode, Scope},
    session::{Session, SessionDraft},
    turn::WorkspaceDraft,
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    id::{AgentId, ScopeName, WorkspaceId},
    label::Label,
};
use portcullis_testkit::{FakeHands, FakeIssuer, FakeRooms};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What agents may do here, in the workspace of the fixture.
pub(super) const POLICY: &str = "
version: 1
timezone: America/New_York
actions:
  - { action: workloads.list }
  - { action: workloads.submit, caps: { max_gpus_per_job: 64 } }
  - { action: allocations.release }
budgets: { daily_usd: 1000 }
rate_limits: { writes_per_minute: 500 }
";

pub(super) struct Works {
    pub(super) gate: Gate,
    pub(super) issuer: Arc<FakeIssuer>,
    pub(super) rooms: Arc<FakeRooms>,
    pub(super) hands: Arc<FakeHands>,
}

impl Works {
    /// With the scope `cluster` in workspace `ops`: for writing in staging, and agents may read.
    pub(super) async fn open() -> Self {
        Self::under(POLICY).await
    }

    /// The same under another tenant policy.
    pub(super) async fn under(policy: &str) -> Self {
        let gate = Gate::with_policy(policy).await;
        let works = Self {
            issuer: FakeIssuer::of(&gate.firewall, &gate.architect.tenant),
            rooms: FakeRooms::of(&gate.firewall),
            hands: FakeHands::of(&gate.firewall),
            gate,
        };
        works.workspace("ops").await;
        works.scope("cluster", "fake").await;
        works
    }

    /// The gate opened again after a crash, with the same world around it.
    pub(super) async fn reopen(&mut self) {
        self.gate.reopen().await;
        let firewall = &self.gate.firewall;
        self.issuer.serve(firewall, &self.gate.architect.tenant);
        firewall.use_rooms(Arc::<FakeRooms>::clone(&self.rooms));
        self.hands.lend(firewall);
    }

    pub(super) async fn workspace(&self, id: &str) {
        let draft = WorkspaceDraft {
            short_name: None,
            description: String::new(),
            active: true,
        };
        let id = WorkspaceId::new(id).expect("an id");
        let firewall = &self.gate.firewall;
        let made = firewall.create_workspace(&self.gate.architect, id, draft);
        made.await.expect("a workspace");
    }

    pub(super) async fn scope(&self, name: &str, provider: &str) -> KeptScope {
        let firewall = &self.gate.firewall;
        let added = firewall.add_scope(&self.gate.architect, draft(name, provider));
        added.await.expect("a scope")
    }

    /// A session that Ann opens for the agent.
    pub(super) async fn session(&self, scopes: &[(&str, Mode)]) -> Session {
        let opened = self.try_session(&self.gate.ann, scopes).await;
        opened.expect("a session")
    }

    pub(super) async fn try_session(
        &self,
        by: &Principal,
        scopes: &[(&str, Mode)],
    ) -> Result<Session, GateError> {
        let wish = wish(&self.gate.agent, "ops", scopes);
        self.gate.firewall.open_session(by, wish).await
    }

    pub(super) async fn attend(&self, action: Value) -> Attended {
        self.try_attend(action).await.expect("attended")
    }

    pub(super) async fn try_attend(&self, action: Value) -> Result<Attended, GateError> {
        let firewall = &self.gate.firewall;
        let bytes = action.to_string();
        let request = firewall.read_request(&self.gate.own, bytes.as_bytes(), None)?;
        firewall.attend(&self.gate.own, request).await
    }

    /// A read with the session's scope; its summary.
    pub(super) async fn read(&self, session: &Session, scope: &str) -> String {
        let attended = self.attend(reading(session, scope)).await;
        let acted = attended.acted.expect("carried out");
        acted.effect.summary
    }

    pub(super) async fn tend(&self) {
        self.gate.firewall.tend_leases().await.expect("tended");
    }

    /// The records of a kind, in order.
    pub(super) async fn records(&self, kind: RecordKind) -> Vec<Value> {
        let query = RecordQuery {
            kind: Some(kind),
            ..RecordQuery::after(0, usize::MAX)
        };
        let records = self.gate.firewall.records(&self.gate.architect, query);
        let read = |payload: &[u8]| serde_json::from_slice(payload).expect("JSON");
        let records = records.await.expect("records");
        records.iter().map(|one| read(&one.payload)).collect()
    }
}

pub(super) fn draft(name: &str, provider: &str) -> ScopeDraft {
    ScopeDraft {
        scope: Scope {
            name: name.to_owned(),
            description: String::new(),
            provider: provider.to_owned(),
            environment: Label::new("staging"),
            mode: Mode::Write,
            filters: Map::new(),
        },
        workspaces: vec![Attachment {
            workspace: WorkspaceId::new("ops").expect("an id"),
            agents: Some(Mode::Read),
        }],
    }
}

pub(super) fn wish(agent: &AgentId, workspace: &str, scopes: &[(&str, Mode)]) -> SessionDraft {
    let named = |(name, mode): &(&str, Mode)| (ScopeName::new(name).expect("a name"), *mode);
    SessionDraft {
        agent: agent.clone(),
        workspace: WorkspaceId::new(workspace).expect("an id"),
        scopes: scopes.iter().map(named).collect(),
        ticket: Some("OPS-17".to_owned()),
        commands: SessionPatterns::default(),
        seconds: None,
    }
}

pub(super) fn reading(session: &Session, scope: &str) -> Value {
    within(list(), session, scope)
}

/// A job that its dry run is owed for.
pub(super) fn writing(session: &Session, scope: &str) -> Value {
    within(submit(1, 1.0), session, scope)
}

pub(super) fn within(mut action: Value, session: &Session, scope: &str) -> Value {
    action["session_id"] = session.id.as_str().into();
    action["scope"] = scope.into();
    action["workspace_id"] = session.workspace.as_str().into();
    action["environment"] = "staging".into();
    action
}
