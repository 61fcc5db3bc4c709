//! Tools of MCP servers: listed, read and accepted; and the servers that were added.

mod view;

use super::{
    answer::{Answer, Body, Refused, back, file},
    fields::Fields,
    names::People,
    question::{Question, count},
    seat::Seated,
};
use crate::{
    console::{
        pages::tools::{self as page, Filter, Tools},
        paths,
    },
    intake::id::{Named, NamedIn},
    rights::Gate,
    wire,
};
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use maud::html;
use portcullis_firewall::{
    error::GateError,
    tool::{Tool, ToolStatus},
};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{server}}/{{name}}{deed}", paths::TOOLS);
    let server = |deed: &str| format!("{}/{{id}}{deed}", paths::MCP_SERVERS);
    Router::new()
        .route(paths::TOOLS, get(list))
        .route(&one(""), get(show))
        .route(&one("/json"), get(json))
        .route(&one("/accept"), post(accept))
        .route(&server("/remove"), post(remove))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    listed(&gate, &seat, &asked, None).await
}

async fn listed(gate: &Gate, seat: &Seated, asked: &Question, refused: Option<Refused>) -> Answer {
    seat.must_read()?;
    let caller = &seat.principal;
    let mut tools = gate.tools(caller).await?;
    let added = gate.added_servers(caller).await?;
    let people = People::read(gate, caller).await?;
    let taken = gate.additions(&caller.tenant).taken.clone();
    let servers = view::servers((added, taken), &tools, &people);
    let waiting = count(tools.iter().filter(|tool| waits(tool)).count());
    let filter = filter(asked)?;
    let search = filter.search.to_lowercase();
    tools.retain(|tool| {
        let found = tool.name.to_lowercase().contains(&search);
        found && [&tool.server, ""].contains(&filter.server.as_str()) && is(tool, &filter.state)
    });
    // What somebody should read comes first.
    tools.sort_by_key(|tool| !waits(tool));
    let (tools, pager) = asked.cut(tools)?;
    let view = Tools {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        filter,
        waiting,
        servers,
        lines: tools.iter().map(|tool| view::line(tool, &people)).collect(),
        pager,
        may_change: caller.configures(),
    };
    let body = Body {
        title: "Tools",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::tools(&view),
    };
    body.after(seat, refused.as_ref())
}

fn waits(tool: &Tool) -> bool {
    tool.status() != ToolStatus::Pinned
}

/// Whether a tool is in the state that is asked for.
fn is(tool: &Tool, state: &str) -> bool {
    match state {
        "" => true,
        "waiting" => waits(tool),
        state => tool.status().as_str().eq_ignore_ascii_case(state),
    }
}

fn filter(asked: &Question) -> Result<Filter, GateError> {
    let state = asked.word("state");
    if !["", "waiting", "new", "changed", "pinned"].contains(&state) {
        return Err(GateError::invalid("state", "is no state of a tool"));
    }
    Ok(Filter {
        search: asked.word("q").to_owned(),
        server: asked.word("server").to_owned(),
        state: state.to_owned(),
    })
}

/// A tool that somebody sees.
async fn find(gate: &Gate, seat: &Seated, server: &str, name: &str) -> Result<Tool, GateError> {
    seat.must_read()?;
    let mut tools = gate.tools(&seat.principal).await?.into_iter();
    let found = tools.find(|tool| tool.server == server && tool.name == name);
    found.ok_or_else(|| GateError::NotFound("tool", Tool::id_of(server, name)))
}

async fn show(State(gate): State<Gate>, seat: Seated, NamedIn(server, name): NamedIn) -> Answer {
    draw(&gate, &seat, (&server, &name), None).await
}

async fn draw(
    gate: &Gate,
    seat: &Seated,
    (server, name): (&str, &str),
    refused: Option<Refused>,
) -> Answer {
    let tool = find(gate, seat, server, name).await?;
    let people = People::read(gate, &seat.principal).await?;
    let drawn = view::one(&tool, seat, (gate.now(), &people))?;
    let body = Body {
        title: &tool.name,
        section: page::SECTION,
        crumbs: page::crumbs(),
        deeds: html! {},
        markup: page::tool(&drawn),
    };
    body.after(seat, refused.as_ref())
}

/// The tool as the other door shows it, whole.
async fn json(State(gate): State<Gate>, seat: Seated, NamedIn(server, name): NamedIn) -> Answer {
    let tool = find(&gate, &seat, &server, &name).await?;
    let bytes = serde_json::to_vec_pretty(&wire::tool::Tool::from(tool))
        .map_err(|error| GateError::Unavailable(error.to_string()))?;
    file("tool.json", "application/json", bytes)
}

async fn accept(
    State(gate): State<Gate>,
    seat: Seated,
    NamedIn(server, name): NamedIn,
    sent: Fields,
) -> Answer {
    seat.must_configure()?;
    let digest = sent.one("digest");
    let accepted = gate
        .accept_tool(&seat.principal, (&server, &name), digest)
        .await;
    match accepted {
        Ok(_) => back(&paths::one(&paths::one(paths::TOOLS, &server), &name)),
        Err(error @ GateError::NotFound(..)) => Err(error.into()),
        Err(error) => draw(&gate, &seat, (&server, &name), Some(error.into())).await,
    }
}

async fn remove(
    State(gate): State<Gate>,
    seat: Seated,
    Named(name): Named,
    asked: Question,
    _: Fields,
) -> Answer {
    seat.must_configure()?;
    match gate.remove_server(&seat.principal, &name).await {
        Ok(()) => back(paths::TOOLS),
        Err(error @ GateError::NotFound(..)) => Err(error.into()),
        Err(error) => listed(&gate, &seat, &asked, Some(error.into())).await,
    }
}
