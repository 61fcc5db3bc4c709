//! Programs that call others over the network. Source: curl.se/docs/manpage.html, the manual of GNU Wget.

use crate::command::{
    effect::Effect::{self, Destructive, Read, Write},
    tool::{
        Given,
        Means::{Doubt, Elsewhere, Note, Raise},
        Style, Tool, reads, writes,
    },
    understanding::{Understanding, named, shown},
};

pub(super) const CURL: Tool = Tool {
    names: &["curl"],
    style: Style::Gnu,
    plain: "-q,--disable -s,--silent -S,--show-error -f,--fail --fail-with-body -i,--include -I,--head -v,--verbose -G,--get \
        -m,--max-time= --connect-timeout= --retry= --retry-delay= --retry-max-time= --retry-all-errors \
        --retry-connrefused --compressed -A,--user-agent= -e,--referer= -4,--ipv4 -6,--ipv6 --http1.1 --http2 \
        --http3 -0,--http1.0 -H,--header= -X,--request= -w,--write-out= -g,--globoff --path-as-is -N,--no-buffer \
        -r,--range= --limit-rate= --max-redirs= --tlsv1.2 --tlsv1.3 -Z,--parallel --no-progress-meter -#,--progress-bar \
        --url= -a --max-filesize= --no-keepalive --raw --tr-encoding",
    means: &[
        ("-L,--location", Note("goes where the answer says")),
        ("-k,--insecure", Note("does not check who answers")),
        (
            "-u,--user= -b,--cookie= -E,--cert= --key= --oauth2-bearer= -n,--netrc --netrc-file= --netrc-optional \
             --location-trusted --aws-sigv4= --negotiate --ntlm --anyauth --digest --basic",
            Note("sends credentials"),
        ),
        (
            "-d,--data= --data-raw= --data-binary= --data-urlencode= --data-ascii= --json= -F,--form= --form-string= \
             --url-query=",
            Raise(Write, "sends data"),
        ),
        ("-T,--upload-file=", Raise(Write, "sends a file")),
        (
            "-o,--output= -O,--remote-name -J,--remote-header-name --remote-name-all --output-dir= -D,--dump-header= \
             -c,--cookie-jar= --trace= --trace-ascii= --stderr= --create-dirs --etag-save= --hsts= --alt-svc= \
             --libcurl= -C,--continue-at= --skip-existing --xattr",
            Raise(Write, "writes a file"),
        ),
        (
            "-K,--config= -: --next",
            Doubt("lets a file or several calls say what is done"),
        ),
        (
            "-x,--proxy= -p,--proxytunnel --preproxy= --socks4= --socks4a= --socks5= --socks5-hostname= --resolve= \
             --connect-to= --unix-socket= --abstract-unix-socket= --interface= --dns-servers= --doh-url= --cacert= \
             --capath= -U,--proxy-user= --haproxy-protocol",
            Elsewhere,
        ),
        (
            "-Q,--quote= --mail-from= --mail-rcpt= -t,--telnet-option= -P,--ftp-port=",
            Doubt("says more than a request"),
        ),
    ],
    verbs: &[reads("", "asks {}").look(request)],
};

fn request(given: &Given<'_>, understanding: &mut Understanding) {
    for method in given.values("--request") {
        understanding.raise(effect(method));
        understanding.what = format!("sends {} to {}", named(method), addresses(given));
    }
    let mut any = false;
    for address in given.words().chain(given.values("--url")) {
        any = true;
        let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
        if !matches!(scheme, "http" | "https") || address.starts_with('@') {
            understanding.doubt(format!("{} is no address over HTTP", named(address)));
        }
        look_at_host(rest, understanding);
    }
    if !any {
        understanding.doubt("it names no address");
    }
    for format in given.values("--write-out") {
        if format.starts_with('@') || format.contains("%output") {
            understanding.doubt(format!("{} may write or read a file", named(format)));
        }
    }
    if given
        .values("--header")
        .any(|header| header.starts_with('@'))
    {
        understanding.raise(Write);
    }
    let mut sent = ["--data", "--json", "--header", "--form"]
        .iter()
        .flat_map(|flag| given.values(flag));
    if sent.any(|value| value.contains('@') || value.contains('<')) {
        understanding.note("it may send what stands in a file");
    }
}

/// Services of machines give credentials to whoever asks.
fn look_at_host(rest: &str, understanding: &mut Understanding) {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    if host.contains("169.254.") || host.contains("metadata") || host.contains("fd00:ec2") {
        understanding.reveal();
    }
    let name = host.split(':').next().unwrap_or_default();
    let is_number = !name.contains('.') && name.starts_with(|first: char| first.is_ascii_digit());
    let is_octal = |part: &str| part.len() > 1 && part.starts_with('0');
    if is_number || name.split('.').any(is_octal) {
        understanding.doubt(format!("{} is a disguised address", named(host)));
    }
}

