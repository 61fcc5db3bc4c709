//! `gcloud` and `az`: groups of words, then one that says what is done. Source:
//! cloud.google.com/sdk/gcloud/reference, learn.microsoft.com/cli/azure/reference-index.

use crate::command::{
    effect::Effect::{Destructive, Read, Write},
    tool::{
        Given,
        Means::{Doubt, Elsewhere},
        Style, Tool, reads,
    },
    understanding::{Understanding, listed, named, shown},
};

pub(super) const GCLOUD: Tool = Tool {
    names: &["gcloud"],
    style: Style::Call(2),
    plain: "--project= --zone= --region= --location= --format= --filter= --limit= --sort-by= --page-size= \
        -q,--quiet --verbosity= --no-user-output-enabled --uri --flatten= --async",
    means: &[
        (
            "--account= --impersonate-service-account= --configuration= --access-token-file= \
             --billing-project= --credential-file-override=",
            Elsewhere,
        ),
        ("--flags-file=", Doubt("lets a file say what is done")),
    ],
    verbs: &[
        reads("", "asks Google Cloud for {}").look(|given, understanding| {
            call("Google Cloud", GCLOUD_SECRETS, given, understanding);
        }),
    ],
};

pub(super) const AZ: Tool = Tool {
    names: &["az"],
    style: Style::Call(2),
    plain: "-g,--resource-group= -n,--name= -o,--output= --query= --only-show-errors --verbose -l,--location= \
        -y,--yes --no-wait --ids= --top= --show-details -d",
    means: &[(
        "-s,--subscription= --tenant= --account-key= --sas-token= --connection-string= --debug",
        Elsewhere,
    )],
    verbs: &[reads("", "asks Azure for {}").look(|given, understanding| {
        call("Azure", AZ_SECRETS, given, understanding);
    })],
};

/// Words that only lead to the one that says what is done. Before a word that reads there must be no
/// others: a name that nobody knows may be a verb, and the word behind it the name of a thing.
const GROUPS: &[&str] = &[
    "compute",
    "instances",
    "disks",
    "snapshots",
    "images",
    "networks",
    "subnets",
    "firewall-rules",
    "addresses",
    "forwarding-rules",
    "backend-services",
    "url-maps",
    "zones",
    "regions",
    "machine-types",
    "container",
    "clusters",
    "node-pools",
    "operations",
    "storage",
    "buckets",
    "objects",
    "sql",
    "databases",
    "backups",
    "users",
    "iam",
    "roles",
    "service-accounts",
    "keys",
    "projects",
    "organizations",
    "folders",
    "logging",
    "logs",
    "sinks",
    "metrics",
    "monitoring",
    "dashboards",
    "policies",
    "run",
    "services",
    "revisions",
    "jobs",
    "functions",
    "pubsub",
    "topics",
    "subscriptions",
    "secrets",
    "versions",
    "kms",
    "keyrings",
    "builds",
    "triggers",
    "artifacts",
    "repositories",
    "packages",
    "docker",
    "dns",
    "managed-zones",
    "record-sets",
    "redis",
    "auth",
    "app",
    "alpha",
    "beta",
    "dataproc",
    "bigtable",
    "spanner",
    "vm",
    "vmss",
    "aks",
    "nodepool",
    "group",
    "resource",
    "network",
    "vnet",
    "subnet",
    "nsg",
    "rule",
    "public-ip",
    "lb",
    "account",
    "keyvault",
    "secret",
    "key",
    "certificate",
    "disk",
    "snapshot",
    "image",
    "webapp",
    "functionapp",
    "appservice",
    "plan",
    "acr",
    "repository",
    "db",
    "server",
    "postgres",
    "mysql",
    "cosmosdb",
    "monitor",
    "metric",
    "activity-log",
    "role",
    "assignment",
    "definition",
    "identity",
    "ad",
    "user",
    "sp",
    "policy",
    "deployment",
    "blob",
    "servicebus",
    "queue",
    "topic",
    "eventhubs",
    "nic",
    "location",
];

const READS: &[&str] = &[
    "list",
    "describe",
    "show",
    "get",
    "read",
    "search",
    "get-iam-policy",
    "get-server-config",
    "version",
    "info",
    "exists",
    "wait",
    "list-locations",
    "list-sizes",
    "list-skus",
    "tail",
    "get-health",
    "list-ip-addresses",
    "get-instance-view",
    "get-upgrades",
    "get-versions",
    "list-usage",
    "check-name",
    "what-if",
    "list-instances",
    "lookup",
    "query",
];

