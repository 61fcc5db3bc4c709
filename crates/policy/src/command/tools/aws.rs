//! `aws`. Source: docs.aws.amazon.com/cli/latest/reference.
//!
//! There are thousands of operations, and what they do is told by their first word.

use crate::command::{
    effect::Effect::{Destructive, Read, Write},
    tool::{
        Given,
        Means::{Doubt, Elsewhere, Note},
        Style, Tool, reads,
    },
    understanding::{Understanding, listed, named, shown},
};

pub(super) const TOOL: Tool = Tool {
    names: &["aws"],
    style: Style::Call(2),
    plain: "--output= --query= --no-cli-pager --color= --no-paginate --page-size= --max-items= \
        --starting-token= --cli-read-timeout= --cli-connect-timeout= --no-cli-auto-prompt --debug \
        --recursive --human-readable --summarize --dryrun --quiet --exclude= --include= --acl= \
        --no-progress --only-show-errors --size-only --exact-timestamps --delete --storage-class= \
        --content-type= --cache-control= --no-dry-run --dry-run",
    means: &[
        (
            "--endpoint-url= --profile= --ca-bundle= --no-verify-ssl --no-sign-request",
            Elsewhere,
        ),
        ("--region=", Note("says where")),
        (
            "--cli-input-json= --cli-input-yaml= --cli-auto-prompt",
            Doubt("lets a file or a dialogue say what is done"),
        ),
    ],
    verbs: &[reads("", "asks AWS for {}").look(call)],
};

/// Operations that answer with something secret.
const SECRET: &[(&str, &str)] = &[
    ("secretsmanager", "get-secret-value"),
    ("secretsmanager", "batch-get-secret-value"),
    ("ssm", "get-parameter"),
    ("ssm", "get-parameters"),
    ("ssm", "get-parameters-by-path"),
    ("ssm", "get-parameter-history"),
    ("sts", "get-session-token"),
    ("sts", "get-federation-token"),
    ("sts", "assume-role"),
    ("sts", "assume-role-with-saml"),
    ("sts", "assume-role-with-web-identity"),
    ("sts", "assume-root"),
    ("ecr", "get-login-password"),
    ("ecr", "get-authorization-token"),
    ("ecr-public", "get-login-password"),
    ("ecr-public", "get-authorization-token"),
    ("codeartifact", "get-authorization-token"),
    ("iam", "create-access-key"),
    ("iam", "create-service-specific-credential"),
    ("kms", "decrypt"),
    ("kms", "generate-data-key"),
    ("eks", "get-token"),
    ("rds", "generate-db-auth-token"),
    ("redshift", "get-cluster-credentials"),
    ("redshift", "get-cluster-credentials-with-iam"),
    ("ec2", "get-password-data"),
    ("ec2", "create-key-pair"),
    ("lambda", "get-function"),
    ("lambda", "get-function-configuration"),
    ("lambda", "list-functions"),
    ("ecs", "describe-task-definition"),
    ("cognito-identity", "get-credentials-for-identity"),
    ("sso", "get-role-credentials"),
    ("appconfigdata", "get-latest-configuration"),
    ("s3", "presign"),
    ("s3control", "get-data-access"),
    ("lightsail", "get-instance-access-details"),
    ("gamelift", "get-instance-access"),
    ("gamelift", "get-compute-access"),
];

/// Words by which operations say that they answer with something secret, whatever their service is.
const SECRET_WORDS: &[&str] = &[
    "credential",
    "credentials",
    "password",
    "passwords",
    "token",
    "tokens",
];

/// Operations that write what they read to a file.
const DOWNLOADS: &[&str] = &[
    "get-object",
    "get-object-torrent",
    "select-object-content",
    "get-job-output",
    "get-media",
    "get-clip",
    "get-export",
    "get-sdk",
    "get-package-version-asset",
    "get-raw-message-content",
];

/// Operations that run something, or open a way in.
const RUNS: &[(&str, &str)] = &[
    ("ssm", "start-session"),
    ("ssm", "send-command"),
    ("ssm", "start-automation-execution"),
    ("ecs", "execute-command"),
    ("ecs", "run-task"),
    ("lambda", "invoke"),
    ("cloudshell", ""),
    ("configure", ""),
    ("sso", "login"),
    ("login", ""),
    ("eks", "update-kubeconfig"),
    ("history", ""),
    ("ec2-instance-connect", ""),
    ("emr", "ssh"),
    ("deploy", "install"),
    ("cloudformation", "package"),
    ("cloudformation", "deploy"),
];

const READS: &[&str] = &[
    "list", "describe", "get", "head", "search", "lookup", "wait", "filter", "scan", "query",
    "validate", "simulate", "estimate", "preview", "check", "view", "ls", "select", "presign",
    "tail",
];

const DESTROYS: &[&str] = &[
    "delete",
    "terminate",
    "remove",
    "rm",
    "rb",
    "purge",
    "destroy",
    "deregister",
    "release",
    "cancel",
    "abort",
    "disable",
    "schedule",
    "empty",
    "forget",
    "revoke",
    "reset",
    "deprovision",
    "close",
    "leave",
    "expire",
];

/// What takes everything on it along.
const FOUNDATIONS: &[(&str, &str)] = &[
    ("eks", "delete-cluster"),
    ("ecs", "delete-cluster"),
    ("organizations", "close-account"),
];

