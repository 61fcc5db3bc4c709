use super::{Count, Manifest};
use serde_json::{Value, json};

fn gpus(written: &Value) -> Count {
    Manifest::read(written).map_or(Count::Unstated, |manifest| super::count(&manifest))
}

fn count(manifest: &str) -> Count {
    gpus(&json!(manifest))
}

const POD: &str = "
kind: Pod
spec:
  containers:
    - { name: main, resources: { limits: { nvidia.com/gpu: 2, cpu: 8 } } }
    - { name: side, resources: { requests: { nvidia.com/gpu: '1' } } }
    - { name: plain }
";

#[test]
fn a_pod_takes_what_its_containers_take_together() {
    assert_eq!(count(POD), Count::Of(3.0));
}

#[test]
fn documents_add_up_and_empty_ones_count_for_nothing() {
    assert_eq!(count(&format!("{POD}\n---\n{POD}\n---\n")), Count::Of(6.0));
}

#[test]
fn initial_containers_run_before_and_sidecars_beside() {
    let pod = |init: &str| {
        count(&format!(
            "kind: Pod
spec:
  initContainers: [{{ {init} resources: {{ limits: {{ nvidia.com/gpu: 3 }} }} }}]
  containers: [{{ resources: {{ limits: {{ nvidia.com/gpu: 2 }} }} }}]"
        ))
    };
    assert_eq!(pod(""), Count::Of(3.0));
    assert_eq!(pod("restartPolicy: Always,"), Count::Of(5.0));
}

#[test]
fn every_kind_multiplies_by_its_copies() {
    let template =
        "template: { spec: { containers: [{ resources: { limits: { nvidia.com/gpu: 2 } } }] } }";
    for (manifest, wanted) in [
        (format!("kind: Job\nspec: {{ {template} }}"), 2.0),
        (
            format!("kind: Job\nspec: {{ parallelism: 4, {template} }}"),
            8.0,
        ),
        (
            format!("kind: Job\nspec: {{ parallelism: 2, completions: 6, {template} }}"),
            12.0,
        ),
        (
            format!("kind: Job\nspec: {{ parallelism: 0, {template} }}"),
            2.0,
        ),
        (
            format!(
                "kind: CronJob\nspec: {{ jobTemplate: {{ spec: {{ parallelism: 3, {template} }} }} }}"
            ),
            6.0,
        ),
        (
            format!("kind: Deployment\nspec: {{ replicas: 5, {template} }}"),
            10.0,
        ),
        (format!("kind: StatefulSet\nspec: {{ {template} }}"), 2.0),
        (
            format!(
                "kind: JobSet\nspec: {{ replicatedJobs: [{{ replicas: 2, template: {{ spec: {{ parallelism: 3, {template} }} }} }}] }}"
            ),
            12.0,
        ),
        (
            format!(
                "kind: PyTorchJob\nspec: {{ pytorchReplicaSpecs: {{ Master: {{ {template} }}, Worker: {{ replicas: 7, {template} }} }} }}"
            ),
            16.0,
        ),
        (
            format!(
                "kind: PyTorchJob\nspec: {{ elasticPolicy: {{ maxReplicas: 8 }}, pytorchReplicaSpecs: {{ Worker: {{ replicas: 1, {template} }} }} }}"
            ),
            16.0,
        ),
        (
            format!(
                "kind: MPIJob\nspec: {{ aReplicaSpecs: {{}}, mpiReplicaSpecs: {{ Worker: {{ replicas: 2, {template} }} }} }}"
            ),
            4.0,
        ),
        (
            format!(
                "kind: RayCluster\nspec: {{ headGroupSpec: {{ {template} }}, workerGroupSpecs: [{{ replicas: 1, maxReplicas: 3, {template} }}] }}"
            ),
            8.0,
        ),
        (
            format!(
                "kind: List\nitems: [{{ kind: Job, spec: {{ {template} }} }}, {{ kind: ConfigMap }}]"
            ),
            2.0,
        ),
        ("kind: ConfigMap\ndata: {}".to_owned(), 0.0),
    ] {
        assert_eq!(count(&manifest), Count::Of(wanted), "{manifest}");
    }
}

#[test]
fn other_accelerators_count_as_well() {
    for device in [
        "nvidia.com/mig-1g.5gb",
        "amd.com/gpu",
        "google.com/tpu",
        "nvidia.com/gpu.shared",
    ] {
        let pod = format!(
            "kind: Pod\nspec: {{ containers: [{{ resources: {{ limits: {{ {device}: 8 }} }} }}] }}"
        );
        assert_eq!(count(&pod), Count::Of(8.0), "{device}");
    }
}

#[test]
fn what_is_not_understood_is_unclear() {
    let pod = |resources: &str| {
        format!("kind: Pod\nspec: {{ containers: [{{ resources: {resources} }}] }}")
    };
    for manifest in [
        "{{ .Values.gpus }}".to_owned(),
        "just words".to_owned(),
        "kind: Pod".to_owned(),
        "spec: {}".to_owned(),
        "kind: Fleet\nspec: {}".to_owned(),
        "kind: DaemonSet\nspec: {}".to_owned(),
        "kind: Job\nkind: ConfigMap".to_owned(),
        "kind: RayJob\nspec: {}".to_owned(),
        "kind: TFJob\nspec: {}".to_owned(),
        "kind: List".to_owned(),
        "---\n---\n".to_owned(),
        pod("{ limits: { nvidia.com/gpu: -1 } }"),
        pod("{ limits: { nvidia.com/gpu: two } }"),
        pod("{ limits: { nvidia.com/gpu: 2k } }"),
        pod("{ limits: [8] }"),
        pod("{ claims: [{ name: gpu }] }"),
        "kind: Pod\nspec: { resourceClaims: [{ name: gpu }], containers: [] }".to_owned(),
        format!(
            "kind: Deployment\nspec: {{ replicas: many, template: {{ {} }} }}",
            "spec: { containers: [] }"
        ),
        format!("{POD}\n# {}", "x".repeat(65_536)),
        "[".repeat(4_000),
        (0..9).fold("kind: ConfigMap".to_owned(), |inner, _| {
            format!(
                "{{ kind: List, items: [ {{ {} }} ] }}",
                inner.trim_matches(['{', '}', ' '])
            )
        }),
    ] {
        assert_eq!(
            count(&manifest),
            Count::Unclear,
            "{}",
            manifest.chars().take(80).collect::<String>()
        );
    }
}

#[test]
fn nothing_written_says_nothing() {
    assert_eq!(count("  \n"), Count::Unstated);
    assert_eq!(gpus(&json!(null)), Count::Unstated);
}
