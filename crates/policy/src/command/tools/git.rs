//! `git`. Source: git-scm.com/docs.

use super::places::secrets;
use crate::command::{
    effect::Effect::{Destructive, Write},
    tool::{
        Dry::Add,
        Given,
        Means::{self, Doubt, Dry, Elsewhere, Note, Raise},
        Style, Tool, Verb, alone, destroys, hides, reads, writes,
    },
    understanding::{Understanding, named},
};

const HISTORY: &str = "-0= -n,--max-count= --oneline --stat? --name-only --name-status --graph --decorate? \
    --all --since= --after= --until= --before= --author= --grep= -p,-u,--patch --no-patch -s -i --follow \
    --format= --pretty? --date= --abbrev-commit --abbrev? --reverse --merges --no-merges --first-parent \
    -S= -G= -L= -w --numstat --shortstat --summary --no-color --color? --cached --staged --word-diff? \
    --diff-filter= -M -C -U= --unified= -z --exit-code --quiet -q --raw --no-ext-diff --no-textconv \
    --branches? --tags? --remotes? --topo-order --date-order --ignore-all-space -b --minimal --check -1 \
    --merge-base --no-renames --full-index --show-signature";

const AWRY: &[(&str, Means)] = &[
    ("--output=", Raise(Write, "writes a file")),
    ("--ext-diff --textconv", Doubt("runs another program")),
];

const CALLED: (&str, Means) = (
    "--upload-pack= --receive-pack= --exec= -x",
    Doubt("runs another program"),
);

pub(super) const TOOL: Tool = Tool {
    names: &["git"],
    style: Style::Gnu,
    plain: "--no-pager -P --no-optional-locks --literal-pathspecs --no-replace-objects",
    means: &[
        ("-c= --config-env=", Doubt("sets what may run any program")),
        ("-p,--paginate --exec-path?", Doubt("runs another program")),
        (
            "-C= --git-dir= --work-tree= --namespace= --bare --super-prefix=",
            Elsewhere,
        ),
    ],
    verbs: VERBS,
};

