//! `psql`. Source: postgresql.org/docs/current/app-psql.html.

mod select;

use crate::command::{
    effect::Effect::Write,
    tool::{
        Given,
        Means::{Doubt, Elsewhere, Raise},
        Style, Tool, reads,
    },
    understanding::{Understanding, shown},
};

pub(super) const TOOL: Tool = Tool {
    names: &["psql"],
    style: Style::Gnu,
    plain: "-X,--no-psqlrc -A,--no-align -t,--tuples-only -q,--quiet -x,--expanded --csv -H,--html -1,--single-transaction \
        -F,--field-separator= -R,--record-separator= -z -0 -E,--echo-hidden -e,--echo-queries -b,--echo-errors \
        -n,--no-readline -w,--no-password -l,--list -c,--command=",
    means: &[
        (
            "-h,--host= -p,--port= -U,--username= -d,--dbname= -W,--password -v,--set,--variable= -P,--pset=",
            Elsewhere,
        ),
        ("-f,--file=", Doubt("lets a file say what is done")),
        ("-s,--single-step", Doubt("asks on a terminal")),
        (
            "-o,--output= -L,--log-file=",
            Raise(Write, "writes a file, or feeds a program"),
        ),
    ],
    verbs: &[reads("", "asks a database").look(statements)],
};

/// What names of tables and columns of secrets hold.
const SECRETS: &[&str] = &[
    "pg_shadow",
    "pg_authid",
    "pg_user_mapping",
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
];

fn statements(given: &Given<'_>, understanding: &mut Understanding) {
    understanding.targets.clear();
    if given.words().next().is_some() {
        understanding.doubt("it says which database, and as whom");
    }
    let statements: Vec<_> = given.values("--command").collect();
    if statements.is_empty() && !given.has("--list") {
        understanding.doubt("what to do stands in its input");
    }
    for statement in statements {
        understanding.what = format!("asks a database `{}`", shown(statement));
        let told = statement.to_lowercase();
        if SECRETS.iter().any(|word| told.contains(word)) {
            understanding.reveal();
        }
        if !select::is_plain(statement) {
            understanding.doubt("the statement is more than a plain read");
        }
    }
}
