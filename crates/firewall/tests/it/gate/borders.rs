//! Two tenants, two workspaces, two sessions, side by side: nothing of one reaches another.

use super::{
    fixture::{Gate, register},
    works::{POLICY, draft, reading, wish},
};
use portcullis_firewall::{
    access::{Effect, Entry, Pattern, PersonRole, RoleGrant},
    firewall::Firewall,
    kept_scope::Attachment,
    key::Token,
    principal::{Principal, Role},
    scope::Mode,
    session::Session,
    turn::{GroupPatch, NewKey, PersonPatch, SetDraft, WorkspaceDraft},
};
use portcullis_policy::{
    id::{AgentId, TenantId, WorkspaceId},
    tenant,
};
use portcullis_testkit::{FakeHands, FakeIssuer, FakeRooms};
use std::sync::Arc;

/// Somebody with these roles alone.
pub(super) async fn person(gate: &Gate, name: &str, grants: Vec<RoleGrant>) -> Principal {
    known(&gate.firewall, &gate.architect, name, grants).await
}

async fn known(
    firewall: &Firewall,
    architect: &Principal,
    name: &str,
    grants: Vec<RoleGrant>,
) -> Principal {
    let new = NewKey::of(name, Role::Viewer);
    let (_, token) = firewall.issue_key(architect, new).await.expect("a token");
    let badge = principal(firewall, &token).person.expect("a person");
    let patch = PersonPatch {
        grants: Some(grants),
        ..PersonPatch::default()
    };
    let changed = firewall.update_person(architect, badge.id.as_str(), patch);
    changed.await.expect("changed");
    principal(firewall, &token)
}

fn principal(firewall: &Firewall, token: &Token) -> Principal {
    firewall.authenticate(token.reveal()).expect("known")
}

/// One workspace of one tenant: its person, its agent, its session.
struct Place {
    tenant: TenantId,
    workspace: String,
    person: Principal,
    agent: AgentId,
    own: Principal,
    session: Session,
    issuer: Arc<FakeIssuer>,
}

async fn place(
    firewall: &Firewall,
    architect: &Principal,
    workspace: &str,
    issuer: &Arc<FakeIssuer>,
) -> Place {
    let id = WorkspaceId::new(workspace).expect("an id");
    let new = WorkspaceDraft {
        short_name: None,
        description: String::new(),
        active: true,
    };
    let made = firewall.create_workspace(architect, id.clone(), new).await;
    made.expect("a workspace");
    share_a_scope(firewall, architect, workspace).await;
    let agent = register(firewall, architect, &format!("agent-{workspace}")).await;
    let new = NewKey::of(&format!("key-{workspace}"), Role::Agent(agent.clone()));
    let (_, token) = firewall.issue_key(architect, new).await.expect("a key");
    let grant = RoleGrant {
        role: PersonRole::Operator,
        workspace: Some(id.clone()),
    };
    let name = format!("person-{workspace}");
    let person = known(firewall, architect, &name, vec![grant]).await;
    let whose = person.person.as_ref().expect("a person").id.to_string();
    let reach = (id, whose.as_str());
    let_reach_all(firewall, architect, reach).await;
    let wished = wish(&agent, workspace, &[("cluster", Mode::Read)]);
    let person = refreshed(firewall, architect, &person).await;
    let session = firewall
        .open_session(&person, wished)
        .await
        .expect("opened");
    Place {
        tenant: architect.tenant.clone(),
        workspace: workspace.to_owned(),
        own: principal(firewall, &token),
        person,
        agent,
        session,
        issuer: Arc::clone(issuer),
    }
}

/// One scope for both workspaces, so that mixing them up would work.
async fn share_a_scope(firewall: &Firewall, architect: &Principal, workspace: &str) {
    let mut scope = draft("cluster", "fake");
    scope.workspaces = ["one", "two"]
        .iter()
        .map(|name| Attachment {
            workspace: WorkspaceId::new(name).expect("an id"),
            agents: None,
        })
        .filter(|place| place.workspace.as_str() == workspace || workspace == "two")
        .collect();
    if workspace == "one" {
        firewall.add_scope(architect, scope).await.expect("a scope");
    } else {
        firewall
            .change_scope(architect, scope)
            .await
            .expect("changed");
    }
}