const VERBS: &[Verb] = &[
    reads("status", "reads what changed").plain("-s,--short -b,--branch --porcelain? -u? --untracked-files? -z -v --ignored? --show-stash --long"),
    reads("log", "reads the history").plain(HISTORY).means(AWRY).look(secrets),
    reads("show", "shows {|the last commit}").plain(HISTORY).means(AWRY).look(secrets),
    reads("diff", "compares {|what changed}").plain(HISTORY).means(AWRY).look(secrets),
    reads("shortlog", "sums the history up").plain("-s -n -e --all --since= --until= --no-merges"),
    reads("blame", "reads who wrote {}").plain("-L= -w -M -C -e -l -s -t --date= --porcelain --line-porcelain --root --since=").look(secrets),
    reads("rev-parse", "reads {}").plain("--short? --abbrev-ref? --verify --show-toplevel --is-inside-work-tree --git-dir --symbolic-full-name --show-current -q --quiet --all"),
    reads("rev-list", "lists commits").plain("--count --all -n= --max-count= --since= --until= --no-merges --merges --left-right --first-parent --reverse"),
    reads("describe", "names {|the last commit}").plain("--tags --always --dirty? --long --abbrev= --match= --exact-match --all --contains"),
    reads("ls-files", "lists files").plain("-m,--modified -o,--others -d,--deleted -c,--cached -s,--stage -z -i,--ignored --exclude-standard -t --full-name --error-unmatch"),
    reads("ls-tree", "lists files of {}").plain("-r -t -d -l,--long -z --name-only --full-name --full-tree --abbrev?"),
    reads("ls-remote", "lists what {|the server} has").plain("-h,--heads -t,--tags --refs -q,--quiet --symref --sort= --exit-code --branches --get-url").means(&[CALLED]).look(remote),
    reads("cat-file", "reads {}").plain("-t -s -p -e").look(secrets),
    reads("merge-base", "compares {}").plain("--all -a --is-ancestor --octopus --fork-point"),
    reads("grep", "searches for {}")
        .plain("-n,--line-number -i,--ignore-case -l,--files-with-matches -L -c,--count -w -v -E -F -P -G -h -H -o -q -r -e= -A= -B= -C= --cached --untracked --heading --break --no-color --and --or --not -I -a")
        .means(&[("-O? --open-files-in-pager?", Doubt("runs another program"))])
        .look(secrets),
    reads("reflog", "reads where branches were").plain(HISTORY).look(|given, understanding| {
        let first = given.operands.first();
        if first.is_some_and(|word| !matches!(*word, "show" | "list" | "exists")) {
            understanding.raise(Destructive);
            "forgets where branches were".clone_into(&mut understanding.what);
        }
    }),
    reads("branch", "lists branches")
        .plain("-a,--all -r,--remotes -v -vv -l,--list --show-current --contains= --no-contains= --merged? --no-merged? --sort= --format= --column? --no-color --color? -q --points-at=")
        .means(&[
            ("-d,-D,--delete", Raise(Destructive, "deletes a branch")),
            ("-f,--force -M -C -m,--move -c,--copy", Raise(Destructive, "may replace a branch")),
            ("-u,--set-upstream-to= -t,--track? --no-track --unset-upstream", Raise(Write, "changes a branch")),
            ("--edit-description", Doubt("waits for an editor")),
        ])
        .look(|given, understanding| makes(given, "branch", understanding)),
    reads("tag", "lists tags")
        .plain("-n? -l,--list --sort= --contains= --merged? --points-at= --format= --column? -i")
        .means(&[
            ("-d,--delete -f,--force", Raise(Destructive, "takes a tag away")),
            ("-a,--annotate -m,--message= -F,--file= -s,--sign -u,--local-user=", Raise(Write, "makes a tag")),
        ])
        .look(|given, understanding| makes(given, "tag", understanding)),
    reads("remote", "lists servers").plain("-v,--verbose").look(alone),
    reads("remote show|get-url", "reads where {} is").plain("-n --all --push"),
    reads("stash list|show", "reads what was put aside").plain("-p,--patch --stat -u,--include-untracked --oneline"),
    reads("config --get|get|list", "reads its settings").plain("--global --local --system --show-origin --show-scope -z --all"),
    writes("add", "marks {} for the next commit").plain("-A,--all -u,--update -f,--force -v -N,--intent-to-add").means(&[("-n,--dry-run", Dry(&[""])), ("-p,--patch -i -e", Doubt("asks on a terminal"))]).dry(Add("--dry-run")),
    writes("commit", "commits").plain("-m,--message= -a,--all -s,--signoff --allow-empty -q -v --amend --no-edit --author= --date= --no-gpg-sign -S? -F,--file= --fixup= -C= --only -o").means(&[("--dry-run", Dry(&[""])), ("-n,--no-verify", Note("skips its checks"))]).dry(Add("--dry-run")),
    writes("push", "sends {|the branch} to its server")
        .plain("-u,--set-upstream -v -q --tags --follow-tags --atomic --progress --no-progress --porcelain -4 -6 --all --branches --no-verify --signed?")
        .means(&[
            ("-n,--dry-run", Dry(&[""])),
            ("-f,--force --force-with-lease? --force-if-includes", Raise(Destructive, "replaces what others sent")),
            ("-d,--delete --mirror --prune", Raise(Destructive, "deletes branches of the server")),
            ("-o,--push-option=", Note("tells the server something")),
            CALLED,
        ])
        .dry(Add("--dry-run"))
        .look(refs),
    writes("fetch", "fetches {|what is new}").plain("-a,--all --tags -t -p,--prune -q -v --depth= --unshallow --dry-run --no-tags -j=").means(&[CALLED]).look(remote),
    writes("pull", "fetches and merges {|what is new}").plain("-q -v --rebase? --no-rebase --ff-only --no-ff --ff --tags --all --depth= -r? --autostash").means(&[CALLED]).look(remote),
    writes("clone", "copies {}").plain("--depth= -b,--branch= --single-branch -q -v --no-tags --bare --mirror -n,--no-checkout --filter= --sparse -o,--origin=").means(&[CALLED, ("-c,--config= --template= --recurse-submodules? --recursive -u=", Doubt("sets what may run any program"))]).look(remote),
    writes("checkout|switch", "changes to {}").plain("-b= -c= -B= -C= -t,--track? -q --detach -d --orphan= --guess --ours --theirs").means(&[("-f,--force --discard-changes", Raise(Destructive, "drops what changed"))]).look(|given, understanding| {
        if !given.rest.is_empty() || given.operands.contains(&".") {
            understanding.raise(Destructive);
            understanding.note("it drops what changed in files");
        }
    }),
    writes("merge", "merges {}").plain("--no-ff --ff-only --ff --squash -m= --abort --continue -q --no-commit --commit --no-edit -s= -X= --stat"),
    writes("cherry-pick|revert", "takes over or takes back {}").plain("-x -n,--no-commit --no-edit -m= --abort --continue --skip -s"),
    writes("stash push|save|apply", "puts changes aside").plain("-m,--message= -u,--include-untracked -a,--all -k,--keep-index -q --index"),
    writes("mv", "renames {}").plain("-v -k -n,--dry-run").means(&[("-f,--force", Raise(Destructive, "replaces files"))]),
    writes("init", "begins a repository {}").plain("-q --bare -b,--initial-branch="),
    writes("remote update", "fetches what is new").plain("-p,--prune"),
    writes("remote set-head|set-branches", "changes what is known of {}").plain("-a,--auto -d,--delete --add"),
    writes("remote set-url|add|rename", "changes where {} is").plain("-f -t= -m= --push --add --tags --no-tags").look(|_, understanding| understanding.doubt("it changes where later commands go")),
    destroys("reset", "moves the branch to {|another commit}").plain("--soft --mixed --hard --merge --keep -q -N"),
    destroys("restore", "drops what changed in {}").plain("-s,--source= -S,--staged -W,--worktree -q --ours --theirs"),
    destroys("clean", "deletes files that are not in the history").plain("-f,--force -d -x -X -q -e,--exclude=").means(&[("-n,--dry-run", Dry(&[""]))]).dry(Add("--dry-run")),
    destroys("rm", "deletes {}").plain("-r -f,--force -q --cached --ignore-unmatch").means(&[("-n,--dry-run", Dry(&[""]))]).dry(Add("--dry-run")),
    destroys("stash drop|clear|pop", "drops what was put aside").plain("-q --index"),
    destroys("remote remove|rm|prune", "forgets {}").plain("-n,--dry-run"),
    destroys("gc|prune|repack", "drops what nothing names").plain("--aggressive --auto --prune? -q --force -v -n --expire= -a -d -A -f"),
    destroys("update-ref", "moves {}").plain("-d -m= --no-deref --create-reflog"),
    hides("rebase|bisect|filter-branch|submodule|worktree|am|apply|hook|config|difftool|mergetool|daemon|archive|bundle|notes|send-email|svn|instaweb|gui|citool|maintenance|for-each-repo", "does what depends on files and settings"),
];

/// A name makes a branch or a tag.
fn makes(given: &Given<'_>, thing: &str, understanding: &mut Understanding) {
    let lists = [
        "--list",
        "--contains",
        "--merged",
        "--no-merged",
        "--points-at",
        "--no-contains",
    ];
    let Some(name) = given.words().next() else {
        return;
    };
    if !lists.iter().any(|flag| given.has(flag)) {
        understanding.raise(Write);
        understanding.what = format!("makes or changes the {thing} {}", named(name));
    }
}

/// A transport may be any program.
fn remote(given: &Given<'_>, understanding: &mut Understanding) {
    for address in given.words().filter(|word| word.contains("::")) {
        understanding.doubt(format!("{} names a program to reach it by", named(address)));
    }
}

/// `+ref` replaces, `:ref` deletes.
fn refs(given: &Given<'_>, understanding: &mut Understanding) {
    remote(given, understanding);
    for word in given.words().filter(|word| word.starts_with(['+', ':'])) {
        understanding.raise(Destructive);
        understanding.note(format!(
            "{} replaces or deletes a branch of the server",
            named(word)
        ));
    }
}
