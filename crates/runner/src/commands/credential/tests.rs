use super::{dress, table::KINDS};
use portcullis_firewall::{
    lease::InHand,
    outside::{Part, SecretName, Variable},
    scope::Mode,
};
use std::path::Path;

fn lease(secrets: &[&str], open: &[(&str, &str)]) -> InHand {
    let secret = |name: &&str| {
        (
            (*name).to_owned(),
            SecretName::new(&format!("lease:1/{name}")),
        )
    };
    let open = open.iter();
    InHand {
        scope: "scope".to_owned(),
        provider: "provider".to_owned(),
        mode: Mode::Read,
        secrets: secrets.iter().map(secret).collect(),
        open: open
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

/// The variables and files as they would be read, with secrets by their names.
fn shown(lease: &InHand) -> String {
    let dress = dress(lease, Path::new("/room/run/1")).expect("a dress");
    let mut shown = String::new();
    for (name, value) in dress.variables {
        match value {
            Variable::Plain(text) => shown.push_str(&format!("{name}={text}\n")),
            Variable::Secret(secret) => shown.push_str(&format!("{name}=<{}>\n", secret.as_str())),
        }
    }
    for file in dress.files {
        shown.push_str(&format!("--- {}\n", file.path.display()));
        for part in file.parts {
            match part {
                Part::Text(text) => shown.push_str(&text),
                Part::Secret(name) => shown.push_str(&format!("<{}>", name.as_str())),
                Part::Quoted(name) => shown.push_str(&format!("\"<{}>\"", name.as_str())),
                Part::Escaped(name) => shown.push_str(&format!("%<{}>", name.as_str())),
            }
        }
    }
    shown
}

#[test]
fn each_kind_is_told_by_its_parts_and_becomes_what_its_tools_read() {
    let aws = lease(
        &["access_key_id", "secret_access_key", "session_token"],
        &[("region", "eu-west-1")],
    );
    assert_eq!(
        shown(&aws),
        "AWS_ACCESS_KEY_ID=<lease:1/access_key_id>\n\
         AWS_SECRET_ACCESS_KEY=<lease:1/secret_access_key>\n\
         AWS_SESSION_TOKEN=<lease:1/session_token>\n\
         AWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\nAWS_EC2_METADATA_DISABLED=true\n"
    );
    let postgres = lease(
        &["password"],
        &[
            ("user", "r"),
            ("host", "db"),
            ("port", "5432"),
            ("database", "shop"),
        ],
    );
    assert_eq!(
        shown(&postgres),
        "PGHOST=db\nPGPORT=5432\nPGUSER=r\nPGDATABASE=shop\nPGPASSWORD=<lease:1/password>\n"
    );
    let gcp = lease(&["access_token"], &[]);
    assert_eq!(
        shown(&gcp),
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=/room/run/1/gcp-token\n--- gcp-token\n<lease:1/access_token>"
    );
}

#[test]
fn a_cluster_is_reached_by_a_file() {
    let server = "https://10.0.0.1:6443\nevil: true";
    let kubernetes = lease(
        &["token"],
        &[("server", server), ("certificate_authority_data", "LS0t")],
    );
    assert_eq!(
        shown(&kubernetes),
        "KUBECONFIG=/room/run/1/kubeconfig\n--- kubeconfig\napiVersion: v1\nkind: Config\n\
         current-context: lease\nclusters:\n- name: lease\n  cluster:\n    \
         server: \"https://10.0.0.1:6443\\nevil: true\"\n    \
         certificate-authority-data: \"LS0t\"\nusers:\n- name: lease\n  user:\n    \
         token: \"<lease:1/token>\"\ncontexts:\n- name: lease\n  context:\n    \
         cluster: lease\n    user: lease\n"
    );
}

#[test]
fn git_reads_its_credential_from_a_file_and_asks_nobody() {
    let github = lease(&["token"], &[("api", "https://api.github.com")]);
    let shown = shown(&github);
    assert!(shown.contains("GH_TOKEN=<lease:1/token>\n"));
    assert!(shown.contains("GIT_CONFIG_VALUE_0=store --file='/room/run/1/git-credentials'\n"));
    assert!(shown.ends_with("https://x-access-token:%<lease:1/token>@github.com\n"));
}

#[test]
fn other_parts_are_variables_of_their_own_names() {
    let sealed = lease(&["api-key"], &[("Base_Url", "https://x")]);
    assert_eq!(
        shown(&sealed),
        "API_KEY=<lease:1/api-key>\nBASE_URL=https://x\n"
    );
}

#[test]
fn no_credential_says_how_programs_are_found_or_run() {
    for name in [
        "path",
        "home",
        "ld_preload",
        "LD_LIBRARY_PATH",
        "git_ssh",
        "1x",
        "a b",
        "",
        "a=b",
    ] {
        let odd = lease(&[name], &[]);
        assert!(dress(&odd, Path::new("/room/run/1")).is_err(), "{name}");
    }
}

#[test]
fn the_rows_have_names_of_their_own() {
    let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
}