/// Lets somebody reach everything in a workspace.
async fn let_reach_all(
    firewall: &Firewall,
    architect: &Principal,
    (workspace, person): (WorkspaceId, &str),
) {
    let name = workspace.to_string();
    let all = || vec![Pattern::new("regex:.*").expect("a pattern")];
    let entry = Entry {
        workspace,
        effect: Effect::Allow,
        agents: all(),
        scopes: all(),
    };
    let set = SetDraft {
        name: format!("all of {name}"),
        description: String::new(),
        entries: vec![entry],
    };
    let set = firewall.create_set(architect, set).await.expect("a set");
    let group = firewall.create_group(architect, &name, "").await;
    let group = group.expect("a group").id.to_string();
    let patch = GroupPatch {
        permission_sets: Some(vec![set.id]),
        ..GroupPatch::default()
    };
    let given = firewall.update_group(architect, &group, patch).await;
    given.expect("given");
    let joined = firewall.add_member(architect, &group, person).await;
    joined.expect("joined");
}

/// The same person with the rights of now.
async fn refreshed(firewall: &Firewall, architect: &Principal, person: &Principal) -> Principal {
    let own = firewall.issue_own_token(person, "again", None).await;
    let (_, token) = own.unwrap_or_else(|error| panic!("{error} of {}", architect.tenant));
    principal(firewall, &token)
}

async fn places() -> (Gate, Vec<Place>, Arc<FakeHands>, Arc<FakeRooms>) {
    let gate = Gate::with_policy(POLICY).await;
    let firewall = &gate.firewall;
    let (hands, rooms) = (FakeHands::of(firewall), FakeRooms::of(firewall));
    let other = TenantId::new("globex").expect("an id");
    let new = firewall.create_tenant(other.clone(), "Globex").await;
    let theirs = principal(firewall, &new.expect("a tenant").token);
    let policy = tenant::read::parse(POLICY).expect("a policy");
    firewall
        .apply_tenant_policy(&theirs, policy)
        .await
        .expect("applied");
    let mut all = Vec::new();
    for architect in [&gate.architect, &theirs] {
        let issuer = FakeIssuer::of(firewall, &architect.tenant);
        for workspace in ["one", "two"] {
            all.push(place(firewall, architect, workspace, &issuer).await);
        }
    }
    (gate, all, hands, rooms)
}

async fn act(gate: &Gate, by: &Place, session: &Session) -> Result<String, String> {
    let mut action = reading(session, "cluster");
    action["workspace_id"] = by.workspace.as_str().into();
    let firewall = &gate.firewall;
    let request = firewall.read_request(&by.own, action.to_string().as_bytes(), None);
    let attended = firewall.attend(&by.own, request.expect("a request")).await;
    let attended = attended.map_err(|error| error.to_string())?;
    let because = attended.answer.rule_violated.clone().unwrap_or_default();
    attended
        .acted
        .map(|acted| acted.effect.summary)
        .ok_or(because)
}

#[tokio::test]
async fn nothing_of_one_session_reaches_another() {
    let (gate, places, hands, rooms) = places().await;
    for place in &places {
        act(&gate, place, &place.session).await.expect("its own");
    }
    assert_eq!(rooms.open().len(), places.len(), "a room each");
    each_order_has_its_own_credential(&places, &hands);
    for mine in &places {
        for other in places
            .iter()
            .filter(|other| other.session.id != mine.session.id)
        {
            is_not_there(&gate, mine, other).await;
        }
    }
}

