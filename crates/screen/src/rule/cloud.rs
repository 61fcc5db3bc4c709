//! Keys of clouds.

use super::{Edge, RULE, Rule, Starts::At, check, tail::Tail};
use crate::kind::Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "aws_access_key",
        kind: Kind::AwsAccessKey,
        starts: At(&["AKIA", "ASIA", "ABIA", "ACCA"]),
        head: "A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}",
        after: Edge::Word,
        ..RULE
    },
    Rule {
        name: "aws_secret_key",
        kind: Kind::AwsSecretKey,
        starts: At(&[
            "secretaccesskey",
            "secret_access_key",
            "secret access key",
            "secret-access-key",
            "aws_secret",
            "awssecret",
        ]),
        before: Edge::Any,
        lead: concat!(
            r"(?i)(?:aws_?)?secret[_ -]?(?:access[_ -]?)?(?:key)?",
            sep!(),
            quote!()
        ),
        head: "[A-Za-z0-9/+]{40}",
        tail: Tail::Base64,
        ..RULE
    },
    Rule {
        name: "google_api_key",
        starts: At(&["AIza"]),
        head: "AIza[A-Za-z0-9_-]{35}",
        tail: Tail::Token,
        ..RULE
    },
    Rule {
        name: "google_access_token",
        starts: At(&["ya29."]),
        head: r"ya29\.[A-Za-z0-9_-]{20}",
        tail: Tail::Token,
        ..RULE
    },
    Rule {
        name: "google_client_secret",
        starts: At(&["GOCSPX-"]),
        head: "GOCSPX-[A-Za-z0-9_-]{20}",
        tail: Tail::Token,
        ..RULE
    },
    Rule {
        name: "google_service_account",
        starts: At(&["private_key_id"]),
        lead: concat!("private_key_id", sep!(), quote!()),
        head: "[0-9a-f]{40}",
        tail: Tail::Word,
        ..RULE
    },
    Rule {
        name: "azure_connection_string",
        starts: At(&["AccountKey=", "SharedAccessKey=", "SharedSecretValue="]),
        lead: "(?i)(?:AccountKey|SharedAccessKey|SharedSecretValue)=",
        head: "[A-Za-z0-9+/%]{16}",
        tail: Tail::Base64,
        ..RULE
    },
    Rule {
        name: "azure_sas",
        starts: At(&["sig="]),
        lead: "sig=",
        head: "[A-Za-z0-9+/%_-]{20,64}",
        check: check::mixed,
        tail: Tail::Base64,
        ..RULE
    },
];
