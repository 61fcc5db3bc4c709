//! Tokens that say by their first letters whose they are. The shapes are those that the services
//! document, or show when a token is made.

use super::{Edge, RULE, Rule, check, tail::Tail};
use crate::kind::Kind;

pub(super) const RULES: &[Rule] = &[
    token("portcullis", "pcl_[0-9a-f]{8}", Tail::Word),
    token("github", "gh[pousr]_[A-Za-z0-9]{20}", Tail::Word),
    token("github_fine", "github_pat_[A-Za-z0-9_]{20}", Tail::Word),
    token(
        "gitlab",
        "gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_-]{16}",
        Tail::Token,
    ),
    token(
        "slack",
        r"(?:xox[abeoprs]-|xoxe\.|xapp-)[A-Za-z0-9-]{10}",
        Tail::Token,
    ),
    Rule {
        name: "slack_webhook",
        lead: "hooks\\.slack\\.com/(?:services|workflows|triggers)/",
        head: "[A-Za-z0-9]{1,16}/[A-Za-z0-9]",
        tail: Tail::Base64,
        ..RULE
    },
    token("stripe", "[sr]k_(?:live|test)_[A-Za-z0-9]{10}", Tail::Word),
    token("stripe_webhook", "whsec_[A-Za-z0-9+/]{16}", Tail::Base64),
    token("anthropic", "sk-ant-[A-Za-z0-9_-]{16}", Tail::Token),
    Rule {
        check: check::mixed,
        ..token(
            "openai",
            "sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,64}",
            Tail::Token,
        )
    },
    token("npm", "npm_[A-Za-z0-9]{30}", Tail::Word),
    token("pypi", "pypi-[A-Za-z0-9_-]{40}", Tail::Token),
    Rule {
        after: Edge::Word,
        ..token("twilio", "SK[0-9a-f]{32}", Tail::None)
    },
    token(
        "sendgrid",
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16}",
        Tail::Token,
    ),
    token("digitalocean", "do[opr]_v1_[0-9a-f]{32}", Tail::Word),
    token("hugging_face", "(?:hf|api_org)_[A-Za-z0-9]{30}", Tail::Word),
    token("vault", r"hv[sbr]\.[A-Za-z0-9_-]{20}", Tail::Token),
    Rule {
        check: check::mixed,
        after: Edge::Word,
        before: Edge::Address,
        ..token("openbao", r"[sbr]\.[A-Za-z0-9]{24}", Tail::None)
    },
    token(
        "jwt",
        r"eyJ[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_-]{8}|eyJ[A-Za-z0-9_-]{510}",
        Tail::Token,
    ),
    Rule {
        name: "private_key",
        kind: Kind::PrivateKey,
        before: Edge::Any,
        head: "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
        tail: Tail::Pem,
        ..RULE
    },
];

/// A token that begins in one of these ways.
const fn token(name: &'static str, head: &'static str, tail: Tail) -> Rule {
    Rule {
        name,
        head,
        tail,
        ..RULE
    }
}
