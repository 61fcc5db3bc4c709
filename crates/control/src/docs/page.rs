//! The page for people.

use super::{
    html::{Html, anchor},
    shape,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

const STYLE: &str = include_str!("page.css");

/// One route.
struct Route<'d> {
    method: &'static str,
    path: &'d str,
    operation: &'d Map<String, Value>,
}

impl<'d> Route<'d> {
    fn text(&self, key: &str) -> &'d str {
        self.operation
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn anchor(&self) -> String {
        format!("{}{}", self.method, anchor(self.path))
    }

    /// The least role that may use it.
    fn role(&self) -> Option<&'d str> {
        let schemes = self
            .operation
            .get("security")?
            .as_array()?
            .first()?
            .as_object()?;
        schemes.values().next()?.as_array()?.first()?.as_str()
    }

    fn tag(&self) -> &'d str {
        let tags = self.operation.get("tags").and_then(Value::as_array);
        tags.and_then(|tags| tags.first()?.as_str())
            .unwrap_or("other")
    }
}

/// The page for a description.
pub(super) fn render(description: &Value) -> String {
    let info = |key: &str| {
        description
            .pointer(&format!("/info/{key}"))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let groups = groups(description);
    let mut html = Html::default();
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<title>")
        .text(info("title"))
        .raw(" API</title><style>")
        .raw(STYLE)
        .raw("</style></head><body><nav>");
    contents(&groups, &mut html);
    html.raw("</nav><main><h1>")
        .text(info("title"))
        .raw(" API <small>");
    html.text(info("version"))
        .raw("</small></h1>")
        .prose(info("description"));
    html.raw("<p>The same for programs: <a href=\"/openapi.json\">/openapi.json</a>.</p>");
    for (tag, routes) in &groups {
        html.anchored("h2", &anchor(tag)).text(tag).raw("</h2>");
        html.prose(tag_description(description, tag));
        for route in routes {
            section(route, &mut html);
        }
    }
    shapes(description, &mut html);
    html.raw("</main></body></html>\n");
    html.finish()
}

/// The routes by tag, the tags in the order of the description, then by name.
fn groups(description: &Value) -> Vec<(&str, Vec<Route<'_>>)> {
    let mut by_tag: BTreeMap<&str, Vec<Route<'_>>> = BTreeMap::new();
    let paths = description.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method).and_then(Value::as_object) {
                let route = Route {
                    method,
                    path,
                    operation,
                };
                by_tag.entry(route.tag()).or_default().push(route);
            }
        }
    }
    let order: Vec<&str> = tags(description)
        .filter_map(|tag| tag.get("name")?.as_str())
        .collect();
    let mut groups: Vec<_> = by_tag.into_iter().collect();
    groups.sort_by_key(|(tag, _)| {
        order
            .iter()
            .position(|name| name == tag)
            .unwrap_or(usize::MAX)
    });
    groups
}

fn tags(description: &Value) -> impl Iterator<Item = &Value> {
    description
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn tag_description<'d>(description: &'d Value, tag: &str) -> &'d str {
    tags(description)
        .find(|one| one.get("name").is_some_and(|name| name == tag))
        .and_then(|one| one.get("description")?.as_str())
        .unwrap_or_default()
}

fn contents(groups: &[(&str, Vec<Route<'_>>)], html: &mut Html) {
    for (tag, routes) in groups {
        html.raw("<h3>").link(&anchor(tag), tag).raw("</h3><ul>");
        for route in routes {
            html.raw("<li>")
                .link(&route.anchor(), route.text("summary"))
                .raw("</li>");
        }
        html.raw("</ul>");
    }
    html.raw("<h3>").link("shapes", "shapes").raw("</h3>");
}

fn section(route: &Route<'_>, html: &mut Html) {
    html.anchored("section", &route.anchor())
        .raw("<h3>")
        .text(route.text("summary"));
    html.raw("</h3><p class=\"route\"><b class=\"")
        .raw(route.method)
        .raw("\">");
    html.text(&route.method.to_ascii_uppercase())
        .raw("</b> <code>")
        .text(route.path);
    html.raw("</code>");
    if let Some(role) = route.role() {
        html.raw(" <small>least role: ").text(role).raw("</small>");
    }
    html.raw("</p>").prose(route.text("description"));
    parameters(route.operation, html);
    body(route.operation, html);
    replies(route.operation, html);
    html.raw("</section>");
}

fn parameters(operation: &Map<String, Value>, html: &mut Html) {
    let Some(all) = operation.get("parameters").and_then(Value::as_array) else {
        return;
    };
    html.raw("<table><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr>");
    for parameter in all {
        let text = |key: &str| {
            parameter
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        html.raw("<tr><td><code>").text(text("name")).raw("</code>");
        if parameter
            .get("required")
            .is_some_and(|required| required == true)
        {
            html.raw("<sup title=\"required\">*</sup>");
        }
        html.raw("</td><td>").text(text("in")).raw("</td><td>");
        shape::brief(parameter.get("schema").unwrap_or(&Value::Null), html);
        html.raw("</td><td>")
            .words(text("description"))
            .raw("</td></tr>");
    }
    html.raw("</table>");
}

fn body(operation: &Map<String, Value>, html: &mut Html) {
    let Some(body) = operation.get("requestBody") else {
        return;
    };
    html.raw("<h4>Body</h4>");
    html.prose(
        body.get("description")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    );
    html.raw("<p>");
    contents_of(body, html);
    html.raw("</p>");
}

fn replies(operation: &Map<String, Value>, html: &mut Html) {
    let Some(all) = operation.get("responses").and_then(Value::as_object) else {
        return;
    };
    html.raw("<table><tr><th>Reply</th><th>Meaning</th><th>Body</th></tr>");
    for (status, reply) in all {
        html.raw("<tr><td>").text(status).raw("</td><td>");
        html.words(
            reply
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        html.raw("</td><td>");
        contents_of(reply, html);
        html.raw("</td></tr>");
    }
    html.raw("</table>");
}

/// The content types of a body, with their shapes.
fn contents_of(thing: &Value, html: &mut Html) {
    let all = thing.get("content").and_then(Value::as_object);
    for (at, (kind, content)) in all.into_iter().flatten().enumerate() {
        html.raw(if at > 0 { "<br>" } else { "" });
        shape::brief(content.get("schema").unwrap_or(&Value::Null), html);
        html.raw(" <small>").text(kind).raw("</small>");
    }
}

fn shapes(description: &Value, html: &mut Html) {
    html.raw("<h2 id=\"shapes\">shapes</h2>");
    let all = description
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, one) in all.into_iter().flatten() {
        html.anchored("section", &shape::anchor_of(name))
            .raw("<h3>")
            .text(name)
            .raw("</h3>");
        shape::full(one, html);
        html.raw("</section>");
    }
}
