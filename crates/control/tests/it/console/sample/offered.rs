//! Tools of MCP servers.

use super::{Outside, at, now, work::actor};
use portcullis_control::console::{
    pages::tools::{Filter, Line, OneTool, Place, Server, Tools, Wait},
    parts::{
        diff::{compare, plain},
        pager::Pager,
    },
};
use portcullis_firewall::tool::ToolStatus;

const DIGEST: &str = "5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d8327deb882cf99";

fn line(words: Outside, name: &str, status: ToolStatus) -> Line {
    let ann = actor(words, "Ann Archer", "/console/people/per_1");
    Line {
        server: "files".to_owned(),
        name: words.say(name),
        status,
        digest: DIGEST.to_owned(),
        accepted: Some((ann, at(-90_000))),
        warnings: 0,
        seen_at: at(-100_000),
    }
}

fn fresh(words: Outside) -> Line {
    Line {
        digest: String::new(),
        accepted: None,
        warnings: 2,
        ..line(words, "write_file", ToolStatus::New)
    }
}

pub(crate) fn tools(words: Outside) -> Tools {
    let ann = actor(words, "Ann Archer", "/console/people/per_1");
    let added = Server {
        name: "tickets".to_owned(),
        place: Place::Added {
            url: words.say("https://tickets.example.com/mcp"),
            by: ann,
            at: at(-90_000),
        },
        tools: 2,
        waiting: 1,
    };
    let own = Server {
        name: "files".to_owned(),
        place: Place::File,
        tools: 1,
        waiting: 1,
    };
    let gone = Server {
        name: "old".to_owned(),
        place: Place::Gone,
        ..own
    };
    Tools {
        now: now(),
        csrf: "csrf-token".to_owned(),
        filter: Filter {
            search: words.say("file"),
            server: "files".to_owned(),
            state: String::new(),
        },
        waiting: 2,
        servers: vec![own, gone, added],
        lines: vec![
            line(words, "move_file", ToolStatus::Changed),
            fresh(words),
            line(words, "read_file", ToolStatus::Pinned),
        ],
        pager: Pager {
            shown: 3,
            total: Some(3),
            ..Pager::default()
        },
        may_change: true,
    }
}

/// One that says something else than what was accepted.
pub(crate) fn changed(words: Outside) -> OneTool {
    let (before, after) = (words.say("Moves a file."), words.say("Moves any file."));
    OneTool {
        now: now(),
        csrf: "csrf-token".to_owned(),
        line: line(words, "move_file", ToolStatus::Changed),
        wait: Some(Wait {
            digest: DIGEST.replace('5', "6"),
            warnings: vec![words.say("the description holds characters that nobody sees")],
        }),
        description: compare(&before, &after),
        definition: compare(
            &format!("{{\n  \"description\": \"{before}\"\n}}"),
            &format!("{{\n  \"description\": \"{after}\"\n}}"),
        ),
        may_accept: true,
    }
}

/// One that nobody accepted yet, for somebody who only looks.
pub(crate) fn new(words: Outside) -> OneTool {
    OneTool {
        line: fresh(words),
        description: plain(&words.say("Writes a file.")),
        definition: plain(&words.say("{}")),
        may_accept: false,
        ..changed(words)
    }
}
