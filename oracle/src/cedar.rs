//! What Cedar says, from policies and entities that mean the same.
//!
//! | Here | In Cedar |
//! |---|---|
//! | a grant | the person is in a role, and each role of a place is in the next weaker one |
//! | a set that the person has | the person is in the set |
//! | a workspace | the thing is in the workspace, and the workspace in the tenant |
//! | an allow entry | a `permit` for each of the two roles that need one |
//! | a deny entry | a `forbid`, unless the person is architect of the tenant or the workspace |
//! | a person who is not active | a `forbid` of everything |
//! | a regular expression | `like`, or, where that cannot say it, a match made beforehand |

use crate::{
    like,
    world::{Entry, Given, Request},
};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request as Question, RestrictedExpression,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write as _,
};

const TENANT: &str = "tenant";
const ROLES: [&str; 3] = ["VIEWER", "OPERATOR", "ARCHITECT"];
const VIEW: &str = r#"action == Action::"VIEW""#;
const DECIDE: &str = r#"action in [Action::"DECIDE", Action::"ISSUE_CREDENTIAL"]"#;

pub(crate) fn decide(given: &Given, requests: &[Request]) -> Result<Vec<bool>, String> {
    let text = policies(given, requests);
    let policies: PolicySet = text
        .parse()
        .map_err(|error| format!("Cedar does not read its policies: {error}\n{text}"))?;
    let entities = entities(given, requests)?;
    let answers = requests.iter().enumerate().map(|(number, request)| {
        let question = Question::new(
            uid("Person", "someone")?,
            uid("Action", &request.verb)?,
            uid("Thing", &number.to_string())?,
            Context::empty(),
            None,
        )
        .map_err(|error| error.to_string())?;
        let response = Authorizer::new().is_authorized(&question, &policies, &entities);
        match response.diagnostics().errors().next() {
            Some(error) => Err(format!("Cedar cannot tell: {error}")),
            None => Ok(response.decision() == Decision::Allow),
        }
    });
    answers.collect()
}

fn policies(given: &Given, requests: &[Request]) -> String {
    let mut text =
        String::from("forbid(principal, action, resource) unless { principal.active };\n");
    for (role, verbs) in [
        ("VIEWER", VIEW),
        ("OPERATOR", DECIDE),
        ("ARCHITECT", "action"),
    ] {
        let role = role_of(TENANT, role);
        let _ = writeln!(
            text,
            r#"permit(principal in {role}, {verbs}, resource in Tenant::"{TENANT}");"#
        );
    }
    for workspace in workspaces(given, requests) {
        let role = role_of(&workspace, "ARCHITECT");
        let place = named("Workspace", &workspace);
        let _ = writeln!(
            text,
            "permit(principal in {role}, action, resource in {place});"
        );
    }
    for set in &given.sets {
        for entry in &set.entries {
            text.push_str(&entry_policies(&named("Set", &set.id), entry));
        }
    }
    text
}

fn entry_policies(set: &str, entry: &Entry) -> String {
    let place = named("Workspace", &entry.workspace);
    let lists = format!(
        "({}) && ({})",
        list("agent", &entry.agents, entry.denies()),
        list("scope", &entry.scopes, entry.denies())
    );
    if entry.denies() {
        let tenant = role_of(TENANT, "ARCHITECT");
        let there = role_of(&entry.workspace, "ARCHITECT");
        return format!(
            "forbid(principal in {set}, action, resource in {place}) when {{ {lists} }} \
             unless {{ principal in {tenant} || principal in {there} }};\n"
        );
    }
    let permit = |(role, verbs): (&str, &str)| {
        let role = role_of(&entry.workspace, role);
        format!(
            "permit(principal in {set}, {verbs}, resource in {place}) \
             when {{ principal in {role} && {lists} }};\n"
        )
    };
    [("VIEWER", VIEW), ("OPERATOR", DECIDE)]
        .into_iter()
        .map(permit)
        .collect()
}

/// Whether a list covers what the thing has of a kind.
fn list(kind: &str, patterns: &[String], denies: bool) -> String {
    if patterns.is_empty() {
        return denies.to_string();
    }
    let any = |tests: Vec<String>| tests.join(" || ");
    let named = any(patterns.iter().map(|pattern| test(kind, pattern)).collect());
    let nameless = if denies {
        any(patterns.iter().map(|pattern| empty_test(pattern)).collect())
    } else {
        "true".to_owned()
    };
    format!("if resource has {kind} then ({named}) else ({nameless})")
}

/// Whether a pattern matches the name of a kind.
fn test(kind: &str, pattern: &str) -> String {
    let Some(expression) = pattern.strip_prefix("regex:") else {
        return format!("resource.{kind} == \"{}\"", like::written(pattern, "*"));
    };
    let Some(likes) = like::likes(expression) else {
        let pattern = like::written(pattern, "*");
        return format!("resource.{kind}_matches.contains(\"{pattern}\")");
    };
    let one = |like: String| format!("resource.{kind} like \"{like}\"");
    likes.into_iter().map(one).collect::<Vec<_>>().join(" || ")
}

