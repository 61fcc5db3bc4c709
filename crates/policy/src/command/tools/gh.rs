//! `gh`. Source: cli.github.com/manual.

use crate::command::{
    effect::Effect::Destructive,
    tool::{
        Means::{Doubt, Elsewhere, Note, Raise, Reveal},
        Style, Tool, Verb, destroys, hides, reads, writes,
    },
};

const LIST: &str = "-L,--limit= --json= -q,--jq= -t,--template= -s,--state= -a,--assignee= -A,--author= \
    -l,--label= -S,--search= -B,--base= -H,--head= -d,--draft -c,--comments --sort= --order= -e,--event= \
    -b,--branch= -w,--workflow= -u,--user= --created= --status= -v,--verbose --log --log-failed --job= \
    -n --name-only --patch --color= --watch --required --owner= --language= -m,--milestone= --app= \
    --exclude-drafts --exclude-pre-releases --visibility= --topic= --fork --source --archived --no-archived \
    -i,--interval= --exit-status --compact --all --mention= -p";

const WEB: (&str, crate::command::tool::Means) = ("-w,--web", Note("opens a browser"));

pub(super) const TOOL: Tool = Tool {
    names: &["gh"],
    style: Style::Switches,
    plain: "",
    means: &[
        ("-R,--repo=", Note("says in which repository")),
        ("--hostname=", Elsewhere),
    ],
    verbs: VERBS,
};

const VERBS: &[Verb] = &[
    reads("pr list|view|status|diff|checks", "reads pull requests {|}").plain(LIST).means(&[WEB]),
    reads("issue list|view|status", "reads issues {|}").plain(LIST).means(&[WEB]),
    reads("repo list|view", "reads repositories {|}").plain(LIST).means(&[WEB]),
    reads("run list|view|watch", "reads runs of workflows {|}").plain(LIST).means(&[WEB]),
    reads("workflow list|view", "reads workflows {|}").plain(LIST).means(&[WEB]),
    reads("release list|view", "reads releases {|}").plain(LIST).means(&[WEB]),
    reads("label|secret|variable|cache|gist|ruleset list", "lists what there is {|}").plain(LIST).means(&[WEB]),
    reads("search repos|issues|prs|commits|code", "searches for {}").plain(LIST).means(&[WEB]),
    reads("status", "reads what is new").plain("-o,--org= -e,--exclude="),
    reads("auth status", "asks who it is").plain("-a,--active --json= -q,--jq=").means(&[("-t,--show-token", Reveal)]),
    reads("auth token", "reads its own token").look(|_, understanding| understanding.reveal()),
    writes("pr create|edit|comment|review|ready|reopen|update-branch", "changes a pull request {|}")
        .plain("-t,--title= -b,--body= -B,--base= -H,--head= -d,--draft -a,--assignee= -l,--label= -r,--reviewer= \
            -m,--milestone= -f,--fill --fill-first --fill-verbose --no-maintainer-edit -p,--project= \
            --add-label= --remove-label= --add-assignee= --remove-assignee= --add-reviewer= --remove-reviewer= \
            --approve -c,--comment --request-changes --undo --rebase")
        .means(&[WEB, ("-F,--body-file= -T,--template= --recover= -e,--editor", Note("takes its text from elsewhere")), ("--dry-run", Note("makes no pull request, and may send the branch all the same"))]),
    writes("pr merge", "merges a pull request {|}")
        .plain("-m,--merge -r,--rebase -s,--squash --auto --disable-auto -t,--subject= -b,--body= --match-head-commit= -A,--author-email=")
        .means(&[
            ("-d,--delete-branch", Raise(Destructive, "deletes the branch")),
            ("--admin", Raise(Destructive, "merges against the rules")),
            ("-F,--body-file=", Note("takes its text from elsewhere")),
        ]),
    writes("pr close", "closes a pull request {|}")
        .plain("-c,--comment=")
        .means(&[("-d,--delete-branch", Raise(Destructive, "deletes the branch"))]),
    writes("issue create|edit|comment|close|reopen|pin|unpin|lock|unlock|develop", "changes an issue {|}")
        .plain("-t,--title= -b,--body= -a,--assignee= -l,--label= -m,--milestone= -p,--project= -c,--comment= \
            -r,--reason= --add-label= --remove-label= --add-assignee= --remove-assignee= --name= --base=")
        .means(&[WEB, ("-F,--body-file= -T,--template= --recover= -e,--editor", Note("takes its text from elsewhere"))]),
    writes("run rerun|cancel", "changes the run {}").plain("--failed -d,--debug -j,--job= --force"),
    writes("workflow enable|disable", "changes the workflow {}"),
    hides("workflow run", "runs a workflow").plain("-f= -F= -r,--ref= --raw-field= --field= --json"),
    writes("release create|edit|upload", "changes the release {}")
        .plain("-t,--title= -n,--notes= -d,--draft -p,--prerelease --latest? --target= --generate-notes --verify-tag --tag= --discussion-category= --notes-start-tag= --notes-from-tag --fail-on-no-commits")
        .means(&[("-F,--notes-file=", Note("takes its text from elsewhere")), ("--clobber", Raise(Destructive, "replaces files"))]),
    writes("label create|edit|clone", "changes the label {}").plain("-c,--color= -d,--description= -n,--name= -f,--force"),
    writes("secret|variable set", "sets {}").plain("-b,--body= -e,--env= -o,--org= -v,--visibility= -r,--repos= -a,--app= -u,--user").means(&[("-f,--env-file=", Note("takes values from a file"))]),
    writes("repo create|edit|fork|rename|sync|unarchive", "changes the repository {}").plain(
        "--public --private --internal -d,--description= -h,--homepage= --add-readme -l,--license= -g,--gitignore= \
         --enable-issues --enable-wiki --default-branch= --delete-branch-on-merge --visibility= --org= --fork-name= \
         --add-topic= --remove-topic= --accept-visibility-change-consequences -b,--branch= -y,--yes",
    ),
    writes("repo clone", "copies {}").means(&[("-u,--upstream-remote-name=", Note("names the other server"))]).look(|given, understanding| {
        if !given.rest.is_empty() {
            understanding.doubt("it passes flags on to another program");
        }
    }),
    destroys("repo delete|archive", "deletes or closes the repository {}").plain("-y,--yes"),
    destroys("release|issue|run|cache|secret|variable|label|gist delete", "deletes {}").plain("-y,--yes --cleanup-tag -a,--all -e,--env= -o,--org= --app="),
    hides("api", "asks for any address of the API").means(&[("-X,--method=", Doubt("says how"))]),
    hides("alias|extension|codespace|config|auth|browse|gpg-key|ssh-key|attestation|project|copilot|agent-task", "does what depends on settings or on others"),
];
