//! Asking a gate behind TLS, and no other machine without it.

use crate::bin::{Gate, House, Ran, example, portcullis};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// An authority that no system knows.
fn authority(file: &Path) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "an authority of a test");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    fs::write(file, issuer.pem()).unwrap();
    issuer
}

fn acceptor(issuer: &CertifiedIssuer<'static, KeyPair>, name: &str) -> TlsAcceptor {
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let signed = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A gate, and an authority for what stands before it.
struct World {
    house: House,
    gate: Gate,
    /// The authority's certificate.
    roots: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
    // Last, for it drives the proxies.
    runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let house = House::new(&example("gpu-team/tenant-policy.yaml"));
        let gate = house.serve();
        let roots = house.folder.path().join("roots.pem");
        Self {
            issuer: authority(&roots),
            house,
            gate,
            roots,
            runtime: Runtime::new().unwrap(),
        }
    }

    /// A proxy that speaks TLS under a name before the gate; it ends with the runtime.
    fn proxy(&self, name: &str) -> SocketAddr {
        let acceptor = acceptor(&self.issuer, name);
        let behind: SocketAddr = self.gate.address().parse().unwrap();
        let listening = TcpListener::bind("127.0.0.1:0");
        let listener = self.runtime.block_on(listening).unwrap();
        let at = listener.local_addr().unwrap();
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Who does not trust us goes away.
                    if let Ok(mut outer) = acceptor.accept(stream).await {
                        let mut inner = TcpStream::connect(behind).await.unwrap();
                        drop(copy_bidirectional(&mut outer, &mut inner).await);
                    }
                });
            }
        });
        at
    }
}

fn ask(url: &str, folder: &Path, environment: &[(&str, &str)], args: &[&str]) -> Ran {
    let mut command = portcullis();
    command
        .env("PORTCULLIS_URL", url)
        .env("XDG_CONFIG_HOME", folder)
        .envs(environment.iter().copied());
    Ran::of(command.args(args))
}

#[test]
fn a_gate_behind_tls_is_asked_when_its_certificate_is_good() {
    let world = World::new();
    let folder = world.house.folder.path();
    let (good, other) = (world.proxy("localhost"), world.proxy("gate.example"));
    let url = format!("https://localhost:{}", good.port());
    let token = world.house.credential("admin_token");
    let roots = world.roots.to_str().unwrap();
    let known = [("PORTCULLIS_TOKEN", token), ("PORTCULLIS_CA", roots)];

    let overview = ask(&url, folder, &known, &["whoami", "-o", "json"]).json(0);
    assert_eq!(overview["tenant_id"], "default");
    let by_option = ["whoami", "--ca", roots];
    ask(&url, folder, &known[..1], &by_option).ended(0);
    let exported = ["audit", "verify"];
    ask(&url, folder, &known, &exported).ended(0);

    let unknown = ask(&url, folder, &known[..1], &["whoami"]);
    assert_eq!(unknown.code, 5, "{unknown:?}");
    assert!(unknown.err.contains("nobody who is trusted"), "{unknown:?}");
    let url = format!("https://localhost:{}", other.port());
    let another = ask(&url, folder, &known, &["whoami"]);
    assert!(another.err.contains("for another name"), "{another:?}");
    let plain = ask(
        &format!("https://{}", world.gate.address()),
        folder,
        &known,
        &["whoami"],
    );
    assert_ne!(plain.code, 0, "a gate without TLS is none behind it");
    let nobody = ["whoami", "--ca", "/nowhere.pem"];
    let refused = ask(&url, folder, &known[..1], &nobody);
    assert!(refused.err.contains("/nowhere.pem"), "{refused:?}");
    assert!(world.gate.stop().success());
}

#[test]
fn a_login_over_tls_is_kept_for_that_gate() {
    let world = World::new();
    let folder = world.house.folder.path();
    let url = format!("https://localhost:{}", world.proxy("localhost").port());
    let known = [("PORTCULLIS_CA", world.roots.to_str().unwrap())];
    let token = folder.join("token");
    fs::write(&token, world.house.credential("admin_token")).unwrap();
    let mut login = portcullis();
    login
        .args(["login", "--token-stdin", "--url", &url])
        .env("XDG_CONFIG_HOME", folder)
        .envs(known)
        .stdin(fs::File::open(&token).unwrap());
    Ran::of(&mut login).ended(0);
    ask(&url, folder, &known, &["whoami"]).ended(0);
    let elsewhere = ask(&world.gate.url, folder, &known, &["whoami"]);
    assert_ne!(elsewhere.code, 0, "the token goes to its own gate alone");
    assert!(world.gate.stop().success());
}

#[test]
fn another_machine_is_not_asked_without_tls_unless_the_user_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let token = [("PORTCULLIS_TOKEN", "pcl_a_b")];
    // Addresses that lead nowhere (RFC 5737, RFC 6761).
    for url in ["http://192.0.2.1:9", "http://gate.invalid"] {
        let refused = ask(url, folder.path(), &token, &["whoami"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains("not reached by TLS"), "{refused:?}");
    }
    let url = "http://gate.invalid";
    let allowed = ask(url, folder.path(), &token, &["whoami", "--plain-http"]);
    assert_eq!(allowed.code, 5, "nobody is there: {allowed:?}");
}
