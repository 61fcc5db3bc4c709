//! The same rules in other engines: "refuse action `op_i` in production", for each `i`.

use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicySet, Request};
use criterion::{BenchmarkId, Criterion};
use portcullis_benches::fixture;
use portcullis_policy::{
    cham::read,
    id::{PolicyId, TenantId},
    rules::{RuleSet, ScopeMode, Source},
    tenant,
    tier::Verdict,
};
use regorus::{
    Engine, Rc, Value, languages::rego::compiler::Compiler, rvm::vm::RegoVM,
};
use serde_json::json;
use std::{hint::black_box, str::FromStr, sync::Arc};

pub fn bench(bench: &mut Criterion) {
    for count in [10, 10_000] {
        ours(bench, count);
        cedar(bench, "same_rules_cedar", count, &cedar_policies(0..count));
        cedar(bench, "same_rules_cedar_sliced", count, &cedar_policies(0..1));
        rego(bench, count);
    }
}

fn ours(bench: &mut Criterion, count: usize) {
    let policy = |at: usize| {
        let written = json!({
            "type": "action_type_block", "name": format!("no op_{at}"),
            "config": {
                "action_types": [format!("op_{at}")], "environments": ["production"],
                "verdict": "BLOCKED", "tier": "C",
            },
        });
        let id = PolicyId::new(&format!("pol_{at}")).expect("an id");
        Arc::new(read::draft(&written).expect("a policy").into_policy(id, fixture::now()))
    };
    let allow = "
version: 1
catalogue: [{ action: 'op_*', tier: 0 }, { action: op_0, tier: 0 }]
actions: [{ action: 'op_*' }]
";
    let rules = RuleSet::compile(Source {
        tenant: TenantId::new("acme").expect("an id"),
        tenant_policy: Some(tenant::read::parse(allow).expect("a tenant policy")),
        policies: (0..count).map(policy).collect(),
        scope_mode: ScopeMode::Strict,
    })
    .expect("rules");
    let action = fixture::action();
    let facts = fixture::facts(&rules, &action);
    assert_eq!(rules.judge(&action, &facts).verdict, Verdict::Blocked);
    let mut group = bench.benchmark_group("same_rules_portcullis");
    group.bench_function(BenchmarkId::from_parameter(count), |b| {
        b.iter(|| black_box(rules.judge(black_box(&action), black_box(&facts))));
    });
}

fn cedar_policies(range: std::ops::Range<usize>) -> PolicySet {
    let mut text = "permit(principal, action, resource);\n".to_owned();
    for at in range {
        text.push_str(&format!(
            "forbid(principal, action == Action::\"op_{at}\", resource) \
             when {{ context.environment == \"production\" }};\n"
        ));
    }
    PolicySet::from_str(&text).expect("policies")
}

fn cedar(bench: &mut Criterion, name: &str, count: usize, policies: &PolicySet) {
    let uid = |text: &str| EntityUid::from_str(text).expect("an id");
    let context = Context::from_json_value(json!({ "environment": "production" }), None);
    let request = Request::new(
        uid("Agent::\"agt_bench\""),
        uid("Action::\"op_0\""),
        uid("Service::\"orders-db\""),
        context.expect("a context"),
        None,
    )
    .expect("a request");
    let (entities, authorizer) = (Entities::empty(), Authorizer::new());
    let answer = authorizer.is_authorized(&request, policies, &entities);
    assert_eq!(answer.decision(), cedar_policy::Decision::Deny);
    let mut group = bench.benchmark_group(name);
    group.bench_function(BenchmarkId::from_parameter(count), |b| {
        b.iter(|| black_box(authorizer.is_authorized(black_box(&request), policies, &entities)));
    });
}

fn rego(bench: &mut Criterion, count: usize) {
    let policy = "
package gate
import rego.v1
default refuse := false
refuse if data.blocked[input.action][input.environment]
";
    let blocked: serde_json::Map<_, _> =
        (0..count).map(|at| (format!("op_{at}"), json!({ "production": true }))).collect();
    let data = Value::from_json_str(&json!({ "blocked": blocked }).to_string()).expect("data");
    let input = Value::from_json_str(r#"{"action":"op_0","environment":"production"}"#);
    let input = input.expect("input");
    let mut engine = Engine::new();
    engine.add_policy("gate.rego".to_owned(), policy.to_owned()).expect("a policy");
    engine.add_data(data.clone()).expect("data");
    let entry: Rc<str> = Rc::from("data.gate.refuse");
    let compiled = engine.compile_with_entrypoint(&entry).expect("a compiled policy");
    let program = Compiler::compile_from_policy(&compiled, &[&entry]).expect("a program");
    let mut machine = RegoVM::new();
    machine.load_program(program);
    machine.set_data(data).expect("data");
    machine.set_input(input.clone());
    assert_eq!(machine.execute().expect("a result"), Value::from(true));
    let mut group = bench.benchmark_group("same_rules_regorus");
    group.bench_function(BenchmarkId::from_parameter(count), |b| {
        b.iter(|| {
            machine.set_input(black_box(input.clone()));
            black_box(machine.execute().expect("a result"))
        });
    });
}