/// No order saw a credential that was minted for another session, tenant or workspace.
fn each_order_has_its_own_credential(places: &[Place], hands: &FakeHands) {
    let orders = hands.orders();
    assert_eq!(orders.len(), places.len());
    for (order, place) in orders.iter().zip(places) {
        let lease = order.lease.as_ref().expect("a credential");
        let minted = place.issuer.minted();
        let mut asked = minted.iter().filter(|ask| ask.session == place.session.id);
        let asked = asked.next().expect("minted for it");
        assert_eq!(lease.open[0].1, asked.id);
        assert_eq!((&asked.tenant, &asked.agent), (&place.tenant, &place.agent));
        assert_eq!(asked.workspace.as_str(), place.workspace);
        assert_eq!(order.tenant, place.tenant);
        assert_eq!(order.work.as_ref().expect("work").session, place.session.id);
    }
}

/// Whatever is asked about another's session is answered as about one that there is not.
async fn is_not_there(gate: &Gate, mine: &Place, other: &Place) {
    let firewall = &gate.firewall;
    let id = other.session.id.as_str();
    let nothing = "ses_ffffffffffffffffffffffffffffffff";
    let mut invented = other.session.clone();
    invented.id = portcullis_policy::id::SessionId::new(nothing).expect("an id");
    let told = act(gate, mine, &other.session).await.expect_err("refused");
    assert_eq!(told, act(gate, mine, &invented).await.expect_err("refused"));
    for by in [&mine.person, &mine.own] {
        let mut answers = Vec::new();
        for id in [id, nothing] {
            let shown = firewall.session(by, id).await.map(drop);
            let renewed = firewall.renew_session(by, id).await.map(drop);
            let closed = firewall.close_session(by, id, "x").await.map(drop);
            let patch = portcullis_firewall::turn::ScopePatch::default();
            let changed = firewall
                .change_session_scopes(by, id, patch)
                .await
                .map(drop);
            let told = [shown, renewed, closed, changed].map(|answer| {
                let told = answer.expect_err("not there").to_string();
                told.replace(id, "…")
            });
            answers.push(told);
        }
        assert_eq!(answers[0], answers[1]);
        let sessions = firewall.sessions(by, false).await.expect("a list");
        assert!(!sessions.is_empty());
        assert!(sessions.iter().all(|session| session.id == mine.session.id));
        let leases = firewall.leases(by, (false, None)).await.expect("a list");
        assert!(
            leases
                .iter()
                .all(|lease| lease.ask.session == mine.session.id)
        );
        assert!(!leases.is_empty());
        let all = format!("{sessions:?}{leases:?}");
        let theirs = other.issuer.minted();
        let theirs = theirs.iter().filter(|ask| ask.session == other.session.id);
        for ask in theirs {
            assert!(!all.contains(&ask.id));
        }
    }
    // Nobody opens a session there either.
    if mine.tenant == other.tenant {
        let there = wish(&other.agent, &other.workspace, &[("cluster", Mode::Read)]);
        let opened = firewall.open_session(&mine.person, there).await;
        let told = opened.expect_err("not there").to_string();
        assert_eq!(told, format!("there is no agent `{}`", other.agent));
    }
}

#[tokio::test]
async fn an_agent_has_nothing_but_what_its_session_has() {
    let (gate, places, hands, _) = places().await;
    let place = &places[0];
    let firewall = &gate.firewall;
    for other in ["git", "cloud"] {
        let mut scope = draft(other, "fake");
        scope.workspaces[0].workspace = WorkspaceId::new("one").expect("an id");
        let added = firewall.add_scope(&gate.architect, scope).await;
        added.expect("added");
        let mut action = reading(&place.session, other);
        action["workspace_id"] = "one".into();
        let request = firewall.read_request(&place.own, action.to_string().as_bytes(), None);
        let attended = firewall.attend(&place.own, request.expect("a request"));
        let answer = attended.await.expect("an answer").answer;
        assert_eq!(answer.rule_violated.as_deref(), Some("scope.not_held"));
    }
    act(&gate, place, &place.session).await.expect("its own");
    let order = hands.orders().pop().expect("an order");
    let lease = order.lease.expect("a credential");
    assert_eq!((lease.scope.as_str(), lease.secrets.len()), ("cluster", 1));
    let minted = place.issuer.minted();
    assert!(minted.iter().all(|ask| ask.scope.name == "cluster"));
}
