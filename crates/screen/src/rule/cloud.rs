//! Keys of clouds.

use super::{Edge, RULE, Rule, check, tail::Tail};
use crate::kind::Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "aws_access_key",
        kind: Kind::AwsAccessKey,
        head: "A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}",
        after: Edge::Word,
        ..RULE
    },
    Rule {
        name: "aws_secret_key",
        kind: Kind::AwsSecretKey,
        before: Edge::Any,
        lead: concat!(
            "(?i)(?:aws_?secret[_ -]?(?:access[_ -]?)?(?:key)?|",
            "secret(?:accesskey|_access_key| access key|-access-key))",
            sep!(),
            quote!()
        ),
        head: "[A-Za-z0-9/+]{40}",
        tail: Tail::Base64,
        ..RULE
    },
    Rule {
        name: "google_api_key",
        head: "AIza[A-Za-z0-9_-]{35}",
        tail: Tail::Token,
        ..RULE
    },
    Rule {
        name: "google_access_token",
        head: r"ya29\.[A-Za-z0-9_-]{20}",
        tail: Tail::Token,
        ..RULE
    },
    Rule {
        name: "google_client_secret",
        head: "GOCSPX-[A-Za-z0-9_-]{20}",
        tail: Tail::Token,
        ..RULE
    },
    Rule {
        name: "google_service_account",
        lead: concat!("private_key_id", sep!(), quote!()),
        head: "[0-9a-f]{40}",
        tail: Tail::Word,
        ..RULE
    },
    Rule {
        name: "azure_connection_string",
        lead: "(?i)(?:AccountKey|SharedAccessKey|SharedSecretValue)=",
        head: "[A-Za-z0-9+/%]{16}",
        tail: Tail::Base64,
        ..RULE
    },
    Rule {
        name: "azure_sas",
        lead: "sig=",
        head: "[A-Za-z0-9+/%_-]{20,64}",
        check: check::mixed,
        tail: Tail::Base64,
        ..RULE
    },
];
