//! Without its walls nothing runs.

use crate::house::{House, MINE, order, text, walls};
use portcullis_firewall::{
    order::Ended,
    outside::{Awaited, Exit, Heard, Launch, Launcher, Running, Stop},
    ports::Executor,
};
use portcullis_runner::{
    Offer,
    plan::{Network, Wall},
};
use serde_json::json;
use std::{collections::BTreeMap, collections::VecDeque, fs, sync::Arc};

/// Says what it was told to, and runs nothing.
#[derive(Debug)]
struct Saying(&'static str);

#[derive(Debug)]
struct Said(VecDeque<Heard>);

impl Launcher for Saying {
    fn launch(&self, _: Launch) -> Awaited<'_, Box<dyn Running>> {
        let heard = [Heard::Out(self.0.into()), Heard::Ended(Exit::Code(1))];
        Box::pin(async { Ok(Box::new(Said(heard.into())) as Box<dyn Running>) })
    }
}

impl Running for Said {
    fn next(&mut self) -> Awaited<'_, Heard> {
        let heard = self
            .0
            .pop_front()
            .expect("nothing is asked for after the end");
        Box::pin(async { Ok(heard) })
    }

    fn stop(&mut self, _: Stop) {}
}

#[tokio::test]
async fn a_wall_that_cannot_be_raised_is_named_and_nothing_runs() {
    for (line, why) in [
        (
            "{\"refused\":{\"wall\":\"files\",\"why\":\"no Landlock\"}}\n",
            "the wall `files` cannot be raised: no Landlock",
        ),
        (
            "{\"refused\":{\"wall\":null,\"why\":\"no plan\"}}\n",
            "no walls: no plan",
        ),
        ("", "the walls were not raised"),
        ("\"raised", "the walls were not raised"),
        ("hello\n", "the walls were not raised"),
        ("{\"raised\":true}\n", "the walls were not raised"),
    ] {
        let house = House::with(Arc::new(Saying(line))).await;
        let effect = house.run(&["true"]).await;
        assert_eq!(effect.result, Ended::Failed, "{line}");
        assert_eq!(effect.summary, format!("`true` was not run: {why}"));
        assert!(effect.output.is_empty(), "{line}");
    }
}

#[tokio::test]
async fn a_launcher_that_is_gone_runs_nothing() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |settings| {
        settings.launcher = vec!["/no/such/launcher".to_owned()];
    });
    let effect = commands
        .execute(order(json!({ "argv": ["touch", "it"] })))
        .await;
    assert_eq!(effect.result, Ended::Failed);
    assert!(
        effect.summary.starts_with("`touch it` was not run"),
        "{}",
        effect.summary
    );
    assert!(!house.home(MINE).join("it").exists());
}

#[tokio::test]
async fn the_kernel_s_refusal_names_the_wall() {
    let house = House::new().await;
    // In a user namespace that allows no more of them, where there are any; else in this one.
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
    let mut launcher = walls();
    let offered = house.offer().has(Wall::Users);
    if offered {
        let within = [
            "unshare",
            "--user",
            "--map-root-user",
            "sh",
            "-c",
            script,
            "sh",
        ];
        launcher.splice(0..0, within.map(str::to_owned));
    }
    let commands = house.commands(&Offer::default(), |settings| settings.launcher = launcher);
    let effect = commands
        .execute(order(json!({ "argv": ["touch", "it"] })))
        .await;
    assert_eq!(effect.result, Ended::Failed, "{effect:?}");
    let named = match offered && !rustix::process::geteuid().is_root() {
        true => "the wall `users` cannot be raised",
        // Root there is nobody who could become somebody else.
        false => "cannot be raised",
    };
    assert!(effect.summary.contains(named), "{effect:?}");
    assert!(!house.home(MINE).join("it").exists());
}

#[tokio::test]
async fn what_is_required_is_never_left_out() {
    let house = House::new().await;
    // The offer says that there are no namespaces: a required one is raised, or refuses.
    let lacking = Wall::ALL.map(|wall| (wall, "not here".to_owned()));
    let nothing = Offer::without(BTreeMap::from(lacking));
    let commands = house.commands(&nothing, |settings| {
        settings.required = [Wall::Processes].into();
    });
    let effect = commands
        .execute(order(json!({ "argv": ["sh", "-c", "echo $PPID"] })))
        .await;
    if house.offer().has(Wall::Processes) {
        // Process 1 of its own namespace started it.
        assert_eq!(text(&effect), "1\n");
    } else {
        assert!(effect.summary.contains("cannot be raised"), "{effect:?}");
    }
}

#[tokio::test]
async fn a_network_that_no_wall_holds_is_none() {
    let house = House::new().await;
    let lacking = [(Wall::Ports, "not here".to_owned())];
    let offer = Offer::without(BTreeMap::from(lacking));
    let commands = house.commands(&offer, |settings| {
        settings.network = Network::Ports {
            ports: vec![443],
            datagrams: true,
        };
        settings.launcher = vec![
            "/bin/echo".to_owned(),
            "{\"refused\":{\"wall\":\"ports\",\"why\":\"old\"}}".to_owned(),
        ];
    });
    let effect = commands.execute(order(json!({ "argv": ["true"] }))).await;
    assert_eq!(
        effect.summary,
        "`true` was not run: the wall `ports` cannot be raised: old"
    );
}

#[tokio::test]
async fn the_launcher_believes_no_plan_that_it_cannot_read() {
    for input in [
        &b""[..],
        b"\0\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\x02{}\0\0\0\0",
        b"\0\0\0\x04null\0\0\0\0",
    ] {
        let mut command = std::process::Command::new(&walls()[0]);
        command.arg(&walls()[1]).stdin(std::process::Stdio::piped());
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("a process");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut stdin, input).expect("a plan");
        drop(stdin);
        let output = child.wait_with_output().expect("an end");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.starts_with("{\"refused\":{\"wall\":null"), "{said}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[tokio::test]
async fn what_a_command_says_first_is_not_taken_for_the_launcher_s_word() {
    let house = House::new().await;
    let line = "{\"refused\":{\"wall\":\"files\",\"why\":\"x\"}}";
    let effect = house.run(&["echo", line]).await;
    assert_eq!(effect.result, Ended::Done);
    assert_eq!(text(&effect), format!("{line}\n"));
}

#[tokio::test]
async fn an_action_without_a_session_or_a_room_is_not_run() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let run = async |session| {
        let order = crate::house::order_in(session, json!({ "argv": ["true"] }));
        let effect = commands.execute(order).await;
        assert_eq!(effect.result, Ended::Failed);
        effect.summary
    };
    let none = "a command runs in a session, and the action names none";
    assert_eq!(run(None).await, none);
    let closed = "`true` was not run: the session has no room";
    assert_eq!(run(Some("closed")).await, closed);
    assert_eq!(run(Some("..")).await, closed);
    assert!(fs::metadata(house.room("closed")).is_err());
}
