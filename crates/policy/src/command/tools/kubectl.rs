//! `kubectl`. Source: kubernetes.io/docs/reference/kubectl/generated.

use crate::command::{
    effect::Effect::Destructive,
    kinds::{FOUNDATIONS, SECRETS, is_kind},
    tool::{
        Dry::Add,
        Given,
        Means::{self, Doubt, Dry, Elsewhere, File, Raise},
        Style, Tool, Verb, destroys, hides, reads, writes,
    },
    understanding::{Understanding, listed, named, shown},
};

const OUTPUT: &str = "-o,--output= --template= --show-managed-fields --allow-missing-template-keys";
const FILES: (&str, Means) = ("-f,--filename= -k,--kustomize=", File);
const TRIAL: (&str, Means) = ("--dry-run?", Dry(&["client", "server"]));
const CHANGES: &[(&str, Means)] = &[FILES, TRIAL];
const NAMED: &str = "-o,--output= --template= --show-managed-fields --allow-missing-template-keys \
    -l,--selector= --field-selector= --all -R,--recursive --field-manager= --validate? --record? \
    --overwrite --local --resource-version= --list --timeout= -A,--all-namespaces";
const SERVER: crate::command::tool::Dry = Add("--dry-run=server");

const fn changes(words: &'static str, says: &'static str) -> Verb {
    writes(words, says)
        .plain(NAMED)
        .means(CHANGES)
        .dry(SERVER)
        .look(objects)
}

const fn looks(words: &'static str, says: &'static str) -> Verb {
    reads(words, says).look(objects)
}

pub(super) const TOOL: Tool = Tool {
    names: &["kubectl", "oc"],
    style: Style::Switches,
    plain: "-n,--namespace= --request-timeout= -v,--v= --warnings-as-errors --match-server-version",
    means: &[(
        "--context= --cluster= --kubeconfig= --user= -s,--server= --token= --as= --as-group= --as-uid= \
         --username= --password= --client-key= --client-certificate= --certificate-authority= \
         --insecure-skip-tls-verify --tls-server-name= --cache-dir= --profile= --profile-output= \
         --log-file= --kuberc=",
        Elsewhere,
    )],
    verbs: VERBS,
};