fn addresses(given: &Given<'_>) -> String {
    crate::command::understanding::listed(given.words().chain(given.values("--url")))
}

/// What a method of HTTP does.
fn effect(method: &str) -> Effect {
    match method {
        "GET" | "HEAD" | "OPTIONS" => Read,
        "DELETE" => Destructive,
        _ => Write,
    }
}

pub(super) const WGET: Tool = Tool {
    names: &["wget"],
    style: Style::Gnu,
    plain: "-q,--quiet -v,--verbose -S,--server-response --spider -O,--output-document= -T,--timeout= -t,--tries= \
        -U,--user-agent= --header= -4 -6 --no-verbose --progress= --show-progress --max-redirect= -c,--continue \
        -N,--timestamping -P,--directory-prefix= --no-cache --retry-connrefused --waitretry=",
    means: &[
        ("--no-check-certificate", Note("does not check who answers")),
        (
            "--user= --password= --http-user= --http-password= --load-cookies= --certificate= --private-key=",
            Note("sends credentials"),
        ),
        ("--post-data= --body-data=", Raise(Write, "sends data")),
        ("--post-file= --body-file=", Raise(Write, "sends a file")),
        (
            "-i,--input-file= -e,--execute= --config= --use-askpass= -b,--background -r,--recursive -m,--mirror -p,--page-requisites",
            Doubt("lets files say what is fetched"),
        ),
        ("--method=", Raise(Write, "says how")),
        (
            "-o,--output-file= -a,--append-output= --save-cookies= --warc-file=",
            Raise(Write, "writes a file"),
        ),
        (
            "--ca-certificate= --bind-address= --dns-servers=",
            Elsewhere,
        ),
    ],
    verbs: &[reads("", "asks {}").look(download)],
};

fn download(given: &Given<'_>, understanding: &mut Understanding) {
    let outputs: Vec<_> = given.values("--output-document").collect();
    let to_output = !outputs.is_empty() && outputs.iter().all(|output| *output == "-");
    if !to_output && !given.has("--spider") {
        understanding.raise(Write);
        understanding.what = format!("downloads {} into a file", addresses(given));
    }
    for address in given.words() {
        let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
        if !matches!(scheme, "http" | "https") {
            understanding.doubt(format!("{} is no address over HTTP", named(address)));
        }
        look_at_host(rest, understanding);
    }
    if given.words().next().is_none() {
        understanding.doubt("it names no address");
    }
}

const LOOKUP: &str = "-t= -4 -6 -p= -a -x= -v -n -c= -i= -w= -W= -s= -q -m= -I -T= -N= -r -R -d";

pub(super) const LOOKUPS: &[Tool] = &[
    Tool {
        names: &[
            "dig",
            "host",
            "nslookup",
            "ping",
            "traceroute",
            "tracepath",
            "getent",
        ],
        style: Style::Gnu,
        plain: LOOKUP,
        means: &[("-f=", Doubt("lets a file say what is asked"))],
        verbs: &[reads("", "looks for {}")],
    },
    Tool {
        names: &["ss", "netstat"],
        style: Style::Gnu,
        plain: "-t -u -l -n -p -a -r -s -4 -6 -x -o -e -m -i -H -O",
        means: &[("-K,--kill -D=", Raise(Destructive, "closes connections"))],
        verbs: &[reads("", "lists connections")],
    },
    Tool {
        names: &["ansible-playbook"],
        style: Style::Gnu,
        plain: "-l,--limit= -t,--tags= --skip-tags= -v -D,--diff -f,--forks= --start-at-task= --force-handlers --flush-cache",
        means: &[
            (
                "-C,--check",
                Note("tries out what its tasks let it, and does the others"),
            ),
            (
                "--syntax-check --list-hosts --list-tasks --list-tags",
                Note("only lists or checks"),
            ),
            (
                "-i,--inventory= -c,--connection= -u,--user= --private-key,--key-file= -k -K -b,--become --become-user= --vault-id= \
              --vault-password-file= -e,--extra-vars= -M,--module-path=",
                Elsewhere,
            ),
        ],
        verbs: &[
            writes("", "does on hosts what stands in {}").look(|given, understanding| {
                understanding.note("what it does stands in files, which the gate has not read");
                understanding.targets = given.words().map(shown).collect();
            }),
        ],
    },
];