fn call(given: &Given<'_>, understanding: &mut Understanding) {
    let mut operands = given.operands.iter().copied();
    let (service, operation) = (
        operands.next().unwrap_or_default(),
        operands.next().unwrap_or_default(),
    );
    let mut words = operation.split('-');
    let mut first = words.next().unwrap_or_default();
    if first == "batch" || first == "force" || first == "transact" {
        first = words.next().unwrap_or_default();
    }
    let is = |list: &[(&str, &str)]| {
        list.iter()
            .any(|(s, o)| *s == service && (o.is_empty() || *o == operation))
    };
    understanding.what = format!("asks AWS {} for {}", shown(service), named(operation));
    understanding.targets = targets(given);
    if service == "s3" {
        return copy(given, operation, understanding);
    }
    if service.is_empty() || operation.is_empty() || !is_plain(service) || !is_plain(operation) {
        understanding.doubt("it does not say which operation");
    } else if is(RUNS) {
        understanding.doubt(format!(
            "{} runs something, or opens a way in",
            named(operation)
        ));
    } else if DESTROYS.contains(&first) {
        understanding.raise(Destructive);
        understanding.what = format!(
            "takes away by {} of AWS {}",
            named(operation),
            shown(service)
        );
    } else if !READS.contains(&first) {
        understanding.raise(Write);
        understanding.what = format!("changes by {} of AWS {}", named(operation), shown(service));
    } else if DOWNLOADS.contains(&operation) {
        understanding.raise(Write);
        understanding.note("it writes what it reads to a file");
    }
    if is(SECRET) || names_secret(operation) {
        understanding.reveal();
    }
    understanding.foundation = is(FOUNDATIONS);
    try_out(given, service, understanding);
}

/// Whether an operation answers with something secret by its name, such as `get-credentials` and
/// `get-api-keys`; what only tells of rules for it does not.
fn names_secret(operation: &str) -> bool {
    let mut words = operation.split('-');
    let is_said = words.clone().any(|word| SECRET_WORDS.contains(&word));
    let is_rule = words.next_back().is_some_and(|last| last == "policy");
    let is_key = operation.ends_with("-api-key") || operation.ends_with("-api-keys");
    (is_said && !is_rule) || is_key
}

/// Services of which the operations know a trial.
fn try_out(given: &Given<'_>, service: &str, understanding: &mut Understanding) {
    if service != "ec2" {
        return;
    }
    let last = given
        .flags
        .iter()
        .rfind(|flag| flag.name.ends_with("dry-run"));
    if given.has("--dry-run") && last.is_some_and(|flag| flag.name == "--dry-run") {
        if understanding.is_clear() {
            understanding.effect = Read;
            understanding.what = format!("tries out what {}", understanding.what);
        }
    } else if understanding.is_clear() && understanding.effect > Read {
        understanding.dry_run = Some(with(given, "--dry-run"));
    }
}

/// The command with a flag at its end.
fn with(given: &Given<'_>, flag: &str) -> Vec<String> {
    let words = given.argv.iter().cloned();
    words.chain([flag.to_owned()]).collect()
}

fn copy(given: &Given<'_>, operation: &str, understanding: &mut Understanding) {
    let places: Vec<_> = given.operands.iter().copied().skip(2).collect();
    let places = listed(places);
    let (effect, says) = match operation {
        "ls" => (Read, "lists"),
        "presign" => (Read, "makes an address that anybody may read from for"),
        "cp" | "sync" => (Write, "copies"),
        "mv" => (Destructive, "moves"),
        "mb" | "website" => (Write, "makes or changes"),
        "rm" | "rb" => (Destructive, "deletes"),
        _ => {
            return understanding.doubt(format!(
                "{} is nothing that the gate knows of S3",
                named(operation)
            ));
        }
    };
    understanding.raise(effect);
    understanding.what = format!("{says} {places} in S3").replace("  ", " ");
    if given.has("--delete") {
        understanding.raise(Destructive);
        understanding.note("`--delete` deletes what is not at the other end");
    }
    if operation == "presign" {
        understanding.reveal();
    }
    if given.operands.iter().skip(2).any(|place| *place == "-") {
        understanding.doubt("what it copies stands in its input");
    }
    if given.has("--dryrun")
        && matches!(operation, "cp" | "sync" | "mv" | "rm")
        && understanding.is_clear()
    {
        understanding.effect = Read;
        understanding.what = format!("tries out what {}", understanding.what);
    } else if matches!(operation, "cp" | "sync" | "mv" | "rm") && understanding.is_clear() {
        understanding.dry_run = Some(with(given, "--dryrun"));
    }
}

/// What is named: the operands behind the operation, and the values of parameters.
fn targets(given: &Given<'_>) -> Vec<String> {
    let operands = given.operands.iter().copied().skip(2);
    let values = given.flags.iter().filter_map(|flag| {
        let named = [
            "-id", "-ids", "-name", "-names", "-arn", "-arns", "--bucket", "--key", "--region",
        ];
        named
            .iter()
            .any(|end| flag.name.ends_with(end))
            .then_some(flag.value)?
    });
    operands.chain(values).map(shown).collect()
}

fn is_plain(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