const VERBS: &[Verb] = &[
    looks("get", "reads {}")
        .plain(
            "-o,--output= --template= --show-managed-fields --allow-missing-template-keys -w,--watch \
             --watch-only -A,--all-namespaces -l,--selector= --field-selector= --show-labels \
             --sort-by= --no-headers --chunk-size= --ignore-not-found -L,--label-columns= --show-kind \
             --output-watch-events --server-print -R,--recursive --subresource=",
        )
        .means(&[
            ("--raw=", Doubt("asks for any path of the API server")),
            ("-f,--filename= -k,--kustomize=", Doubt("lets a file say what is read")),
        ]),
    looks("describe", "describes {}")
        .plain("-A,--all-namespaces -l,--selector= --show-events --chunk-size= -R,--recursive")
        .means(&[("-f,--filename= -k,--kustomize=", Doubt("lets a file say what is read"))]),
    reads("logs", "reads the logs of {}").plain(
        "-f,--follow -p,--previous -c,--container= --all-containers --all-pods --since= --since-time= \
         --tail= --timestamps -l,--selector= --prefix --max-log-requests= --limit-bytes= \
         --ignore-errors --pod-running-timeout=",
    ),
    reads("top pod|pods|po", "reads what pods use").plain(
        "-A,--all-namespaces -l,--selector= --containers --sort-by= --no-headers --sum \
         --field-selector= --use-protocol-buffers",
    ),
    reads("top node|nodes|no", "reads what nodes use")
        .plain("-l,--selector= --sort-by= --no-headers --show-capacity --use-protocol-buffers"),
    reads("events", "reads events").plain(
        "-A,--all-namespaces --for= --types= -w,--watch --no-headers -o,--output= --template= \
         --chunk-size= --show-managed-fields",
    ),
    reads("explain", "explains the kind {}").plain("--recursive --api-version= -o,--output="),
    reads("api-resources", "lists the kinds of objects")
        .plain("-o,--output= --no-headers --namespaced --verbs= --api-group= --sort-by= --cached --categories="),
    reads("api-versions", "lists the versions of the API"),
    reads("version", "reads versions").plain("--client -o,--output= --short"),
    reads("cluster-info", "reads where the cluster is"),
    reads("auth can-i", "asks whether something is permitted")
        .plain("-A,--all-namespaces -q,--quiet --list --no-headers --subresource="),
    reads("auth whoami", "asks who it is").plain("-o,--output="),
    reads("rollout status", "reads how the rollout of {} stands")
        .plain("-w,--watch --revision= --timeout= -l,--selector="),
    reads("rollout history", "reads the rollouts of {}")
        .plain("--revision= -o,--output= --template= -l,--selector="),
    reads("diff", "compares what is written with what there is")
        .plain("-l,--selector= -R,--recursive --server-side --force-conflicts --field-manager= --concurrency= --show-managed-fields")
        .means(&[FILES]),
    looks("wait", "waits for {}")
        .plain("--for= --timeout= --all -l,--selector= --field-selector= -A,--all-namespaces -o,--output=")
        .means(&[FILES]),
    reads("config current-context|get-contexts|get-clusters", "reads its own settings")
        .plain("-o,--output= --no-headers"),
    reads("config view", "reads its own settings").plain(OUTPUT).means(&[
        ("--raw --flatten --minify --merge", Means::Reveal),
    ]),
    changes("apply", "applies {|what is written}")
        .means(&[
            FILES,
            TRIAL,
            ("--prune --prune-allowlist= --applyset=", Raise(Destructive, "deletes what is no longer written")),
            ("--force --force-conflicts --cascade? --grace-period=", Raise(Destructive, "may delete and make anew")),
        ])
        .plain("-o,--output= --template= --show-managed-fields -l,--selector= --all -R,--recursive \
            --field-manager= --validate? --record? --server-side --overwrite --timeout= --wait --openapi-patch"),
    writes("create token", "makes a token of the service account {}")
        .plain("--audience= --duration= --bound-object-kind= --bound-object-name= -o,--output=")
        .look(|_, understanding| understanding.reveal()),
    changes("create", "creates {|what is written}").plain(
        "-o,--output= --template= --show-managed-fields -l,--selector= -R,--recursive --field-manager= \
         --validate? --save-config --image= --replicas= --port= -r --schedule= --restart= --from= \
         --from-literal= --verb= --resource= --resource-name= --role= --clusterrole= --serviceaccount= \
         --group= --tcp= --external-name= --clusterip= --node-port= --rule= --class= --annotation= \
         --default-backend= --hard= --scopes= --min-available= --max-unavailable= --value= \
         --global-default --preemption-policy= --description= --type= --append-hash --non-resource-url= \
         --aggregation-rule=",
    ),
    changes("patch", "patches {}")
        .plain("-o,--output= --template= --show-managed-fields -p,--patch= --type= -R,--recursive \
            --field-manager= --local --record? --subresource=")
        .means(&[FILES, TRIAL, ("--patch-file=", File)]),
    changes("replace", "replaces {|what is written}").means(&[
        FILES,
        TRIAL,
        ("--force --cascade? --grace-period=", Raise(Destructive, "deletes and makes anew")),
    ]),
    changes("set image|env|resources|selector|serviceaccount|sa|subject", "changes {}").plain(
        "-o,--output= --template= --show-managed-fields -l,--selector= --all -R,--recursive --local \
         --field-manager= --record? --list --overwrite --limits= --requests= -c,--containers= -e,--env= \
         --keys= --prefix= --resource-version= --user= --group= --serviceaccount= --from=",
    ),
    changes("scale", "scales {}").plain(
        "-o,--output= --template= --show-managed-fields -l,--selector= --all -R,--recursive --replicas= \
         --current-replicas= --resource-version= --timeout= --record?",
    ),
    changes("autoscale", "scales {} by itself").plain(
        "-o,--output= --template= --show-managed-fields --min= --max= --cpu-percent= --cpu= --memory= \
         --name= --field-manager= -R,--recursive --record?",
    ),
    writes("rollout restart|pause|resume", "changes the rollout of {}").plain(NAMED).means(&[FILES]),
    changes("rollout undo", "takes the rollout of {} back")
        .plain("-o,--output= --template= --show-managed-fields -l,--selector= --to-revision= -R,--recursive"),
    changes("label", "labels {}"),
    changes("annotate", "annotates {}"),
    changes("expose", "exposes {}").plain(
        "-o,--output= --template= --show-managed-fields -l,--selector= -R,--recursive --name= --port= \
         --target-port= --protocol= --type= --labels= --external-ip= --load-balancer-ip= \
         --session-affinity= --cluster-ip= --field-manager= --override-type= --record?",
    ),
    changes("cordon", "closes the node {} to new pods"),
    changes("uncordon", "opens the node {} to new pods"),
    changes("taint", "taints {}"),
    writes("certificate approve|deny", "decides on the certificate {}").means(&[FILES]),
    destroys("delete", "deletes {}")
        .plain(
            "-l,--selector= --field-selector= --all -A,--all-namespaces --ignore-not-found --wait --now \
             --timeout= -o,--output= --cascade? --grace-period= -R,--recursive --force -i,--interactive",
        )
        .means(&[
            TRIAL,
            ("-f,--filename= -k,--kustomize=", Doubt("lets a file say what is deleted")),
            ("--raw=", Doubt("names any path of the API server")),
        ])
        .dry(SERVER)
        .look(objects),
    destroys("drain", "empties the node {}")
        .plain(
            "--ignore-daemonsets --delete-emptydir-data --force --grace-period= --timeout= -l,--selector= \
             --pod-selector= --disable-eviction --skip-wait-for-delete-timeout= --chunk-size=",
        )
        .means(&[TRIAL])
        .dry(SERVER),
    destroys("exec", "runs a command inside a container of {}")
        .plain("-c,--container= -i,--stdin -t,--tty -q,--quiet --pod-running-timeout=")
        .means(&[FILES])
        .look(inside),
    hides("attach|debug", "goes inside a container"),
    hides("cp", "copies files into or out of a container"),
    hides("port-forward|proxy", "opens a way into the cluster"),
    hides("run", "runs a container").plain(NAMED),
    hides("edit", "waits for an editor"),
    hides("plugin", "finds other programs to run"),
    hides("config set|set-cluster|set-context|set-credentials|unset|use-context|use|delete-context|delete-cluster|delete-user|rename-context", "changes where later commands go"),
];

