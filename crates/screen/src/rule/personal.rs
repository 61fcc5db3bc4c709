//! Personal data. It is looked for when the screen is built for it.

use super::{Edge, RULE, Rule, check};
use crate::kind::Kind;

const CALLED: &[&str] = &[
    "phone", "tel", "mobile", "cell", "call", "fax", "whatsapp", "sms",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "email",
        kind: Kind::Email,
        before: Edge::Address,
        head: "[A-Za-z0-9_][A-Za-z0-9_.%+-]{0,127}@(?:[A-Za-z0-9-]{1,63}\\.){1,4}[A-Za-z]{2,24}",
        has_at: true,
        ..RULE
    },
    Rule {
        name: "phone_international",
        head: "\\+[1-9][0-9]{0,2}(?:[ ./-]?\\(?[0-9]{1,5}\\)?){2,6}",
        ..PHONE
    },
    Rule {
        name: "phone_american",
        head: "\\(?[2-9][0-9]{2}(?:\\) ?|[ .-])[2-9][0-9]{2}[ .-][0-9]{4}",
        ..PHONE
    },
    Rule {
        name: "phone_national",
        head: "[0-9(][0-9]{1,4}\\)?(?:[ ./-]?[0-9]{2,5}){2,5}",
        words: CALLED,
        ..PHONE
    },
    Rule {
        name: "ip_v4",
        kind: Kind::IpAddress,
        before: Edge::Number,
        head: "(?:[0-9]{1,3}\\.){3}[0-9]{1,3}",
        check: check::ip_v4,
        after: Edge::Word,
        ..RULE
    },
    Rule {
        name: "ip_v4_in_address",
        kind: Kind::IpAddress,
        before: Edge::Any,
        lead: "://",
        head: "(?:[0-9]{1,3}\\.){3}[0-9]{1,3}",
        check: check::ip_v4,
        after: Edge::Word,
        ..RULE
    },
    Rule {
        name: "ip_v6",
        kind: Kind::IpAddress,
        before: Edge::Word,
        head: concat!(
            "(?:[0-9A-Fa-f]{4}:[0-9A-Fa-f:]{0,34}|[0-9A-Fa-f]{3}:[0-9A-Fa-f:]{1,35}|",
            "[0-9A-Fa-f]{2}:[0-9A-Fa-f:]{2,36}|[0-9A-Fa-f]:[0-9A-Fa-f:]{3,37}|:[0-9A-Fa-f:]{4,38})",
            "(?:(?:\\.[0-9]{1,3}){3})?"
        ),
        check: check::ip_v6,
        after: Edge::Word,
        ..RULE
    },
    Rule {
        name: "username",
        kind: Kind::Username,
        before: Edge::Any,
        lead: concat!(
            "(?i)(?:user(?:[_ -]?(?:name|id))?|login|account_name)",
            sep!(),
            quote!()
        ),
        head: "[A-Za-z0-9._@-]{2,64}",
        check: check::assigned,
        ..RULE
    },
    Rule {
        name: "name_assigned",
        kind: Kind::Name,
        before: Edge::Any,
        lead: concat!(
            "(?i)(?:(?:full|first|last)[_ ]?name|customer[_ ]name|surname|patient)",
            sep!(),
            quote!()
        ),
        head: concat!(capitalised!(), "(?: ", capitalised!(), "){0,3}"),
        ..RULE
    },
    Rule {
        name: "name_titled",
        kind: Kind::Name,
        lead: "(?:(?:Mrs?|Ms|Dr|Prof)\\.? |[Mm]y name is |I am called )",
        head: concat!(capitalised!(), "(?: ", capitalised!(), "){0,3}"),
        ..RULE
    },
    Rule {
        name: "ssn",
        head: "[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}",
        ..SSN
    },
    Rule {
        name: "ssn_plain",
        head: "[0-9]{9}",
        words: &["ssn", "social security"],
        ..SSN
    },
    Rule {
        name: "card",
        kind: Kind::Card,
        before: Edge::Number,
        head: "[0-9](?:[ -]?[0-9]){12,22}",
        check: check::card,
        ..RULE
    },
    Rule {
        name: "iban",
        kind: Kind::Iban,
        head: "[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{1,4}){3,9}",
        check: check::iban,
        ..RULE
    },
];

const PHONE: Rule = Rule {
    kind: Kind::Phone,
    before: Edge::Number,
    check: check::phone,
    after: Edge::Word,
    ..RULE
};

const SSN: Rule = Rule {
    kind: Kind::Ssn,
    before: Edge::Number,
    check: check::ssn,
    after: Edge::Number,
    ..RULE
};
