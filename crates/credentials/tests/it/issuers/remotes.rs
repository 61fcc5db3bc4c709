//! Providers of the cloud, each with the client that its makers publish.

use super::{
    Desk, Stolen,
    remote::{About, Program, Remote, scope},
    suite,
};
use portcullis_firewall::{lease::LeaseError, ports::Issuer as _, scope::Mode};
use serde_json::{Value, json};

pub(super) struct Aws;

impl About for Aws {
    const NAME: &'static str = "AWS";
    const KIND: &'static str = "aws";
    const SCRIPT: &'static str = "aws.py";

    fn settings(address: &str) -> Value {
        json!({
            "iam_endpoint": address, "may_deny": true, "region": "eu-central-1",
            "role_arn": "arn:aws:iam::123456789012:role/teams/gate", "sts_endpoint": address,
        })
    }

    fn filters() -> Value {
        json!({
            "reads": ["s3:GetObject"], "regions": ["eu-central-1"],
            "resources": ["arn:aws:s3:::reports/*"], "writes": ["s3:PutObject"],
        })
    }
}

pub(super) struct GitHub;

impl About for GitHub {
    const NAME: &'static str = "GitHub";
    const ENDS_WITHOUT_HANDLE: bool = false;
    const KIND: &'static str = "github";
    const SCRIPT: &'static str = "github.py";

    fn settings(address: &str) -> Value {
        json!({"api": address, "app_id": "Iv23liGate", "installation_id": 42})
    }

    fn filters() -> Value {
        json!({"permissions": {"contents": "write"}, "repositories": ["api"]})
    }
}

pub(super) struct Google;

impl About for Google {
    const NAME: &'static str = "Google Cloud";
    const KNOWS_THE_GATE: bool = false;
    const ENDS: bool = false;
    const ENDS_WITHOUT_HANDLE: bool = false;
    const KIND: &'static str = "gcp";
    const SCRIPT: &'static str = "gcp.py";

    fn settings(address: &str) -> Value {
        json!({
            "client_email": "gate@acme.iam.gserviceaccount.com", "iam_endpoint": address,
            "service_account": "reports@acme.iam.gserviceaccount.com",
            "sts_endpoint": format!("{address}/v1/token"), "token_uri": format!("{address}/token"),
        })
    }

    fn filters() -> Value {
        json!({"buckets": ["reports"]})
    }
}

pub(super) struct Exchange;

impl About for Exchange {
    const NAME: &'static str = "token exchange";
    const KNOWS_THE_GATE: bool = false;
    const ENDS_WITHOUT_HANDLE: bool = false;
    const KIND: &'static str = "oauth";
    const SCRIPT: &'static str = "oauth.py";

    fn settings(address: &str) -> Value {
        json!({
            "client_id": "gate", "revocation_endpoint": format!("{address}/revoke"),
            "token_endpoint": format!("{address}/token"),
        })
    }

    fn filters() -> Value {
        json!({"audience": "orders", "reads": ["orders:read"], "writes": ["orders:write"]})
    }
}

pub(super) struct Cluster;

impl About for Cluster {
    const NAME: &'static str = "Kubernetes";
    const KIND: &'static str = "kubernetes";
    const SCRIPT: &'static str = "kubernetes_api.py";

    fn settings(address: &str) -> Value {
        json!({"namespace": "portcullis", "server": address})
    }

    fn filters() -> Value {
        json!({"namespaces": ["shop"], "resources": ["pods", "deployments.apps"]})
    }
}

#[tokio::test]
async fn sessions_at_aws_pass_the_suite() {
    suite(Remote::<Aws>::start()).await;
}

#[tokio::test]
async fn tokens_of_github_pass_the_suite() {
    suite(Remote::<GitHub>::start()).await;
}

#[tokio::test]
async fn tokens_of_google_pass_the_suite() {
    let google = Remote::<Google>::start();
    let checked = google.control("checked", &json!({})).await;
    assert_eq!(checked, json!(true), "its own library is served");
    suite(google).await;
}

#[tokio::test]
async fn exchanged_tokens_pass_the_suite() {
    suite(Remote::<Exchange>::start()).await;
}

