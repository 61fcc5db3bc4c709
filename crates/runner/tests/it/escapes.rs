//! Ways out of the walls by names of files.

use crate::house::{CANARY, House, MINE, OTHER, bare};
use portcullis_runner::plan::Wall;
use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};

/// A shell script with the canary's path as `$1`.
fn sh<'a>(script: &'a str, canary: &'a str) -> [&'a str; 5] {
    ["sh", "-c", script, "sh", canary]
}

#[tokio::test]
async fn a_path_to_another_room_leads_nowhere() {
    let house = House::new().await;
    let canary = house.canary().display().to_string();
    house
        .must_hold(&sh("cat \"$1\"; echo tried", &canary))
        .await;
}

#[tokio::test]
async fn a_symbolic_link_leads_nowhere() {
    let house = House::new().await;
    let canary = house.canary().display().to_string();
    let script = "rm -f link; ln -s \"$1\" link; cat link; cat < link; echo tried";
    house.must_hold(&sh(script, &canary)).await;
    let folder = "rm -f up; ln -s \"$(dirname \"$1\")\" up; cat up/canary; ls up; echo tried";
    house.must_hold(&sh(folder, &canary)).await;
}

#[tokio::test]
async fn dots_lead_nowhere() {
    let house = House::new().await;
    let script = "cat ../../s-other/home/canary; cd ../../s-other/home && cat canary; echo tried";
    house.must_hold(&["sh", "-c", script]).await;
}

#[tokio::test]
async fn a_hard_link_cannot_be_made() {
    let house = House::new().await;
    let canary = house.canary().display().to_string();
    let script = "rm -f mine; ln \"$1\" mine; cat mine; echo tried";
    house.must_hold(&sh(script, &canary)).await;
    assert_eq!(
        fs::read_to_string(house.canary()).expect("a canary"),
        CANARY
    );
}

#[tokio::test]
async fn the_roots_of_other_processes_lead_nowhere() {
    let house = House::new().await;
    let canary = house.canary().display().to_string();
    let script = "for p in /proc/[0-9]*; do cat \"$p/root$1\" 2>&1; done | sort -u; echo tried";
    house.must_hold(&sh(script, &canary)).await;
}

#[tokio::test]
async fn the_folders_and_files_of_other_processes_lead_nowhere() {
    let house = House::new().await;
    // A process of another session, in its own folder and with its canary open.
    let mut other = std::process::Command::new("sleep")
        .arg("1000")
        .current_dir(house.canary().parent().expect("a folder"))
        .stdin(fs::File::open(house.canary()).expect("a canary"))
        .stdout(Stdio::null())
        .spawn()
        .expect("a process");
    let number = other.id().to_string();
    let script = "cat /proc/$1/cwd/canary; cat /proc/$1/fd/0; echo tried";
    house.must_hold(&sh(script, &number)).await;
    other.kill().expect("a signal");
    other.wait().expect("an end");
}

#[tokio::test]
async fn folders_that_everybody_shares_are_not_shared() {
    let house = House::new().await;
    for shared in ["/tmp", "/var/tmp", "/dev/shm"] {
        let Ok(folder) = tempfile::Builder::new().prefix("canary").tempdir_in(shared) else {
            // A machine without this folder has nothing to share in it.
            assert!(!std::path::Path::new(shared).is_dir(), "{shared}");
            continue;
        };
        let path = folder.path().join("canary");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("rights");
        fs::write(&path, CANARY).expect("a canary");
        let path = path.display().to_string();
        house.must_hold(&sh("cat \"$1\"; echo tried", &path)).await;
    }
}

#[tokio::test]
async fn what_is_written_to_a_shared_folder_stays_in_the_room() {
    let house = House::new().await;
    let name = std::path::Path::new("/tmp").join(format!("left-{}", std::process::id()));
    let name = name.display().to_string();
    let script = "echo x > \"$1\"; echo y > \"$TMPDIR/mine\" && cat \"$TMPDIR/mine\"";
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &sh(script, &name)).await;
        assert!(said.contains('y'), "{standing}: {said}");
        assert!(fs::metadata(&name).is_err(), "{standing}");
    }
    bare(&sh("echo x > \"$1\"", &name), &house.home(MINE));
    fs::remove_file(&name).expect("what was written without walls");
}

