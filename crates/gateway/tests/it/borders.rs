//! Sessions at the doors of agents, of two tenants and of two agents of each: another's is one that
//! there is not, in the same words, and nothing is done.

use crate::house::{House, Tenant};
use portcullis_firewall::{
    firewall::Firewall,
    kept_scope::{Attachment, ScopeDraft},
    scope::{Mode, Scope},
    session::SessionDraft,
    turn::WorkspaceDraft,
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    id::{ScopeName, WorkspaceId},
};
use portcullis_testkit::{FakeHands, FakeIssuer, FakeRooms};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A session that there never was.
pub(crate) const NOBODYS: &str = "ses_ffffffffffffffffffffffffffffffff";

/// An agent with a session of its own.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) token: String,
    pub(crate) workspace: String,
    pub(crate) session: String,
}

/// Both agents of a tenant, each with a session in a workspace of its own.
pub(crate) async fn places(firewall: &Firewall, tenant: &Tenant) -> Vec<Place> {
    let _issuer = FakeIssuer::of(firewall, &tenant.id);
    let workspaces = ["one", "two"].map(|name| WorkspaceId::new(name).unwrap());
    for id in &workspaces {
        let draft = WorkspaceDraft {
            short_name: None,
            description: String::new(),
            active: true,
        };
        let made = firewall.create_workspace(&tenant.architect, id.clone(), draft);
        made.await.unwrap();
    }
    let attached = workspaces.iter().map(|workspace| Attachment {
        workspace: workspace.clone(),
        agents: Some(Mode::Read),
    });
    let scope = Scope {
        name: "cluster".to_owned(),
        description: String::new(),
        provider: "fake".to_owned(),
        environment: "staging".into(),
        mode: Mode::Read,
        filters: Map::new(),
    };
    let draft = ScopeDraft {
        scope,
        workspaces: attached.collect(),
    };
    firewall.add_scope(&tenant.architect, draft).await.unwrap();
    let tokens = [&tenant.agent_token, &tenant.other_agent_token];
    let mut places = Vec::new();
    for (token, workspace) in tokens.into_iter().zip(&workspaces) {
        let own = firewall.authenticate(token).unwrap();
        let wish = SessionDraft {
            agent: own.role.agent().unwrap().clone(),
            workspace: workspace.clone(),
            scopes: vec![(ScopeName::new("cluster").unwrap(), Mode::Read)],
            ticket: None,
            commands: SessionPatterns::default(),
            seconds: None,
        };
        let session = firewall.open_session(&own, wish).await.unwrap();
        places.push(Place {
            token: token.clone(),
            workspace: workspace.to_string(),
            session: session.id.to_string(),
        });
    }
    places
}

/// What a door says about an action in a session, without what is new in every answer.
async fn said(
    house: &House,
    path: &str,
    place: &Place,
    (workspace, session): (&str, &str),
) -> Value {
    let action = json!({
        "action_type": "data_read", "target_service": "db", "environment": "staging",
        "workspace_id": workspace, "session_id": session, "scope": "cluster",
    });
    let reply = house.post(path, &place.token, action.to_string()).await;
    let answer: Value = serde_json::from_str(&reply.text.replace(session, "…")).unwrap();
    let decision = answer.get("decision").unwrap_or(&answer);
    json!({
        "status": reply.status.as_u16(), "verdict": decision["verdict"], "reasons": decision["reasons"],
        "reasoning": decision["reasoning"], "error": answer["error"]["message"], "execution": answer["execution"],
    })
}

#[tokio::test]
async fn no_door_leads_into_anothers_session() {
    let house = House::new().await;
    let hands = FakeHands::of(&house.firewall);
    let _rooms = FakeRooms::of(&house.firewall);
    let mut all = Vec::new();
    for tenant in [&house.acme, &house.globex] {
        all.extend(places(&house.firewall, tenant).await);
    }
    for mine in &all {
        let own = (mine.workspace.as_str(), mine.session.as_str());
        let done = said(&house, "/v1/act", mine, own).await;
        assert_eq!(done["verdict"], "CLEARED", "{done}");
    }
    let before = hands.orders().len();
    assert_eq!(before, all.len());
    for mine in &all {
        for other in all.iter().filter(|other| other.session != mine.session) {
            for path in ["/v1/govern", "/v1/act"] {
                for workspace in [&mine.workspace, &other.workspace] {
                    let theirs = said(&house, path, mine, (workspace, &other.session)).await;
                    let nobodys = said(&house, path, mine, (workspace, NOBODYS)).await;
                    assert_eq!(theirs, nobodys, "{path}");
                    assert_ne!(theirs["verdict"], "CLEARED", "{theirs}");
                }
            }
        }
    }
    assert_eq!(hands.orders().len(), before, "nothing was done");
    let _hands: Arc<FakeHands> = hands;
}
