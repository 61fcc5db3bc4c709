//! Ways out of the walls by other processes and by the kernel itself.

use crate::house::{CANARY, House, MINE, NAMESPACES, bare};
use std::{
    os::unix::process::ExitStatusExt,
    process::{Child, Command, Stdio},
};

/// A process of somebody else's.
fn neighbour() -> Child {
    Command::new("sleep")
        .arg("1000")
        .env("KEPT", CANARY)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

fn end(mut process: Child) {
    process.kill().expect("a signal");
    process.wait().expect("an end");
}

/// Says for each attempt whether it was done or refused; `pid` is the neighbour, `libc` calls it.
fn python(attempts: &str) -> String {
    format!(
        "import ctypes, os, resource, sys, fcntl\n\
         libc = ctypes.CDLL(None, use_errno=True)\n\
         pid = int(sys.argv[1])\n\
         def attempt(name, deed):\n\
         \x20   try: done = deed()\n\
         \x20   except OSError: done = -1\n\
         \x20   print(name, 'refused' if done == -1 else 'done')\n\
         {attempts}"
    )
}

async fn each_is_refused(attempts: &str, count: usize) {
    let house = House::new().await;
    let process = neighbour();
    let (script, number) = (python(attempts), process.id().to_string());
    let argv = ["python3", "-c", &script, &number];
    let without = bare(&argv, &house.home(MINE));
    assert_eq!(
        without.matches("done").count(),
        count,
        "no attempt: {without}"
    );
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        assert_eq!(said.matches("refused").count(), count, "{standing}: {said}");
    }
    end(process);
}

#[tokio::test]
async fn no_process_can_be_traced_or_read() {
    // Seizing, which stops nobody; reading its memory; its environment; and being traced oneself.
    each_is_refused(
        "attempt('seize', lambda: libc.ptrace(0x4206, pid, None, None))\n\
         attempt('environment', lambda: open(f'/proc/{pid}/environ').close())\n\
         attempt('memory', lambda: open(f'/proc/{pid}/mem').close())\n\
         attempt('traced', lambda: libc.ptrace(0, 0, None, None))\n",
        4,
    )
    .await;
}

#[tokio::test]
async fn no_process_outside_can_be_signalled_or_bound() {
    each_is_refused(
        "attempt('look', lambda: os.kill(pid, 0))\n\
         attempt('group', lambda: os.killpg(os.getpgid(pid), 0))\n\
         attempt('handle', lambda: libc.syscall(424, libc.syscall(434, pid, 0), 0, None, 0))\n\
         attempt('bound', lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (99, 99)))\n\
         attempt('priority', lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))\n\
         attempt('processor', lambda: os.sched_setaffinity(pid, {0}))\n",
        6,
    )
    .await;
}

#[tokio::test]
async fn everybody_cannot_be_killed_at_once() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let mut process = neighbour();
        let said = house
            .behind(&offer, &["sh", "-c", "kill -9 -1; echo tried"])
            .await;
        assert!(
            process.try_wait().expect("a look").is_none(),
            "{standing}: {said}"
        );
        end(process);
    }
}

#[tokio::test]
async fn no_process_outside_is_signalled_by_way_of_a_file() {
    // Whoever owns a file is sent a signal of one's choice when something happens to it.
    let script = "import ctypes, fcntl, os, signal, socket, struct, sys\n\
        pid, way = int(sys.argv[1]), sys.argv[2]\n\
        mine, other = socket.socketpair()\n\
        ways = {\n\
        'owner': lambda: fcntl.fcntl(mine, 8, pid),\n\
        'owner by kind': lambda: fcntl.fcntl(mine, 15, struct.pack('ii', 1, pid)),\n\
        'owner of a socket': lambda: fcntl.ioctl(mine, 0x8901, struct.pack('i', pid)),\n\
        'group of a socket': lambda: fcntl.ioctl(mine, 0x8902, struct.pack('i', pid)),\n\
        }\n\
        try: ways[way]()\n\
        except OSError: pass\n\
        fcntl.fcntl(mine, 10, signal.SIGKILL)\n\
        fcntl.fcntl(mine, fcntl.F_SETFL, os.O_ASYNC)\n\
        other.send(b'x')\n\
        print('tried')\n";
    let house = House::new().await;
    for way in [
        "owner",
        "owner by kind",
        "owner of a socket",
        "group of a socket",
    ] {
        let mut process = neighbour();
        let number = process.id().to_string();
        let without = bare(&["python3", "-c", script, &number, way], &house.home(MINE));
        assert!(without.contains("tried"), "{way}: {without}");
        let ended = process.wait().expect("an end");
        assert_eq!(ended.signal(), Some(9), "no attempt: {way}");
        for (standing, offer) in house.standings() {
            let mut process = neighbour();
            let number = process.id().to_string();
            let argv = ["python3", "-c", script, &number, way];
            let said = house.behind(&offer, &argv).await;
            assert!(said.contains("tried"), "{standing}, {way}: {said}");
            assert!(
                process.try_wait().expect("a look").is_none(),
                "{standing}, {way}: {said}"
            );
            end(process);
        }
    }
}

