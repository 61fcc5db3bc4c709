//! Sessions, one of them, and what people do with it.

mod work;

use super::{
    answer::{Answer, Body, Refused, back},
    fields::Fields,
    leases,
    names::{Agents, People, whoever},
    question::{Question, count},
    seat::Seated,
};
use crate::{
    console::{
        pages::sessions::{self as page, Line, OneSession, Scope, Sessions},
        paths,
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use jiff::Timestamp;
use maud::html;
use portcullis_firewall::{
    access::Verb,
    error::GateError,
    kept_lease::{Lease, LeaseStage},
    session::{Session, SessionStatus},
    turn::ScopePatch,
};
use portcullis_policy::id::ScopeName;
use work::Doings;

/// Why a session is closed when nobody says why, as at the other door.
const CLOSED: &str = "it was closed";

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::SESSIONS);
    Router::new()
        .route(paths::SESSIONS, get(list))
        .route(&one(""), get(show))
        .route(&one("/renew"), post(renew))
        .route(&one("/close"), post(close))
        .route(&one("/take-away"), post(take_away))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let shows_all = asked.word("show") == "all";
    let mut sessions = gate.sessions(caller, !shows_all).await?;
    let leases = gate.leases(caller, (true, None)).await?;
    let agents = Agents::read(&gate, caller).await?;
    let people = People::read(&gate, caller).await?;
    let agent = agents.meant(asked.word("agent"));
    let search = asked.word("q").to_lowercase();
    sessions.retain(|session| {
        let whose = agent.as_ref().is_none_or(|id| session.agent.as_str() == id);
        whose && texts(session).iter().any(|text| text.contains(&search))
    });
    let (sessions, pager) = asked.cut(sessions)?;
    let now = gate.now();
    let line = |session: &Session| line(session, (&leases, now), (&agents, &people));
    let view = Sessions {
        now,
        shows_all,
        search: asked.word("q").to_owned(),
        agent: asked.word("agent").to_owned(),
        lines: sessions.iter().map(line).collect(),
        pager,
    };
    let body = Body {
        title: "Sessions",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::sessions(&view),
    };
    body.ok(&seat)
}

/// What a session is found by.
fn texts(session: &Session) -> Vec<String> {
    let own = [session.id.as_str(), session.workspace.as_str()];
    let scopes = session.scopes.iter().map(|held| held.name.as_str());
    let all = own.into_iter().chain(session.ticket.as_deref());
    all.chain(scopes).map(str::to_lowercase).collect()
}

fn line(
    session: &Session,
    (leases, now): (&[Lease], Timestamp),
    (agents, people): (&Agents, &People),
) -> Line {
    let own = || {
        leases
            .iter()
            .filter(|lease| lease.ask.session == session.id)
    };
    let unended = own().filter(|lease| lease.stage == LeaseStage::Ending);
    let scopes = session.scopes.iter();
    Line {
        id: session.id.to_string(),
        state: match session.status {
            SessionStatus::Open if session.is_open(now) => page::State::Open,
            SessionStatus::Open => page::State::TimeOver,
            SessionStatus::Closing => page::State::Closing,
            SessionStatus::Closed => page::State::Closed,
        },
        agent: agents.actor(session.agent.as_str()),
        workspace: session.workspace.to_string(),
        ticket: session.ticket.clone().unwrap_or_default(),
        scopes: scopes
            .map(|held| (held.name.to_string(), held.mode))
            .collect(),
        opened_by: session.opened_by.as_ref().map(|id| people.one(id)),
        opened_at: session.opened_at,
        ends_at: session.end.as_ref().map_or(session.ends_at, |end| end.at),
        leases: count(own().count()),
        unended: count(unended.count()),
    }
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    draw(&gate, &seat, &id, None).await
}

async fn draw(gate: &Gate, seat: &Seated, id: &str, refused: Option<Refused>) -> Answer {
    let caller = &seat.principal;
    let session = gate.session(caller, id).await?;
    let leases = gate.leases(caller, (false, Some(id))).await?;
    let agents = Agents::read(gate, caller).await?;
    let people = People::read(gate, caller).await?;
    let Doings { work, has_more } = work::of(gate, caller, &session).await?;
    let now = gate.now();
    let view = OneSession {
        now,
        csrf: seat.csrf.clone(),
        line: line(&session, (&leases, now), (&agents, &people)),
        until: session.until,
        end: session
            .end
            .as_ref()
            .map(|end| (whoever(&end.by, &agents, &people), end.why.clone())),
        scopes: scopes(&session, &people),
        leases: leases::lines(leases, &agents, &people),
        work,
        has_more_work: has_more,
        may_change: may_change(seat, &session),
    };
    let body = Body {
        title: &format!("Session {id}"),
        section: page::SECTION,
        crumbs: page::crumbs(),
        deeds: html! {},
        markup: page::session(&view),
    };
    body.after(seat, refused.as_ref())
}

fn scopes(session: &Session, people: &People) -> Vec<Scope> {
    let scopes = session.scopes.iter();
    scopes
        .map(|held| Scope {
            name: held.name.to_string(),
            mode: held.mode,
            given_by: held.given_by.as_ref().map(|id| people.one(id)),
        })
        .collect()
}

/// Whether buttons are drawn; whether their deed is done, the firewall says.
fn may_change(seat: &Seated, session: &Session) -> bool {
    let person = seat.principal.person.as_ref().map(|badge| &badge.id);
    let opened = person.is_some() && person == session.opened_by.as_ref();
    opened
        || seat
            .principal
            .may(Verb::IssueCredential, &session.resource())
}

/// Back to the session, or the session with why something was not done.
async fn done<T>(gate: &Gate, seat: &Seated, id: &str, deed: Result<T, GateError>) -> Answer {
    match deed {
        Ok(_) => back(&paths::one(paths::SESSIONS, id)),
        Err(error @ GateError::NotFound("session", _)) => {
            // One that is over is not there any more for those who would change it.
            match gate.session(&seat.principal, id).await {
                Ok(_) => {
                    let over = GateError::conflict("session.not_open", "this session is over");
                    draw(gate, seat, id, Some(over.into())).await
                }
                Err(_) => Err(error.into()),
            }
        }
        Err(error) => draw(gate, seat, id, Some(error.into())).await,
    }
}

async fn renew(State(gate): State<Gate>, seat: Seated, Named(id): Named, _: Fields) -> Answer {
    let renewed = gate.renew_session(&seat.principal, &id).await;
    done(&gate, &seat, &id, renewed).await
}

async fn close(State(gate): State<Gate>, seat: Seated, Named(id): Named, sent: Fields) -> Answer {
    let why = match sent.one("reason") {
        "" => CLOSED,
        why => why,
    };
    let closed = gate.close_session(&seat.principal, &id, why).await;
    done(&gate, &seat, &id, closed).await
}

async fn take_away(
    State(gate): State<Gate>,
    seat: Seated,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let taken = match ScopeName::new(sent.one("scope")) {
        Ok(scope) => {
            let patch = ScopePatch {
                add: Vec::new(),
                remove: vec![scope],
            };
            gate.change_session_scopes(&seat.principal, &id, patch)
                .await
        }
        Err(error) => Err(GateError::invalid("scope", error.to_string())),
    };
    done(&gate, &seat, &id, taken).await
}
