//! Where things are. Pages link with these, and the router listens on the same.

use std::fmt::Write;

/// Numbers at a glance.
pub const OVERVIEW: &str = "/console";
/// Sign in: shows the form (`GET`), takes name and password (`POST`).
pub const SIGN_IN: &str = "/console/sign-in";
/// Sign in with a passkey: takes the assertion (`POST`).
pub const SIGN_IN_PASSKEY: &str = "/console/sign-in/passkey";
/// Sign in at an identity provider: begins there (`GET`).
pub const PROVIDER: &str = "/console/sign-in/provider";
/// Where the identity provider sends people back to.
pub const PROVIDER_BACK: &str = "/console/sign-in/provider/callback";
/// An invitation: shows the form (`GET`), takes the password (`POST`).
pub const INVITATION: &str = "/console/invitation";
/// Link one's user in Slack: begins there (`GET`).
pub const SLACK: &str = "/console/account/slack";
/// Where Slack sends people back to.
pub const SLACK_BACK: &str = "/console/account/slack/callback";
/// Sign out (`POST`).
pub const SIGN_OUT: &str = "/console/sign-out";
/// The approvals inbox.
pub const APPROVALS: &str = "/console/approvals";
/// The live feed of judgements.
pub const FEED: &str = "/console/activity";
/// Says `changed` whenever something new may be seen (server-sent events).
pub const EVENTS: &str = "/console/events";
/// Agents.
pub const AGENTS: &str = "/console/agents";
/// Sessions: pieces of work.
pub const SESSIONS: &str = "/console/sessions";
/// What was minted, and how it ends.
pub const LEASES: &str = "/console/leases";
/// What the gate carries out.
pub const EXECUTIONS: &str = "/console/executions";
/// MCP servers and their tools.
pub const TOOLS: &str = "/console/tools";
/// MCP servers that were added; one is removed at `remove` below it.
pub const MCP_SERVERS: &str = "/console/mcp-servers";
/// What credentials are minted from.
pub const SCOPES: &str = "/console/scopes";
/// A new scope.
pub const NEW_SCOPE: &str = "/console/new/scope";
/// Where one's own credential is used.
pub const OWN_CREDENTIALS: &str = "/console/own-credentials";
/// The audit trail.
pub const AUDIT: &str = "/console/audit";
/// Policies.
pub const POLICIES: &str = "/console/policies";
/// The tenant policy: its text and its versions; another is applied at `edit` below it.
pub const TENANT_POLICY: &str = "/console/tenant-policy";
/// The settings of the tenant: shows them (`GET`), changes them (`POST`).
pub const SETTINGS: &str = "/console/settings";
/// The test simulator.
pub const SIMULATOR: &str = "/console/simulator";
/// People.
pub const PEOPLE: &str = "/console/people";
/// Makes a person known: shows the form (`GET`), takes it (`POST`); so with everything new.
pub const NEW_PERSON: &str = "/console/new/person";
/// Groups.
pub const GROUPS: &str = "/console/groups";
/// A new group.
pub const NEW_GROUP: &str = "/console/new/group";
/// Changes that wait for a second person.
pub const ELEVATIONS: &str = "/console/elevations";
/// Workspaces.
pub const WORKSPACES: &str = "/console/workspaces";
/// A new workspace.
pub const NEW_WORKSPACE: &str = "/console/new/workspace";
/// Permission sets.
pub const PERMISSION_SETS: &str = "/console/permission-sets";
/// A new permission set.
pub const NEW_PERMISSION_SET: &str = "/console/new/permission-set";
/// Lists of who may approve what.
pub const APPROVER_LISTS: &str = "/console/approver-lists";
/// One's own tokens, passkeys and sign-ins.
pub const ACCOUNT: &str = "/console/account";
/// Assets, by their hashed names.
pub const ASSETS: &str = "/console/assets";

/// One thing of a list: `/console/approvals/esc_1`.
#[must_use]
pub fn one(list: &str, id: &str) -> String {
    format!("{list}/{}", segment(id))
}

/// A deed on one thing: `/console/approvals/esc_1/approve`. The deed is a word of ours.
#[must_use]
pub fn deed(list: &str, id: &str, deed: &str) -> String {
    format!("{list}/{}/{deed}", segment(id))
}

/// An asset by its name.
#[must_use]
pub fn asset(name: &str) -> String {
    one(ASSETS, name)
}

/// A path with a query made of the pairs that are not empty.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut full = path.to_owned();
    let mut joint = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(full, "{joint}{}={}", segment(name), segment(value));
        joint = '&';
    }
    full
}

/// A text as one segment of a path: all but unreserved characters are escaped (RFC 3986 §2.3), and
/// a segment of dots alone too, as it would walk the tree.
fn segment(text: &str) -> String {
    let dots = !text.is_empty() && text.bytes().all(|byte| byte == b'.');
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~');
        if plain || (byte == b'.' && !dots) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{APPROVALS, deed, one, with_query};

    #[test]
    fn an_id_stays_one_segment() {
        assert_eq!(one(APPROVALS, "esc_1"), "/console/approvals/esc_1");
        assert_eq!(one("/a", "../x?y#z"), "/a/..%2Fx%3Fy%23z");
        assert_eq!(deed("/a", "é b", "kill"), "/a/%C3%A9%20b/kill");
        assert_eq!(one("/a", ".."), "/a/%2E%2E");
    }

    #[test]
    fn a_query_holds_what_is_not_empty() {
        assert_eq!(with_query("/a", &[("x", ""), ("y", "")]), "/a");
        assert_eq!(
            with_query("/a", &[("x", "1&2"), ("y", ""), ("z", "=")]),
            "/a?x=1%262&z=%3D"
        );
    }
}
