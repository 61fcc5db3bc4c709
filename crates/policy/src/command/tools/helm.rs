//! `helm`. Source: helm.sh/docs/helm.

use crate::command::{
    effect::Effect::{Destructive, Write},
    tool::{
        Dry::Add,
        Given,
        Means::{self, Doubt, Dry, Elsewhere, File, Raise, Reveal},
        Style, Tool, Verb, destroys, hides, reads, writes,
    },
    understanding::Understanding,
};

const CHART: &str = "--version= --devel --wait --wait-for-jobs --timeout= --atomic --description= \
    --set= --set-string= --set-json= --set-literal= --create-namespace --dependency-update --no-hooks \
    --skip-crds --skip-schema-validation --render-subchart-notes --labels= -l -o,--output= --verify \
    --keyring= -i,--install --history-max= --reuse-values --reset-values --reset-then-reuse-values \
    --cleanup-on-fail --hide-notes --hide-secret -g,--generate-name --name-template= --replace \
    --disable-openapi-validation --take-ownership --rollback-on-failure";

const AROUND: &[(&str, Means)] = &[
    ("--dry-run?", Dry(&["", "client", "server", "true"])),
    ("-f,--values= --set-file=", File),
    (
        "--post-renderer= --post-renderer-args=",
        Doubt("runs another program"),
    ),
    (
        "--repo= --username= --password= --ca-file= --cert-file= --key-file= --insecure-skip-tls-verify \
      --plain-http --pass-credentials",
        Elsewhere,
    ),
    (
        "--force --force-replace",
        Raise(Destructive, "may delete and make anew"),
    ),
];

const LOOKED_UP: &[(&str, Means)] = &[(
    "--repo= --username= --password= --ca-file= --cert-file= --key-file= --insecure-skip-tls-verify \
     --plain-http --pass-credentials",
    Elsewhere,
)];

pub(super) const TOOL: Tool = Tool {
    names: &["helm"],
    style: Style::Switches,
    plain: "-n,--namespace= --debug --burst-limit= --qps= --color=",
    means: &[(
        "--kube-context= --kubeconfig= --kube-apiserver= --kube-as-user= --kube-as-group= --kube-token= \
         --kube-ca-file= --kube-tls-server-name= --kube-insecure-skip-tls-verify --registry-config= \
         --repository-cache= --repository-config= --content-cache=",
        Elsewhere,
    )],
    verbs: VERBS,
};

const VERBS: &[Verb] = &[
    reads("list|ls", "lists releases").plain(
        "-A,--all-namespaces -a,--all --deployed --failed --pending --superseded --uninstalled \
         --uninstalling -f,--filter= -l,--selector= -m,--max= --offset= -o,--output= -q,--short \
         -d,--date -r,--reverse --time-format= --no-headers",
    ),
    reads("status", "reads how the release {} stands")
        .plain("--revision= --show-desc --show-resources")
        .means(&[("-o,--output=", Reveal)]),
    reads("history|hist", "reads the revisions of {}").plain("--max= -o,--output="),
    reads("get notes|metadata", "reads of the release {}").plain("--revision= -o,--output="),
    reads("get values|manifest|hooks|all", "reads the release {}")
        .plain("--revision= -o,--output= -a,--all --template=")
        .look(|_, understanding| understanding.reveal()),
    reads("show|inspect all|chart|readme|values|crds", "reads the chart {}")
        .plain("--version= --devel --jsonpath= --verify --keyring=")
        .means(LOOKED_UP),
    reads("search repo|hub", "searches for charts").plain(
        "-r,--regexp -l,--versions --version= --devel -o,--output= --max-col-width= --fail-on-no-result \
         --list-repo-url",
    ),
    reads("version", "reads versions").plain("--short --template= -c,--client"),
    reads("repo list|ls", "lists repositories").plain("-o,--output= --no-headers"),
    reads("dependency|dep|dependencies list|ls", "lists what {} needs").plain("--max-col-width="),
    reads("lint", "checks the chart {}")
        .plain("--strict --quiet --with-subcharts --set= --set-string= --set-json= --set-literal= --kube-version= --skip-schema-validation")
        .means(&[("-f,--values= --set-file=", File)]),
    reads("verify", "checks the signature of {}").plain("--keyring="),
    reads("template", "writes out what the chart {} would make").plain(CHART).means(&[
        ("-f,--values= --set-file=", File),
        ("--post-renderer= --post-renderer-args=", Doubt("runs another program")),
        ("--output-dir=", Raise(Write, "writes files")),
        ("-s,--show-only= -a,--api-versions= --kube-version= --include-crds --is-upgrade --skip-tests --validate --release-name",
         Means::Note("says what is written out")),
        ("--repo= --username= --password= --ca-file= --cert-file= --key-file=", Elsewhere),
    ]),
    writes("install", "installs {}").plain(CHART).means(AROUND).dry(Add("--dry-run=server")).look(rendered),
    writes("upgrade", "upgrades {}").plain(CHART).means(AROUND).dry(Add("--dry-run=server")).look(rendered),
    writes("rollback", "takes the release {} back")
        .plain("--wait --wait-for-jobs --timeout= --no-hooks --cleanup-on-fail --history-max= --recreate-pods")
        .means(&[
            ("--dry-run?", Dry(&["", "client", "server", "true"])),
            ("--force --force-replace", Raise(Destructive, "may delete and make anew")),
        ])
        .dry(Add("--dry-run=server")),
    destroys("uninstall|delete|del|un", "uninstalls {}")
        .plain("--wait --timeout= --no-hooks --keep-history --description= --ignore-not-found --cascade=")
        .means(&[("--dry-run?", Dry(&["", "true"]))])
        .dry(Add("--dry-run")),
    writes("repo update|up", "asks every repository for its charts").plain("--fail-on-repo-update-fail"),
    writes("pull|fetch", "downloads the chart {}")
        .plain("-d,--destination= --version= --devel --untar --untardir= --verify --keyring= --prov")
        .means(LOOKED_UP),
    writes("package", "packs the chart {}")
        .plain("-d,--destination= --version= --app-version= -u,--dependency-update"),
    writes("create", "writes files of a new chart {}"),
    writes("dependency|dep|dependencies update|up|build", "fetches what {} needs")
        .plain("--skip-refresh --verify --keyring="),
    writes("push", "uploads {}").means(LOOKED_UP),
    destroys("repo remove|rm", "forgets the repository {}"),
    hides("repo add", "changes where charts come from"),
    hides("test", "runs the tests of the release {}").plain("--timeout= --logs --filter= --hide-notes"),
    hides("plugin", "adds programs of others"),
    hides("registry", "signs in elsewhere"),
    reads("env", "reads its own settings").means(&[("--reveal", Reveal)]),
];

/// A trial answers with all that the chart makes, secrets too, and with whatever its templates look up
/// in the cluster.
fn rendered(given: &Given<'_>, understanding: &mut Understanding) {
    if given.has("--dry-run") {
        understanding.reveal();
    }
}
