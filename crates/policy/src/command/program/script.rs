//! Programs that run what is written for them: what they do stands in a script, not in their words.

/// Shells, interpreters, and what runs other programs, by how they are called.
const RUNNERS: &[(&[&str], &str)] = &[
    (
        &[
            "sh",
            "bash",
            "dash",
            "zsh",
            "ksh",
            "ash",
            "fish",
            "csh",
            "tcsh",
            "busybox",
            "rbash",
            "pwsh",
            "powershell",
        ],
        "it runs a shell, which may do anything",
    ),
    (
        &[
            "python",
            "perl",
            "ruby",
            "node",
            "nodejs",
            "deno",
            "bun",
            "php",
            "lua",
            "tclsh",
            "expect",
            "osascript",
            "java",
            "go",
            "cargo",
            "groovy",
            "julia",
            "r",
            "rscript",
            "irb",
            "ipython",
            "pypy",
            "erl",
            "elixir",
            "ghc",
        ],
        "it runs code that is written for it, which may do anything",
    ),
    (
        &[
            "awk", "gawk", "mawk", "nawk", "ed", "ex", "vi", "vim", "nvim", "emacs", "nano",
            "less", "more", "man",
        ],
        "it runs a script, or other programs at a key",
    ),
    (
        &[
            "eval", "exec", "source", ".", "command", "builtin", "trap", "alias", "function",
            "coproc", "enable",
        ],
        "it lets the shell run something else",
    ),
    (
        &[
            "xargs", "parallel", "watch", "entr", "script", "tmux", "screen", "at", "batch",
            "crontab", "strace", "gdb", "ltrace",
        ],
        "it runs other commands, which are made from its input or its words",
    ),
    (
        &[
            "ssh", "scp", "sftp", "rsync", "telnet", "nc", "ncat", "netcat", "socat", "mosh", "ftp",
        ],
        "it opens a way to another machine",
    ),
    (
        &[
            "su",
            "chroot",
            "nsenter",
            "unshare",
            "runuser",
            "pkexec",
            "setpriv",
            "capsh",
            "doas",
            "systemd-run",
        ],
        "it changes as whom or where something runs",
    ),
    (
        &[
            "make", "npm", "npx", "yarn", "pnpm", "pip", "pip3", "pipx", "uv", "uvx", "apt",
            "apt-get", "yum", "dnf", "apk", "brew", "gem", "mvn", "gradle",
        ],
        "it runs what stands in files or packages",
    ),
    (
        &[
            "base64", "base32", "openssl", "uudecode", "gpg", "age", "sops",
        ],
        "it turns text into what nobody can read here, or back",
    ),
];

/// Why a program cannot be understood by its words; `None` when it is not of that kind.
pub(super) fn why(name: &str) -> Option<&'static str> {
    // `python3.12` is `python` too.
    let bare =
        name.trim_end_matches(|char: char| char.is_ascii_digit() || matches!(char, '.' | '-'));
    let is = |known: &&str| *known == name || (!bare.is_empty() && *known == bare);
    RUNNERS
        .iter()
        .find(|(names, _)| names.iter().any(is))
        .map(|(_, why)| *why)
}
