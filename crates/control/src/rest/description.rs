//! What the description of the API says besides its routes.

use crate::wire::{
    fault::{Error, ErrorReply, Fault},
    words::ExportFormat,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, Info, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, ParameterIn, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};

/// The name of the security scheme.
const SCHEME: &str = "bearer";

/// The nouns, in the order they are read.
const TAGS: [(&str, &str); 20] = [
    ("signing in", "Who is calling, and how one gets a token."),
    ("people", "The humans of the tenant."),
    (
        "groups",
        "People who count as one, and what waits for a second architect.",
    ),
    ("permission sets", "What people may reach."),
    ("workspaces", "The parts of the tenant."),
    ("registered agents", "Agents and their lives."),
    (
        "tools",
        "What MCP servers behind the gate offer, and what people stand behind.",
    ),
    ("keys", "What callers are known by."),
    (
        "policies",
        "The CHAM policies, how they perform, and where they disagree.",
    ),
    ("packs", "Ready-made compliance packs."),
    (
        "tenant policy",
        "The deny-by-default list of what agents may do.",
    ),
    ("holds", "Actions that wait for people."),
    (
        "executions",
        "What the gate does itself, and what became of it.",
    ),
    (
        "sessions",
        "Pieces of work, the scopes they have, and what is minted for them.",
    ),
    ("audit", "The chain of records, its proofs and its exports."),
    ("violations", "Refused actions, to be looked at."),
    ("budgets", "What may still be spent."),
    ("settings", "How the tenant is governed."),
    ("tenant", "The tenant at a glance."),
    ("rules", "What no tenant can change."),
];

/// The routes that ask for no credential.
const OPEN: [&str; 2] = ["/v1/invitations/accept", "/v1/sign-in"];

/// The description before its routes.
pub(super) fn face() -> OpenApi {
    let info = Info::builder()
        .title("Portcullis")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The action firewall for AI agents. Every request but those for signing in names its \
             caller with `Authorization: Bearer <token>`; what a caller may do follows from the role of its \
             key. Bodies and queries are read strictly: unknown names are refused, and every fault \
             is reported with its path.",
        ))
        .license(Some(utoipa::openapi::License::new("Apache-2.0")))
        .build();
    let tags = TAGS.map(|(name, is)| TagBuilder::new().name(name).description(Some(is)).build());
    OpenApiBuilder::new().info(info).tags(Some(tags)).build()
}

/// Adds what every route has: the credential, the ways to be refused, and a name of its own.
pub(super) fn complete(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The token of a key. Each route names the least role that may use it: `agent`, \
             `client`, `viewer`, `operator`, `architect`. Every role may do what those before it \
             may, except that an agent's key is for its own things alone. People with roles in \
             single workspaces alone see and decide what they may there.",
        ))
        .build();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    for (name, schema) in [
        // Words that stand in queries alone are not gathered from the routes.
        (ExportFormat::name(), ExportFormat::schema()),
        (ErrorReply::name(), ErrorReply::schema()),
        (Error::name(), Error::schema()),
        (Fault::name(), Fault::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    for (path, item) in &mut api.paths.paths {
        for operation in operations(item) {
            complete_operation(path, operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

fn complete_operation(path: &str, operation: &mut Operation) {
    let tag = operation
        .tags
        .iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default();
    if let Some(id) = &mut operation.operation_id {
        *id = format!("{}.{id}", tag.replace(' ', "_"));
    }
    let mut asked = operation.parameters.iter().flatten();
    let queried = asked.any(
        |parameter| matches!(parameter, RefOr::T(one) if one.parameter_in == ParameterIn::Query),
    );
    let bodied = operation.request_body.is_some();
    let mut refusals = vec![
        ("401", "No credential that is known."),
        ("500", "The gate failed while answering."),
        (
            "503",
            "The gate cannot read or record now; nothing was changed.",
        ),
    ];
    if !OPEN.contains(&path) {
        refusals.push(("403", "The credential is good, but not for this."));
    }
    if path.contains('{') {
        refusals.push(("404", "There is no such thing, or it is another tenant's."));
    }
    if bodied {
        refusals.push(("400", "The body is not JSON."));
        refusals.push(("413", "The body is larger than 1 MiB."));
    }
    if bodied || queried {
        refusals.push((
            "422",
            "Something sent is not valid; every fault with its path.",
        ));
    }
    let responses = &mut operation.responses.responses;
    for (status, text) in refusals {
        responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(refusal(text)));
    }
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            *response = refusal(&response.description);
        }
    }
}

fn refusal(text: &str) -> Response {
    let schema = Ref::from_schema_name(ErrorReply::name());
    ResponseBuilder::new()
        .description(text)
        .content("application/json", Content::new(Some(schema)))
        .build()
}
