//! Services, their journal, and what the machine is. Source: freedesktop.org man pages, and those of
//! procps and coreutils.

use crate::command::{
    effect::Effect::{Destructive, Write},
    tool::{
        Means::{self, Doubt, Elsewhere, Raise},
        Style, Tool, Verb, destroys, hides, reads, writes,
    },
};

const AWAY: &[(&str, Means)] = &[(
    "-H,--host= -M,--machine= --root= --image= --user --global",
    Elsewhere,
)];

const UNITS: &str = "-t,--type= --state= -a,--all -l,--full --no-pager --no-legend --plain -q,--quiet \
    --no-ask-password -p,--property= --value -n,--lines= -o,--output= -r,--recursive --failed --reverse \
    --after --before --legend? -P=";

const CHANGES: &str = "--now --no-block -q,--quiet --no-ask-password --no-reload -f,--force --runtime --wait \
    --job-mode= --system --no-pager";

pub(super) const SYSTEMCTL: Tool = Tool {
    names: &["systemctl"],
    style: Style::Gnu,
    plain: "--system --no-pager",
    means: AWAY,
    verbs: &[
        reads("status|is-active|is-enabled|is-failed|show|cat|list-dependencies", "reads how {|everything} stands").plain(UNITS),
        reads("list-units|list-unit-files|list-timers|list-sockets|list-jobs|list-paths|get-default|is-system-running", "lists what there is").plain(UNITS),
        writes("start|stop|restart|reload|try-restart|reload-or-restart", "changes whether {} runs").plain(CHANGES),
        writes("enable|disable|reenable|preset|unmask", "changes whether {} starts by itself").plain(CHANGES),
        writes("daemon-reload|reset-failed", "reads its settings again").plain(CHANGES),
        destroys("mask", "keeps {} from ever starting").plain(CHANGES),
        destroys("kill", "kills {}").plain("-s,--signal= --kill-whom= --kill-who= --kill-value="),
        destroys("poweroff|reboot|halt|kexec|suspend|hibernate|rescue|emergency|isolate|soft-reboot|exit|clean|revert", "stops or resets {|the machine}").plain(CHANGES),
        hides("edit|set-property|link|set-environment|unset-environment|import-environment|switch-root|set-default|log-level|bind|mount-image", "changes settings"),
    ],
};

pub(super) const JOURNALCTL: Tool = Tool {
    names: &["journalctl"],
    style: Style::Gnu,
    plain: "-u,--unit= --user-unit= -f,--follow -n,--lines= -0= -r,--reverse -o,--output= -b,--boot? --list-boots \
        -k,--dmesg -p,--priority= -S,--since= -U,--until= -g,--grep= --case-sensitive? -e,--pager-end -x,--catalog \
        -q,--quiet -a,--all --no-pager --no-tail --utc --no-hostname -t,--identifier= -F,--field= -N,--fields \
        --disk-usage --header --output-fields= --system --user -l,--full --no-full -m,--merge --facility= -c,--cursor= \
        --after-cursor= --show-cursor --verify",
    means: &[
        (
            "--vacuum-size= --vacuum-time= --vacuum-files=",
            Raise(Destructive, "deletes old entries"),
        ),
        (
            "--rotate --flush --sync --relinquish-var --smart-relinquish-var",
            Raise(Write, "changes the journal"),
        ),
        ("--cursor-file=", Raise(Write, "writes a file")),
        ("--setup-keys", Raise(Destructive, "makes new keys")),
        ("--update-catalog", Raise(Write, "writes the catalogue")),
        (
            "-M,--machine= --root= --image= -D,--directory= --file= --namespace=",
            Elsewhere,
        ),
    ],
    verbs: &[reads("", "reads the journal")],
};

const fn simple(
    names: &'static [&'static str],
    plain: &'static str,
    verbs: &'static [Verb],
) -> Tool {
    Tool {
        names,
        style: Style::Gnu,
        plain,
        means: &[],
        verbs,
    }
}

pub(super) const PLAIN: &[Tool] = &[
    simple(
        &["ps"],
        "-e -A -f -F -l -a -u= -x -p= -o= -C= -L -T -H -w -h --sort= --forest --no-headers -y -M -U= -t= -g= -G=",
        &[reads("", "lists processes").look(|given, understanding| {
            if given.words().any(|word| word.contains('e')) {
                understanding.reveal();
            }
        })],
    ),
    simple(
        &["df"],
        "-h,--human-readable -H -k -m -T,--print-type -i,--inodes -a,--all -l,--local -t,--type= -x,--exclude-type= -P,--portability -B= --total --output?",
        &[reads("", "reads how full {|disks} are")],
    ),
    simple(
        &["free"],
        "-h,--human -b -k -m -g --si -t,--total -w,--wide -l,--lohi",
        &[reads("", "reads how much memory is free")],
    ),
    simple(
        &[
            "uptime", "whoami", "pwd", "true", "false", "tty", "arch", "nproc", "groups", "logname",
        ],
        "-p -s -L -P --all",
        &[reads("", "answers something about itself")],
    ),
    simple(
        &["uname"],
        "-a,--all -s -n -r -v -m -p -i -o",
        &[reads("", "reads what the machine is")],
    ),
    simple(
        &["id"],
        "-u -g -G -n -r -z",
        &[reads("", "reads who {|it} is")],
    ),
    simple(
        &["lscpu", "lsblk", "lsmem", "lsusb", "lspci"],
        "-a -J --json -o= -f -n -v -k -p -e -l -m -t -b",
        &[reads("", "reads what the machine has")],
    ),
    simple(&["sleep"], "", &[reads("", "waits {}")]),
    simple(&["echo"], "-n -e -E", &[reads("", "says {}")]),
    simple(&["printf"], "", &[reads("", "says {}")]),
    simple(
        &["basename", "dirname", "realpath", "readlink"],
        "-a -s= -z -e -f -m -n -q -L -P --relative-to=",
        &[reads("", "reads the names of {}")],
    ),
    simple(&["which", "type"], "-a -p -t", &[reads("", "finds {}")]),
    simple(&["seq"], "-s= -w -f=", &[reads("", "counts {}")]),
    Tool {
        names: &["date"],
        style: Style::Gnu,
        plain: "-u,--utc -R,--rfc-email -I? -d,--date= -r,--reference= --iso-8601? --rfc-3339=",
        means: &[
            ("-s,--set=", Raise(Write, "sets the clock")),
            ("-f,--file=", Doubt("lets a file say what is told")),
        ],
        verbs: &[reads("", "reads the time").look(|given, understanding| {
            if given.words().any(|word| !word.starts_with('+')) {
                understanding.raise(Write);
                understanding.note("it may set the clock");
            }
        })],
    },
    simple(
        &["hostname"],
        "-f -i -I -s -d -A",
        &[
            reads("", "reads the name of the machine").look(|given, understanding| {
                if given.words().next().is_some() {
                    understanding.raise(Write);
                }
            }),
        ],
    ),
    simple(
        &["kill", "pkill", "killall"],
        "-s,--signal= -0 -f -u= -n -o -x -q -l -e -9 -15",
        &[destroys("", "kills {}")],
    ),
    simple(
        &["reboot", "shutdown", "poweroff", "halt"],
        "-h -r -f -n -P -c -k --no-wall",
        &[destroys("", "stops the machine")],
    ),
];