/// Whether a pattern matches the empty text.
fn empty_test(pattern: &str) -> String {
    match pattern
        .strip_prefix("regex:")
        .map(|text| (text, like::likes(text)))
    {
        None => "false".to_owned(),
        Some((text, None)) => matches(text, "").to_string(),
        Some((_, Some(likes))) => {
            let one = |like: String| format!("\"\" like \"{like}\"");
            likes.into_iter().map(one).collect::<Vec<_>>().join(" || ")
        }
    }
}

/// Matches beforehand, with another engine than the gate's.
fn matches(expression: &str, name: &str) -> bool {
    regex_lite::Regex::new(&format!("(?s)^(?:{expression})$"))
        .is_ok_and(|regex| regex.is_match(name))
}

fn entities(given: &Given, requests: &[Request]) -> Result<Entities, String> {
    let mut all = Vec::new();
    let places = workspaces(given, requests);
    for place in places.iter().map(String::as_str).chain([TENANT]) {
        for (number, role) in ROLES.iter().enumerate() {
            let weaker = number.checked_sub(1).and_then(|weaker| ROLES.get(weaker));
            let weaker = weaker.map(|weaker| uid("Role", &format!("{place} {weaker}")));
            let role = uid("Role", &format!("{place} {role}"))?;
            all.push(entity(
                role,
                HashMap::new(),
                weaker.into_iter().collect::<Result<_, _>>()?,
            )?);
        }
    }
    for place in &places {
        let parents = HashSet::from([uid("Tenant", TENANT)?]);
        all.push(entity(uid("Workspace", place)?, HashMap::new(), parents)?);
    }
    all.push(person(given)?);
    for (number, request) in requests.iter().enumerate() {
        all.push(thing(given, number, request)?);
    }
    Entities::from_entities(all, None).map_err(|error| error.to_string())
}

fn person(given: &Given) -> Result<Entity, String> {
    let role = |grant: &crate::world::Grant| {
        let place = grant.workspace.as_deref().unwrap_or(TENANT);
        uid("Role", &format!("{place} {}", grant.role))
    };
    let sets = given.sets.iter().map(|set| uid("Set", &set.id));
    let parents = given
        .grants
        .iter()
        .map(role)
        .chain(sets)
        .collect::<Result<_, _>>()?;
    let active = RestrictedExpression::new_bool(given.active);
    let attributes = HashMap::from([("active".to_owned(), active)]);
    entity(uid("Person", "someone")?, attributes, parents)
}

fn thing(given: &Given, number: usize, request: &Request) -> Result<Entity, String> {
    let place = match &request.workspace {
        Some(workspace) => uid("Workspace", workspace)?,
        None => uid("Tenant", TENANT)?,
    };
    let entries = || given.sets.iter().flat_map(|set| &set.entries);
    let agents: Vec<_> = entries().flat_map(|entry| &entry.agents).collect();
    let scopes: Vec<_> = entries().flat_map(|entry| &entry.scopes).collect();
    let mut attributes = HashMap::new();
    let kinds = [
        ("agent", &request.agent, agents),
        ("scope", &request.scope, scopes),
    ];
    for (kind, name, patterns) in kinds {
        let Some(name) = name else { continue };
        let found = patterns.into_iter().filter(|pattern| {
            let expression = pattern.strip_prefix("regex:");
            expression.is_some_and(|text| like::likes(text).is_none() && matches(text, name))
        });
        let found = found.map(|pattern| RestrictedExpression::new_string(pattern.clone()));
        attributes.insert(
            format!("{kind}_matches"),
            RestrictedExpression::new_set(found),
        );
        attributes.insert(
            kind.to_owned(),
            RestrictedExpression::new_string(name.clone()),
        );
    }
    entity(
        uid("Thing", &number.to_string())?,
        attributes,
        HashSet::from([place]),
    )
}

fn entity(
    uid: EntityUid,
    attributes: HashMap<String, RestrictedExpression>,
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
}

fn workspaces(given: &Given, requests: &[Request]) -> BTreeSet<String> {
    let grants = given
        .grants
        .iter()
        .filter_map(|grant| grant.workspace.clone());
    let entries = given.sets.iter().flat_map(|set| &set.entries);
    let asked = requests
        .iter()
        .filter_map(|request| request.workspace.clone());
    grants
        .chain(entries.map(|entry| entry.workspace.clone()))
        .chain(asked)
        .collect()
}

fn uid(kind: &str, name: &str) -> Result<EntityUid, String> {
    let kind: EntityTypeName = kind.parse().map_err(|error| format!("{kind}: {error}"))?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(name)))
}

/// An entity as policies name it. Ids hold no sign that needs care.
fn named(kind: &str, name: &str) -> String {
    format!("{kind}::\"{name}\"")
}

/// The role of a place. No workspace's id holds a blank, and none is confused with the tenant's.
fn role_of(place: &str, role: &str) -> String {
    named("Role", &format!("{place} {role}"))
}