#[tokio::test]
async fn nothing_of_another_room_can_be_changed() {
    let house = House::new().await;
    let canary = house.canary().display().to_string();
    let script = "import os,sys\n\
        path = sys.argv[1]\n\
        def attempt(name, deed):\n\
        \x20   try: deed(); print(name, 'done')\n\
        \x20   except OSError as error: print(name, 'refused')\n\
        attempt('write', lambda: open(path, 'a').close())\n\
        attempt('truncate', lambda: os.truncate(path, 3))\n\
        attempt('rights', lambda: os.chmod(path, 0o666))\n\
        attempt('times', lambda: os.utime(path, (1, 1)))\n\
        attempt('owner', lambda: os.chown(path, os.getuid(), -1))\n\
        attempt('rename', lambda: os.rename(path, path + '2'))\n\
        attempt('back', lambda: os.rename(path + '2', path))\n\
        attempt('new', lambda: open(path + '3', 'w').close())\n\
        attempt('folder', lambda: os.mkdir(path + '4'))\n\
        attempt('room', lambda: os.open(os.path.dirname(path), os.O_TMPFILE | os.O_WRONLY))\n";
    let argv = ["python3", "-c", script, &canary];
    let without = bare(&argv, &house.home(MINE));
    assert_eq!(without.matches("done").count(), 10, "{without}");
    house_is_whole_again(&house);
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        assert_eq!(said.matches("refused").count(), 10, "{standing}: {said}");
        let found = fs::read_to_string(house.canary()).expect("a canary");
        assert_eq!(found, CANARY, "{standing}");
        let left = fs::read_dir(house.canary().parent().expect("a folder")).expect("a list");
        assert_eq!(left.count(), 1, "{standing}");
    }
}

fn house_is_whole_again(house: &House) {
    let canary = house.canary().display().to_string();
    fs::write(&canary, CANARY).expect("a canary");
    fs::set_permissions(&canary, fs::Permissions::from_mode(0o666)).expect("rights");
    fs::remove_file(format!("{canary}3")).expect("a file");
    fs::remove_dir(format!("{canary}4")).expect("a folder");
}

#[tokio::test]
async fn nobody_hears_what_happens_in_another_room() {
    let house = House::new().await;
    let folder = house.home(OTHER).display().to_string();
    // Whoever watches a folder hears the names of what is made there, and may know none of them.
    let script = "import ctypes, sys\n\
        libc = ctypes.CDLL(None)\n\
        watch = libc.inotify_add_watch(libc.inotify_init1(0), sys.argv[1].encode(), 0x100)\n\
        print('hears' if watch >= 0 else 'nothing', 'tried')\n";
    let argv = ["python3", "-c", script, &folder];
    let without = bare(&argv, &house.home(MINE));
    assert!(without.contains("hears tried"), "no attempt: {without}");
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        assert!(said.contains("nothing tried"), "{standing}: {said}");
    }
}

#[tokio::test]
async fn what_the_gate_has_open_is_not_open_to_a_command() {
    let house = House::new().await;
    // Left open for everything that is started, as a library might.
    let leaky = rustix::fs::open(
        house.canary(),
        rustix::fs::OFlags::RDONLY,
        rustix::fs::Mode::empty(),
    )
    .expect("a canary");
    let script = "import os\n\
        for number in range(3, 512):\n\
        \x20   try: print(os.pread(number, 100, 0))\n\
        \x20   except OSError: pass\n\
        print('tried')\n";
    house.must_hold(&["python3", "-c", script]).await;
    drop(leaky);
}

#[tokio::test]
async fn the_files_of_the_gate_and_of_people_are_not_there() {
    let house = House::new().await;
    let ledger = house.folder.path().join("portcullis.db");
    fs::write(&ledger, CANARY).expect("a ledger");
    fs::set_permissions(&ledger, fs::Permissions::from_mode(0o644)).expect("rights");
    let ledger = ledger.display().to_string();
    house
        .must_hold(&sh("cat \"$1\"; echo tried", &ledger))
        .await;
    let script = "import os\n\
        for path in ['/root', '/home', '/sys', '/run', '/var', '/opt', '/etc/shadow', '/dev/kmsg', '/proc/1/environ', '/proc/kallsyms']:\n\
        \x20   try: os.open(path, os.O_RDONLY); print('reached', path)\n\
        \x20   except OSError: pass\n\
        print('tried')\n";
    let without = bare(&["python3", "-c", script], &house.home(MINE));
    assert!(without.contains("reached /var"), "{without}");
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &["python3", "-c", script]).await;
        // Process 1 of the room's own namespace is not the machine's.
        let said = match offer.has(Wall::OwnProc) {
            true => said.replace("reached /proc/1/environ", ""),
            false => said,
        };
        assert!(!said.contains("reached"), "{standing}: {said}");
        assert!(said.contains("tried"), "{standing}: {said}");
    }
}

#[tokio::test]
async fn programs_that_were_written_into_the_room_do_not_run() {
    let house = House::new().await;
    let script = "cp /bin/echo mine && chmod 700 mine 2> /dev/null; ./mine it runs; echo tried";
    assert!(bare(&["sh", "-c", script], &house.home(MINE)).contains("it runs"));
    fs::remove_file(house.home(MINE).join("mine")).expect("a program");
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &["sh", "-c", script]).await;
        assert!(
            !said.contains("it runs") && said.contains("tried"),
            "{standing}: {said}"
        );
    }
}
