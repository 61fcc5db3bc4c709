use super::{Limits, Network, Plan, Wall};
use std::path::PathBuf;

fn plan() -> Plan {
    Plan {
        walls: Wall::ALWAYS.into(),
        room: "/srv/rooms/acme/s1".into(),
        home: "home".into(),
        own: "run/1".into(),
        user: Some(2_000),
        argv: vec!["true".to_owned()],
        read: Vec::new(),
        run_own: false,
        network: Network::None,
        limits: Limits::default(),
    }
}

fn fault(change: impl FnOnce(&mut Plan)) -> String {
    let mut changed = plan();
    change(&mut changed);
    changed.check().expect_err("a fault").to_string()
}

#[test]
fn a_plan_that_can_be_kept_to_is_well() {
    assert_eq!(plan().check(), Ok(()));
}

#[test]
fn a_plan_without_a_wall_that_every_command_has_is_refused() {
    for wall in Wall::ALWAYS {
        let why = fault(|plan| plan.walls.retain(|one| *one != wall));
        assert_eq!(why, "a wall is left out that every command has");
    }
}

#[test]
fn a_wall_without_what_it_stands_on_is_refused() {
    let why = fault(|plan| plan.walls.extend([Wall::Mounts]));
    assert_eq!(why, "a wall is asked for without what it stands on");
}

#[test]
fn paths_that_could_lead_elsewhere_are_refused() {
    let odd = ["", "../home", "home/..", "/home", "./home", "a//b", "home/"];
    for home in odd {
        let why = fault(|plan| plan.home = PathBuf::from(home));
        assert_eq!(why, "the room is no path of plain names", "{home}");
    }
    let why = fault(|plan| plan.own = "home/own".into());
    assert_eq!(why, "the folders of the room are in one another");
    let why = fault(|plan| plan.room = "/usr/rooms".into());
    assert_eq!(why, "the room lies where every command may read");
    let why = fault(|plan| plan.read.push("/srv".into()));
    assert_eq!(why, "the room lies where every command may read");
}

#[test]
fn root_and_empty_commands_are_refused() {
    assert_eq!(fault(|plan| plan.user = Some(0)), "no command runs as root");
    let why = "the command cannot be run";
    assert_eq!(fault(|plan| plan.argv.clear()), why);
    assert_eq!(fault(|plan| plan.argv = vec![String::new()]), why);
    assert_eq!(fault(|plan| plan.argv.push("a\0b".to_owned())), why);
}

#[test]
fn bounds_that_leave_no_room_for_the_walls_are_refused() {
    let why = "a bound leaves no room for what raises the walls";
    assert_eq!(fault(|plan| plan.limits.cpu_seconds = 0), why);
    assert_eq!(fault(|plan| plan.limits.memory_bytes = 1 << 20), why);
    assert_eq!(fault(|plan| plan.limits.processes = 7), why);
    assert_eq!(fault(|plan| plan.limits.open_files = 15), why);
}

#[test]
fn ports_are_opened_only_behind_the_wall_that_holds_the_others() {
    let ports = Network::Ports {
        ports: vec![443],
        datagrams: false,
    };
    let why = fault(|plan| plan.network = ports.clone());
    assert_eq!(
        why,
        "ports are opened without the wall that holds the others"
    );
    let why = fault(|plan| {
        plan.network = ports.clone();
        plan.walls.extend([Wall::Users, Wall::Network, Wall::Ports]);
    });
    assert_eq!(
        why,
        "ports are opened in a network of its own, where nobody is"
    );
}

#[test]
fn what_a_plan_does_not_know_is_refused() {
    let mut written = serde_json::to_value(plan()).expect("JSON");
    written["walls_too"] = true.into();
    assert!(serde_json::from_value::<Plan>(written).is_err());
}
