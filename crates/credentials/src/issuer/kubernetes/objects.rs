//! What is made in a cluster for one lease, all of one name.

use super::rules::Rules;
use portcullis_firewall::lease::LeaseAsk;
use serde_json::{Value, json};

const RBAC: &str = "rbac.authorization.k8s.io";

/// The objects of a lease.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) name: String,
    /// The namespace of the service account.
    pub(super) home: String,
    pub(super) rules: Rules,
}

impl Objects {
    /// The namespaces that it reaches.
    pub(super) fn reached(&self) -> impl Iterator<Item = &str> {
        self.rules.namespaces.iter().map(String::as_str)
    }

    /// Where each is made, and what it is; the rights come last.
    pub(super) fn all(&self, ask: &LeaseAsk) -> Vec<(String, Value)> {
        let (name, home) = (&self.name, &self.home);
        let metadata = |namespace: &str| {
            json!({
                "annotations": {
                    "portcullis.dev/agent": ask.agent.as_str(),
                    "portcullis.dev/lease": ask.id,
                    "portcullis.dev/session": ask.session.as_str(),
                    "portcullis.dev/tenant": ask.tenant.as_str(),
                },
                "labels": {"app.kubernetes.io/managed-by": "portcullis"},
                "name": name,
                "namespace": namespace,
            })
        };
        let mut all = vec![
            (
                format!("/api/v1/namespaces/{home}/serviceaccounts"),
                json!({
                    "apiVersion": "v1",
                    "automountServiceAccountToken": false,
                    "kind": "ServiceAccount",
                    "metadata": metadata(home),
                }),
            ),
            (
                format!("/api/v1/namespaces/{home}/secrets"),
                json!({
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": metadata(home),
                    "type": "Opaque",
                }),
            ),
        ];
        for namespace in self.reached() {
            let at = format!("/apis/{RBAC}/v1/namespaces/{namespace}");
            all.push((
                format!("{at}/roles"),
                json!({
                    "apiVersion": format!("{RBAC}/v1"),
                    "kind": "Role",
                    "metadata": metadata(namespace),
                    "rules": self.rules.policy(),
                }),
            ));
            all.push((
                format!("{at}/rolebindings"),
                json!({
                    "apiVersion": format!("{RBAC}/v1"),
                    "kind": "RoleBinding",
                    "metadata": metadata(namespace),
                    "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": name},
                    "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": home}],
                }),
            ));
        }
        all
    }

    /// Where each is, in the order in which they are taken away: the rights come first.
    pub(super) fn paths(&self) -> Vec<String> {
        let (name, home) = (&self.name, &self.home);
        let of = self.reached().flat_map(|namespace| {
            let at = format!("/apis/{RBAC}/v1/namespaces/{namespace}");
            [
                format!("{at}/rolebindings/{name}"),
                format!("{at}/roles/{name}"),
            ]
        });
        let own = ["secrets", "serviceaccounts"];
        let own = own.map(|kind| format!("/api/v1/namespaces/{home}/{kind}/{name}"));
        of.chain(own).collect()
    }

    pub(super) fn token_path(&self) -> String {
        let (name, home) = (&self.name, &self.home);
        format!("/api/v1/namespaces/{home}/serviceaccounts/{name}/token")
    }

    /// A token that is bound to the Secret: without it, it is none.
    pub(super) fn token_request(&self, seconds: i64, uid: &str, audience: Option<&str>) -> Value {
        let audiences: Vec<&str> = audience.into_iter().collect();
        json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {
                "audiences": audiences,
                "boundObjectRef": {"apiVersion": "v1", "kind": "Secret", "name": self.name, "uid": uid},
                "expirationSeconds": seconds,
            },
        })
    }
}