/// A command inside a container is not what the gate understands, whatever it says.
fn inside(given: &Given<'_>, understanding: &mut Understanding) {
    let command = given.rest.iter().map(String::as_str);
    let command = command.chain(given.operands.iter().copied().skip(1));
    understanding.what = format!(
        "runs {} inside a container of {}",
        listed(command),
        listed(given.operands.first().copied())
    );
    understanding.doubt("what runs inside a container is not looked at");
}

/// Names the objects, where they are, and whether they are special.
fn objects(given: &Given<'_>, understanding: &mut Understanding) {
    let kinds = kinds(given);
    if kinds.iter().any(|kind| is_kind(kind, SECRETS)) {
        understanding.reveal();
    }
    if kinds.iter().any(|kind| is_kind(kind, FOUNDATIONS)) {
        understanding.foundation = true;
    }
    if is_written_out(given) {
        understanding.reveal();
    }
    let named = phrase(given);
    let listed = listed(given.words());
    if !listed.is_empty() {
        understanding.what = understanding.what.replace(&listed, &named);
    }
    for selector in given.values("--selector") {
        understanding
            .what
            .push_str(&format!(" with the labels `{}`", shown(selector)));
    }
    place(given, understanding);
}

/// Whether a trial answers with the whole of objects that a file names, and not with their names.
fn is_written_out(given: &Given<'_>) -> bool {
    let by_file = given.has("--filename") || given.has("--kustomize");
    let mut forms = given.values("--output");
    by_file && given.has("--dry-run") && forms.any(|form| form != "name")
}

/// Every word that may name a kind.
fn kinds<'a>(given: &Given<'a>) -> Vec<&'a str> {
    let mut words = given.words();
    let first = words.next().unwrap_or_default();
    let others = words.filter(|word| word.contains('/'));
    first.split(',').chain(others).collect()
}

/// The objects in words, e.g. ``the pod `web-1` ``.
fn phrase(given: &Given<'_>) -> String {
    let mut words = given.words();
    let first = words.next().unwrap_or_default();
    let names: Vec<_> = words.collect();
    if first.contains('/') || first.contains(',') || !is_plain(first) {
        return listed(given.words());
    }
    if names.is_empty() {
        return shown(first);
    }
    format!("the {} {}", shown(first), listed(names))
}

fn is_plain(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

fn place(given: &Given<'_>, understanding: &mut Understanding) {
    if given.has("--all") {
        understanding.what.push_str(", all of them");
    }
    if given.has("--all-namespaces") {
        understanding.what.push_str(", in every namespace");
    }
    let namespaces: Vec<_> = given.values("--namespace").collect();
    if let Some(namespace) = namespaces.last() {
        understanding
            .what
            .push_str(&format!(" in the namespace {}", named(namespace)));
        understanding
            .targets
            .push(format!("namespace {}", shown(namespace)));
    }
    if given.has("--force") {
        understanding.note("it does not wait for an orderly end");
    }
}
