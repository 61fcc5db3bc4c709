//! Values that are secret by what stands before them.

use super::{Edge, RULE, Rule, check, tail::Tail};
use crate::kind::Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "password_quoted",
        lead: concat!(password!(), sep!(), "\""),
        head: r#"[^"\r\n]{1,64}"#,
        tail: Tail::Quoted(b'"'),
        ..PASSWORD
    },
    Rule {
        name: "password_single_quoted",
        lead: concat!(password!(), sep!(), "'"),
        head: r"[^'\r\n]{1,64}",
        tail: Tail::Quoted(b'\''),
        ..PASSWORD
    },
    Rule {
        name: "password_escaped",
        lead: concat!(password!(), sep!(), r#"\\{1,4}["']"#),
        head: r#"[^"'\\\r\n]{1,64}"#,
        tail: Tail::Line,
        ..PASSWORD
    },
    Rule {
        name: "password_bare",
        lead: concat!(password!(), sep!()),
        head: "[^\\x00- \"'`,;<>&\\\\)}\\]({\\[][^\\x00- \"'`,;<>&\\\\)}\\]]{0,63}",
        tail: Tail::Bare,
        ..PASSWORD
    },
    Rule {
        name: "password_told",
        lead: concat!(password!(), "[ \\t]{1,2}(?:is|was)[ \\t]{1,2}", quote!()),
        head: "[^\\x00- \"'`,;<>&\\\\)}\\]]{4,64}",
        check: check::told,
        tail: Tail::Bare,
        ..PASSWORD
    },
    Rule {
        name: "assigned",
        before: Edge::Any,
        lead: concat!(
            "(?i)(?:secret|token|api[_ -]?key|access[_-]?key|private[_-]key|signing_key|",
            "encryption_key|account_key|auth_key|credentials?)(?:[_-]?(?:key|value|token|access_key))?",
            sep!(),
            quote!()
        ),
        head: "[A-Za-z0-9_./+=~@!#$%^*:-]{10,64}",
        check: check::random,
        tail: Tail::Bare,
        ..RULE
    },
    Rule {
        name: "authorization",
        before: Edge::Any,
        lead: concat!(
            "(?i)authorization",
            sep!(),
            quote!(),
            "(?:(?:basic|bearer|digest|token|negotiate|apikey|bot|aws4-hmac-sha256)[ \\t]{1,4})?"
        ),
        head: "[^\\x00- \"'`\\\\<>]{4,64}",
        check: check::assigned,
        tail: Tail::Line,
        ..RULE
    },
    Rule {
        name: "bearer",
        lead: "(?i)bearer [ \\t]{0,3}",
        head: "[A-Za-z0-9._~+/=-]{16,64}",
        check: check::mixed,
        tail: Tail::Base64,
        ..RULE
    },
    Rule {
        name: "basic",
        lead: "(?i)basic [ \\t]{0,3}",
        head: "[A-Za-z0-9+/]{8,64}={0,2}",
        check: check::basic,
        tail: Tail::Base64,
        ..RULE
    },
    Rule {
        name: "cookie",
        lead: "(?i)cookie[\"']?[ \\t]{0,4}:[ \\t]{0,4}[\"']?",
        head: "[A-Za-z0-9_.-]{1,64}=[^\\r\\n\"'\\\\]",
        before: Edge::Any,
        tail: Tail::Line,
        ..RULE
    },
    Rule {
        name: "url_password",
        lead: "://[^\\x00- /:@\"'`<>?#\\\\]{0,128}:",
        head: "[^\\x00- \"'`<>\\\\]{1,256}@",
        check: check::userinfo,
        tail: Tail::None,
        ..PASSWORD
    },
    Rule {
        name: "url_long_password",
        lead: "://[^\\x00- /:@\"'`<>?#\\\\]{0,128}:",
        head: "[^\\x00- \"'`<>\\\\/?#@]{256}",
        tail: Tail::Bare,
        ..PASSWORD
    },
    Rule {
        name: "url_token",
        before: Edge::Any,
        lead: "://",
        head: "[A-Za-z0-9_-]{20,255}[:@]",
        check: check::token_user,
        ..RULE
    },
];

const PASSWORD: Rule = Rule {
    kind: Kind::Password,
    before: Edge::Any,
    check: check::assigned,
    ..RULE
};
