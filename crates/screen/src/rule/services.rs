//! Tokens that say by their first letters whose they are. The shapes are those that the services
//! document, or show when a token is made.

use super::{Edge, RULE, Rule, Starts::At, check, tail::Tail};
use crate::kind::Kind;

pub(super) const RULES: &[Rule] = &[
    token("portcullis", &["pcl_"], "pcl_[0-9a-f]{8}", Tail::Word),
    token(
        "github",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        "gh[pousr]_[A-Za-z0-9]{20}",
        Tail::Word,
    ),
    token(
        "github_fine",
        &["github_pat_"],
        "github_pat_[A-Za-z0-9_]{20}",
        Tail::Word,
    ),
    token(
        "gitlab",
        &[
            "glpat-", "gloas-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-",
            "glagent-", "glsoat-", "glffct-",
        ],
        "gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_-]{16}",
        Tail::Token,
    ),
    token(
        "slack",
        &[
            "xoxa-", "xoxb-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-",
        ],
        "x(?:ox[abeoprs]|app)[.-][A-Za-z0-9-]{10}",
        Tail::Token,
    ),
    Rule {
        name: "slack_webhook",
        starts: At(&["hooks.slack.com/"]),
        lead: "hooks\\.slack\\.com/(?:services|workflows|triggers)/",
        head: "[A-Za-z0-9]{1,16}/[A-Za-z0-9]",
        tail: Tail::Base64,
        ..RULE
    },
    token(
        "stripe",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
        "[sr]k_(?:live|test)_[A-Za-z0-9]{10}",
        Tail::Word,
    ),
    token(
        "stripe_webhook",
        &["whsec_"],
        "whsec_[A-Za-z0-9+/]{16}",
        Tail::Base64,
    ),
    token(
        "anthropic",
        &["sk-ant-"],
        "sk-ant-[A-Za-z0-9_-]{16}",
        Tail::Token,
    ),
    Rule {
        check: check::mixed,
        ..token(
            "openai",
            &["sk-"],
            "sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,64}",
            Tail::Token,
        )
    },
    token("npm", &["npm_"], "npm_[A-Za-z0-9]{30}", Tail::Word),
    token("pypi", &["pypi-"], "pypi-[A-Za-z0-9_-]{40}", Tail::Token),
    Rule {
        after: Edge::Word,
        ..token("twilio", &["SK"], "SK[0-9a-f]{32}", Tail::None)
    },
    token(
        "sendgrid",
        &["SG."],
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16}",
        Tail::Token,
    ),
    token(
        "digitalocean",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        "do[opr]_v1_[0-9a-f]{32}",
        Tail::Word,
    ),
    token(
        "hugging_face",
        &["hf_", "api_org_"],
        "(?:hf|api_org)_[A-Za-z0-9]{30}",
        Tail::Word,
    ),
    token(
        "vault",
        &["hvs.", "hvb.", "hvr."],
        r"hv[sbr]\.[A-Za-z0-9_-]{20}",
        Tail::Token,
    ),
    Rule {
        check: check::mixed,
        after: Edge::Word,
        before: Edge::Address,
        ..token(
            "openbao",
            &["s.", "b.", "r."],
            r"[sbr]\.[A-Za-z0-9]{24}",
            Tail::None,
        )
    },
    token(
        "jwt",
        &["eyJ"],
        r"eyJ[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_-]{8}|eyJ[A-Za-z0-9_-]{510}",
        Tail::Token,
    ),
    Rule {
        name: "private_key",
        kind: Kind::PrivateKey,
        starts: At(&["-----BEGIN"]),
        before: Edge::Any,
        head: "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
        tail: Tail::Pem,
        ..RULE
    },
];

/// A token that begins in one of these ways.
const fn token(
    name: &'static str,
    starts: &'static [&'static str],
    head: &'static str,
    tail: Tail,
) -> Rule {
    Rule {
        name,
        starts: At(starts),
        head,
        tail,
        ..RULE
    }
}
