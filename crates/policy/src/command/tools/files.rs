//! Programs that read and change files. Source: the manuals of the GNU coreutils, findutils, diffutils,
//! grep and sed.

mod script;

use super::places::secrets;
use crate::command::{
    effect::Effect::{Destructive, Write},
    tool::{
        Given,
        Means::{self, Doubt, File, Note, Raise},
        Style, Tool, Verb, destroys, reads, writes,
    },
    understanding::{Understanding, named},
};

const fn tool(
    names: &'static [&'static str],
    plain: &'static str,
    means: &'static [(&'static str, Means)],
    verbs: &'static [Verb],
) -> Tool {
    Tool {
        names,
        style: Style::Gnu,
        plain,
        means,
        verbs,
    }
}

const OUTPUT: (&str, Means) = ("-o,--output=", Raise(Write, "writes a file"));
const TWO: Verb = reads("", "reads {|its input}").look(|given, understanding| {
    secrets(given, understanding);
    if given.words().count() > 1 {
        understanding.raise(Write);
        understanding.note("it writes its second file");
    }
});
const READ: &[Verb] = &[reads("", "reads {|its input}").look(secrets)];

pub(super) const TOOLS: &[Tool] = &[
    tool(
        &["ls", "dir", "vdir"],
        "-a,--all -A,--almost-all -l -h,--human-readable -t -r,--reverse -R,--recursive -S -1 -d,--directory -i,--inode -F,--classify? -G -g -o -n -s -c -u -X -Q -L -Z -p --color? --sort= --time= --time-style= --full-time --group-directories-first --si -I= --ignore= -v -m -x -C -k",
        &[],
        &[reads("", "lists {|the folder}")],
    ),
    tool(
        &[
            "cat",
            "tac",
            "nl",
            "head",
            "tail",
            "wc",
            "cut",
            "tr",
            "od",
            "hexdump",
            "strings",
            "fold",
            "column",
            "expand",
            "rev",
            "paste",
            "join",
            "comm",
            "md5sum",
            "sha1sum",
            "sha256sum",
            "sha512sum",
            "cksum",
            "b2sum",
        ],
        "-n= -c= -b= -A -e -E -s -t -T -u -v -0= -f,--follow? -F -q -z -l -w -m -L -L= -d= -f= -i -a -x -p --lines= --bytes= --chars --words --delimiter= --fields= --retry --pid= --complement -N= -j= -S= -w= -1= -2= -o= -C -r -V",
        &[],
        READ,
    ),
    tool(
        &["grep", "egrep", "fgrep", "zgrep", "rg"],
        "-i,--ignore-case -v,--invert-match -n,--line-number -c,--count -l,--files-with-matches -L,--files-without-match -r,--recursive -R -E,--extended-regexp -F,--fixed-strings -P,--perl-regexp -w,--word-regexp -x,--line-regexp -o,--only-matching -q,--quiet -s,--no-messages -h,--no-filename -H,--with-filename -a,--text -e,--regexp= -m,--max-count= -A,--after-context= -B,--before-context= -C,--context= -0= --color? --include= --exclude= --exclude-dir= -z -y -I -Z -b -T -u --binary-files= --line-buffered -g=",
        &[("-f,--file=", Note("reads what to find from a file"))],
        &[reads("", "searches {}").look(secrets)],
    ),
    tool(
        &["sort"],
        "-n -r -u -k= -t= -b -d -f -g -h -i -M -R -V -c -C -m -s -z --parallel= --numeric-sort --reverse --unique --key= --field-separator=",
        &[
            OUTPUT,
            (
                "--compress-program= -T= --temporary-directory= --files0-from=",
                Doubt("runs another program, or uses other files"),
            ),
        ],
        READ,
    ),
    tool(
        &["uniq"],
        "-c,--count -d,--repeated -u,--unique -i,--ignore-case -D -f= -s= -w= -z",
        &[],
        &[TWO],
    ),
    tool(
        &["diff", "cmp", "sdiff"],
        "-u -U= -r -q -N -w -B -i -y -c -C= -a -b -E -s -l -n -1 -2 -3 --brief --recursive --unified? --side-by-side --color? --exclude= -x= --strip-trailing-cr",
        &[("-o,--output=", Raise(Write, "writes a file"))],
        READ,
    ),
    tool(
        &["file"],
        "-b,--brief -i,--mime -L,--dereference -h,--no-dereference -k,--keep-going -p,--preserve-date -r,--raw \
            -s,--special-files -z,--uncompress --print0 --mime-type --mime-encoding --extension",
        &[
            ("-C,--compile", Doubt("does more than reading")),
            (
                "-f,--files-from= -m,--magic-file=",
                Doubt("lets a file say what is looked at"),
            ),
        ],
        &[reads("", "reads what {} is")],
    ),
    tool(
        &["stat", "du", "tree", "lsof", "test"],
        "-c= -f -L -h -s -a -d= -b -i -t= -k -z -x -m --format= --printf= --max-depth= -D -p= -P -n -u= -l -e -r -w -S",
        &[("-C -F=", Doubt("does more than reading"))],
        &[reads("", "reads about {|the folder}")],
    ),
    tool(
        &["jq"],
        "-r,--raw-output -c,--compact-output -s,--slurp -n,--null-input -e,--exit-status -S,--sort-keys -C -M -j -a --tab --indent= --arg --args --jsonargs -R,--raw-input -P -o=",
        &[(
            "-f,--from-file= --slurpfile --rawfile -L=",
            Doubt("lets a file say what is done"),
        )],
        &[reads("", "reads {}").look(filter)],
    ),
    tool(
        &["sed"],
        "-n,--quiet,--silent -E,-r,--regexp-extended -u,--unbuffered -z -s,--separate -e,--expression= --posix --debug --sandbox -l=",
        &[
            ("-i,--in-place?", Raise(Write, "changes the files")),
            ("-f,--file=", Doubt("lets a file say what is done")),
        ],
        &[reads("", "reads and edits {}").look(edits)],
    ),
    Tool {
        names: &["find"],
        style: Style::Single,
        plain: "-name= -iname= -path= -ipath= -wholename= -regex= -iregex= -regextype= -type= -xtype= -size= -mtime= -mmin= \
            -ctime= -cmin= -atime= -amin= -newer= -perm= -user= -group= -uid= -gid= -empty -maxdepth= -mindepth= -depth -d \
            -print -print0 -printf= -ls -prune -quit -not -o -or -a -and -true -false -xdev -mount -follow -L -H -P -links= \
            -inum= -lname= -ilname= -readable -writable -executable -nouser -nogroup -samefile= -daystart -noleaf \
            -newermt= -newerct= -newerat= -O0 -O1 -O2 -O3 -used= -fstype= -ignore_readdir_race",
        means: &[
            (
                "-exec -execdir -ok -okdir",
                Doubt("runs another program for what it finds"),
            ),
            ("-delete", Raise(Destructive, "deletes what it finds")),
            (
                "-fprint= -fprint0= -fls= -fprintf=",
                Raise(Write, "writes a file"),
            ),
            ("-files0-from=", File),
        ],
        verbs: &[reads("", "finds files in {|the folder}")],
    },
    tool(
        &["rm", "rmdir", "unlink", "shred", "truncate"],
        "-r,-R,--recursive -f,--force -i -I -v,--verbose -d,--dir -p,--parents -u -z -n= -s,--size= -c --preserve-root? --no-preserve-root --one-file-system --ignore-fail-on-non-empty",
        &[],
        &[destroys("", "deletes {}")],
    ),
    tool(
        &["mv", "cp", "install", "ln"],
        "-r,-R,--recursive -a,--archive -f,--force -n,--no-clobber -i -v,--verbose -u,--update? -p -P -L -d -s,--symbolic -T,--no-target-directory -t,--target-directory= -b -S= -m,--mode= -o= -g= -D -l -H -x --preserve? --no-preserve= --parents --sparse= --reflink? --backup?",
        &[],
        &[writes("", "copies, moves or links {}")],
    ),
    tool(
        &["mkdir", "touch", "mkfifo", "mktemp"],
        "-p,--parents -v -m,--mode= -a -c -d= -r= -t= -q -u --date= --suffix= --tmpdir?",
        &[],
        &[writes("", "makes {}")],
    ),
    tool(
        &["chmod", "chown", "chgrp", "setfacl"],
        "-R,--recursive -v -c -f -h -L -P -H -m= -x= -b -k --reference= --preserve-root --from=",
        &[],
        &[writes("", "changes who may use {}")],
    ),
    tool(
        &["tee"],
        "-a,--append -i -p",
        &[],
        &[writes("", "writes its input to {}")],
    ),
    tool(
        &["dd"],
        "",
        &[],
        &[reads("", "copies bytes {}").look(bytes)],
    ),
    tool(
        &["mkfs", "fdisk", "parted", "wipefs", "mkswap", "mke2fs"],
        "",
        &[],
        &[destroys("", "overwrites the disk {}")],
    ),
];