#[tokio::test]
async fn what_would_renew_a_token_is_revoked_with_it() {
    let remote = Remote::<Exchange>::start();
    let desk = Desk::at(super::Counterpart::provider(&remote));
    let more = json!({"by": "renewal"});
    assert_eq!(remote.control("exceed", &more).await, json!(true));
    let ask = Desk::ask(&scope(Mode::Read, &Exchange::filters()), Mode::Read);
    let refused = desk.issuers.mint(&ask).await.unwrap_err();
    let why = "a token that can be renewed".to_owned();
    assert_eq!(refused, LeaseError::Exceeded(why));
    assert_eq!(remote.control("minted", &json!({})).await, json!(1));
    assert_eq!(remote.control("alive", &json!({})).await, json!(0));
}

#[tokio::test]
async fn a_token_is_revoked_though_what_would_renew_it_is_not() {
    let remote = Remote::<Exchange>::start();
    let desk = Desk::at(super::Counterpart::provider(&remote));
    let more = json!({"by": "renewal for good"});
    assert_eq!(remote.control("exceed", &more).await, json!(true));
    let ask = Desk::ask(&scope(Mode::Read, &Exchange::filters()), Mode::Read);
    let refused = desk.issuers.mint(&ask).await.unwrap_err();
    assert!(matches!(refused, LeaseError::Exceeded(_)), "{refused:?}");
    // What cannot be ended is all that is left.
    assert_eq!(remote.control("alive", &json!({})).await, json!(1));
}

#[tokio::test]
async fn service_accounts_pass_the_suite() {
    suite(Remote::<Cluster>::start()).await;
}

#[tokio::test]
async fn moto_takes_what_is_signed_and_knows_who_holds_it() {
    let mut moto = Program::start("moto_server.py");
    let settings = json!({
        "iam_endpoint": moto.address(), "may_deny": true, "reach": "anywhere",
        "region": "eu-central-1", "role_arn": moto.told["role"], "sts_endpoint": moto.address(),
    });
    let desk = Desk::at(moto.provider("aws", settings.clone()));
    let ask = Desk::ask(&scope(Mode::Read, &Aws::filters()), Mode::Read);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let mut stolen: Stolen = desk.steal(&minted).await;
    let name = format!("portcullis-{}", ask.id.trim_start_matches("lse_"));
    let who = moto.ask(&json!(stolen));
    let due = format!(":assumed-role/reader/{name}");
    assert!(who.as_str().unwrap().ends_with(&due), "{who}");
    stolen.insert("secret_access_key".to_owned(), "forged".to_owned());
    assert_eq!(moto.ask(&json!(stolen)), json!("SignatureDoesNotMatch"));
    // It signs for IAM as well.
    assert!(desk.issuers.revoke(&ask, None).await.unwrap().dead);
    let mut wrong = settings.clone();
    wrong["secret_access_key"] = json!("env:PATH");
    wrong["access_key_id"] = json!("env:HOME");
    let kind = portcullis_credentials::issuer::KINDS
        .iter()
        .find(|kind| kind.name == "aws");
    let strange = Desk::at(kind.unwrap().read(&wrong).unwrap());
    let refused = strange.issuers.mint(&ask).await.unwrap_err();
    assert_eq!(refused.code(), "lease.refused");
    let known = moto
        .provider("aws", settings.clone())
        .look(&desk.tools)
        .await;
    assert_eq!(known.unwrap().accepted, Some(true));
    let forged = crate::secrets::Safe::with(b"AKIAFORGEDFORGED1234");
    wrong["access_key_id"] = json!(forged.name());
    wrong["secret_access_key"] = json!(forged.name());
    let unknown = kind.unwrap().read(&wrong).unwrap();
    let unknown = unknown.look(&strange.tools).await.unwrap();
    assert_eq!(unknown.accepted, Some(false));
}