const WRITES: &[&str] = &[
    "create",
    "update",
    "set",
    "add",
    "start",
    "stop",
    "restart",
    "enable",
    "deploy",
    "scale",
    "resize",
    "patch",
    "promote",
    "import",
    "attach",
    "detach",
    "upload",
    "move",
    "rename",
    "tag",
    "add-tags",
    "add-labels",
    "add-iam-policy-binding",
    "set-iam-policy",
    "add-metadata",
    "assign",
    "upgrade",
    "submit",
    "grant",
    "publish",
    "rollback",
    "undelete",
    "restore",
    "redeploy",
    "deallocate",
    "reimage",
    "sync",
    "cp",
    "copy",
    "clone",
    "apply",
    "merge",
    "approve",
    "allocate",
    "set-default",
    "update-traffic",
    "update-instances",
    "reset",
];

const DESTROYS: &[&str] = &[
    "delete",
    "remove",
    "destroy",
    "purge",
    "rm",
    "revoke",
    "disable",
    "remove-iam-policy-binding",
    "remove-tags",
    "remove-labels",
    "remove-metadata",
    "cancel",
    "abandon-instances",
    "delete-instances",
    "unassign",
    "mv",
    "terminate",
    "drop",
    "clear",
    "release",
    "delete-access-config",
    "undeploy",
];

/// Words that run something, sign in, or change where later commands go.
const HIDES: &[&str] = &[
    "ssh",
    "scp",
    "login",
    "logout",
    "init",
    "rest",
    "invoke",
    "run-command",
    "get-credentials",
    "connect-to-serial-port",
    "execute",
    "exec",
    "configure",
    "activate",
    "activate-service-account",
    "call",
    "interactive",
    "config",
    "components",
    "extension",
    "start-iap-tunnel",
    "tunnel",
    "command",
];

const GCLOUD_SECRETS: &[&[&str]] = &[
    &["secrets", "access"],
    &["auth", "print-access-token"],
    &["auth", "print-identity-token"],
    &["keys", "create"],
    &["kms", "decrypt"],
    &["keys", "get-key-string"],
    &["print-settings"],
];

const AZ_SECRETS: &[&[&str]] = &[
    &["keyvault", "secret"],
    &["account", "get-access-token"],
    &["keys", "list"],
    &["list-keys"],
    &["show-connection-string"],
    &["credential", "show"],
    &["admin-key", "show"],
    &["appsettings", "list"],
    &["connection-string", "list"],
    &["generate-sas"],
    &["create-for-rbac"],
    &["credential", "reset"],
];

const FOUNDATIONS: &[&[&str]] = &[
    &["clusters", "delete"],
    &["projects", "delete"],
    &["aks", "delete"],
    &["group", "delete"],
];

fn call(cloud: &str, secrets: &[&[&str]], given: &Given<'_>, understanding: &mut Understanding) {
    let words = &given.operands;
    let has = |lists: &[&[&str]]| {
        lists
            .iter()
            .any(|list| list.iter().all(|word| words.contains(word)))
    };
    let of = |list: &[&str]| words.iter().copied().find(|word| list.contains(word));
    understanding.what = format!("asks {cloud} for {}", listed(words.iter().copied()));
    let reveals =
        has(secrets) || of(&["print-access-token", "print-identity-token", "access"]).is_some();
    if reveals {
        understanding.reveal();
    }
    // The worst word counts, wherever it stands: which of them is the verb depends on the group.
    if let Some(word) = of(HIDES) {
        understanding.doubt(format!(
            "{} runs something, signs in, or changes where commands go",
            named(word)
        ));
    }
    let effect = if of(DESTROYS).is_some() {
        Some(Destructive)
    } else if of(WRITES).is_some() {
        Some(Write)
    } else {
        (of(READS).is_some() || reveals).then_some(Read)
    };
    let verb = words.iter().position(|word| READS.contains(word));
    let mut before = words.iter().take(verb.unwrap_or_default());
    if let Some(word) = before
        .find(|word| !GROUPS.contains(word))
        .filter(|_| effect == Some(Read))
    {
        understanding.doubt(format!(
            "{} is nothing that the gate knows of {cloud}",
            named(word)
        ));
    }
    // `az search admin-key renew`: the word stands for a group, and nobody knows the verb.
    if verb == Some(0) && words.len() > 1 && effect == Some(Read) {
        understanding.doubt(format!(
            "{} may be a group of {cloud}'s, and what follows the verb",
            named(words.first().copied().unwrap_or_default())
        ));
    }
    match effect {
        Some(effect) => understanding.raise(effect),
        None => understanding.doubt("no word of it says what is done"),
    }
    if understanding.effect > Read {
        let says = if understanding.effect == Destructive {
            "takes away"
        } else {
            "changes"
        };
        understanding.what = format!(
            "{says} something of {cloud}: {}",
            listed(words.iter().copied())
        );
    }
    understanding.foundation = has(FOUNDATIONS);
    let places = [
        "--project",
        "--zone",
        "--region",
        "--location",
        "--resource-group",
        "--name",
    ];
    let named = places.iter().flat_map(|flag| given.values(flag));
    understanding.targets.extend(named.map(shown));
}