fn filter(given: &Given<'_>, understanding: &mut Understanding) {
    secrets(given, understanding);
    let has = |text: &str| given.words().any(|word| word.contains(text));
    if has("include") || has("import") {
        understanding.doubt("its filter may read more than its input");
    }
    if has("env") || has("ENV") {
        understanding.reveal();
    }
}

fn edits(given: &Given<'_>, understanding: &mut Understanding) {
    let mut words = given.words();
    let mut scripts: Vec<_> = given.values("--expression").collect();
    if scripts.is_empty() {
        scripts.extend(words.next());
    }
    understanding.targets = words.map(crate::command::understanding::shown).collect();
    if scripts.is_empty() || !scripts.iter().all(|script| script::is_plain(script)) {
        understanding.doubt("its script may write files or run programs");
    }
    secrets(given, understanding);
}

fn bytes(given: &Given<'_>, understanding: &mut Understanding) {
    let known = [
        "if=", "of=", "bs=", "count=", "skip=", "seek=", "status=", "conv=", "iflag=", "oflag=",
        "ibs=", "obs=",
    ];
    for word in given.words() {
        if word.starts_with("of=") {
            understanding.raise(Destructive);
            understanding.note(format!("{} is overwritten", named(word)));
        } else if !known.iter().any(|name| word.starts_with(name)) {
            understanding.doubt(format!(
                "{} is nothing that the gate knows of it",
                named(word)
            ));
        }
    }
    secrets(given, understanding);
}
