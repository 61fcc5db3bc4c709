//! The table: what each kind of credential is told by, and what it becomes.

/// A kind of credential.
pub(super) struct Kind {
    /// What it is called.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests name the rows by it"))]
    pub(super) name: &'static str,
    /// The secret parts that it is told by.
    pub(super) secrets: &'static [&'static str],
    /// The open parts that it is told by.
    pub(super) open: &'static [&'static str],
    /// What it becomes.
    pub(super) puts: &'static [Put],
}

/// One thing that a command is given.
pub(super) enum Put {
    /// A variable with the value of a part, when there is that part.
    Variable(&'static str, &'static str),
    /// A variable with a value of its own.
    Fixed(&'static str, &'static str),
    /// A variable with the path of a file, and what stands before and behind it.
    Path(&'static str, &'static str, &'static str, &'static str),
    /// A file.
    File {
        path: &'static str,
        pieces: &'static [Piece],
    },
}

/// A piece of a file.
pub(super) enum Piece {
    /// Words.
    Text(&'static str),
    /// A secret part as it is.
    Secret(&'static str),
    /// A part as a JSON string.
    Quoted(&'static str),
    /// A secret part as a piece of an address.
    Escaped(&'static str),
    /// A line with words and an open part as a JSON string, when there is that part.
    WhenThere(&'static str, &'static str),
    /// The host of an address in an open part.
    Host(Host),
}

/// A host, and by which name people know it.
pub(super) struct Host {
    pub(super) of: &'static str,
    pub(super) known: &'static [(&'static str, &'static str)],
}

const KUBECONFIG: &str = "kubeconfig";
const GIT: &str = "git-credentials";
const GCP: &str = "gcp-token";

/// Every kind, the most particular first.
///
/// Sources: AWS SDKs, "Environment variables"; Kubernetes, "Organizing cluster access using
/// kubeconfig files"; PostgreSQL, "Environment variables" of libpq; GitHub CLI, `gh help
/// environment`; git, `gitcredentials(7)` and `git-config(1)`; gcloud, `auth/access_token_file`.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "aws",
        secrets: &["access_key_id", "secret_access_key"],
        open: &[],
        puts: &[
            Put::Variable("AWS_ACCESS_KEY_ID", "access_key_id"),
            Put::Variable("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
            Put::Variable("AWS_SESSION_TOKEN", "session_token"),
            Put::Variable("AWS_REGION", "region"),
            Put::Variable("AWS_DEFAULT_REGION", "region"),
            // Nothing else is asked for credentials, and nobody waits for it.
            Put::Fixed("AWS_EC2_METADATA_DISABLED", "true"),
        ],
    },
    Kind {
        name: "postgres",
        secrets: &["password"],
        open: &["host", "user", "database"],
        puts: &[
            Put::Variable("PGHOST", "host"),
            Put::Variable("PGPORT", "port"),
            Put::Variable("PGUSER", "user"),
            Put::Variable("PGDATABASE", "database"),
            Put::Variable("PGPASSWORD", "password"),
        ],
    },
    Kind {
        name: "kubernetes",
        secrets: &["token"],
        open: &["server"],
        puts: &[
            Put::File {
                path: KUBECONFIG,
                pieces: &[
                    Piece::Text(
                        "apiVersion: v1\nkind: Config\ncurrent-context: lease\nclusters:\n- name: lease\n  cluster:\n    server: ",
                    ),
                    Piece::Quoted("server"),
                    Piece::Text("\n"),
                    Piece::WhenThere(
                        "    certificate-authority-data: ",
                        "certificate_authority_data",
                    ),
                    Piece::Text("users:\n- name: lease\n  user:\n    token: "),
                    Piece::Quoted("token"),
                    Piece::Text(
                        "\ncontexts:\n- name: lease\n  context:\n    cluster: lease\n    user: lease\n",
                    ),
                    Piece::WhenThere("    namespace: ", "namespace"),
                ],
            },
            Put::Path("KUBECONFIG", "", KUBECONFIG, ""),
        ],
    },
    Kind {
        name: "github",
        secrets: &["token"],
        open: &["api"],
        puts: &[
            Put::Variable("GH_TOKEN", "token"),
            Put::File {
                path: GIT,
                pieces: &[
                    Piece::Text("https://x-access-token:"),
                    Piece::Escaped("token"),
                    Piece::Text("@"),
                    Piece::Host(Host {
                        of: "api",
                        known: &[("api.github.com", "github.com")],
                    }),
                    Piece::Text("\n"),
                ],
            },
            Put::Fixed("GIT_TERMINAL_PROMPT", "0"),
            Put::Fixed("GIT_CONFIG_COUNT", "1"),
            Put::Fixed("GIT_CONFIG_KEY_0", "credential.helper"),
            Put::Path("GIT_CONFIG_VALUE_0", "store --file='", GIT, "'"),
        ],
    },
    Kind {
        name: "gcp",
        secrets: &["access_token"],
        open: &[],
        puts: &[
            Put::File {
                path: GCP,
                pieces: &[Piece::Secret("access_token")],
            },
            Put::Path("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "", GCP, ""),
            Put::Variable("CLOUDSDK_CORE_PROJECT", "project"),
        ],
    },
];
