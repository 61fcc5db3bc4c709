//! `docker` and `podman`. Source: docs.docker.com/reference/cli.

use crate::command::{
    effect::Effect::Destructive,
    tool::{
        Means::{Elsewhere, Note, Raise},
        Style, Tool, Verb, destroys, hides, reads, writes,
    },
};

pub(super) const TOOL: Tool = Tool {
    names: &["docker", "podman"],
    style: Style::Switches,
    plain: "-D,--debug -l,--log-level=",
    means: &[(
        "-H,--host= -c,--context= --config= --tls --tlscacert= --tlscert= --tlskey= --tlsverify \
         --connection= --url= --identity= --remote --root= --runroot= --storage-driver=",
        Elsewhere,
    )],
    verbs: VERBS,
};

const VERBS: &[Verb] = &[
    reads("ps", "lists containers").plain("-a,--all -f,--filter= --format= -n,--last= --no-trunc -q,--quiet -s,--size"),
    reads("container ls|list|ps", "lists containers").plain("-a,--all -f,--filter= --format= -n,--last= --no-trunc -q,--quiet -s,--size"),
    reads("images", "lists images").plain("-a,--all -f,--filter= --format= --no-trunc -q,--quiet --digests --tree"),
    reads("image ls|list", "lists images").plain("-a,--all -f,--filter= --format= --no-trunc -q,--quiet --digests --tree"),
    reads("network|volume ls|list", "lists what there is").plain("-f,--filter= --format= --no-trunc -q,--quiet"),
    reads("logs", "reads the logs of {}").plain("-f,--follow --since= --until= -n,--tail= -t,--timestamps --details"),
    reads("container logs", "reads the logs of {}").plain("-f,--follow --since= --until= -n,--tail= -t,--timestamps --details"),
    reads("inspect", "reads all about {}").plain("-f,--format= -s,--size --type=").look(|_, understanding| {
        understanding.reveal();
    }),
    reads("container|image|network|volume inspect", "reads all about {}").plain("-f,--format= -s,--size").look(|_, understanding| {
        understanding.reveal();
    }),
    reads("stats", "reads what {|containers} use").plain("-a,--all --format= --no-stream --no-trunc"),
    reads("top", "lists the processes of {}"),
    reads("port", "reads the ports of {}"),
    reads("diff", "reads what changed in {}"),
    reads("history", "reads how {} was made").plain("--format= -H,--human --no-trunc -q,--quiet"),
    reads("version", "reads versions").plain("-f,--format="),
    reads("info", "reads how it is set up").plain("-f,--format="),
    reads("events", "reads events").plain("-f,--filter= --format= --since= --until="),
    reads("search", "searches for {}").plain("-f,--filter= --format= --limit= --no-trunc"),
    reads("system df", "reads what it uses").plain("-v,--verbose --format="),
    writes("pull", "downloads {}").plain("-a,--all-tags --platform= -q,--quiet"),
    writes("push", "uploads {}").plain("-a,--all-tags -q,--quiet --platform="),
    writes("tag", "names {}"),
    writes("start|restart|stop|pause|unpause", "changes whether {} runs").plain("-t,--time,--timeout= -s,--signal="),
    writes("rename", "renames {}"),
    writes("update", "changes what {} may use").plain("--cpus= -m,--memory= --memory-swap= --restart= --pids-limit= -c,--cpu-shares= --cpuset-cpus="),
    writes("network|volume create", "makes {}").plain("-d,--driver= --label= --subnet= --gateway= --internal -o,--opt="),
    writes("network connect|disconnect", "joins or parts {}").plain("--alias= --ip= -f,--force"),
    destroys("rm", "deletes {}").plain("-f,--force -v,--volumes -l,--link"),
    destroys("rmi", "deletes {}").plain("-f,--force --no-prune"),
    destroys("kill", "kills {}").plain("-s,--signal="),
    destroys("container|image|network|volume rm|remove|prune", "deletes {|what is not used}").plain("-f,--force -v,--volumes -a,--all --filter="),
    destroys("system prune", "deletes what is not used").plain("-a,--all -f,--force --volumes --filter="),
    hides("run", "runs what is in an image").means(&[("--privileged", Raise(Destructive, "runs without walls")), ("-v=", Note("lends a folder"))]),
    hides("exec|create|build|buildx|builder|compose|cp|commit|export|import|load|save|attach|wait|login|logout|context|plugin|swarm|service|stack|node|secret|config|manifest|trust|machine|pod|play|kube|generate|unshare|system|container|image|network|volume",
        "runs or builds what stands in images and files"),
];