#[tokio::test]
async fn no_process_outside_is_slowed_down_with_its_user() {
    let house = House::new().await;
    let script = "import os\n\
        try: os.setpriority(os.PRIO_USER, 0, os.getpriority(os.PRIO_PROCESS, 0))\n\
        except OSError: pass\n\
        print('at', os.getpriority(os.PRIO_PROCESS, 0))\n";
    for (standing, offer) in house.standings() {
        let process = neighbour();
        let nice = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id()));
            let stat = stat.expect("a process");
            let (_, rest) = stat.rsplit_once(')').expect("a name in brackets");
            rest.split_whitespace().nth(16).map(str::to_owned)
        };
        let before = nice();
        let said = house.behind(&offer, &["python3", "-c", script]).await;
        // What runs behind walls is nicer than others already.
        let own = said.trim().strip_prefix("at ").map(str::to_owned);
        assert!(own.is_some() && own != before, "{standing}: {said}");
        assert_eq!(nice(), before, "{standing}: {said}");
        end(process);
    }
}

#[tokio::test]
async fn a_command_still_signals_its_own() {
    let house = House::new().await;
    // A process that a command started is its own in every standing but the last, where the
    // kernel cannot tell.
    for (standing, offer) in house.standings().into_iter().take(2) {
        let script = "sleep 1000 & kill $! && wait $!; echo ended with $?";
        let said = house.behind(&offer, &["sh", "-c", script]).await;
        assert!(said.contains("ended with 143"), "{standing}: {said}");
    }
}

#[tokio::test]
async fn the_kernel_gives_no_new_rights_and_no_new_rooms() {
    let house = House::new().await;
    let offered = NAMESPACES.iter().all(|wall| house.offer().has(*wall));
    let script = python(
        "attempt('users', lambda: libc.unshare(0x10000000))\n\
         attempt('mounts', lambda: libc.unshare(0x00020000))\n\
         attempt('mount', lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))\n\
         attempt('chroot', lambda: os.chroot('.'))\n\
         attempt('keys', lambda: libc.syscall(250 if os.uname().machine == 'x86_64' else 219, 0, -3, 1))\n\
         attempt('ring', lambda: libc.syscall(425, 1, ctypes.create_string_buffer(120)))\n\
         attempt('terminal', lambda: -1 if ioctl() == 1 else 0)\n",
    );
    let ioctl = "def ioctl():\n\
        \x20   try: fcntl.ioctl(0, 0x5412, b'x')\n\
        \x20   except OSError as error: return error.errno\n\
        \x20   return 0\n";
    let script = script.replace("pid = ", &format!("{ioctl}pid = "));
    let argv = ["python3", "-c", &script, "1"];
    if offered {
        let without = bare(&argv, &house.home(MINE));
        // Without walls the kernel at least understands the question about a terminal.
        assert!(without.contains("terminal done"), "{without}");
        assert!(without.contains("users done"), "{without}");
    }
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        assert_eq!(said.matches("refused").count(), 7, "{standing}: {said}");
    }
}

#[tokio::test]
async fn nobody_is_root_and_nothing_gives_it_back() {
    let house = House::new().await;
    let script = python(
        "print('user', os.getuid(), os.geteuid())\n\
         print('bound', libc.prctl(39, 0, 0, 0, 0))\n\
         print('capabilities', sum(libc.prctl(47, 1, number, 0, 0) == 1 for number in range(41)))\n\
         attempt('root', lambda: os.setuid(0))\n\
         attempt('group', lambda: os.setgid(0))\n\
         attempt('owner', lambda: os.chown('.', 0, 0))\n\
         attempt('name', lambda: libc.sethostname(b'x', 1))\n\
         attempt('clock', lambda: libc.settimeofday(ctypes.create_string_buffer(16), None))\n",
    );
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &["python3", "-c", &script, "1"]).await;
        assert!(
            !said.contains("user 0") && said.contains("user "),
            "{standing}: {said}"
        );
        assert!(
            said.contains("bound 1\ncapabilities 0\n"),
            "{standing}: {said}"
        );
        assert_eq!(said.matches("refused").count(), 5, "{standing}: {said}");
    }
}

#[tokio::test]
async fn only_the_room_s_own_processes_have_numbers() {
    let house = House::new().await;
    let process = neighbour();
    let script =
        "ls /proc/$1 > /dev/null 2>&1 && echo reached; ls -d /proc/[0-9]* 2>&1; echo tried";
    let number = process.id().to_string();
    let argv = ["sh", "-c", script, "sh", &number];
    assert!(bare(&argv, &house.home(MINE)).contains("reached"));
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        assert!(
            !said.contains("reached") && said.contains("tried"),
            "{standing}: {said}"
        );
    }
    end(process);
}

#[tokio::test]
async fn a_dump_of_memory_is_written_nowhere() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let script = "ulimit -c unlimited 2> /dev/null; ulimit -c; MARK=$0; kill -SEGV 0";
        let argv = ["sh", "-c", script, CANARY];
        let effect = house.effect_behind(&offer, &argv).await;
        let ended = effect.summary.ends_with("was ended by signal 11");
        assert!(ended, "{standing}: {effect:?}");
        let said = crate::house::text(&effect);
        assert!(!said.contains("unlimited"), "{standing}: {said}");
        let left = std::fs::read_dir(house.home(MINE)).expect("a list").count();
        assert_eq!(left, 0, "{standing}");
    }
}