#[tokio::test]
async fn a_session_policy_is_narrowed_to_the_resource_that_an_action_names() {
    let aws = Remote::<Aws>::start();
    let desk = Desk::at(super::Counterpart::provider(&aws));
    let mut ask = Desk::ask(&scope(Mode::Write, &Aws::filters()), Mode::Write);
    ask.action.target = "arn:aws:s3:::reports/may".to_owned();
    let asked = desk.issuers.asks(&ask).unwrap();
    assert_eq!(
        asked.request["Policy"],
        json!(
            r#"{"Statement":[{"Action":["s3:GetObject","s3:PutObject"],"Condition":{"StringEquals":{"aws:RequestedRegion":["eu-central-1"]}},"Effect":"Allow","Resource":["arn:aws:s3:::reports/may"]}],"Version":"2012-10-17"}"#
        )
    );
    // What reads serves the next action of the session as well, which may name another.
    ask.mode = Mode::Read;
    let asked = desk.issuers.asks(&ask).unwrap();
    let policy = asked.request["Policy"].as_str().unwrap();
    assert!(
        policy.contains(r#""Resource":["arn:aws:s3:::reports/*"]"#),
        "{policy}"
    );
    for beyond in ["arn:aws:s3:::payroll/may", "arn:aws:s3:::reports/*"] {
        ask.action.target = beyond.to_owned();
        let refused = desk.issuers.mint(&ask).await.unwrap_err();
        assert_eq!(refused.code(), "lease.too_much", "{beyond}");
    }
}

#[tokio::test]
async fn denials_of_sessions_that_have_expired_are_taken_away() {
    let aws = Remote::<Aws>::start();
    let desk = Desk::at(super::Counterpart::provider(&aws));
    let ask = Desk::ask(&scope(Mode::Read, &Aws::filters()), Mode::Read);
    desk.issuers.revoke(&ask, None).await.unwrap();
    let denials = aws.control("denials", &json!({})).await;
    let names: Vec<&str> = denials
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(
        names[0] == "other" && names[1].ends_with(&ask.id),
        "{names:?}"
    );
}

#[test]
fn what_would_narrow_nothing_is_told_with_its_path() {
    let deny = |kind: &str, filters: Value, path: &str| {
        let settings = match kind {
            "aws" => Aws::settings("https://x.example"),
            "github" => GitHub::settings("https://x.example"),
            "gcp" => Google::settings("https://x.example"),
            "oauth" => Exchange::settings("https://x.example"),
            _ => Cluster::settings("https://x.example"),
        };
        let mut settings = settings;
        for secret in match kind {
            "aws" => &["access_key_id", "secret_access_key"][..],
            "oauth" => &["client_secret", "subject_token"],
            "kubernetes" => &["token"],
            _ => &["private_key"],
        } {
            settings[*secret] = json!("env:NONE");
        }
        let known = portcullis_credentials::issuer::KINDS.iter();
        let kind = known.clone().find(|known| known.name == kind).unwrap();
        let desk = Desk::at(kind.read(&settings).unwrap());
        let refused = desk
            .issuers
            .check(&scope(Mode::Read, &filters))
            .unwrap_err();
        let LeaseError::Scope { path: found, .. } = &refused else {
            panic!("{refused}")
        };
        assert_eq!(found, path, "{refused}");
    };
    let aws = |reads: &str, resource: &str| json!({"reads": [reads], "resources": [resource]});
    deny("aws", aws("s3:PutObject", "*"), "filters.reads[0]");
    deny("aws", aws("*", "*"), "filters.reads[0]");
    deny("aws", aws("s3:*", "*"), "filters.reads[0]");
    deny(
        "aws",
        aws("s3:GetObject", "reports"),
        "filters.resources[0]",
    );
    deny(
        "aws",
        aws("s3:GetObject", "arn:aws:s3:::${aws:username}"),
        "filters.resources[0]",
    );
    let many: Vec<String> = (0..60)
        .map(|one| format!("arn:aws:s3:::{one:0>60}/*"))
        .collect();
    deny(
        "aws",
        json!({"reads": ["s3:GetObject"], "resources": many}),
        "filters",
    );
    let github = json!({"permissions": {"contents": "admin"}, "repositories": ["api"]});
    deny("github", github, "filters.permissions.contents");
    deny(
        "github",
        json!({"repositories": ["api"]}),
        "filters.permissions",
    );
    deny(
        "github",
        json!({"permissions": {"contents": "read"}}),
        "filters.repositories",
    );
    deny("gcp", json!({}), "filters.buckets");
    let cloud = "https://www.googleapis.com/auth/cloud-platform";
    deny("gcp", json!({"scopes": [cloud]}), "filters.scopes[0]");
    deny("gcp", json!({"buckets": ["a/b"]}), "filters.buckets[0]");
    deny(
        "gcp",
        json!({"buckets": ["abc"], "prefix": "' || true"}),
        "filters.prefix",
    );
    deny("oauth", json!({"reads": ["a b"]}), "filters.reads[0]");
    deny("oauth", json!({}), "filters.reads");
    deny(
        "kubernetes",
        json!({"namespaces": ["shop"], "resources": ["*"]}),
        "filters.resources[0]",
    );
    deny(
        "kubernetes",
        json!({"namespaces": ["*"], "resources": ["pods"]}),
        "filters.namespaces[0]",
    );
}
