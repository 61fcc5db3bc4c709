//! `terraform` and `tofu`. Source: developer.hashicorp.com/terraform/cli/commands.

use crate::command::{
    effect::Effect::{Destructive, Write},
    tool::{
        Dry::Instead,
        Given,
        Means::{self, Doubt, Elsewhere, Note, Raise, Reveal},
        Style, Tool, Verb, alone, destroys, hides, reads, writes,
    },
    understanding::Understanding,
};

const PLANNING: &str = "-input? -lock? -lock-timeout= -no-color -parallelism= -refresh? -target= -replace= \
    -var= -compact-warnings -detailed-exitcode -json -refresh-only -exclude= -concise";

const SHOWN: (&str, Means) = ("-show-sensitive", Reveal);
const VALUES: (&str, Means) = ("-var-file=", Note("takes values from a file"));
const STATE: (&str, Means) = (
    "-state= -state-out= -backup= -plugin-dir= -backend-config=",
    Elsewhere,
);

pub(super) const TOOL: Tool = Tool {
    names: &["terraform", "tofu"],
    style: Style::Single,
    plain: "",
    means: &[("-chdir=", Note("works in another folder"))],
    verbs: VERBS,
};

const VERBS: &[Verb] = &[
    reads("plan", "plans what its files would change").look(planning).plain(PLANNING).means(&[
        VALUES,
        STATE,
        SHOWN,
        ("-destroy", Note("plans to destroy")),
        ("-out=", Raise(Write, "writes the plan to a file")),
        ("-generate-config-out=", Raise(Write, "writes a file")),
    ]),
    reads("show", "shows the state or a plan").plain("-no-color -json").look(reveals),
    reads("output", "reads outputs").plain("-no-color -json -raw").means(&[STATE]).look(reveals),
    reads("state list", "lists what there is").plain("-id=").means(&[STATE]),
    reads("state show", "shows {}").means(&[STATE]).look(reveals),
    reads("state pull", "reads the whole state").look(reveals),
    reads("validate", "checks its files").plain("-json -no-color -no-tests -test-directory="),
    reads("version", "reads versions").plain("-json"),
    reads("providers", "lists the providers").plain("-test-directory=").look(alone),
    reads("providers schema", "reads what the providers know").plain("-json"),
    writes("providers lock", "writes down which providers are meant").plain("-fs-mirror= -net-mirror= -platform= -enable-plugin-cache"),
    writes("providers mirror", "downloads the providers to {}").plain("-platform= -lock-file?"),
    reads("graph", "draws what depends on what").plain("-draw-cycles -type= -plan="),
    reads("workspace list|show", "reads its workspaces"),
    writes("init", "fetches what its files name")
        .plain("-input? -lock? -lock-timeout= -no-color -get? -upgrade -reconfigure -json -lockfile= -backend? -test-directory=")
        .means(&[
            STATE,
            ("-from-module=", Doubt("copies files from elsewhere")),
            ("-migrate-state -force-copy", Raise(Destructive, "moves the state")),
        ]),
    writes("fmt", "writes its files in order")
        .plain("-list? -diff -recursive -no-color")
        .means(&[("-check -write?", Note("says whether files are written"))]),
    destroys("apply", "changes what there is to what its files say, and deletes what they no longer name")
        .plain(PLANNING)
        .means(&[
            VALUES,
            STATE,
            SHOWN,
            ("-auto-approve", Note("asks nobody")),
            ("-destroy", Note("destroys everything")),
        ])
        .dry(Instead("plan", &["-auto-approve", "--auto-approve"]))
        .look(applies),
    destroys("destroy", "destroys everything that its files name")
        .plain(PLANNING)
        .means(&[VALUES, STATE, SHOWN, ("-auto-approve -force", Note("asks nobody"))])
        .look(|_, understanding| understanding.foundation = true),
    writes("import", "takes {} into its state").plain(PLANNING).means(&[VALUES, STATE, SHOWN]),
    writes("refresh", "reads everything into its state").plain(PLANNING).means(&[VALUES, STATE, SHOWN]),
    writes("taint|untaint", "marks {}").plain("-allow-missing -lock? -lock-timeout=").means(&[STATE]),
    writes("state mv", "renames {} in its state").plain("-lock? -lock-timeout= -dry-run").means(&[STATE]),
    writes("workspace new|select", "changes its workspace to {}").plain("-or-create? -lock? -lock-timeout="),
    writes("get", "fetches modules").plain("-update -no-color"),
    destroys("state rm", "forgets {}").plain("-lock? -lock-timeout= -dry-run").means(&[STATE]),
    destroys("state push", "replaces the whole state").plain("-force -lock? -lock-timeout="),
    destroys("workspace delete", "deletes the workspace {}").plain("-force -lock? -lock-timeout="),
    destroys("force-unlock", "breaks the lock {}").plain("-force"),
    hides("console", "evaluates what is typed"),
    hides("test", "runs the tests of its files"),
    hides("login|logout", "signs in elsewhere"),
];

/// Planning asks providers, and whatever `external` data names.
fn planning(_: &Given<'_>, understanding: &mut Understanding) {
    understanding.note("its files say which programs it asks for what there is");
}

fn reveals(_: &Given<'_>, understanding: &mut Understanding) {
    understanding.reveal();
}

fn applies(given: &Given<'_>, understanding: &mut Understanding) {
    if given.has("-destroy") {
        understanding.foundation = true;
    }
    if given.words().next().is_some() {
        understanding.doubt("what it does stands in a saved plan");
    }
}
